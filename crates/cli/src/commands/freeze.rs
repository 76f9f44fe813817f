//! `barometre freeze`

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use extract::{Definitions, ExtractRecord, Manifest, ManifestInput, StateCounts};
use futures::TryStreamExt;
use intake::Clock;
use questionnaire::Answers;
use store::{OfficeStore, Record, RecordState};

use crate::arguments::FreezeArguments;
use crate::commands::close::{never_opened, utc};
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::{self, Definition, Kind};
use crate::error::CliError;
use crate::pseudonym::Pseudonyms;
use crate::published::{self, short};
use crate::stores;

/// Name and version of the program, for manifests.
pub(crate) const SOFTWARE: &str = concat!("barometre ", env!("CARGO_PKG_VERSION"));

/// Freezes the edition and says where.
pub(crate) async fn run(arguments: &FreezeArguments) -> Result<Manifest, CliError> {
    let EditionCommand { definition, directory } = EditionCommand::open(&arguments.edition)?;
    let store = stores::open(&arguments.edition.data, &directory).await?;
    refuse_published(&definition.edition.questionnaire.edition, &directory)?;
    let (manifest, folder) = freeze(&definition, &directory, store.as_ref(), arguments.close).await?;
    say(format!("extract of edition {}: {} rows in {}", manifest.edition, manifest.rows, folder.display()))?;
    Ok(manifest)
}

/// The same for a revision: the published extract was put aside.
pub(crate) async fn again(
    command: &EditionCommand,
    arguments: &FreezeArguments,
) -> Result<Manifest, CliError> {
    let store = stores::open(&arguments.edition.data, &command.directory).await?;
    let EditionCommand { definition, directory } = command;
    let (manifest, folder) = freeze(definition, directory, store.as_ref(), arguments.close).await?;
    say(format!("extract of edition {}: {} rows in {}", manifest.edition, manifest.rows, folder.display()))?;
    Ok(manifest)
}

/// What every command about one edition opens first.
pub(crate) struct EditionCommand {
    pub definition: Definition,
    pub directory: DataDirectory,
}

impl EditionCommand {
    pub(crate) fn open(arguments: &crate::arguments::EditionArguments) -> Result<Self, CliError> {
        let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
        let definition = definition.of_kind(Kind::Barometer)?;
        Ok(Self { definition, directory: DataDirectory::open(&arguments.data.dir)? })
    }
}

/// What is published was frozen once and for all: an answer that is erased afterwards leaves the answers, and would show
/// by its absence if they were frozen again (`disclosure.md`, section 3.4).
fn refuse_published(code: &str, directory: &DataDirectory) -> Result<(), CliError> {
    let folder = directory.publication(code);
    if !folder.join(publication::PUBLICATION_FILE).is_file()
        || publication::read(&folder)?.edition.is_simulated
    {
        return Ok(());
    }
    Err(CliError::input(
        format!("edition {code} is already published"),
        format!(
            "a published edition is never frozen again; if nobody has seen it yet, move `{}` away first",
            folder.display()
        ),
    ))
}

/// Writes the extract of a closed edition.
pub(crate) async fn freeze(
    definition: &Definition,
    directory: &DataDirectory,
    store: &dyn OfficeStore,
    close: bool,
) -> Result<(Manifest, PathBuf), CliError> {
    let edition = &definition.edition;
    let code = edition.questionnaire.edition.as_str();
    let record = store.edition(code).await?.ok_or_else(|| never_opened(code))?;
    if let Some(version) =
        record.version.as_ref().filter(|version| **version != edition.questionnaire.version)
    {
        return Err(CliError::input(
            format!(
                "edition {code} was asked by version {} of its definition, and `{}` holds version {}",
                short(version),
                definition.folder.display(),
                short(&edition.questionnaire.version)
            ),
            format!(
                "put the files back as they were published; `barometre revise {}` says what differs",
                definition.argument()
            ),
        ));
    }
    let published = published::read(store, definition).await?;
    let mut definitions = Definitions::one(edition, published::kept_files(&definition.files));
    for earlier in &published {
        definitions = definitions.with_earlier(&earlier.edition, earlier.files.clone());
    }
    let now = intake::SystemClock.now();
    if let Some(until) = record.grace_at(now).filter(|_| !close) {
        return Err(CliError::input(
            format!(
                "edition {code} takes the drafts that were started before its closing until {}",
                utc(until)
            ),
            "wait, or end the grace by `barometre close` or `--close`",
        ));
    }
    if record.takes_drafts(now) {
        if !close {
            return Err(CliError::input(
                format!("edition {code} is still open"),
                "close it by `barometre close`, or add `--close`",
            ));
        }
        store.close_edition(code, now).await?;
    }
    let pseudonyms = Pseudonyms::open(&directory.pseudonym_key())?;
    let mut records = Vec::new();
    let mut days: Vec<NaiveDate> = Vec::new();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let mut stream = store.records(code);
    while let Some(found) = stream.try_next().await? {
        days.push(found.started_at.date_naive());
        days.extend(found.submitted_at.map(|at| at.date_naive()));
        match definitions.of(&found.version) {
            Some(own) => records.extend(to_extract(own, &pseudonyms, &found)),
            // One that holds no answer is counted, and never read.
            None if matches!(found.state, RecordState::Refused | RecordState::Withdrawn) => {}
            None => *unknown.entry(found.version).or_insert(0) += 1,
        }
    }
    drop(stream);
    if let Some((version, count)) = unknown.pop_first() {
        return Err(extract::ExtractError::UnknownVersion { version, count }.into());
    }
    let counts = store.counts(code).await?;
    let today = record.opened_at.date_naive();
    let input = ManifestInput {
        software: SOFTWARE.to_owned(),
        is_simulated: record.is_simulated,
        field_start: days.iter().min().copied().unwrap_or(today),
        field_end: days.iter().max().copied().unwrap_or(today),
        states: StateCounts {
            submitted: counts.submitted,
            partial: counts.drafts,
            refused: counts.refused,
            withdrawn: counts.withdrawn,
        },
    };
    let folder = directory.extract(code);
    let manifest = extract::write_versions(&folder, &definitions, &records, &input)?;
    Ok((manifest, folder))
}

/// A record as it is frozen, routed by the definition that it was given under; refused and withdrawn ones have nothing to freeze.
fn to_extract(
    edition: &questionnaire::Edition,
    pseudonyms: &Pseudonyms,
    record: &Record,
) -> Option<ExtractRecord> {
    let state = match record.state {
        RecordState::Draft => extract::RecordState::Partial,
        RecordState::Submitted => extract::RecordState::Submitted,
        RecordState::Refused | RecordState::Withdrawn => return None,
    };
    // What is personal is kept apart in the store; this second sieve holds even if a row was written by hand.
    // The route is that of all answers: a name that was given may not hide what follows it.
    let (answers, _): (Answers, Answers) = edition.split_personal(&edition.route(&record.whole()).1);
    Some(ExtractRecord {
        organisation: pseudonyms.of(&record.edition, &record.answers, &record.contacts, &record.token.0),
        answers,
        state,
        last_screen: record.last_screen.clone(),
        version: record.version.clone(),
        started_on: record.started_at.date_naive(),
        submitted_on: record.submitted_at.map(|at| at.date_naive()),
        sequence: record.submitted_at.unwrap_or(record.updated_at).timestamp(),
    })
}
