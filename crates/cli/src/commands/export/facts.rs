//! What an archive says of a frozen edition: from the extract, the analysis and the publication to plain values.

use std::collections::BTreeMap;

use analysis::archive::{Archived, WEIGHT};
use exchange::archive::{Column, Content, DataFile, Facts, Part, Published, Statistics};
use extract::{CodebookVariable, Extract, columns};
use publication::{Displayed, NumberShown};
use questionnaire::{Edition, Subject};

use crate::commands::analyse::open_extract;
use crate::data::DataDirectory;
use crate::definition::Definition;
use crate::error::CliError;

/// Name of the file of responses in an archive.
pub(super) const RESPONSES_FILE: &str = "responses.csv";
/// Name of the file of weights and derived variables.
pub(super) const DERIVED_FILE: &str = "derived.csv";

const CSV: &str = "text/csv";
const PARQUET: &str = "application/vnd.apache.parquet";
/// Most bytes of a pseudonym, of a version, of a day.
const TEXT_WIDTH: usize = 64;
const RESPONSES: &str = "les réponses, une ligne par enregistrement, y compris interrompu";

/// A frozen edition, with what the analysis makes of it.
pub(super) struct Frozen {
    extract: Extract,
    archived: Archived,
}

impl Frozen {
    pub(super) fn open(definition: &Definition, directory: &DataDirectory) -> Result<Self, CliError> {
        let extract = open_extract(definition, directory)?;
        let archived = analysis::archive::archive(&extract, &definition.edition)?;
        Ok(Self { extract, archived })
    }

    pub(super) fn edition_code(&self) -> &str {
        &self.extract.manifest().edition
    }

    pub(super) fn rows(&self) -> u64 {
        self.extract.manifest().rows
    }

    /// Why there are no weights, when there are none.
    pub(super) fn no_weights(&self) -> Option<&analysis::AnalysisError> {
        self.archived.no_weights.as_ref()
    }

    /// The responses as CSV.
    pub(super) fn responses(&self) -> Result<Vec<u8>, CliError> {
        Ok(self.extract.csv()?)
    }

    /// Weights and derived variables as CSV.
    pub(super) fn derived(&self) -> Result<Vec<u8>, CliError> {
        Ok(extract::csv_file(&self.archived.table)?)
    }

    /// The extract's own file.
    pub(super) fn parquet(&self, edition: &Edition) -> DataFile {
        let manifest = self.extract.manifest();
        DataFile {
            name: extract::RESPONSES_FILE.to_owned(),
            content: RESPONSES.to_owned(),
            media_type: PARQUET.to_owned(),
            // Exact numbers of records stay out of the codebook, which may be published.
            rows: None,
            sha256: manifest.files.get(extract::RESPONSES_FILE).cloned().unwrap_or_default(),
            columns: self.response_columns(edition),
        }
    }

    pub(super) fn responses_file(&self, edition: &Edition, bytes: &[u8]) -> DataFile {
        DataFile {
            name: RESPONSES_FILE.to_owned(),
            content: RESPONSES.to_owned(),
            media_type: CSV.to_owned(),
            rows: None,
            sha256: extract::sha256(bytes),
            columns: self.response_columns(edition),
        }
    }

    pub(super) fn derived_file(&self, edition: &Edition, bytes: &[u8]) -> DataFile {
        let what = if self.no_weights().is_none() {
            "poids et variables calculées"
        } else {
            "variables calculées"
        };
        let derived = (0..edition.derived.len())
            .map(|index| column(&edition.subject_name(Subject::Derived(index)), Content::Derived(index)));
        let key = record_column(edition, self.variable(columns::ID));
        let weight = self.no_weights().is_none().then(|| column(WEIGHT, Content::Weight));
        DataFile {
            name: DERIVED_FILE.to_owned(),
            content: format!("{what}, une ligne par réponse valide, à joindre par id"),
            media_type: CSV.to_owned(),
            // The number of valid responses is published rounded, and only so.
            rows: None,
            sha256: extract::sha256(bytes),
            columns: std::iter::once(key).chain(weight).chain(derived).collect(),
        }
    }

    /// The columns of the responses, in the order of the file.
    fn response_columns(&self, edition: &Edition) -> Vec<Column> {
        let answers: BTreeMap<String, Content> = extract::answer_columns(edition)
            .into_iter()
            .map(|column| (column.name, Content::Answer(column.question, part(column.part))))
            .collect();
        let variables = self.extract.codebook().variables.iter();
        variables
            .map(|variable| match answers.get(&variable.name) {
                Some(content) => column(&variable.name, content.clone()),
                None => record_column(edition, variable),
            })
            .collect()
    }

    fn variable(&self, name: &str) -> &CodebookVariable {
        let mut variables = self.extract.codebook().variables.iter();
        variables.find(|variable| variable.name == name).expect("every extract has the columns of records")
    }

    /// What is known of the edition, with these data files.
    pub(super) fn facts(
        &self,
        definition: &Definition,
        directory: &DataDirectory,
        files: Vec<DataFile>,
    ) -> Result<Facts, CliError> {
        let manifest = self.extract.manifest();
        let statistics = self.archived.frequencies.iter();
        Ok(Facts {
            publisher: definition.survey.publisher.clone(),
            contact: definition.survey.contact.clone(),
            description: definition.survey.description.clone(),
            software: manifest.software.clone(),
            field_start: manifest.field_start.to_string(),
            field_end: manifest.field_end.to_string(),
            is_simulated: manifest.is_simulated,
            versions: manifest.versions.keys().cloned().collect(),
            published: self.published(directory)?,
            files,
            statistics: statistics
                .map(|(name, shown)| {
                    let shares = shown.shares.iter().map(|(code, share)| (code.clone(), display(*share)));
                    let statistics = Statistics {
                        asked: number(shown.asked),
                        shares: shares.collect(),
                        blank: shown.blank.map(display),
                    };
                    (name.clone(), statistics)
                })
                .collect(),
        })
    }

    /// What the edition's publication says of the sample, if it was made from this extract.
    fn published(&self, directory: &DataDirectory) -> Result<Option<Published>, CliError> {
        let folder = directory.publication(self.edition_code());
        if !folder.join(publication::PUBLICATION_FILE).is_file() {
            return Ok(None);
        }
        let publication = publication::read(&folder)?;
        let is_of_this = self.extract.manifest().files.get(extract::RESPONSES_FILE)
            == Some(&publication.provenance.extract);
        Ok(is_of_this.then_some(Published {
            valid: publication.counts.valid,
            weight_ratio: publication.method.weight_ratio,
            n_effective: publication.method.n_effective,
        }))
    }
}

fn column(name: &str, content: Content) -> Column {
    Column { name: name.to_owned(), content }
}

fn record_column(edition: &Edition, variable: &CodebookVariable) -> Column {
    let width = if variable.name == columns::PATH { longest_path(edition) } else { TEXT_WIDTH };
    let content =
        Content::Record { label: variable.label.clone(), is_integer: variable.kind == "integer", width };
    column(&variable.name, content)
}

/// Bytes of the path of someone who is asked everything.
fn longest_path(edition: &Edition) -> usize {
    let questions = edition.questionnaire.questions.iter();
    let places = questions.flat_map(|question| {
        let rows = question.rows().iter().map(|row| question.code.len() + 1 + row.code.len());
        std::iter::once(question.code.len()).chain(rows)
    });
    places.map(|place| place + 1).sum()
}

fn part(part: extract::Part) -> Part {
    match part {
        extract::Part::Code => Part::Code,
        extract::Part::Integer => Part::Integer,
        extract::Part::Option(option) => Part::Option(option),
        extract::Part::Row(row) => Part::Row(row),
        extract::Part::IdentifierType => Part::IdentifierType,
    }
}

/// A share as it is displayed.
fn display(share: Displayed) -> String {
    match share {
        Displayed::AtMost { limit, .. } => format!("≤ {limit}"),
        Displayed::AtLeast { limit, .. } => format!("≥ {limit}"),
        Displayed::Band { from, to, .. } => format!("{from}–{to}"),
        Displayed::Point { value, .. } => value.to_string(),
    }
}

/// A number of respondents as it is displayed.
fn number(shown: NumberShown) -> String {
    match shown {
        NumberShown::Class { from, to, .. } => format!("{from}–{to}"),
        NumberShown::Rounded { value, .. } => value.to_string(),
    }
}
