//! A plain reverse proxy: each connection goes to the next server in turn, and knows nothing of who comes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The proxy; what passes through it is cut when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port, before these servers: `host:port`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn before(servers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (cut, is_cut) = watch::channel(false);
        let (servers, next) = (Arc::new(servers), Arc::new(AtomicUsize::new(0)));
        let task = tokio::spawn(async move {
            while let Ok((incoming, _)) = listener.accept().await {
                let (servers, next, is_cut) = (Arc::clone(&servers), Arc::clone(&next), is_cut.clone());
                tokio::spawn(pass(incoming, servers, next, is_cut));
            }
        });
        Self { address, cut, task }
    }

    /// `host:port`.
    #[must_use]
    pub fn place(&self) -> String {
        self.address.to_string()
    }

    /// Cuts what passes, in the middle of whatever it is, and lets nothing through; or lets it through again.
    pub fn cut(&self, is_cut: bool) {
        self.cut.send_replace(is_cut);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut.send_replace(true);
    }
}

/// Passes a connection on to the next server that takes it.
async fn pass(
    mut incoming: TcpStream,
    servers: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    mut is_cut: watch::Receiver<bool>,
) {
    if *is_cut.borrow_and_update() {
        return;
    }
    for _ in 0..servers.len() {
        let server = &servers[next.fetch_add(1, Ordering::Relaxed) % servers.len()];
        let Ok(mut outgoing) = TcpStream::connect(server).await else { continue };
        // Small writes that wait for each other would make a test slow.
        let _ = (incoming.set_nodelay(true), outgoing.set_nodelay(true));
        tokio::select! {
            _ = copy_bidirectional(&mut incoming, &mut outgoing) => {}
            _ = is_cut.wait_for(|is_cut| *is_cut) => {}
        }
        return;
    }
}
