//! The log of all tests of this binary, kept in memory.
//!
//! One subscriber for the whole process, set before the first request of any test: the library remembers at the
//! first event of a place in the code whether anybody listens to it, so that a subscriber of one thread misses
//! whatever another thread met first.

use std::io::Write;
use std::sync::{Mutex, Once};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().expect("no test panics while it writes a line").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps everything that is logged from here on; the second time changes nothing.
pub fn keep() {
    static START: Once = Once::new();
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Kept)
            .init();
    });
}

/// What was logged so far.
pub fn so_far() -> String {
    String::from_utf8(LOG.lock().expect("no test panics while it writes a line").clone()).expect("UTF-8")
}
