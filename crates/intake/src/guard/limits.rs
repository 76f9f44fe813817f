//! How many requests are taken from one place, in a memory of fixed size.
//!
//! A generic cell rate algorithm over a count-min sketch. `governor` was weighed: its keyed limiter keeps one entry per
//! address until somebody sweeps it, and whoever has a /32 of IPv6 has as many addresses as there is memory. Here each
//! key falls into one cell of each of four rows, places being chosen by hashes that are keyed anew in each process, and
//! the earliest of its cells counts: two places share a budget only where they meet in all four rows, the table never
//! grows, and no address can be read in it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;

/// Rows of the table.
const ROWS: usize = 4;
/// Cells of a row: 512 kB in all.
const CELLS: usize = 1 << 14;

/// So many at once, then one each time this long has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many may come at once.
    pub burst: u32,
    /// How long until one more may come.
    pub every: Duration,
}

impl Pace {
    /// Microseconds from one to the next.
    fn every(self) -> u64 {
        u64::try_from(self.every.as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// Microseconds that a whole burst is ahead.
    fn window(self) -> u64 {
        self.every().saturating_mul(u64::from(self.burst))
    }
}

/// How fast each kind of request may come, from one network (IPv4 /24, IPv6 /64) and from all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paces {
    /// Pages that everyone may read, from one network.
    pub read: Pace,
    /// The same from all.
    pub read_by_all: Pace,
    /// Files of what is served beside the questionnaire, from one network: a page of a barometer asks for some dozens.
    pub site: Pace,
    /// The same from all.
    pub site_by_all: Pace,
    /// Drafts started, from one network: a whole training room starts at once.
    pub start: Pace,
    /// The same from all.
    pub start_by_all: Pace,
    /// Addresses and tokens that lead nowhere, from one network.
    pub miss: Pace,
    /// The same from all.
    pub miss_by_all: Pace,
    /// Everything under one personal link, whoever holds it; no network and no total counts here, so that nobody else
    /// can keep a respondent from saving.
    pub link: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        let pace = |burst, milliseconds| Pace { burst, every: Duration::from_millis(milliseconds) };
        Self {
            read: pace(600, 100),
            read_by_all: pace(20_000, 1),
            site: pace(3_000, 20),
            site_by_all: pace(60_000, 1),
            start: pace(60, 10_000),
            start_by_all: pace(2_000, 50),
            miss: pace(60, 10_000),
            miss_by_all: pace(6_000, 20),
            link: pace(240, 250),
        }
    }
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A page that everyone may read.
    Read,
    /// Something beside the questionnaire.
    Site,
    /// A new draft.
    Start,
    /// An address or a token that leads nowhere.
    Miss,
}

/// Too many: when one more will be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// Whole seconds, at least one.
    pub(crate) seconds: u64,
}

/// Counts requests for all the definitions that one server serves one after the other; a clone counts with it.
#[derive(Debug, Clone)]
pub struct Limits(Arc<Counting>);

#[derive(Debug)]
struct Counting {
    paces: Paces,
    proxies: Vec<IpNet>,
    /// One per row. Drawn by the system, never shown.
    keys: [RandomState; ROWS],
    /// Microseconds that the longest burst is ahead: what is written for later was written by a wrong clock.
    furthest: u64,
    /// For each cell, the microsecond from which nothing of its budget is used any more.
    cells: Mutex<Vec<u64>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(Paces::default(), Vec::new())
    }
}

impl Limits {
    /// Limits at these paces. What `proxies` say in `X-Forwarded-For` about where a request comes from is believed;
    /// what anybody else says there is not.
    #[must_use]
    pub fn new(paces: Paces, proxies: Vec<IpNet>) -> Self {
        let keys = std::array::from_fn(|_| RandomState::new());
        let Paces { read, read_by_all, site, site_by_all, start, start_by_all, miss, miss_by_all, link } =
            paces;
        let all = [read, read_by_all, site, site_by_all, start, start_by_all, miss, miss_by_all, link];
        let furthest = all.map(Pace::window).into_iter().max().unwrap_or(0);
        let cells = Mutex::new(vec![0; ROWS * CELLS]);
        Self(Arc::new(Counting { paces, proxies, keys, furthest, cells }))
    }

    /// Whether this address is one of our proxies.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.0.proxies.iter().any(|network| network.contains(&address))
    }

    /// Counts `weight` requests from a network.
    pub(crate) fn take(
        &self,
        kind: Kind,
        from: IpNet,
        weight: u32,
        now: DateTime<Utc>,
    ) -> Result<(), TooMany> {
        let paces = &self.0.paces;
        let (one, all) = match kind {
            Kind::Read => (paces.read, paces.read_by_all),
            Kind::Site => (paces.site, paces.site_by_all),
            Kind::Start => (paces.start, paces.start_by_all),
            Kind::Miss => (paces.miss, paces.miss_by_all),
        };
        // What one network may not do is not counted for all.
        self.count(one, &(kind, from), weight, now)?;
        self.count(all, &(kind, "all"), 1, now)
    }

    /// Counts a request under a personal link.
    pub(crate) fn take_link(&self, token: &str, now: DateTime<Utc>) -> Result<(), TooMany> {
        self.count(self.0.paces.link, &("link", token), 1, now)
    }

    fn count(&self, pace: Pace, key: &impl Hash, weight: u32, now: DateTime<Utc>) -> Result<(), TooMany> {
        let now = u64::try_from(now.timestamp_micros()).unwrap_or(0);
        let (every, window) = (pace.every(), pace.window());
        let places: [usize; ROWS] = std::array::from_fn(|row| {
            let place = self.0.keys[row].hash_one(key) % (CELLS as u64);
            row * CELLS + usize::try_from(place).expect("a place is less than the cells of a row")
        });
        let mut cells = self.0.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let most = now.saturating_add(window);
        // A clock that was set back must not shut anybody out for as long as it was wrong.
        for place in places {
            if cells[place] > now.saturating_add(self.0.furthest) {
                cells[place] = now;
            }
        }
        let used = places.map(|place| cells[place]).into_iter().min().unwrap_or(0);
        let used = used.max(now);
        let after = used.saturating_add(every.saturating_mul(u64::from(weight)));
        if after > most {
            return Err(TooMany { seconds: (after - most).div_ceil(1_000_000).max(1) });
        }
        for place in places {
            cells[place] = cells[place].max(after);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn network(text: &str) -> IpNet {
        text.parse().expect("a network")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026") + TimeDelta::seconds(seconds)
    }

    fn limits() -> Limits {
        let start = Pace { burst: 3, every: Duration::from_secs(10) };
        let start_by_all = Pace { burst: 5, every: Duration::from_secs(1) };
        Limits::new(Paces { start, start_by_all, ..Paces::default() }, Vec::new())
    }

    #[test]
    fn a_burst_is_taken_and_then_one_each_time() {
        let (limits, here) = (limits(), network("192.0.2.0/24"));
        for _ in 0..3 {
            assert_eq!(limits.take(Kind::Start, here, 1, at(0)), Ok(()));
        }
        assert_eq!(limits.take(Kind::Start, here, 1, at(0)), Err(TooMany { seconds: 10 }));
        assert_eq!(limits.take(Kind::Start, here, 1, at(4)), Err(TooMany { seconds: 6 }));
        assert_eq!(limits.take(Kind::Start, here, 1, at(10)), Ok(()));
        assert!(limits.take(Kind::Start, here, 1, at(10)).is_err());
    }

    #[test]
    fn one_network_does_not_use_up_the_budget_of_another_until_all_together_do() {
        let limits = limits();
        let networks: Vec<IpNet> = (0..3).map(|n| network(&format!("192.0.{n}.0/24"))).collect();
        let taken = |from: usize| limits.take(Kind::Start, networks[from], 1, at(0)).is_ok();
        assert_eq!([taken(0), taken(0), taken(0), taken(0)], [true, true, true, false]);
        assert_eq!([taken(1), taken(1)], [true, true]);
        assert!(!taken(2), "five is all that is taken from everyone together");
        assert!(limits.take(Kind::Read, networks[2], 1, at(0)).is_ok(), "each kind has a budget of its own");
    }

    #[test]
    fn what_looks_automatic_weighs_more() {
        let (limits, here) = (limits(), network("192.0.2.0/24"));
        assert!(limits.take(Kind::Start, here, 3, at(0)).is_ok());
        assert!(limits.take(Kind::Start, here, 1, at(0)).is_err());
    }

    #[test]
    fn a_clock_that_was_set_back_shuts_nobody_out() {
        let (limits, here) = (limits(), network("192.0.2.0/24"));
        for wrong_then_right in [1_000_000, 0] {
            for _ in 0..3 {
                assert_eq!(limits.take(Kind::Start, here, 1, at(wrong_then_right)), Ok(()));
            }
            assert!(limits.take(Kind::Start, here, 1, at(wrong_then_right)).is_err());
        }
    }

    #[test]
    fn a_hundred_thousand_networks_take_no_more_memory_and_shut_nobody_out() {
        let limits =
            Limits::new(Paces { start_by_all: Paces::default().read_by_all, ..Paces::default() }, Vec::new());
        let refused = (0..100_000_u32)
            .filter(|number| {
                let address = IpAddr::from((number << 8).to_be_bytes());
                let from = IpNet::new(address, 24).expect("24 bits of 32");
                limits.take(Kind::Start, from, 1, at(i64::from(*number))).is_err()
            })
            .count();
        assert_eq!(limits.0.cells.lock().expect("nobody panicked").len(), ROWS * CELLS);
        assert_eq!(refused, 0, "one a second from everywhere is no flood");
    }
}
