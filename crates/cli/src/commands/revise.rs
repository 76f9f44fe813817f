//! `barometre revise`

use exchange::Form;
use exchange::impact::{Given, Impact, Version, impact};
use futures::TryStreamExt;
use intake::Clock;
use questionnaire::Answers;
use store::{EditionRecord, OfficeStore, Publish, Record, RecordState, StoreError, archive_code};

use crate::arguments::ReviseArguments;
use crate::commands::close::never_opened;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::{self, Definition};
use crate::error::CliError;
use crate::published::{self, Published, short};
use crate::stores;

/// How often the answers are weighed again when others came meanwhile.
const MOST_TRIES: usize = 5;

/// Shows what the definition of the folder changes for whom, and publishes it when asked to.
pub(crate) async fn run(arguments: &ReviseArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let (collection, argument) = (definition.collection(), definition.argument());
    let code = collection.as_str();
    for _ in 0..MOST_TRIES {
        let record = store.edition(code).await?.ok_or_else(|| never_opened(code))?;
        // Read before the answers: what comes after raises it.
        let tide = store.tide(code).await?;
        let Some(weighed) = weigh(store.as_ref(), &definition, &record).await? else { return Ok(()) };
        show(&weighed, &definition)?;
        if !arguments.apply {
            return advise(&weighed, arguments.restart, &argument);
        }
        let at = intake::SystemClock.now();
        let publish = Publish {
            tide: weighed.impacts.iter().any(Impact::depends_on_answers).then_some(tide),
            archive: archive(&weighed, arguments.restart, (code, &argument), at)?,
            ..published::to_publish(&definition, record.version, at)
        };
        match store.publish(&publish).await {
            Ok(()) => return announce(&publish, &weighed),
            Err(StoreError::AnswersCame { .. } | StoreError::OutdatedVersion { .. }) => {
                say("answers came meanwhile: once more")?;
            }
            Err(StoreError::EditionClosed { .. }) => {
                return Err(CliError::input(
                    format!(
                        "edition {code} is closed: nothing is asked any more, so that nothing can be revised"
                    ),
                    "put the files back as they were published; plan and indicators may change at any time",
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(CliError::input(
        format!("answers came during each of {MOST_TRIES} attempts"),
        "try again at a quieter hour, or revise only what depends on no answer",
    ))
}

/// What is asked, what the folder would ask, and what that does.
struct Weighed {
    asked: Published,
    impacts: Vec<Impact>,
    responses: usize,
    drafts: usize,
}

impl Weighed {
    fn harmful(&self) -> usize {
        self.impacts.iter().filter(|impact| impact.is_harmful()).count()
    }
}

/// Compares what is asked with the folder; nothing when they are the same.
async fn weigh(
    store: &dyn OfficeStore,
    definition: &Definition,
    record: &EditionRecord,
) -> Result<Option<Weighed>, CliError> {
    let next = &definition.edition;
    let collection = definition.collection();
    let code = collection.as_str();
    let Some(version) = record.version.as_deref() else {
        say(format!(
            "edition {code} has no published definition yet: `barometre serve` publishes the first"
        ))?;
        return Ok(None);
    };
    if version == next.questionnaire.version {
        say(format!(
            "edition {code} is asked as `{}` says (version {}): there is nothing to publish",
            definition.folder.display(),
            short(version)
        ))?;
        return Ok(None);
    }
    let mut published = published::read(store, definition).await?;
    let records: Vec<Record> = store.records(code).try_collect().await?;
    let wholes: Vec<(&Record, Answers)> = records
        .iter()
        .filter(|record| matches!(record.state, RecordState::Draft | RecordState::Submitted))
        .map(|record| (record, record.whole()))
        .collect();
    let mut given = Vec::with_capacity(wholes.len());
    for (record, answers) in &wholes {
        let own =
            published.iter().find(|published| published.version == record.version).ok_or_else(|| {
                let unknown = wholes.iter().filter(|(other, _)| other.version == record.version);
                extract::ExtractError::UnknownVersion {
                    version: record.version.clone(),
                    count: unknown.count(),
                }
            })?;
        given.push(Given {
            edition: &own.edition,
            is_submitted: record.state == RecordState::Submitted,
            answers,
            last_screen: record.last_screen.as_deref(),
        });
    }
    let at = published.iter().position(|published| published.version == version).ok_or_else(|| {
        CliError::Fault(format!("the store asks by version {version}, which it does not have"))
    })?;
    let (form, next_form) = (published[at].form()?, Form::read(&definition.files)?);
    let asked = Version { edition: &published[at].edition, form: &form };
    let impacts = impact(asked, Version { edition: next, form: &next_form }, &given);
    let responses = given.iter().filter(|given| given.is_submitted).count();
    let drafts = given.len() - responses;
    Ok(Some(Weighed { asked: published.swap_remove(at), impacts, responses, drafts }))
}

/// Prints the impact table.
fn show(weighed: &Weighed, definition: &Definition) -> Result<(), CliError> {
    let questionnaire = &definition.edition.questionnaire;
    say(format!(
        "edition {}: version {} of {} -> version {} in `{}`; {} responses, {} drafts",
        questionnaire.edition,
        short(&weighed.asked.version),
        weighed.asked.at.format("%Y-%m-%d"),
        short(&questionnaire.version),
        definition.folder.display(),
        weighed.responses,
        weighed.drafts
    ))?;
    let width = weighed.impacts.iter().map(|impact| impact.place.chars().count()).max().unwrap_or(0).max(5);
    say(format!("{:<10}{:<width$}  {:>9}{:>8}  change", "", "place", "responses", "drafts"))?;
    for impact in &weighed.impacts {
        let verdict = if impact.is_harmful() { "harmful" } else { "harmless" };
        let reason = impact.harm().map_or_else(String::new, |harm| format!(" ({harm})"));
        say(format!(
            "{verdict:<10}{:<width$}  {:>9}{:>8}  {}{reason}",
            impact.place, impact.touched.responses, impact.touched.drafts, impact.change
        ))?;
    }
    Ok(())
}

/// What to do next, when nothing was to be published.
fn advise(weighed: &Weighed, restart: bool, argument: &str) -> Result<(), CliError> {
    match (weighed.harmful(), restart) {
        (0, _) => {
            say(format!("every change is harmless: `barometre revise {argument} --apply` publishes them"))
        }
        (harmful, false) => say(format!(
            "{harmful} harmful: take them back, or start the edition again by `--restart`, which keeps what was \
             collected apart and analyses none of it"
        )),
        (_, true) => say(format!(
            "`barometre revise {argument} --apply --restart` starts the edition again: {} responses and {} drafts would \
             be kept apart and not analysed",
            weighed.responses, weighed.drafts
        )),
    }
}

/// The edition that keeps what was collected, when the edition is started again; a refusal when that must not be.
fn archive(
    weighed: &Weighed,
    restart: bool,
    (code, argument): (&str, &str),
    at: chrono::DateTime<chrono::Utc>,
) -> Result<Option<String>, CliError> {
    match (weighed.harmful(), restart) {
        (0, false) => Ok(None),
        (0, true) => Err(CliError::input(
            "every change is harmless: nothing asks for a new start",
            format!("`barometre revise {argument} --apply` publishes them and keeps all answers"),
        )),
        (harmful, false) => Err(CliError::input(
            format!(
                "nothing was published: {harmful} of the changes above would harm answers that were given"
            ),
            "take them back (a new meaning takes a new code), or add `--restart`, which starts the edition again and \
             keeps what was collected apart, never analysed",
        )),
        (_, true) => Ok(Some(archive_code(code, at))),
    }
}

fn announce(publish: &Publish, weighed: &Weighed) -> Result<(), CliError> {
    let Publish { edition, version, .. } = publish;
    let version = short(version);
    match &publish.archive {
        None => say(format!(
            "published: edition {edition} asks by version {version} now; drafts go on under it, responses stay as \
             they were sent, and servers take it up by themselves"
        )),
        Some(archive) => say(format!(
            "started again: edition {edition} asks by version {version} now; {} responses and {} drafts are kept \
             apart as edition `{archive}`, which no analysis reads",
            weighed.responses, weighed.drafts
        )),
    }
}
