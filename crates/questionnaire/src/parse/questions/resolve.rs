//! Conditions, once every question and derived variable is known.

use super::{Draft, Place};
use crate::expr::{Known, Scope, Visible, check_condition};
use crate::model::{Check, Kind, Question};
use crate::parse::reader::{Located, Table};
use crate::problem::did_you_mean;

/// Checks the conditions, now that every question and derived variable is known.
pub(in crate::parse) fn resolve(root: &Table<'_, '_, '_>, draft: &mut Draft, known: &Known) {
    for (question, code) in std::mem::take(&mut draft.options_from) {
        draft.limit(root, question, &code);
    }
    for (place, expression) in std::mem::take(&mut draft.conditions) {
        let question = place.question();
        let visible = Visible::BeforeScreen(draft.questionnaire.questions[question].screen);
        let scope = Scope { questionnaire: &draft.questionnaire, known, visible };
        let condition = match check_condition(&expression.syntax, scope) {
            Ok(condition) => condition,
            Err(faults) => {
                root.report_faults(&expression, faults);
                continue;
            }
        };
        let (condition, text) = (Some(condition), Some(expression.text));
        let found = &mut draft.questionnaire.questions[question];
        match (place, &mut found.kind) {
            (Place::Question(_), _) => (found.show_if, found.show_if_text) = (condition, text),
            (Place::Row(_, row), Kind::Matrix { rows, .. }) => {
                (rows[row].show_if, rows[row].show_if_text) = (condition, text);
            }
            (Place::Option(_, option), _) => {
                let option = &mut found.options_mut()[option];
                (option.show_if, option.show_if_text) = (condition, text);
            }
            (Place::Row(..), _) => unreachable!("only a matrix has rows"),
        }
    }
    for check in std::mem::take(&mut draft.checks) {
        let scope = Scope { questionnaire: &draft.questionnaire, known, visible: Visible::All };
        let when = match check_condition(&check.when.syntax, scope) {
            Ok(when) => when,
            Err(faults) => {
                root.report_faults(&check.when, faults);
                continue;
            }
        };
        let Some(question) = crate::expr::last_read(&when, &known.derived) else {
            root.report("wrong-type", check.when.span, "this check reads no question".to_owned());
            continue;
        };
        draft.questionnaire.checks.push(Check {
            code: check.code,
            when,
            when_text: check.when.text,
            severity: check.severity,
            message: check.message,
            question,
        });
    }
}

impl Draft {
    /// Limits the options of a question to those ticked in another.
    fn limit(&mut self, root: &Table<'_, '_, '_>, question: usize, code: &Located<String>) {
        let questions = &self.questionnaire.questions;
        let Some(from) = self.questionnaire.question_index(&code.value) else {
            if !self.broken.contains(&code.value) {
                let help = did_you_mean(&code.value, questions.iter().map(|question| question.code.as_str()));
                let message = format!("there is no question `{}`", code.value);
                root.report_with("unknown-question", code.span.clone(), message, help);
            }
            return;
        };
        let limiting: &Question = &questions[from];
        if limiting.screen >= questions[question].screen {
            let message = format!("`{}` is asked on this screen or later", code.value);
            root.report("asked-later", code.span.clone(), message);
            return;
        }
        if !matches!(limiting.kind, Kind::Multiple { .. }) {
            let message = format!("`{}` does not take several answers", code.value);
            root.report("wrong-type", code.span.clone(), message);
            return;
        }
        for option in questions[question].options() {
            if limiting.option(&option.code).is_none() && !option.is_exclusive && option.code != "nsp" {
                let message = format!("the option `{}` does not exist in `{}`", option.code, code.value);
                root.report("unknown-code", code.span.clone(), message);
            }
        }
        if let Kind::Single { options_from, .. } = &mut self.questionnaire.questions[question].kind {
            *options_from = Some(from);
        }
    }
}
