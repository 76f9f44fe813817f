//! From the tables of a file to a form.

use std::collections::{BTreeMap, BTreeSet};

use super::markup::plain;
use super::relevance::{Questions, Relevance, translate};
use super::xml::{Row, Tables, printable};
use super::{Imported, LeftOut, LssError};
use crate::form::{Catalogue, Dimension, Form, Screen, Section};

/// The dimension of every question, until someone gives each its own.
pub(super) const DIMENSION: &str = "IMPORT";

/// More questions are refused.
const MOST_QUESTIONS: usize = 5_000;
/// More languages are left out.
const MOST_LANGUAGES: usize = 32;

/// Tables that are read, or that say nothing of their own.
const READ: [&str; 10] = [
    "groups",
    "group_l10ns",
    "questions",
    "question_l10ns",
    "subquestions",
    "answers",
    "answer_l10ns",
    "question_attributes",
    "surveys",
    "surveys_languagesettings",
];

/// Reads the form.
pub(super) fn form(tables: &Tables) -> Result<Imported, LssError> {
    if tables.kind != "Survey" {
        let found = if tables.kind.is_empty() { "nothing".to_owned() } else { printable(&tables.kind) };
        return Err(LssError::NotASurvey(format!("`LimeSurveyDocType` says {found} (expected Survey)")));
    }
    if tables.rows("questions").is_empty() {
        return Err(LssError::NotASurvey("it has no question".to_owned()));
    }
    let mut left_out = Vec::new();
    let languages = languages(tables, &mut left_out);
    let Some(base) = languages.first().cloned() else {
        return Err(LssError::NotASurvey("it names no language".to_owned()));
    };
    let form = Form { languages: languages.clone(), ..Form::default() };
    let index = Index::new(tables);
    let mut reading = Reading {
        tables,
        index,
        base,
        form,
        left_out,
        questions: Questions::default(),
        codes: BTreeSet::new(),
        screens: 0,
        routed: 0,
    };
    for language in languages.iter().skip(1) {
        reading.form.translations.insert(language.clone(), Catalogue::default());
    }
    reading.settings();
    reading.groups()?;
    if reading.form.questions().next().is_none() {
        return Err(LssError::NotASurvey("it has no question that can be carried over".to_owned()));
    }
    reading.rest();
    reading.left_out.sort();
    reading.left_out.dedup();
    Ok(Imported { form: reading.form, left_out: reading.left_out })
}

/// The base language, then the others.
fn languages(tables: &Tables, left_out: &mut Vec<LeftOut>) -> Vec<String> {
    let survey = tables.rows("surveys").first();
    let named = survey.into_iter().flat_map(|row| {
        std::iter::once(row.get("language")).chain(row.get("additional_languages").split_whitespace())
    });
    let mut languages = Vec::new();
    for language in named.chain(tables.languages.iter().map(String::as_str)).filter(|code| !code.is_empty()) {
        // A language becomes the name of a file.
        let is_code = language.len() <= 16
            && language
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !is_code || languages.len() == MOST_LANGUAGES && !languages.iter().any(|known| known == language) {
            let why = if is_code { "one language too many" } else { "not the code of a language" };
            let what = format!("`{}` is {why}: its texts", printable(language));
            left_out.push(LeftOut {
                line: survey.map_or(1, |row| row.line),
                place: "survey".to_owned(),
                what,
            });
        } else if !languages.iter().any(|known| known == language) {
            languages.push(language.to_owned());
        }
    }
    languages
}

/// Rows by what they belong to. Up to version 3 a text is a column of a row for each language; from version 4 on it
/// is in a table of its own.
pub(super) struct Index<'t> {
    group_texts: BTreeMap<&'t str, Vec<&'t Row>>,
    question_texts: BTreeMap<&'t str, Vec<&'t Row>>,
    answer_texts: BTreeMap<&'t str, Vec<&'t Row>>,
    answers: BTreeMap<&'t str, Vec<&'t Row>>,
    subquestions: BTreeMap<&'t str, Vec<&'t Row>>,
    attributes: BTreeMap<&'t str, Vec<&'t Row>>,
    has_l10n: bool,
}

fn grouped<'t>(rows: impl IntoIterator<Item = &'t Row>, column: &str) -> BTreeMap<&'t str, Vec<&'t Row>> {
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.get(column)).or_default().push(row);
    }
    groups
}

/// The number in a column, for sorting.
fn number(row: &Row, column: &str) -> i64 {
    row.get(column).trim().parse().unwrap_or(0)
}

impl<'t> Index<'t> {
    fn new(tables: &'t Tables) -> Self {
        let has_l10n = !tables.rows("question_l10ns").is_empty();
        let texts = |l10n: &str, own: &[&str], column: &str| {
            if has_l10n {
                grouped(tables.rows(l10n), column)
            } else {
                grouped(own.iter().flat_map(|table| tables.rows(table)), column)
            }
        };
        Self {
            group_texts: texts("group_l10ns", &["groups"], "gid"),
            question_texts: texts("question_l10ns", &["questions", "subquestions"], "qid"),
            answer_texts: if has_l10n {
                grouped(tables.rows("answer_l10ns"), "aid")
            } else {
                BTreeMap::new()
            },
            answers: grouped(tables.rows("answers"), "qid"),
            subquestions: grouped(tables.rows("subquestions"), "parent_qid"),
            attributes: grouped(tables.rows("question_attributes"), "qid"),
            has_l10n,
        }
    }

    pub(super) fn question_texts(&self, qid: &str) -> Vec<&'t Row> {
        self.question_texts.get(qid).cloned().unwrap_or_default()
    }

    pub(super) fn attributes(&self, qid: &str) -> Vec<&'t Row> {
        self.attributes.get(qid).cloned().unwrap_or_default()
    }

    /// The subquestions of a question on its first scale, in order, once each.
    pub(super) fn subquestions(&self, qid: &str) -> Vec<&'t Row> {
        let mut rows = self.subquestions.get(qid).cloned().unwrap_or_default();
        rows.retain(|row| number(row, "scale_id") == 0);
        rows.sort_by_key(|row| number(row, "question_order"));
        let mut seen = BTreeSet::new();
        rows.retain(|row| seen.insert(row.get("qid")));
        rows
    }

    /// The answers of a question on its first scale, in order, each with the rows of its texts.
    pub(super) fn answers(&self, qid: &str) -> Vec<(&'t Row, Vec<&'t Row>)> {
        let mut rows = self.answers.get(qid).cloned().unwrap_or_default();
        rows.retain(|row| number(row, "scale_id") == 0);
        rows.sort_by_key(|row| number(row, "sortorder"));
        if self.has_l10n {
            let texts = |row: &Row| self.answer_texts.get(row.get("aid")).cloned().unwrap_or_default();
            return rows.into_iter().map(|row| (row, texts(row))).collect();
        }
        let mut answers: Vec<(&Row, Vec<&Row>)> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            let place = *places.entry(row.get("code")).or_insert_with(|| {
                answers.push((row, Vec::new()));
                answers.len() - 1
            });
            answers[place].1.push(row);
        }
        answers
    }
}

/// What is being read.
pub(super) struct Reading<'t> {
    pub tables: &'t Tables,
    pub index: Index<'t>,
    pub base: String,
    pub form: Form,
    pub left_out: Vec<LeftOut>,
    pub questions: Questions,
    /// The codes of the questions carried over.
    pub codes: BTreeSet<String>,
    /// The screens begun so far; the last is the one being filled.
    pub screens: usize,
    /// Questions that are not asked of everyone.
    pub routed: usize,
}

impl Reading<'_> {
    pub(super) fn leave_out(&mut self, line: usize, place: &str, what: impl Into<String>) {
        self.left_out.push(LeftOut { line, place: place.to_owned(), what: what.into() });
    }

    /// A text in the base language; in the others, it goes to their catalogues under `key`. Markup becomes text.
    pub(super) fn text(&mut self, rows: &[&Row], column: &str, key: &str, place: &str) -> Option<String> {
        let what = match column {
            "surveyls_title" | "group_name" => "title",
            "question" => "text",
            "answer" => "label",
            other => other,
        };
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            let language = match row.get("language") {
                "" => match row.get("surveyls_language") {
                    "" => self.base.as_str(),
                    language => language,
                },
                language => language,
            };
            let read = plain(row.get(column));
            if !read.lost.is_empty() {
                let lost = read.lost.iter().copied().collect::<Vec<_>>().join(", ");
                self.left_out.push(LeftOut {
                    line: row.line,
                    place: place.to_owned(),
                    what: format!("in its {what} ({}): {lost}", printable(language)),
                });
            }
            if let Some(insertion) = insertion(&read.text) {
                self.left_out.push(LeftOut {
                    line: row.line,
                    place: place.to_owned(),
                    what: format!(
                        "in its {column}: the insertion `{}` stays as a text",
                        printable(insertion)
                    ),
                });
            }
            if !read.text.is_empty() {
                texts.insert(language.to_owned(), read.text);
            }
        }
        let line = rows.first().map_or(1, |row| row.line);
        let mut own = texts.remove(&self.base);
        let mut missing = Vec::new();
        for language in self.form.languages.clone().iter().skip(1) {
            if let Some(text) = texts.remove(language) {
                // Without a text in the base language, the first other one stands in: an empty text says nothing.
                own.get_or_insert_with(|| text.clone());
                self.translate(language, key, text);
            } else {
                missing.push(format!("`{language}`"));
            }
        }
        if own.is_some() && !missing.is_empty() {
            self.leave_out(line, place, format!("no {what} in {}: write it", missing.join(", ")));
        }
        own
    }

    pub(super) fn translate(&mut self, language: &str, key: &str, text: String) {
        if let Some(catalogue) = self.form.translations.get_mut(language) {
            catalogue.insert(key.to_owned(), text);
        }
    }

    /// The title, and what is said beside the questions.
    fn settings(&mut self) {
        let rows: Vec<&Row> = self.tables.rows("surveys_languagesettings").iter().collect();
        let title = self.text(&rows, "surveyls_title", "title", "survey");
        self.form.title = title.unwrap_or_else(|| {
            self.leave_out(1, "survey", "it has no title: write one");
            "LimeSurvey".to_owned()
        });
        for (column, what) in [
            ("surveyls_description", "the description"),
            ("surveyls_welcometext", "the words of welcome"),
            ("surveyls_endtext", "the last words"),
            ("surveyls_policy_notice", "the notice on personal data"),
            ("surveyls_url", "the address to go to at the end"),
            ("surveyls_email_invite", "the e-mails to respondents"),
        ] {
            if let Some(row) = rows.iter().find(|row| !row.get(column).is_empty()) {
                self.leave_out(row.line, "survey", what);
            }
        }
        if let Some(row) = self.tables.rows("surveys").first() {
            self.leave_out(row.line, "survey", "its settings (dates, tokens, anonymity, presentation)");
        }
        self.form.dimensions.push(Dimension {
            code: DIMENSION.to_owned(),
            label: "LimeSurvey".to_owned(),
            ..Dimension::default()
        });
        for language in self.form.languages.clone().iter().skip(1) {
            self.translate(language, &format!("dimension.{DIMENSION}"), "LimeSurvey".to_owned());
        }
        self.leave_out(1, "survey", format!("it knows no dimension: every question is in `{DIMENSION}`"));
    }

    fn groups(&mut self) -> Result<(), LssError> {
        let is_one_by_one = self.tables.rows("surveys").first().is_some_and(|row| row.get("format") == "S");
        let mut groups: Vec<&Row> = self.tables.rows("groups").iter().collect();
        groups.sort_by_key(|row| number(row, "group_order"));
        let mut seen = BTreeSet::new();
        groups.retain(|row| seen.insert(row.get("gid")));
        let mut questions = grouped(self.tables.rows("questions"), "gid");
        let mut met = BTreeSet::new();
        for (position, group) in groups.into_iter().enumerate() {
            let code = format!("G{}", position + 1);
            let place = format!("group {}", position + 1);
            let texts = self.index.group_texts.get(group.get("gid")).cloned().unwrap_or_default();
            let title = self.text(&texts, "group_name", &format!("section.{code}"), &place);
            for (what, is_there) in [
                ("its description", texts.iter().any(|row| !plain(row.get("description")).text.is_empty())),
                ("its random order", !group.get("randomization_group").is_empty()),
            ] {
                if is_there {
                    self.leave_out(group.line, &place, what);
                }
            }
            let relevance = self.relevance(group.get("grelevance"), group.line, &place);
            let mut rows = questions.remove(group.get("gid")).unwrap_or_default();
            rows.retain(|row| matches!(row.get("parent_qid"), "" | "0"));
            rows.sort_by_key(|row| number(row, "question_order"));
            let mut section =
                Section { title: title.unwrap_or_else(|| code.clone()), code, screens: Vec::new() };
            let mut wants_screen = true;
            for row in rows {
                if !met.insert(row.get("qid")) {
                    continue;
                }
                if met.len() > MOST_QUESTIONS {
                    return Err(LssError::TooMany {
                        what: "questions",
                        most: MOST_QUESTIONS,
                        line: row.line,
                    });
                }
                let Some(read) = self.question(row, &relevance) else { continue };
                let reads_this_screen = read.last_screen.is_some_and(|last| last + 1 == self.screens);
                if wants_screen || is_one_by_one || reads_this_screen {
                    self.screens += 1;
                    wants_screen = false;
                    let number = section.screens.len() + 1;
                    let code = format!("{}-{number}", section.code.to_lowercase());
                    section.screens.push(Screen { code, ..Screen::default() });
                }
                let question = self.enter(read);
                if let Some(screen) = section.screens.last_mut() {
                    screen.questions.push(question);
                }
            }
            if section.screens.is_empty() {
                self.leave_out(group.line, &place, "no question of it is carried over: neither is the group");
            } else {
                self.form.sections.push(section);
            }
        }
        for (gid, rows) in questions {
            for row in rows.into_iter().filter(|row| matches!(row.get("parent_qid"), "" | "0")) {
                let place = format!("question {}", printable(row.get("title")));
                self.leave_out(row.line, &place, format!("its group `{}` does not exist", printable(gid)));
            }
        }
        Ok(())
    }

    /// A relevance equation in our language; one that has no equal is listed, and stops nobody.
    pub(super) fn relevance(&mut self, text: &str, line: usize, place: &str) -> Relevance {
        translate(text, &self.questions).unwrap_or_else(|refusal| {
            let what = format!("its condition `{}` is not applied: {refusal}", printable(text));
            self.leave_out(line, place, what);
            Relevance::Always
        })
    }

    /// What else the file holds.
    fn rest(&mut self) {
        if self.routed > 0 {
            let what = format!("{} routed questions: say in words who is asked (`base_label`)", self.routed);
            self.leave_out(1, "survey", what);
        }
        for (table, rows) in self.tables.iter() {
            if let (false, Some(first)) = (READ.contains(&table), rows.first()) {
                let what = match table {
                    "conditions" => "conditions of the old kind, where they are not also relevance equations",
                    "defaultvalues" | "defaultvalue_l10ns" => "default answers",
                    "quota" | "quota_members" | "quota_languagesettings" => "quotas",
                    "assessments" => "assessments",
                    _ => "a table that says nothing of the questions",
                };
                let what = format!("{what} ({} rows of `{}`)", rows.len(), printable(table));
                self.leave_out(first.line, "survey", what);
            }
        }
    }
}

/// A `{name}` in a text: the program that showed it would have put an answer there.
fn insertion(text: &str) -> Option<&str> {
    let start = text.find('{')?;
    let end = start + text[start..].find('}')? + 1;
    let inner = &text[start + 1..end - 1];
    inner.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(&text[start..end])
}
