//! From the texts of an edition's files to an [`Edition`], or to all problems at once.

mod finding;
mod indicators;
mod plan;
mod questions;
mod reader;
mod translations;
mod version;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::edition::{Derived, Edition, Reference, Wording};
use crate::expr::{DerivedIndex, Subject, read_by, read_by_rule};
use crate::model::Questionnaire;
use crate::nomenclature::{Nomenclatures, read_rows};
use crate::problem::{Problem, Problems};
use indicators::Read;

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
        let (nomenclatures, found) = Nomenclatures::parse(files);
        problems.extend(found);

        let Some(text) = require(files, "questionnaire.toml", &mut problems) else { return Err(problems) };
        let cell = RefCell::new(Problems::new("questionnaire.toml", text));
        let Some(document) = reader::document(text, &cell) else {
            problems.extend(cell.into_inner().into_found());
            return Err(sorted(problems));
        };
        let root = reader::Table::root(&document, &cell);
        let mut draft = questions::read(&root, &nomenclatures);
        if draft.questionnaire.questions.is_empty() && draft.broken.is_empty() {
            // Nothing that reads a question could be right.
            problems.extend(cell.into_inner().into_found());
            return Err(sorted(problems));
        }
        survey.clone_into(&mut draft.questionnaire.survey);
        edition.clone_into(&mut draft.questionnaire.edition);
        draft.questionnaire.version = version::version(files);

        let mut read = None;
        let mut is_right = true;
        if let Some(text) = require(files, "indicators.toml", &mut problems) {
            let indicator_problems = RefCell::new(Problems::new("indicators.toml", text));
            if let Some(document) = reader::document(text, &indicator_problems) {
                let root = reader::Table::root(&document, &indicator_problems);
                let (questionnaire, broken) = (&draft.questionnaire, &draft.broken);
                read = Some(indicators::read(&root, questionnaire, &nomenclatures, broken));
            }
            let found = indicator_problems.into_inner().into_found();
            is_right = found.is_empty();
            problems.extend(found);
        }
        // Routing may read derived variables, so conditions are checked once these are known.
        if let Some(read) = &read {
            questions::resolve(&root, &mut draft, &read.known);
        }
        let mut plan = None;
        let mut wording = read.as_ref().map(|read| read.wording.clone()).unwrap_or_default();
        if let (Some(text), Some(read)) = (require(files, "plan.toml", &mut problems), &read) {
            let plan_problems = RefCell::new(Problems::new("plan.toml", text));
            if let Some(document) = reader::document(text, &plan_problems) {
                let root = reader::Table::root(&document, &plan_problems);
                plan = plan::read(
                    &root,
                    &draft.questionnaire,
                    read,
                    files,
                    &nomenclatures,
                    &mut problems,
                    &mut wording,
                );
            }
            let found = plan_problems.into_inner().into_found();
            is_right &= found.is_empty();
            problems.extend(found);
        }
        // What a translation lacks is known once what it translates is right.
        let is_right = is_right && !cell.borrow().is_any();
        let expected = read.as_ref().filter(|_| is_right).and_then(|read| expected_texts(&draft, read));
        let languages = &draft.languages;
        let mut translations = translations::read(files, languages, expected.as_ref(), &cell, &mut problems);
        let references = read_rows::<ReferenceRow>(files, "references.csv", &mut problems);
        let references: Vec<Reference> = references.into_iter().map(|(_, row)| reference(row)).collect();
        let published = match (&plan, &read) {
            (Some(plan), Some(read)) => Some(crate::texts::published(plan, &read.indicators, &references)),
            _ => None,
        };
        let (wordings, labels) = wordings(files, languages, &wording, published, &mut problems);
        problems.extend(cell.into_inner().into_found());
        let questionnaire = draft.questionnaire;

        let (Some(plan), Some(Read { known, scoring: Some(scoring), indicators, .. })) = (plan, read) else {
            return Err(sorted(problems));
        };
        if !problems.is_empty() {
            return Err(sorted(problems));
        }
        let language = questionnaire.languages.first().cloned().unwrap_or_default();
        let texts = translations.remove(&language).unwrap_or_default().messages;
        Ok(Self {
            routing: routing(&questionnaire, &known.derived),
            language,
            questionnaire,
            derived: known.derived,
            derived_names: known.names,
            scoring,
            indicators,
            plan,
            references,
            texts,
            wordings,
            labels,
            translations,
            nomenclatures,
        })
    }
}

/// The texts that a translation must have; `None` when there is no translation.
fn expected_texts(draft: &questions::Draft, read: &Read) -> Option<BTreeMap<String, String>> {
    if draft.languages.len() < 2 {
        return None;
    }
    let mut expected = BTreeMap::new();
    let mut scoring = read.scoring.clone()?;
    let mut derived = read.known.derived.clone();
    crate::texts::each(&mut draft.questionnaire.clone(), &mut scoring, &mut derived, &mut |key, text| {
        expected.insert(key.to_owned(), text.clone());
    });
    Some(expected)
}

/// The words of findings and the labels that are published, in the first language and in those that have a `wording/<language>.toml`. It is no part of
/// `translations/`: those are what respondents read, and decide the version that an answer is given under.
fn wordings(
    files: &Files,
    languages: &[reader::Located<String>],
    wording: &Wording,
    published: Option<BTreeSet<String>>,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<String, Wording>, BTreeMap<String, BTreeMap<String, String>>) {
    const LABELS: &str = "text.";
    let free = published.map(|texts| texts.iter().map(|text| format!("{LABELS}{text}")).collect());
    let mut labels = BTreeMap::new();
    let mut expected = BTreeMap::new();
    wording.clone().each(&mut |key, text| {
        expected.insert(key, text.clone());
    });
    let mut wordings = BTreeMap::new();
    for (rank, language) in languages.iter().enumerate() {
        let mut own = wording.clone();
        if rank > 0 {
            let Some(texts) =
                translations::wording(files, &language.value, &expected, free.as_ref(), problems)
            else {
                continue;
            };
            own.each(&mut |key, text| {
                if let Some(found) = texts.get(&key) {
                    text.clone_from(found);
                }
            });
            let own: BTreeMap<String, String> = texts
                .into_iter()
                .filter_map(|(key, text)| Some((key.strip_prefix(LABELS)?.to_owned(), text)))
                .collect();
            if !own.is_empty() {
                labels.insert(language.value.clone(), own);
            }
        }
        wordings.insert(language.value.clone(), own);
    }
    (wordings, labels)
}

/// By file and place, each once.
fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
    problems.dedup();
    problems
}

/// The derived variables that routing reads, in the order in which they are known.
fn routing(questionnaire: &Questionnaire, derived: &[Derived]) -> Vec<DerivedIndex> {
    let mut needed = BTreeSet::new();
    let mut waiting: Vec<DerivedIndex> = Vec::new();
    let mut read = |subject: Subject| {
        if let Subject::Derived(index) = subject {
            waiting.push(index);
        }
    };
    for question in &questionnaire.questions {
        let options = question.options().iter().filter_map(|option| option.show_if.as_ref());
        let rows = question.rows().iter().filter_map(|row| row.show_if.as_ref());
        for condition in question.show_if.iter().chain(options).chain(rows) {
            read_by(condition, &mut read);
        }
    }
    while let Some(index) = waiting.pop() {
        if needed.insert(index) {
            read_by_rule(&derived[index].rule, &mut |subject| {
                if let Subject::Derived(index) = subject {
                    waiting.push(index);
                }
            });
        }
    }
    let screen = |index: &DerivedIndex| {
        derived[*index].last_question.map(|question| questionnaire.questions[question].screen)
    };
    let mut order: Vec<DerivedIndex> = needed.into_iter().collect();
    order.sort_by_key(|index| (screen(index), *index));
    order
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
