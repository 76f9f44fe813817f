//! HTTP by hand: what is sent is exactly what the test says, however wrong.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

/// A client that sends one request per connection.
#[derive(Debug, Clone, Copy)]
pub struct Http {
    port: u16,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The path that a redirection leads to.
    ///
    /// # Panics
    /// When this is no redirection.
    #[must_use]
    pub fn location(&self) -> &str {
        let found = self.header("location").filter(|_| (300..400).contains(&self.status));
        found.unwrap_or_else(|| panic!("expected a redirection, found {}: {}", self.status, self.body))
    }
}

impl Http {
    pub(crate) fn new(port: u16) -> Self {
        Self { port }
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], &[])
    }

    /// `POST` of a form whose body is given byte for byte, with the proof that the personal link of the path opened it.
    #[must_use]
    pub fn post(&self, path: &str, body: &[u8]) -> Reply {
        let link = path.split_once("/q/").and_then(|(_, rest)| rest.split('/').next());
        let proof = link.map(|token| format!("&jeton={}", intake::form_token(token))).unwrap_or_default();
        self.post_unproven(path, &[body, proof.as_bytes()].concat())
    }

    /// The same without the proof.
    #[must_use]
    pub fn post_unproven(&self, path: &str, body: &[u8]) -> Reply {
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body)
    }

    /// Any request.
    ///
    /// # Panics
    /// When the server does not answer with HTTP.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n", self.port);
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").expect("a text takes any text");
        }
        if method != "GET" || !body.is_empty() {
            write!(head, "content-length: {}\r\n", body.len()).expect("a text takes any text");
        }
        head.push_str("\r\n");
        let request = [head.as_bytes(), body].concat();

        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a minute is a timeout");
        let mut writer = stream.try_clone().expect("a connection can be shared");
        // A server may refuse a body before it has read it all: what it says then is read, what it does not want is
        // not sent.
        let sending = thread::spawn(move || {
            let _ = writer.write_all(&request);
        });
        let mut answer = Vec::new();
        let mut part = vec![0; 64 * 1024];
        // Up to the length announced, since not every server closes the connection when it is asked to. A connection
        // that is reset after the answer is still an answer.
        let end = loop {
            match stream.read(&mut part) {
                Ok(0) => break Ok(()),
                Ok(count) => answer.extend_from_slice(&part[..count]),
                Err(error) => break Err(error),
            }
            if is_whole(&answer) {
                break Ok(());
            }
        };
        let _ = stream.shutdown(Shutdown::Both);
        sending.join().expect("writing to a connection never panics");
        reply(&answer).unwrap_or_else(|| {
            panic!("{method} {path} got no answer ({end:?}): {}", String::from_utf8_lossy(&answer))
        })
    }
}

/// Whether an answer is as long as it announces.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length =
        head.split("\r\n").find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.is_some_and(|length: usize| answer.len() >= end + 4 + length)
}

fn reply(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let bytes = answer[end + 4..].to_vec();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Some(Reply { status, headers, body, bytes })
}

/// A form as a browser encodes it.
#[must_use]
pub fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let pairs: Vec<String> =
        fields.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&").into_bytes()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'*' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => write!(encoded, "%{other:02X}").expect("a text takes any text"),
        }
    }
    encoded
}
