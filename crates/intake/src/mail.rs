//! Letters by e-mail: the personal link, to whoever asks for it.
//!
//! The page hands a letter over and goes on at once, whatever becomes of it: how long an answer takes tells nothing. How
//! letters travel is the business of a [`Postman`], given by whoever serves the pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

/// A letter to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// E-mail address.
    pub to: String,
    /// Subject, on one line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Neither the address nor the link in the text is ever logged.
impl std::fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Letter")
    }
}

/// Takes letters and sees to it that they are sent.
pub trait Postman: Send + Sync {
    /// Takes a letter and returns at once; `false` when it takes none just now.
    fn take(&self, letter: Letter) -> bool;
}

/// How many letters one address gets, and all addresses together, in each [`WINDOW`].
const MOST_TO_ONE: usize = 3;
const MOST_TO_ALL: usize = 300;

/// The time over which letters are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Instants by digest.
type Taken = BTreeMap<[u8; 32], Vec<DateTime<Utc>>>;

/// The letters of a site, and how many were sent.
#[derive(Clone)]
pub struct Mailbox {
    postman: Arc<dyn Postman>,
    /// When letters were taken lately, by the digest of their address.
    taken: Arc<Mutex<Taken>>,
}

impl Mailbox {
    /// Letters by this postman.
    #[must_use]
    pub fn new(postman: Arc<dyn Postman>) -> Self {
        Self { postman, taken: Arc::default() }
    }

    /// Hands a letter to the postman. One too many is dropped: whoever writes somebody else's address shall not fill
    /// that mailbox. `false` when the postman takes none, or when all addresses together got too many.
    pub(crate) fn take(&self, letter: Letter, now: DateTime<Utc>) -> bool {
        let address: [u8; 32] = Sha256::digest(letter.to.to_lowercase()).into();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|_, times| {
            times.retain(|&at| now - at < WINDOW);
            !times.is_empty()
        });
        if taken.values().map(Vec::len).sum::<usize>() >= MOST_TO_ALL {
            return false;
        }
        let times = taken.entry(address).or_default();
        if times.len() >= MOST_TO_ONE {
            return true;
        }
        times.push(now);
        drop(taken);
        self.postman.take(letter)
    }
}

/// How many codes that lead nowhere are tried in one minute before the page asks to wait. A code holds 60 bits: this
/// only bounds the work, and is far above what people mistype.
const MOST_WRONG_CODES: u32 = 600;

/// Counts codes that lead nowhere.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<(i64, u32)>);

impl Attempts {
    /// Whether a code may be tried now.
    pub(crate) fn may_try(&self, now: DateTime<Utc>) -> bool {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.0 != now.timestamp() / 60 || counted.1 < MOST_WRONG_CODES
    }

    /// Counts one that led nowhere.
    pub(crate) fn count(&self, now: DateTime<Utc>) {
        let minute = now.timestamp() / 60;
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counted = if counted.0 == minute { (minute, counted.1.saturating_add(1)) } else { (minute, 1) };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Postman for Counted {
        fn take(&self, _: Letter) -> bool {
            self.0.fetch_add(1, Ordering::SeqCst);
            true
        }
    }

    fn letter(to: &str) -> Letter {
        Letter { to: to.to_owned(), subject: String::new(), body: String::new() }
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + 60 * minutes, 0).expect("an instant of 2026")
    }

    #[test]
    fn the_fourth_letter_to_an_address_is_dropped_without_a_word() {
        let postman = Arc::new(Counted::default());
        let mailbox = Mailbox::new(Arc::clone(&postman) as Arc<dyn Postman>);
        for address in ["a@asso.example", "A@asso.example", "a@asso.example", "a@asso.example"] {
            assert!(mailbox.take(letter(address), at(0)));
        }
        assert_eq!(postman.0.load(Ordering::SeqCst), 3);
        assert!(mailbox.take(letter("b@asso.example"), at(0)));
        assert!(mailbox.take(letter("a@asso.example"), at(15)));
        assert_eq!(postman.0.load(Ordering::SeqCst), 5);
    }

    #[test]
    fn all_addresses_together_get_so_many_letters_and_no_more() {
        let postman = Arc::new(Counted::default());
        let mailbox = Mailbox::new(Arc::clone(&postman) as Arc<dyn Postman>);
        for number in 0..MOST_TO_ALL {
            assert!(mailbox.take(letter(&format!("{number}@asso.example")), at(0)));
        }
        assert!(!mailbox.take(letter("one@more.example"), at(1)));
        assert!(mailbox.take(letter("one@more.example"), at(16)));
    }

    #[test]
    fn too_many_wrong_codes_close_the_door_for_a_minute() {
        let attempts = Attempts::default();
        for _ in 0..MOST_WRONG_CODES {
            assert!(attempts.may_try(at(0)));
            attempts.count(at(0));
        }
        assert!(!attempts.may_try(at(0)));
        assert!(attempts.may_try(at(1)));
    }
}
