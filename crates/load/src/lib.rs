//! A simulated crowd at the door of the questionnaire.
//!
//! What flows in: the address of a site, and what each respondent would type. What flows out: how long the site took,
//! what went wrong, and which responses it acknowledged, to be held against the store. Each respondent does what a
//! browser without script does: reads a page, posts its form with its hidden fields, goes where the site leads.
//!
//! Respondents arrive on their own schedule, however slow the site is: a latency counts from the instant at which
//! something was to begin, not from the one at which a connection was free for it. Otherwise a site that stands still
//! for a second would be charged for the few requests under way and not for the many that could not be made.

mod connection;
mod crowd;
mod measure;
mod page;
mod prepare;
mod target;
mod verdict;
mod visit;

pub use crowd::{Crowd, Door};
pub use measure::{Latencies, Report, Step};
pub use prepare::{Prepared, prepare};
pub use target::Target;
pub use verdict::{Ledger, Verdict};
pub use visit::{End, Respondent};

/// What prevents a load from being made. What goes wrong during one is counted in its [`Report`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// An address that cannot be spoken to.
    #[error("`{address}` is not the address of a site (expected http://host:port; TLS is its proxy's work)")]
    Address {
        /// The address.
        address: String,
    },
    /// The network.
    #[error("cannot reach `{what}`: {source}")]
    Network {
        /// What.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Random numbers.
    #[error(transparent)]
    Token(#[from] intake::TokenError),
    /// A draft that was prepared and whose summary the site does not show.
    #[error("the site answers {found} to the summary of a complete draft (expected 200): {place}")]
    NotReady {
        /// What it answers.
        found: String,
        /// Where.
        place: String,
    },
}

impl LoadError {
    fn network(what: &str) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_owned();
        move |source| Self::Network { what, source }
    }
}
