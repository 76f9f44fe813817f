//! `questionnaire.toml`.

mod answers;
mod question;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use super::reader::{Expression, Located, Seen, Table};
use crate::model::{Dimension, QuestionIndex, Questionnaire, Retired, Section, Severity};
use crate::nomenclature::Nomenclatures;

pub(super) use resolve::resolve;

/// A questionnaire whose conditions are parsed but not yet checked.
pub(super) struct Draft {
    pub questionnaire: Questionnaire,
    /// Codes of questions that are there but could not be read: to name one is no second fault.
    pub broken: BTreeSet<String>,
    /// The same for dimensions.
    broken_dimensions: BTreeSet<String>,
    /// The languages, with their places.
    pub languages: Vec<Located<String>>,
    conditions: Vec<(Place, Expression)>,
    options_from: Vec<(QuestionIndex, Located<String>)>,
    checks: Vec<PendingCheck>,
    /// Retired codes and why.
    retired: BTreeMap<String, String>,
    /// The dimensions, to look them up.
    dimensions: BTreeSet<String>,
}

/// A check whose condition is not yet checked.
struct PendingCheck {
    code: String,
    when: Expression,
    message: String,
    severity: Severity,
}

/// What a condition belongs to.
#[derive(Clone, Copy)]
enum Place {
    Question(QuestionIndex),
    Option(QuestionIndex, usize),
    Row(QuestionIndex, usize),
}

impl Place {
    fn question(self) -> QuestionIndex {
        match self {
            Self::Question(question) | Self::Option(question, _) | Self::Row(question, _) => question,
        }
    }
}

/// Reads everything but the meaning of conditions.
pub(super) fn read(root: &Table<'_, '_, '_>, nomenclatures: &Nomenclatures) -> Draft {
    let mut draft = Draft {
        questionnaire: Questionnaire {
            survey: String::new(),
            edition: String::new(),
            title: root.string("title").map(|title| title.value).unwrap_or_default(),
            version: String::new(),
            languages: Vec::new(),
            dimensions: Vec::new(),
            sections: Vec::new(),
            screens: Vec::new(),
            questions: Vec::new(),
            checks: Vec::new(),
            retired: Vec::new(),
            codes: BTreeMap::new(),
        },
        broken: BTreeSet::new(),
        broken_dimensions: BTreeSet::new(),
        languages: Vec::new(),
        conditions: Vec::new(),
        options_from: Vec::new(),
        checks: Vec::new(),
        retired: BTreeMap::new(),
        dimensions: BTreeSet::new(),
    };
    draft.languages(root);
    draft.retired(root);
    draft.dimensions(root);
    let (mut sections, mut screens, mut questions) = (Seen::default(), Seen::default(), Seen::default());
    for table in root.tables("section") {
        let (code, title) = (table.code("code"), table.string("title"));
        if let Some(code) = &code {
            sections.add(&table, "the section", code);
        }
        let text = |located: Option<Located<String>>| located.map(|text| text.value).unwrap_or_default();
        draft.questionnaire.sections.push(Section { code: text(code), title: text(title) });
        table.not_empty("screen", "this section has no screen");
        for screen in table.tables("screen") {
            draft.screen(&screen, nomenclatures, &mut screens, &mut questions);
        }
        table.finish();
    }
    if draft.questionnaire.questions.is_empty() && draft.broken.is_empty() {
        root.report("empty-questionnaire", 0..0, "the questionnaire has no question".to_owned());
    }
    draft.checks(root);
    root.finish();
    let questions = draft.questionnaire.questions.iter().enumerate();
    // Of two questions with one code, which is a fault, names mean the first.
    let codes: BTreeMap<String, QuestionIndex> =
        questions.rev().map(|(index, question)| (question.code.clone(), index)).collect();
    draft.questionnaire.codes = codes;
    draft
}

impl Draft {
    fn languages(&mut self, root: &Table<'_, '_, '_>) {
        let languages = root.strings("languages");
        if languages.is_empty() && !root.has("languages") || root.has_empty("languages") {
            let message =
                "`languages` must name the language of these texts, for instance [\"fr\"]".to_owned();
            root.report("missing-language", 0..0, message);
        }
        let mut seen = Seen::default();
        for language in languages {
            let is_code = (2..=3).contains(&language.value.len())
                && language.value.bytes().all(|byte| byte.is_ascii_lowercase());
            if !is_code {
                let message = format!(
                    "`{}` is not the code of a language (expected two or three small letters, like fr)",
                    language.value
                );
                root.report("bad-value", language.span.clone(), message);
                continue;
            }
            if seen.add(root, "the language", &language) {
                self.questionnaire.languages.push(language.value.clone());
                self.languages.push(language);
            }
        }
    }

    fn retired(&mut self, root: &Table<'_, '_, '_>) {
        let mut seen = Seen::default();
        for table in root.tables("retired") {
            let (code, reason) = (table.string("code"), table.string("reason"));
            table.finish();
            let (Some(code), Some(reason)) = (code, reason) else { continue };
            let parts: Vec<&str> = code.value.split('.').collect();
            if parts.len() > 2 || !parts.iter().all(|part| super::reader::is_code(part)) {
                let message = format!(
                    "`{}` is not a retired code (expected `question`, `question.option` or `question.row`)",
                    code.value
                );
                table.report("bad-code", code.span, message);
                continue;
            }
            seen.add(&table, "the retired code", &code);
            self.questionnaire
                .retired
                .push(Retired { code: code.value.clone(), reason: reason.value.clone() });
            self.retired.insert(code.value, reason.value);
        }
    }

    fn dimensions(&mut self, root: &Table<'_, '_, '_>) {
        let mut seen = Seen::default();
        for table in root.tables("dimension") {
            let (code, label) = (table.code("code"), table.string("label"));
            let (is_scored, is_in_index) = (table.flag("scored"), table.flag("index"));
            if let Some(code) = &code {
                seen.add(&table, "the dimension", code);
            }
            if is_in_index && !is_scored {
                let message = "a dimension in the `index` must be `scored`".to_owned();
                table.report("bad-value", table.span(), message);
            }
            match (code, label) {
                (Some(code), Some(label)) => {
                    self.dimensions.insert(code.value.clone());
                    let (code, label) = (code.value, label.value);
                    self.questionnaire.dimensions.push(Dimension { code, label, is_scored, is_in_index });
                }
                (Some(code), None) => {
                    self.broken_dimensions.insert(code.value);
                }
                (None, _) => {}
            }
            table.finish();
        }
    }

    fn checks(&mut self, root: &Table<'_, '_, '_>) {
        let mut seen = Seen::default();
        for table in root.tables("check") {
            let (code, when, message) =
                (table.code("code"), table.expression("when"), table.string("message"));
            let severity = match table.optional_string("severity") {
                None => Severity::Warning,
                Some(severity) => match severity.value.as_str() {
                    "warning" => Severity::Warning,
                    "error" => Severity::Error,
                    other => {
                        let message = format!("`{other}` is not a severity (expected warning or error)");
                        table.report("bad-value", severity.span, message);
                        Severity::Warning
                    }
                },
            };
            if let Some(code) = &code {
                seen.add(&table, "the check", code);
            }
            if let (Some(code), Some(when), Some(message)) = (code, when, message) {
                let (code, message) = (code.value, message.value);
                self.checks.push(PendingCheck { code, when, message, severity });
            }
            table.finish();
        }
    }

    /// Reports the use of a code that was retired. Whether the code is a fresh one.
    fn refuse_retired(&self, table: &Table<'_, '_, '_>, code: &str, place: &Located<String>) -> bool {
        let Some(reason) = self.retired.get(code) else { return true };
        let message = format!("the code `{code}` was retired: {reason}");
        let help = "codes are never reused: give a new one".to_owned();
        table.report_with("retired-code", place.span.clone(), message, Some(help));
        false
    }
}
