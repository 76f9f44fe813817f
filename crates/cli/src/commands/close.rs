//! `barometre close`

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use intake::Clock;

use crate::arguments::CloseArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::error::CliError;
use crate::{definition, stores};

/// Closes the edition.
pub(crate) async fn run(arguments: &CloseArguments) -> Result<(), CliError> {
    let CloseArguments { grace, edition: arguments } = arguments;
    let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let code = &definition.collection();
    if store.edition(code).await?.is_none() {
        return Err(never_opened(code));
    }
    let now = intake::SystemClock.now();
    let until = match grace {
        None => None,
        Some(grace) => Some(end_of(now, **grace).ok_or_else(|| {
            CliError::input(
                format!("a grace of {grace} has no end"),
                "give some hours or days, for instance `--grace 48h`",
            )
        })?),
    };
    store.close_edition_until(code, now, until).await?;
    let counts = store.counts(code).await?;
    let late = match counts.in_grace {
        0 => String::new(),
        late => format!(" ({late} of them sent after the closing)"),
    };
    say(format!("edition {code} is closed: {} responses{late}, {} drafts", counts.submitted, counts.drafts))?;
    match until {
        None => Ok(()),
        Some(until) => say(format!("drafts can be completed and sent until {}", utc(until))),
    }
}

/// The end of a grace that begins now.
fn end_of(now: DateTime<Utc>, grace: Duration) -> Option<DateTime<Utc>> {
    now.checked_add_signed(TimeDelta::from_std(grace).ok()?)
}

/// An instant as it is said.
pub(crate) fn utc(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M:%S UTC")
}

/// The edition of which nothing was ever collected.
pub(crate) fn never_opened(code: &str) -> CliError {
    CliError::input(
        format!("edition {code} was never opened in this data directory"),
        "`barometre serve` opens it; `--dir` and `--database-url` say where responses are",
    )
}
