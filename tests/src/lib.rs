//! What the journeys need around the real binary: to start it, to speak to it as a browser does, and as somebody who
//! does not use a browser at all.
//!
//! Nothing here knows what the questionnaire asks. When the machine lacks something, the message says which Debian
//! package brings it or which command builds it; `tests/run` does both.

mod browser;
mod command;
mod http;
mod lens;
mod poppler;
mod postgres;
mod proxy;
mod server;

pub use browser::{Browser, Focus, PHONE_WIDTH};
pub use command::{barometre, workspace};
pub use fantoccini::key::Key;
pub use http::{Http, Reply, form};
pub use lens::{Preference, tool};
pub use poppler::poppler;
pub use postgres::Schema;
pub use proxy::Proxy;
pub use server::Server;

use std::time::{Duration, Instant};

/// Waits until `ready` gives something. What is waited for happens in another process, which has no way to tell us.
///
/// # Panics
/// When nothing came after `limit`.
pub async fn until<T>(what: &str, limit: Duration, mut ready: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    loop {
        tick.tick().await;
        if let Some(found) = ready().await {
            return found;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} for {what}, in vain");
    }
}
