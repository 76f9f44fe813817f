//! Letters by SMTP: handed to a relay.
//!
//! The relay keeps the letters, tries again and signs them (DKIM): what every mail server of a distribution does well. It
//! is on this machine or its private network, or it is spoken to in TLS ([`relay`]). Letters wait in memory for at most
//! a few minutes, when the relay does not answer.

mod relay;

use std::sync::Arc;
use std::time::Duration;

use intake::{Letter, Mailbox, Postman};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox as Address, Message};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::arguments::MailArguments;
use crate::error::CliError;
use crate::postman::relay::Relay;

pub(crate) use relay::Address as RelayAddress;

/// Letters that may wait.
const QUEUE: usize = 500;

/// What is waited before a letter is tried again.
const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_mins(2)];

/// Hands letters to a relay, one after the other, in a task of its own.
#[derive(Debug)]
pub(crate) struct SmtpPostman(Sender<Letter>);

impl Postman for SmtpPostman {
    fn take(&self, letter: Letter) -> bool {
        let is_taken = self.0.try_send(letter).is_ok();
        if !is_taken {
            tracing::error!("a letter was refused: {QUEUE} wait already");
        }
        is_taken
    }
}

/// The postman of these settings; `None` when no letters are sent.
pub(crate) fn mailbox(arguments: &MailArguments) -> Result<Option<Mailbox>, CliError> {
    let (relay, from) = match (&arguments.smtp, &arguments.mail_from) {
        (None, _) => return Ok(None),
        (Some(relay), Some(from)) => (relay, from),
        (Some(_), None) => {
            return Err(CliError::input(
                "letters have no sender",
                "add `--mail-from`, for instance `Baromètre <barometre@example.org>`",
            ));
        }
    };
    let login = match (&arguments.smtp_user, &arguments.smtp_password) {
        (Some(user), Some(password)) => Some((user.as_str(), password.as_str())),
        (None, None) => None,
        _ => {
            return Err(CliError::input(
                "the mail relay is given a user without a password, or a password without a user",
                "`--smtp-user` and the environment variable BAROMETRE_SMTP_PASSWORD go together",
            ));
        }
    };
    let relay = Relay::new(relay.clone(), login, arguments.smtp_ca.as_deref())?;
    let from = from.parse().map_err(|error| {
        CliError::input(
            format!("`{from}` is no sender: {error}"),
            "expected an address, or a name and an address in angle brackets",
        )
    })?;
    Ok(Some(Mailbox::new(Arc::new(start(relay, from, &PAUSES)))))
}

fn start(relay: Relay, from: Address, pauses: &'static [Duration]) -> SmtpPostman {
    let (sender, letters) = channel(QUEUE);
    tokio::spawn(carry(letters, relay, from, pauses));
    SmtpPostman(sender)
}

async fn carry(mut letters: Receiver<Letter>, relay: Relay, from: Address, pauses: &'static [Duration]) {
    while let Some(letter) = letters.recv().await {
        let Some(message) = written(&from, letter) else {
            tracing::warn!("a letter was not written: its address is none");
            continue;
        };
        let mut pauses = pauses.iter();
        loop {
            let Err(refusal) = relay.take(&message).await else {
                tracing::info!("a letter was sent");
                break;
            };
            // What the relay says may repeat the address: its code is enough.
            let code = refusal.code.as_deref().unwrap_or("none");
            let cause = refusal.cause.as_deref().unwrap_or("the relay did not take it");
            let Some(pause) = pauses.next().filter(|_| !refusal.is_permanent) else {
                tracing::error!(smtp.code = code, cause, "a letter was not sent");
                break;
            };
            tracing::warn!(smtp.code = code, cause, "a letter waits");
            tokio::time::sleep(*pause).await;
        }
    }
}

/// The letter as it travels; `None` when its address cannot be written.
fn written(from: &Address, letter: Letter) -> Option<Message> {
    Message::builder()
        .from(from.clone())
        .to(Address::new(None, letter.to.parse().ok()?))
        .subject(letter.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body)
        .ok()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    /// How a relay of these tests is spoken to.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Way {
        Plain,
        Tls,
        StartTls,
    }

    /// Speaks SMTP (RFC 5321) for the next letter: what the client said, and the letter. `refusals` recipients are put
    /// off before one is taken.
    async fn relay(listener: TcpListener, way: Way, mut refusals: u32) -> (Vec<String>, String) {
        let mut said = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let letter = match way {
                Way::Plain => converse(stream, [true, false], &mut refusals, &mut said).await,
                Way::Tls => match acceptor().accept(stream).await {
                    Ok(stream) => converse(stream, [true, false], &mut refusals, &mut said).await,
                    Err(_) => None,
                },
                Way::StartTls => {
                    assert_eq!(converse(&mut stream, [true, true], &mut refusals, &mut said).await, None);
                    assert_eq!(said.last().map(String::as_str), Some("STARTTLS"));
                    match acceptor().accept(stream).await {
                        Ok(stream) => converse(stream, [false, false], &mut refusals, &mut said).await,
                        Err(_) => None,
                    }
                }
            };
            if let Some(letter) = letter {
                return (said, letter);
            }
        }
    }

    /// A conversation, up to a letter or STARTTLS: whether the relay greets, and whether it offers STARTTLS.
    async fn converse(
        stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
        [greets, offers]: [bool; 2],
        refusals: &mut u32,
        said: &mut Vec<String>,
    ) -> Option<String> {
        let (reading, mut writing) = tokio::io::split(stream);
        let mut lines = BufReader::new(reading).lines();
        if greets {
            writing.write_all(b"220 relay.test ESMTP\r\n").await.expect("write");
        }
        // A client that does not like what it hears goes away.
        while let Ok(Some(line)) = lines.next_line().await {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            said.push(line);
            let answer = match verb.as_str() {
                "EHLO" if offers => "250-relay.test\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
                "EHLO" => "250-relay.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
                "STARTTLS" => {
                    writing.write_all(b"220 go on\r\n").await.expect("write");
                    return None;
                }
                "AUTH" => "235 2.7.0 welcome\r\n",
                "RCPT" if *refusals > 0 => {
                    *refusals -= 1;
                    "451 4.7.1 <canari@asso.example>: greylisted, try again\r\n"
                }
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await.expect("write");
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await.expect("read") {
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    writing.write_all(b"250 2.0.0 queued\r\n").await.expect("write");
                    return Some(letter);
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 OK\r\n",
            };
            writing.write_all(answer.as_bytes()).await.expect("write");
        }
        None
    }

    /// The relay's side of TLS, with a certificate made for these tests by an authority made for these tests.
    fn acceptor() -> TlsAcceptor {
        let certificate =
            CertificateDer::from_pem_slice(include_bytes!("testing/relay.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("testing/relay.key")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("they belong together");
        TlsAcceptor::from(Arc::new(config))
    }

    /// A postman for a relay that listens here.
    fn postman(
        at: &str,
        login: Option<(&str, &str)>,
        is_trusted: bool,
        pauses: &'static [Duration],
    ) -> SmtpPostman {
        let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/src/postman/testing/authority.pem");
        let authority = is_trusted.then(|| std::path::Path::new(authority));
        let relay = Relay::new(at.parse().expect("a relay"), login, authority).expect("a way there");
        start(relay, "Baromètre <barometre@example.org>".parse().expect("a sender"), pauses)
    }

    async fn listen() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (listener, port)
    }

    fn letter() -> Letter {
        Letter {
            to: "canari@asso.example".to_owned(),
            subject: "Mon lien personnel – Baromètre".to_owned(),
            body: "Voici le lien\u{a0}:\nhttps://barometre.example/q/abc\n.\nfin\n".to_owned(),
        }
    }

    /// The letter with its transfer encoding undone, as far as these tests need.
    fn decoded(letter: &str) -> String {
        let joined = letter.replace("=\n", "").replace("=3D", "=").replace("=C2=A0", "\u{a0}");
        joined.replace("=C3=A8", "è")
    }

    #[tokio::test]
    async fn a_letter_reaches_the_relay_whole() {
        let (listener, port) = listen().await;
        let postman = postman(&format!("127.0.0.1:{port}"), None, false, &[]);
        assert!(postman.take(letter()));
        let (said, letter) = relay(listener, Way::Plain, 0).await;
        assert!(
            said.iter().any(|line| line == "MAIL FROM:<barometre@example.org>"
                || line.starts_with("MAIL FROM:<barometre@example.org> ")),
            "{said:?}"
        );
        assert!(said.iter().any(|line| line == "RCPT TO:<canari@asso.example>"), "{said:?}");
        let text = decoded(&letter);
        assert!(text.contains("https://barometre.example/q/abc"), "{letter}");
        assert!(
            letter.contains("Subject: ")
                && letter.contains("Date: ")
                && letter.contains("text/plain; charset=utf-8"),
            "{letter}"
        );
        assert!(text.contains("fin"), "a line with a dot alone ends nothing: {letter}");
    }

    #[tokio::test]
    async fn a_letter_that_is_put_off_is_tried_again() {
        let (listener, port) = listen().await;
        let twice = &[Duration::ZERO, Duration::ZERO];
        let postman = postman(&format!("127.0.0.1:{port}"), None, false, twice);
        assert!(postman.take(letter()));
        let (said, letter) = relay(listener, Way::Plain, 2).await;
        assert_eq!(said.iter().filter(|line| line.starts_with("RCPT")).count(), 3, "{said:?}");
        assert!(decoded(&letter).contains("/q/abc"));
    }

    #[tokio::test]
    async fn a_letter_travels_in_tls_from_the_first_byte_or_from_the_second_command_on() {
        for (scheme, way) in [("smtps", Way::Tls), ("starttls", Way::StartTls)] {
            let (listener, port) = listen().await;
            let postman =
                postman(&format!("{scheme}://localhost:{port}"), Some(("barometre", "secret")), true, &[]);
            assert!(postman.take(letter()));
            let (said, letter) = relay(listener, way, 0).await;
            assert!(decoded(&letter).contains("/q/abc"), "{scheme}: {letter}");
            let auth = said.iter().position(|line| line.starts_with("AUTH PLAIN "));
            let encrypted = said.iter().position(|line| line == "STARTTLS");
            assert!(auth > encrypted, "{scheme}: the password comes after the encryption: {said:?}");
        }
    }

    #[tokio::test]
    async fn a_relay_that_cannot_prove_its_name_gets_no_letter() {
        // One that nobody vouches for, and one whose certificate names another.
        for (host, is_trusted) in [("localhost", false), ("127.0.0.1", true)] {
            let (listener, port) = listen().await;
            let postman = postman(&format!("smtps://{host}:{port}"), None, is_trusted, &[]);
            assert!(postman.take(letter()));
            let (stream, _) = listener.accept().await.expect("a client");
            let refused = acceptor().accept(stream).await;
            // The client says so in the handshake, or right after it.
            if let Ok(mut stream) = refused {
                let heard = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 16]).await;
                assert!(!matches!(heard, Ok(bytes) if bytes > 0), "{host}: {heard:?}");
            }
        }
    }

    #[tokio::test]
    async fn without_the_encryption_that_was_asked_for_nothing_is_said() {
        let (listener, port) = listen().await;
        let postman =
            postman(&format!("starttls://localhost:{port}"), Some(("barometre", "secret")), true, &[]);
        assert!(postman.take(letter()));
        let (stream, _): (TcpStream, _) = listener.accept().await.expect("a client");
        let mut said = Vec::new();
        // A conversation in which STARTTLS is not offered, as when somebody stands in front of the relay.
        let letter = converse(stream, [true, false], &mut 0, &mut said).await;
        assert_eq!((letter, said), (None, vec!["EHLO [127.0.0.1]".to_owned()]));
    }

    #[tokio::test]
    async fn the_postman_never_waits() {
        let (sender, _letters) = channel(1);
        let postman = SmtpPostman(sender);
        assert!(postman.take(letter()));
        assert!(!postman.take(letter()), "a full queue is said to be full");
    }
}
