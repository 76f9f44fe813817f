//! Screens and questions.

use super::{Draft, Place};
use crate::model::{Kind, Question, QuestionIndex, ScoreRule, Screen, ScreenItem};
use crate::nomenclature::Nomenclatures;
use crate::parse::reader::{Located, Seen, Table};
use crate::problem::did_you_mean;

/// Words that name no question in an expression.
const RESERVED: [&str; 9] = ["and", "or", "not", "in", "has_any", "has_all", "true", "false", "derived"];

/// Some rows of a matrix, shown on a screen of their own.
pub(super) struct Group {
    pub code: String,
    pub title: String,
    pub rows: Vec<usize>,
}

impl Draft {
    pub(super) fn screen(
        &mut self,
        table: &Table<'_, '_, '_>,
        nomenclatures: &Nomenclatures,
        screens: &mut Seen,
        questions: &mut Seen,
    ) {
        let code = table.code("code");
        let title = table.optional_text("title");
        let section = self.questionnaire.sections.len().saturating_sub(1);
        let tables = table.tables("question");
        if tables.is_empty() {
            table.report("empty-screen", table.span(), "this screen has no question".to_owned());
        }
        let name = code.as_ref().map(|code| code.value.clone()).unwrap_or_default();
        if let Some(code) = &code {
            screens.add(table, "the screen", code);
        }
        let mut items = Vec::new();
        let mut groups = Vec::new();
        for question in &tables {
            let index = self.questionnaire.questions.len();
            let screen = self.questionnaire.screens.len();
            let code = question.code("code");
            if let Some(code) = &code {
                questions.add(question, "the question", code);
                self.refuse_retired(question, &code.value, code);
                if RESERVED.contains(&code.value.as_str()) {
                    let message = format!("`{}` is a word of the expression language", code.value);
                    question.report("reserved-code", code.span.clone(), message);
                }
            }
            let name = code.as_ref().map(|code| code.value.as_str()).unwrap_or_default();
            if let Some((question, found)) = self.question(question, name, (section, screen), nomenclatures) {
                if question.code.is_empty() {
                    self.forget(index);
                } else {
                    self.questionnaire.questions.push(question);
                    items.push(ScreenItem { question: index, rows: None });
                    groups.extend(found);
                }
            } else {
                self.forget(index);
                self.broken.extend(code.map(|code| code.value));
            }
            question.finish();
        }
        self.add_screens(table, (name, section, title), items, groups, screens);
        table.finish();
    }

    /// A question that could not be read leaves nothing behind: its number goes to the next one.
    fn forget(&mut self, index: QuestionIndex) {
        self.conditions.retain(|(place, _)| place.question() != index);
        self.options_from.retain(|(question, _)| *question != index);
    }

    /// The screen, or one for each group of rows.
    fn add_screens(
        &mut self,
        table: &Table<'_, '_, '_>,
        (name, section, title): (String, usize, Option<Located<String>>),
        items: Vec<ScreenItem>,
        groups: Vec<Group>,
        seen: &mut Seen,
    ) {
        if groups.is_empty() {
            let title = title.map(|title| title.value);
            self.questionnaire.screens.push(Screen { code: name, section, title, group: None, items });
            return;
        }
        if items.len() > 1 {
            let message = "a matrix spread over several screens must be alone on its screen".to_owned();
            table.report("crowded-screen", table.span(), message);
        }
        if let Some(title) = title {
            let message = "this title is never shown: each group of rows has its own".to_owned();
            table.report("unused-text", title.span, message);
        }
        for group in groups {
            let rows =
                |item: &ScreenItem| ScreenItem { question: item.question, rows: Some(group.rows.clone()) };
            let code = format!("{name}-{}", group.code);
            seen.add(table, "the screen", &Located { value: code.clone(), span: table.span() });
            self.questionnaire.screens.push(Screen {
                code,
                section,
                title: Some(group.title),
                group: Some(group.code),
                items: items.iter().map(rows).collect(),
            });
        }
    }

    /// One question, and the groups of rows it is spread over.
    fn question(
        &mut self,
        table: &Table<'_, '_, '_>,
        code: &str,
        (section, screen): (usize, usize),
        nomenclatures: &Nomenclatures,
    ) -> Option<(Question, Vec<Group>)> {
        let index = self.questionnaire.questions.len();
        let (text, kind) = (table.string("text"), table.string("type"));
        let dimension = table.string("dimension");
        if let Some(dimension) = &dimension
            && !self.dimensions.contains(&dimension.value)
            && !self.broken_dimensions.contains(&dimension.value)
        {
            let help = did_you_mean(&dimension.value, self.dimensions.iter().map(String::as_str));
            let message = format!("there is no dimension `{}`", dimension.value);
            table.report_with("unknown-dimension", dimension.span.clone(), message, help);
        }
        let show_if = table.optional_expression("show_if");
        let base_label = table.optional_text("base_label");
        if show_if.is_some() && !table.has("base_label") {
            let message = "a routed question needs `base_label`, its base in words for a reader".to_owned();
            table.report("missing-key", table.span(), message);
        }
        let flags = (table.flag("required"), table.flag("optional"), table.flag("personal"));
        if flags.0 && flags.1 {
            let message = "a question is either `required` or `optional`".to_owned();
            table.report("bad-value", table.span(), message);
        }
        let is_rotating = table.flag("rotating");
        let help = table.optional_text("help").map(|help| help.value);
        let comparable = table.optional_string("comparable").map(|text| text.value);
        check_sensitivity(table);
        let score = score_rule(table);
        let mut groups = Vec::new();
        let Some(kind) =
            kind.and_then(|kind| self.kind(table, (index, code), &kind, nomenclatures, &mut groups))
        else {
            // Which other keys are right depends on the type.
            table.leave();
            return None;
        };
        check_score(table, score.as_ref(), &kind);
        if let Some(show_if) = show_if {
            self.conditions.push((Place::Question(index), show_if));
        }
        let question = Question {
            code: code.to_owned(),
            text: text?.value,
            help,
            kind,
            dimension: dimension?.value,
            section,
            screen,
            show_if: None,
            show_if_text: None,
            base_label: base_label.map(|label| label.value),
            is_required: flags.0,
            is_optional: flags.1,
            is_personal: flags.2,
            is_rotating,
            score: score.map(|score| score.value),
            comparable,
        };
        Some((question, groups))
    }
}

fn check_sensitivity(table: &Table<'_, '_, '_>) {
    if let Some(sensitivity) = table.optional_string("sensitivity")
        && !["none", "low", "moderate", "high"].contains(&sensitivity.value.as_str())
    {
        let message =
            format!("`{}` is not a sensitivity (expected none, low, moderate or high)", sensitivity.value);
        table.report("bad-value", sensitivity.span, message);
    }
}

fn score_rule(table: &Table<'_, '_, '_>) -> Option<Located<ScoreRule>> {
    let score = table.optional_string("score")?;
    let rule = match score.value.as_str() {
        "single" => ScoreRule::Single,
        "multi_cap100" => ScoreRule::MultiCap100,
        "multi_max" => ScoreRule::MultiMax,
        "matrix_mean" => ScoreRule::MatrixMean,
        other => {
            let message = format!(
                "`{other}` is not a score rule (expected single, multi_cap100, multi_max or matrix_mean)"
            );
            table.report("bad-value", score.span, message);
            return None;
        }
    };
    Some(Located { value: rule, span: score.span })
}

fn check_score(table: &Table<'_, '_, '_>, score: Option<&Located<ScoreRule>>, kind: &Kind) {
    let Some(score) = score else { return };
    let ((ScoreRule::Single, Kind::Single { options, .. })
    | (ScoreRule::MultiCap100 | ScoreRule::MultiMax, Kind::Multiple { options, .. })
    | (ScoreRule::MatrixMean, Kind::Matrix { options, .. })) = (score.value, kind)
    else {
        let message = "this score rule does not fit this type of question".to_owned();
        table.report("wrong-type", score.span.clone(), message);
        return;
    };
    if !options.is_empty() && !options.iter().any(|option| option.points.is_some()) {
        let message = "a scored question needs `points` on its answers".to_owned();
        table.report("missing-key", table.span(), message);
    }
}
