//! Letters by SMTP: handed to a relay of this machine or of its private network.
//!
//! The relay keeps the letters, tries again, signs them (DKIM) and speaks TLS to the world: what every mail server of a
//! distribution does well. Between it and us nothing is encrypted, so that it must be near; another address is refused.
//! Letters wait in memory for at most a few minutes, when the relay does not answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use intake::{Letter, Mailbox, Postman};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox as Address, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::arguments::MailArguments;
use crate::error::CliError;

/// Letters that may wait.
const QUEUE: usize = 500;

/// How long the relay may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

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
    let (relay, from) = match (arguments.smtp, &arguments.mail_from) {
        (None, _) => return Ok(None),
        (Some(relay), Some(from)) => (relay, from),
        (Some(_), None) => {
            return Err(CliError::input(
                "letters have no sender",
                "add `--mail-from`, for instance `Baromètre <barometre@example.org>`",
            ));
        }
    };
    if !is_near(relay.ip()) {
        return Err(CliError::input(
            format!("the mail relay {relay} is neither on this machine nor on a private network"),
            "letters hold personal links and travel to the relay unencrypted: run one here (Debian: postfix), which \
             speaks TLS to the world",
        ));
    }
    let from = from.parse().map_err(|error| {
        CliError::input(
            format!("`{from}` is no sender: {error}"),
            "expected an address, or a name and an address in angle brackets",
        )
    })?;
    Ok(Some(Mailbox::new(Arc::new(start(relay, from, &PAUSES)))))
}

/// Whether an address is of this machine or of a private network.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

fn start(relay: SocketAddr, from: Address, pauses: &'static [Duration]) -> SmtpPostman {
    let (sender, letters) = channel(QUEUE);
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.ip().to_string())
        .port(relay.port())
        .timeout(Some(PATIENCE))
        .build();
    tokio::spawn(carry(letters, transport, from, pauses));
    SmtpPostman(sender)
}

async fn carry(
    mut letters: Receiver<Letter>,
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    pauses: &'static [Duration],
) {
    while let Some(letter) = letters.recv().await {
        let Some(message) = written(&from, letter) else {
            tracing::warn!("a letter was not written: its address is none");
            continue;
        };
        let mut pauses = pauses.iter();
        loop {
            let Err(error) = relay.send(message.clone()).await else {
                tracing::info!("a letter was sent");
                break;
            };
            // What the relay says may repeat the address: its code is enough.
            let code = error.status().map_or_else(|| "none".to_owned(), |code| code.to_string());
            let Some(pause) = pauses.next().filter(|_| !error.is_permanent()) else {
                tracing::error!(smtp.code = code, "a letter was not sent: the relay did not take it");
                break;
            };
            tracing::warn!(smtp.code = code, "a letter waits: the relay did not take it");
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
    use tokio::net::TcpListener;

    use super::*;

    /// Speaks SMTP (RFC 5321) for the next letter: what the client said, and the letter. `refusals` recipients are put
    /// off before one is taken.
    async fn relay(listener: TcpListener, mut refusals: u32) -> (Vec<String>, String) {
        let (mut said, mut letter) = (Vec::new(), String::new());
        loop {
            let (stream, _) = listener.accept().await.expect("a client");
            let (reading, mut writing) = stream.into_split();
            let mut lines = BufReader::new(reading).lines();
            writing.write_all(b"220 relay.test ESMTP\r\n").await.expect("write");
            while let Some(line) = lines.next_line().await.expect("read") {
                let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
                said.push(line);
                let answer = match verb.as_str() {
                    "EHLO" => "250-relay.test\r\n250 8BITMIME\r\n",
                    "RCPT" if refusals > 0 => {
                        refusals -= 1;
                        "451 4.7.1 <canari@asso.example>: greylisted, try again\r\n"
                    }
                    "DATA" => {
                        writing.write_all(b"354 go on\r\n").await.expect("write");
                        while let Some(line) = lines.next_line().await.expect("read") {
                            if line == "." {
                                break;
                            }
                            letter.push_str(&line);
                            letter.push('\n');
                        }
                        writing.write_all(b"250 2.0.0 queued\r\n").await.expect("write");
                        return (said, letter);
                    }
                    "QUIT" => "221 bye\r\n",
                    _ => "250 OK\r\n",
                };
                writing.write_all(answer.as_bytes()).await.expect("write");
            }
        }
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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let from = "Baromètre <barometre@example.org>".parse().expect("a sender");
        let postman = start(at, from, &[]);
        assert!(postman.take(letter()));
        let (said, letter) = relay(listener, 0).await;
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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let postman =
            start(at, "b@example.org".parse().expect("a sender"), &[Duration::ZERO, Duration::ZERO]);
        assert!(postman.take(letter()));
        let (said, letter) = relay(listener, 2).await;
        assert_eq!(said.iter().filter(|line| line.starts_with("RCPT")).count(), 3, "{said:?}");
        assert!(decoded(&letter).contains("/q/abc"));
    }

    #[tokio::test]
    async fn the_postman_never_waits() {
        let (sender, _letters) = channel(1);
        let postman = SmtpPostman(sender);
        assert!(postman.take(letter()));
        assert!(!postman.take(letter()), "a full queue is said to be full");
    }

    #[test]
    fn only_a_relay_nearby_is_trusted_with_links() {
        for near in
            ["127.0.0.1", "10.1.2.3", "192.168.1.4", "172.16.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
        {
            assert!(is_near(near.parse().expect("an address")), "{near}");
        }
        for far in ["8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8"] {
            assert!(!is_near(far.parse().expect("an address")), "{far}");
        }
    }
}
