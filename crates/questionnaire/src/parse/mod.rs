//! From the texts of an edition's files to an [`Edition`], or to all problems at once.

mod indicators;
mod plan;
mod questions;
mod reader;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::edition::{Edition, Reference};
use crate::nomenclature::{Nomenclatures, read_rows};
use crate::problem::{Problem, Problems};
use crate::response::ViolationCode;

/// The texts of an edition's files, by path relative to the edition's folder; nomenclatures under `nomenclatures/`.
#[derive(Debug, Clone, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// From path to text.
    #[must_use]
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self(files)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

#[derive(serde::Deserialize)]
struct ReferenceRow {
    series_code: String,
    indicator_code: String,
    label_fr: String,
    year: String,
    value: String,
    unit: String,
    base: String,
    n: String,
    source: String,
    url: String,
    verification: String,
    comparability_note: String,
}

impl Edition {
    /// Reads and checks an edition. `survey` and `edition` are the codes of its folders.
    ///
    /// # Errors
    /// Every problem found in every file.
    pub fn parse(survey: &str, edition: &str, files: &Files) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let lookup = |name: &str| files.text(name).map(|text| (name.to_owned(), text.to_owned()));
        let (nomenclatures, found) = Nomenclatures::parse(lookup);
        problems.extend(found);
        let texts = read_texts(files, &mut problems);

        let Some(text) = require(files, "questionnaire.toml", &mut problems) else { return Err(problems) };
        let cell = RefCell::new(Problems::new("questionnaire.toml", text));
        let document = reader::document(text, &cell);
        let root = reader::Table::root(&document, &cell);
        let mut draft = questions::read(&root, &nomenclatures);
        survey.clone_into(&mut draft.questionnaire.survey);
        edition.clone_into(&mut draft.questionnaire.edition);
        draft.questionnaire.version = digest(text);

        let mut read = None;
        if let Some(text) = require(files, "indicators.toml", &mut problems) {
            let indicator_problems = RefCell::new(Problems::new("indicators.toml", text));
            let document = reader::document(text, &indicator_problems);
            let root = reader::Table::root(&document, &indicator_problems);
            read = indicators::read(&root, &draft.questionnaire, &nomenclatures);
            problems.extend(indicator_problems.into_inner().into_found());
        }
        // Routing may read derived variables, so conditions are checked once these are known.
        let derived = read.as_ref().map_or(&[][..], |read| &read.derived);
        questions::resolve(&root, &mut draft, derived);
        problems.extend(cell.into_inner().into_found());
        let questionnaire = draft.questionnaire;

        let references = read_rows::<ReferenceRow>(&lookup, "references.csv", &mut problems);
        let references = references.into_iter().map(reference).collect();

        let mut plan = None;
        if let (Some(text), Some(read)) = (require(files, "plan.toml", &mut problems), &read) {
            let plan_problems = RefCell::new(Problems::new("plan.toml", text));
            let document = reader::document(text, &plan_problems);
            let root = reader::Table::root(&document, &plan_problems);
            plan = plan::read(&root, &questionnaire, read, files, &nomenclatures, &mut problems);
            problems.extend(plan_problems.into_inner().into_found());
        }
        problems.sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
        problems.dedup();
        match (plan, read) {
            (Some(plan), Some(read)) if problems.is_empty() => Ok(Self {
                questionnaire,
                derived: read.derived,
                scoring: read.scoring,
                indicators: read.indicators,
                plan,
                references,
                texts,
                nomenclatures,
            }),
            _ => Err(problems),
        }
    }
}

fn require<'f>(files: &'f Files, name: &str, problems: &mut Vec<Problem>) -> Option<&'f str> {
    let found = files.text(name);
    if found.is_none() {
        let mut missing = Problems::new(name, "");
        missing.report("missing-file", 0..0, format!("the file `{name}` is missing"));
        problems.extend(missing.into_found());
    }
    found
}

fn reference(row: ReferenceRow) -> Reference {
    Reference {
        series: row.series_code,
        indicator: Some(row.indicator_code).filter(|code| !code.is_empty()),
        label: row.label_fr,
        year: row.year,
        value: row.value,
        unit: row.unit,
        base: row.base,
        n: row.n,
        source: row.source,
        url: row.url,
        verification: row.verification,
        note: row.comparability_note,
    }
}

/// `texts/fr.toml`, flattened: `[violation] required = "…"` is `violation.required`.
fn read_texts(files: &Files, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    const NAME: &str = "texts/fr.toml";
    let mut texts = BTreeMap::new();
    let Some(text) = require(files, NAME, problems) else { return texts };
    let mut found = Problems::new(NAME, text);
    match text.parse::<toml::Table>() {
        Ok(table) => flatten("", &table, &mut texts),
        Err(error) => found.report("toml-syntax", error.span().unwrap_or(0..0), error.message().to_owned()),
    }
    for code in ViolationCode::ALL {
        if !texts.contains_key(code.key()) {
            let end = text.len();
            found.report("missing-text", end..end, format!("the text `{}` is missing", code.key()));
        }
    }
    problems.extend(found.into_found());
    texts
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::String(text) => {
                texts.insert(name, text.clone());
            }
            toml::Value::Table(inner) => flatten(&name, inner, texts),
            _ => {}
        }
    }
}

fn digest(text: &str) -> String {
    use std::fmt::Write;

    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hexadecimal, byte| {
        write!(hexadecimal, "{byte:02x}").expect("a String takes all that is written");
        hexadecimal
    })
}
