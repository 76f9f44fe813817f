//! `barometre directory`: from responses and decisions to the cards that may be shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use directory::{
    Candidate, Card, DECISION_COLUMNS, Decisions, Directory, Outcome, Refusal, Review, Reviewed,
};
use futures::TryStreamExt;
use store::{RecordState, ResponseStore};

use crate::arguments::DirectoryArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::{self, Definition, Kind};
use crate::error::CliError;
use crate::stores;

/// Writes the cards and what editors are asked, and says what became of each response.
pub(crate) async fn run(arguments: &DirectoryArguments) -> Result<(), CliError> {
    let definition = definition::load_of(Kind::Directory, arguments.edition.as_deref(), &arguments.surveys)?
        .of_kind(Kind::Directory)?;
    let data = DataDirectory::open(&arguments.data.dir)?;
    let directory = grid(&definition)?;
    let code = definition.edition.questionnaire.edition.as_str();
    let decisions = decisions(&directory, arguments.decisions.as_deref(), &data.decisions(code))?;
    let store = stores::open(&arguments.data, &data).await?;
    let responses = responses(&definition, &directory, store.as_ref()).await?;

    let mut rows: Vec<Reviewed<'_>> = responses
        .candidates
        .iter()
        .map(|candidate| Reviewed { candidate, review: decisions.on(candidate) })
        .collect();
    rows.sort_by(|a, b| {
        (a.candidate.name(), a.candidate.code()).cmp(&(b.candidate.name(), b.candidate.code()))
    });
    let cards: Vec<Card> = rows
        .iter()
        .filter_map(|row| match &row.review {
            Review::Approved(approval) => Some(Card::from(approval)),
            _ => None,
        })
        .collect();
    let folder = data.cards(code);
    let written = directory::write(&folder, &directory, &cards)?;
    let review = data.review(code);
    std::fs::write(&review, directory::review_table(&rows, &decisions))
        .map_err(CliError::io(review.display()))?;

    for line in table(&rows, &responses, &decisions) {
        say(line)?;
    }
    say(format!("directory {code}: {} cards in {}", cards.len(), folder.display()))?;
    say(format!("  open data: {}; on the map: {}", written.open_data, written.on_the_map))?;
    say(format!("  for the editors: {}", review.display()))
}

/// What makes this definition a directory; its problems, if any, are the error.
pub(crate) fn grid(definition: &Definition) -> Result<Directory<'_>, CliError> {
    Directory::new(&definition.edition, &definition.files).map_err(|problems| CliError::Definition {
        folder: definition.folder.clone(),
        problems,
        files: definition.files.clone(),
    })
}

/// What editors decided. The usual table may not be there yet; one that was asked for must be.
fn decisions(directory: &Directory<'_>, asked: Option<&Path>, usual: &Path) -> Result<Decisions, CliError> {
    let path = asked.unwrap_or(usual);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && asked.is_none() => {
            return Ok(Decisions::default());
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(CliError::input(
                format!("there is no table of decisions `{}`", path.display()),
                "give the table that an editor filled in, or nothing for the usual one",
            ));
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(CliError::input(
                format!("`{}` is not UTF-8", path.display()),
                "save the table as « CSV UTF-8 »",
            ));
        }
        Err(error) => return Err(CliError::io(path.display())(error)),
    };
    Decisions::parse(directory, &text).map_err(|faults| {
        let said: Vec<String> = faults.iter().map(|fault| format!("{}: {fault}", path.display())).collect();
        CliError::input(said.join("\n"), format!("expected the columns {}", DECISION_COLUMNS.join(", ")))
    })
}

/// The responses of the edition: those that may become cards, and how many may not.
struct Responses<'d> {
    candidates: Vec<Candidate<'d>>,
    refusals: BTreeMap<Refusal, usize>,
    drafts: usize,
    withdrawn: usize,
}

async fn responses<'d>(
    definition: &Definition,
    directory: &'d Directory<'d>,
    store: &dyn ResponseStore,
) -> Result<Responses<'d>, CliError> {
    let collection = definition.collection();
    let mut found = Responses { candidates: Vec::new(), refusals: BTreeMap::new(), drafts: 0, withdrawn: 0 };
    let mut records = store.records(&collection);
    while let Some(record) = records.try_next().await? {
        let receipt = match (record.state, &record.receipt) {
            (RecordState::Submitted, Some(receipt)) => receipt,
            (RecordState::Submitted | RecordState::Draft, _) => {
                found.drafts += 1;
                continue;
            }
            (RecordState::Withdrawn, _) => {
                found.withdrawn += 1;
                continue;
            }
            (RecordState::Refused, _) => {
                *found.refusals.entry(Refusal::NoAgreement).or_default() += 1;
                continue;
            }
        };
        // Names and addresses are kept apart in the store; a card is about someone, and needs both halves.
        match Candidate::new(directory, receipt, &record.whole()) {
            Ok(candidate) => found.candidates.push(candidate),
            Err(refusal) => *found.refusals.entry(refusal).or_default() += 1,
        }
    }
    Ok(found)
}

/// The table of outcomes: a line a candidate, then how many of each. Those who did not agree are counted, never named.
fn table(rows: &[Reviewed<'_>], responses: &Responses<'_>, decisions: &Decisions) -> Vec<String> {
    let mut lines = Vec::new();
    for row in rows {
        let classified = row.candidate.classified();
        lines.push(format!(
            "{}  {:<11}  {:<12}  {}  [{}]  {}",
            row.candidate.code(),
            outcome(classified.outcome()),
            classified.belonging().code(),
            row.candidate.name(),
            classified.grid(),
            row.review
        ));
    }
    let count =
        |outcome: Outcome| rows.iter().filter(|row| row.candidate.classified().outcome() == outcome).count();
    let refused = |refusal: Refusal| responses.refusals.get(&refusal).copied().unwrap_or(0);
    let cards = rows.iter().filter(|row| matches!(row.review, Review::Approved(_))).count();
    lines.push(format!("publishable: {}", count(Outcome::Publishable)));
    lines.push(format!("to review:   {}", count(Outcome::ToReview)));
    lines.push(format!(
        "refused:     {} ({} no agreement, {} outside the scope, {} not valid)",
        responses.refusals.values().sum::<usize>(),
        refused(Refusal::NoAgreement),
        refused(Refusal::OutOfScope),
        refused(Refusal::Invalid)
    ));
    lines.push(format!("not counted: {} drafts, {} withdrawn", responses.drafts, responses.withdrawn));
    lines.push(format!("approved by an editor: {cards}"));
    let known: BTreeSet<&str> = rows.iter().map(|row| row.candidate.code()).collect();
    let orphans = decisions.cards().filter(|card| !known.contains(card)).count();
    if orphans > 0 {
        lines.push(format!("decisions about no candidate of today: {orphans}"));
    }
    lines
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Publishable => "publishable",
        Outcome::ToReview => "to review",
        Outcome::OutOfScope => "refused",
    }
}
