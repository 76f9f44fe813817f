//! `barometre purge`

use chrono::{DateTime, Months, TimeDelta, Utc};
use intake::Clock;
use store::{EditionRecord, StoreError};

use crate::arguments::PurgeArguments;
use crate::commands::close::{never_opened, utc};
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::Kind;
use crate::error::CliError;
use crate::{definition, stores};

/// Days after the closing within which drafts are erased, as the privacy notice says.
const DRAFTS: TimeDelta = TimeDelta::days(30);

/// Months after the closing at which contacts are erased at the latest.
const CONTACTS: Months = Months::new(36);

/// Months after the closing of the next edition at which they are erased, if that is sooner.
const AFTER_NEXT: Months = Months::new(1);

/// Says what an edition keeps that it has promised to erase, and erases what is due when asked to.
pub(crate) async fn run(arguments: &PurgeArguments) -> Result<(), CliError> {
    let PurgeArguments { apply, next, unfrozen, edition: arguments } = arguments;
    let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let code = &definition.collection();
    let edition = store.edition(code).await?.ok_or_else(|| never_opened(code))?;
    let next = match next {
        None => None,
        Some(next) => Some(store.edition(next).await?.ok_or_else(|| never_opened(next))?),
    };
    let now = intake::SystemClock.now();
    let Some(closed_at) = edition.closed_at.filter(|_| !edition.takes_drafts(now)) else {
        let hint = "`barometre close` closes it; nothing is erased before its grace is over";
        return Err(CliError::input(StoreError::StillOpen { edition: code.clone() }.to_string(), hint));
    };
    // A card stays as long as its actor leaves it, with what it is made of.
    let is_directory = definition.survey.kind == Kind::Directory;
    let contacts_at = contacts_due(closed_at, next.as_ref());
    let are_contacts_due = contacts_at <= now && !is_directory;
    let kept = store.kept(code).await?;
    say(format!("edition {code} was closed on {}", utc(closed_at)))?;
    let late = if closed_at + DRAFTS < now { ", which is over" } else { "" };
    say(format!(
        "drafts never sent: {}, corrections never sent: {}; to erase by {}{late}",
        kept.drafts,
        kept.corrections,
        utc(closed_at + DRAFTS)
    ))?;
    let when = if are_contacts_due { "due since" } else { "to erase on" };
    if is_directory {
        say(format!("responses with contacts: {}; kept as long as their cards", kept.contacts))?;
    } else {
        say(format!("responses with contacts: {}; {when} {}", kept.contacts, utc(contacts_at)))?;
    }
    let is_frozen = is_directory || directory.extract(&definition.edition.questionnaire.edition).exists();
    if !*apply {
        return say("nothing was erased; `--apply` erases what is due, drafts at any time after the closing");
    }
    // Drafts that went far enough count in the statistics, and duplicates are known by the contacts.
    if !is_frozen && !*unfrozen {
        return Err(CliError::input(
            format!("edition {code} was not frozen in this data directory: nothing was erased"),
            "`barometre freeze` takes in the drafts that count and finds duplicates by contacts; `--unfrozen` erases \
             all the same",
        ));
    }
    let erased = store.erase_drafts(code, now).await?;
    say(format!("erased: {} drafts, {} corrections", erased.drafts, erased.corrections))?;
    if are_contacts_due {
        let erased = store.erase_contacts(code, now).await?;
        say(format!("erased: the contacts of {} responses", erased.contacts))?;
    }
    Ok(())
}

/// When contacts are to be erased: three years after the closing, or a month after that of the next edition.
fn contacts_due(closed_at: DateTime<Utc>, next: Option<&EditionRecord>) -> DateTime<Utc> {
    let after_next = next.and_then(|next| next.closed_at?.checked_add_months(AFTER_NEXT));
    let latest = closed_at.checked_add_months(CONTACTS);
    latest.into_iter().chain(after_next).min().unwrap_or(closed_at)
}

#[cfg(test)]
mod tests {
    use store::EditionState;

    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("an instant")
    }

    fn next(closed: Option<&str>) -> EditionRecord {
        EditionRecord {
            edition: "2028".to_owned(),
            state: if closed.is_some() { EditionState::Closed } else { EditionState::Open },
            is_simulated: false,
            opened_at: day("2028-09-01"),
            closed_at: closed.map(day),
            grace_until: None,
            version: None,
        }
    }

    #[test]
    fn contacts_go_three_years_after_the_closing_or_a_month_after_the_next_edition() {
        let closed = day("2026-12-31");
        assert_eq!(contacts_due(closed, None), day("2029-12-31"));
        assert_eq!(contacts_due(closed, Some(&next(None))), day("2029-12-31"));
        assert_eq!(contacts_due(closed, Some(&next(Some("2028-12-31")))), day("2029-01-31"));
        assert_eq!(
            contacts_due(closed, Some(&next(Some("2031-01-01")))),
            day("2029-12-31"),
            "three years at most"
        );
    }
}
