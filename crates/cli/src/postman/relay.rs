//! The relay that letters are handed to, and the way there.
//!
//! A relay elsewhere is spoken to in TLS alone: from the first byte, or from the second command on (STARTTLS), which must
//! then be offered. The library that speaks SMTP would bring a TLS of other features than everything else here has, so
//! that the connection is encrypted before it is handed to it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::error::CliError;

/// How long handing one letter over may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The longest answer of a relay before the encryption.
const LONGEST: usize = 16 * 1024;

/// What the relay of an encrypted connection has said already, before the connection was encrypted.
const GREETING: &[u8] = b"220 ready\r\n";

/// Where letters are handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// Without encryption, on this machine or its private network: `127.0.0.1:25`.
    Near(SocketAddr),
    /// In TLS from the first byte: `smtps://relay.example.org:465`.
    Tls(String, u16),
    /// In TLS from the second command on: `starttls://relay.example.org:587`.
    StartTls(String, u16),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "`{text}` is no mail relay (expected `smtps://relay.example.org:465`, `starttls://relay.example.org:587`, \
                 or an address and a port on this machine or its private network, for instance `127.0.0.1:25`)"
            )
        };
        let place = |rest: &str, usual: u16| {
            let (host, port) = match rest.trim_end_matches('/').rsplit_once(':') {
                Some((host, port)) => (host, port.parse().map_err(|_| expected())?),
                None => (rest.trim_end_matches('/'), usual),
            };
            // What is no name and no address has no certificate either.
            ServerName::try_from(host).map_err(|_| expected())?;
            Ok((host.to_owned(), port))
        };
        if let Some(rest) = text.strip_prefix("smtps://") {
            return place(rest, 465).map(|(host, port)| Self::Tls(host, port));
        }
        if let Some(rest) = text.strip_prefix("starttls://") {
            return place(rest, 587).map(|(host, port)| Self::StartTls(host, port));
        }
        let near: SocketAddr = text.parse().map_err(|_| expected())?;
        if is_near(near.ip()) {
            return Ok(Self::Near(near));
        }
        Err(format!(
            "the mail relay {near} is neither on this machine nor on a private network: letters hold personal links, and \
             travel there in TLS alone; write `smtps://` or `starttls://` and its name, or run a relay here (Debian: postfix)"
        ))
    }
}

/// Whether an address is of this machine or of a private network.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// A relay, and what it takes to be let in.
#[derive(Clone)]
pub(crate) struct Relay {
    address: Address,
    credentials: Option<Credentials>,
    tls: Arc<ClientConfig>,
}

/// Why a letter was not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    /// What the relay says, as a number: its words may repeat the address.
    pub(super) code: Option<String>,
    /// What went wrong before it was asked.
    pub(super) cause: Option<String>,
    /// Whether trying again is of no use.
    pub(super) is_permanent: bool,
}

impl From<lettre::transport::smtp::Error> for Refusal {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let code = error.status().map(|code| code.to_string());
        Self { code, cause: None, is_permanent: error.is_permanent() }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self { code: None, cause: Some(error.to_string()), is_permanent: false }
    }
}

impl Relay {
    /// The relay at this address. `authority` is a certificate that is trusted beside those of the system.
    pub(crate) fn new(
        address: Address,
        login: Option<(&str, &str)>,
        authority: Option<&Path>,
    ) -> Result<Self, CliError> {
        if login.is_some() && matches!(address, Address::Near(_)) {
            return Err(CliError::input(
                "a password would travel to the mail relay unencrypted",
                "write `smtps://` or `starttls://` and the name of the relay, or leave the login out",
            ));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = authority {
            let unreadable = |why: String| {
                CliError::input(
                    format!("`{}` is no certificate: {why}", file.display()),
                    "expected the certificate of the relay's authority in PEM",
                )
            };
            let text = std::fs::read(file).map_err(CliError::io(file.display()))?;
            let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
            let certificates = certificates.map_err(|error| unreadable(error.to_string()))?;
            if certificates.is_empty() {
                return Err(unreadable("there is none in it".to_owned()));
            }
            for certificate in certificates {
                roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
            }
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| CliError::Fault(format!("no version of TLS can be spoken: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let credentials =
            login.map(|(user, password)| Credentials::new(user.to_owned(), password.to_owned()));
        Ok(Self { address, credentials, tls: Arc::new(tls) })
    }

    /// Hands a letter over.
    pub(super) async fn take(&self, message: &Message) -> Result<(), Refusal> {
        match tokio::time::timeout(PATIENCE, self.hand_over(message)).await {
            Ok(done) => done,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        }
    }

    async fn hand_over(&self, message: &Message) -> Result<(), Refusal> {
        let hello = ClientId::default();
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(self.connect().await?, &hello).await?;
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        connection.send(message.envelope(), &message.formatted()).await?;
        // The letter was taken; how the relay says good-bye changes nothing.
        let _ = connection.quit().await;
        Ok(())
    }

    /// A connection, encrypted unless the relay is near.
    async fn connect(&self) -> io::Result<Box<dyn AsyncTokioStream>> {
        match &self.address {
            Address::Near(address) => Ok(Box::new(TcpStream::connect(address).await?)),
            Address::Tls(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                Ok(Box::new(Encrypted { said: &[], stream: self.encrypted(host, stream).await? }))
            }
            Address::StartTls(host, port) => {
                let mut stream = TcpStream::connect((host.as_str(), *port)).await?;
                start_tls(&mut stream).await?;
                Ok(Box::new(Encrypted { said: GREETING, stream: self.encrypted(host, stream).await? }))
            }
        }
    }

    async fn encrypted(&self, host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await
    }
}

/// Asks for encryption. A relay that does not offer it is one that somebody stands in front of.
async fn start_tls(stream: &mut TcpStream) -> io::Result<()> {
    let refused = |what: &str| io::Error::other(format!("the relay does not speak TLS: {what}"));
    if code(&answer(stream).await?) != Some("220") {
        return Err(refused("it does not greet"));
    }
    stream.write_all(b"EHLO [127.0.0.1]\r\n").await?;
    let offered = answer(stream).await?;
    let is_offered = offered
        .iter()
        .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")));
    if !is_offered {
        return Err(refused("STARTTLS is not among what it offers"));
    }
    stream.write_all(b"STARTTLS\r\n").await?;
    match code(&answer(stream).await?) {
        Some("220") => Ok(()),
        _ => Err(refused("it refuses STARTTLS")),
    }
}

fn code(lines: &[String]) -> Option<&str> {
    lines.last().and_then(|line| line.get(..3))
}

/// Reads an answer, byte by byte: what follows its last line belongs to the encrypted conversation, or to nobody.
async fn answer(stream: &mut TcpStream) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for _ in 0..LONGEST {
        let byte = stream.read_u8().await?;
        if byte != b'\n' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        let is_last = text.as_bytes().get(3) != Some(&b'-');
        lines.push(text);
        if is_last {
            return Ok(lines);
        }
    }
    Err(io::Error::other(format!("an answer of the relay is longer than {LONGEST} bytes")))
}

/// An encrypted connection, and what its other end said before.
#[derive(Debug)]
struct Encrypted {
    said: &'static [u8],
    stream: TlsStream<TcpStream>,
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.said.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, into);
        }
        let (now, later) = self.said.split_at(self.said.len().min(into.remaining()));
        into.put_slice(now);
        self.said = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_near_or_spoken_to_in_tls() {
        for near in
            ["127.0.0.1:25", "10.1.2.3:25", "192.168.1.4:25", "172.16.0.1:25", "[::1]:25", "[fd00::1]:25"]
        {
            assert!(matches!(near.parse(), Ok(Address::Near(_))), "{near}");
        }
        for far in ["8.8.8.8:25", "[2001:db8::1]:25", "[::ffff:8.8.8.8]:25"] {
            let error = far.parse::<Address>().expect_err(far);
            assert!(error.contains("in TLS alone"), "{error}");
        }
        let named =
            |scheme: &str, port: u16| format!("{scheme}://relay.example.org:{port}").parse::<Address>();
        let host = || "relay.example.org".to_owned();
        assert_eq!(named("smtps", 4650), Ok(Address::Tls(host(), 4650)));
        assert_eq!(named("starttls", 5870), Ok(Address::StartTls(host(), 5870)));
        assert_eq!("smtps://relay.example.org".parse(), Ok(Address::Tls(host(), 465)));
        assert_eq!("starttls://relay.example.org/".parse(), Ok(Address::StartTls(host(), 587)));
        for wrong in
            ["relay.example.org:25", "smtp://relay.example.org", "smtps://", "smtps://a b:1", "smtps://a:b"]
        {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_sent_unencrypted() {
        let near = "127.0.0.1:25".parse().expect("near");
        assert!(Relay::new(near, Some(("user", "secret")), None).is_err());
    }
}
