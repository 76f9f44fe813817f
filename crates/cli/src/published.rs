//! The definitions that the store keeps: written when they are published, read again with the lists of today.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use exchange::Form;
use questionnaire::{Edition, Files};
use sha2::{Digest, Sha256};
use store::{DefinitionRecord, DefinitionStore, EditionState, OfficeStore, Publish, StoreError};

use crate::definition::Definition;
use crate::error::CliError;

/// Where the lists shared by all surveys are.
const LISTS: &str = "nomenclatures/";

/// The one list whose codes are answers by themselves: it is kept with the definition.
const NETWORKS: &str = "nomenclatures/reseaux.csv";

/// A file of the edition that says nothing about what is asked.
const SIMULATION: &str = "simulation.toml";

/// How often publishing is tried again when somebody was faster.
const MOST_TRIES: usize = 5;

/// A definition that was published, read again.
pub(crate) struct Published {
    /// Version (hash) that records name.
    pub version: String,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Checked.
    pub edition: Arc<Edition>,
    /// Its files, without lists other than the networks.
    pub files: BTreeMap<String, String>,
}

impl Published {
    /// As its author wrote it.
    pub(crate) fn form(&self) -> Result<Form, CliError> {
        Ok(Form::read(&Files::new(self.files.clone()))?)
    }
}

/// The files that are kept of a definition.
pub(crate) fn kept_files(files: &Files) -> BTreeMap<String, String> {
    files
        .iter()
        .filter(|(name, _)| *name == NETWORKS || !name.starts_with(LISTS))
        .filter(|(name, _)| *name != SIMULATION)
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// The SHA-256 of each list that a definition reads.
fn list_digests(files: &Files) -> BTreeMap<&str, String> {
    files
        .iter()
        .filter(|(name, _)| name.starts_with(LISTS))
        .map(|(name, text)| (name, digest(text)))
        .collect()
}

/// What publishes the definition of this folder in place of the version expected.
pub(crate) fn to_publish(definition: &Definition, expected: Option<String>, at: DateTime<Utc>) -> Publish {
    Publish {
        edition: definition.collection(),
        version: definition.edition.questionnaire.version.clone(),
        files: canonical(&kept_files(&definition.files)),
        lists: canonical(&list_digests(&definition.files)),
        expected,
        tide: None,
        archive: None,
        at,
    }
}

/// JSON with its keys in order and without spaces.
fn canonical(map: &impl serde::Serialize) -> String {
    serde_json::to_string(map).expect("a map from text to text always serialises")
}

/// Every version that was published for the edition, in order of first publication. The lists are those of today; the
/// definition of the folder stands for its own version, with its plan and indicators of today.
pub(crate) async fn read(
    store: &(impl DefinitionStore + ?Sized),
    definition: &Definition,
) -> Result<Vec<Published>, CliError> {
    let code = &definition.collection();
    let mut found: Vec<Published> = Vec::new();
    for record in store.definitions(code).await? {
        let published = read_one(&record, definition)?;
        match found.iter_mut().find(|known| known.version == record.version) {
            Some(known) => *known = published,
            None => found.push(published),
        }
    }
    found.extend(before_the_first(found.first(), definition));
    Ok(found)
}

/// The first definition once more, by the version that answers carry which were given before definitions were kept:
/// then it was the digest of the questionnaire's file alone.
fn before_the_first(first: Option<&Published>, definition: &Definition) -> Option<Published> {
    const QUESTIONNAIRE: &str = "questionnaire.toml";
    let (edition, text) = match first {
        Some(first) => (first.edition.as_ref(), first.files.get(QUESTIONNAIRE)?.as_str()),
        None => (&definition.edition, definition.files.text(QUESTIONNAIRE)?),
    };
    let version = digest(text);
    if version == edition.questionnaire.version {
        return None;
    }
    let mut edition = edition.clone();
    edition.questionnaire.version.clone_from(&version);
    let files = first.map_or_else(|| kept_files(&definition.files), |first| first.files.clone());
    let at = first.map_or(DateTime::UNIX_EPOCH, |first| first.at);
    Some(Published { version, at, edition: Arc::new(edition), files })
}

/// SHA-256 in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_one(record: &DefinitionRecord, definition: &Definition) -> Result<Published, CliError> {
    let questionnaire = &definition.edition.questionnaire;
    let (version, at) = (record.version.clone(), record.published_at);
    if version == questionnaire.version {
        let edition = Arc::new(definition.edition.clone());
        return Ok(Published { version, at, edition, files: kept_files(&definition.files) });
    }
    let unreadable = |why: String| {
        CliError::input(
            format!(
                "the definition of edition {} published on {at} (version {}) cannot be read: {why}",
                record.edition,
                short(&record.version)
            ),
            "use the program that published it, or the lists that it was published with",
        )
    };
    let files: BTreeMap<String, String> =
        serde_json::from_str(&record.files).map_err(|error| unreadable(error.to_string()))?;
    let published_lists: BTreeMap<String, String> =
        serde_json::from_str(&record.lists).map_err(|error| unreadable(error.to_string()))?;
    let todays = list_digests(&definition.files);
    for (list, digest) in &published_lists {
        if todays.get(list.as_str()) != Some(digest) && !files.contains_key(list) {
            tracing::warn!(
                list,
                version = short(&record.version),
                "a list changed since a definition was published"
            );
        }
    }
    let lists = definition.files.iter().filter(|(name, _)| name.starts_with(LISTS));
    let mut all: BTreeMap<String, String> =
        lists.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    all.extend(files.clone());
    let edition = Edition::parse(&questionnaire.survey, &questionnaire.edition, &Files::new(all)).map_err(
        |problems| unreadable(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    )?;
    Ok(Published { version, at, edition: Arc::new(edition), files })
}

/// Publishes the definition of this folder when the edition has none yet, or none that anybody has answered.
///
/// # Errors
/// When answers were given under another one.
pub(crate) async fn publish_first(
    store: &dyn OfficeStore,
    definition: &Definition,
    at: DateTime<Utc>,
) -> Result<(), CliError> {
    let questionnaire = &definition.edition.questionnaire;
    let code = definition.collection();
    let code = code.as_str();
    for _ in 0..MOST_TRIES {
        // Read first: what comes between this and the publication raises it.
        let tide = store.tide(code).await?;
        let Some(record) = store.edition(code).await? else { break };
        // A closed edition asks nothing any more; its pages are those of the definition that was published.
        if record.state == EditionState::Closed || record.version.as_ref() == Some(&questionnaire.version) {
            return Ok(());
        }
        if let Some(version) = &record.version {
            let counts = store.counts(code).await?;
            if counts.drafts + counts.submitted > 0 {
                return Err(CliError::input(
                    format!(
                        "edition {code} is collected under version {} of its definition, and `{}` holds version {} \
                         ({} responses and {} drafts were given)",
                        short(version),
                        definition.folder.display(),
                        short(&questionnaire.version),
                        counts.submitted,
                        counts.drafts
                    ),
                    format!(
                        "run `barometre revise {}` to see what changes and publish it",
                        definition.argument()
                    ),
                ));
            }
        }
        let tide = record.version.is_some().then_some(tide);
        let publish = Publish { tide, ..to_publish(definition, record.version, at) };
        match store.publish(&publish).await {
            Err(StoreError::OutdatedVersion { .. } | StoreError::AnswersCame { .. }) => {}
            done => return Ok(done?),
        }
    }
    Err(CliError::Store(StoreError::Unavailable(format!(
        "the definition of edition {code} could not be published: others published at the same time"
    ))))
}

/// The first digits of a version, enough for a person.
pub(crate) fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}
