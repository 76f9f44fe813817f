//! The end of an edition.

use clap::Args;

use crate::arguments::EditionArguments;

/// Arguments of `close`.
#[derive(Debug, Args)]
pub(crate) struct CloseArguments {
    /// For how long drafts that were started before can still be saved and sent, for instance `48h` or `3days`; closing
    /// again sets it anew, and ends it when absent
    #[arg(long, value_name = "TIME")]
    pub grace: Option<humantime::Duration>,
    #[command(flatten)]
    pub edition: EditionArguments,
}

/// Arguments of `purge`.
#[derive(Debug, Args)]
pub(crate) struct PurgeArguments {
    /// Erase; without this nothing is, and what would be is said
    #[arg(long)]
    pub apply: bool,
    /// Code of the edition that followed: contacts are due a month after its closing, three years after that of this
    /// edition at the latest
    #[arg(long, value_name = "EDITION")]
    pub next: Option<String>,
    /// Erase even if the edition was never frozen in this data directory
    #[arg(long)]
    pub unfrozen: bool,
    #[command(flatten)]
    pub edition: EditionArguments,
}
