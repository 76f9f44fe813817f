//! `questionnaire.toml`.

use super::reader::{Expression, Located, Seen, Table};
use crate::edition::Derived;
use crate::expr::{Scope, Visible, check_condition};
use crate::model::{
    Check, Choice, Dimension, Kind, Question, QuestionIndex, Questionnaire, Row, ScoreRule, Screen,
    ScreenItem, Section,
};
use crate::nomenclature::Nomenclatures;
use crate::problem::did_you_mean;

/// A questionnaire whose conditions are parsed but not yet checked.
pub(super) struct Draft {
    pub questionnaire: Questionnaire,
    conditions: Vec<(Place, Expression)>,
    options_from: Vec<(QuestionIndex, Located<String>)>,
    checks: Vec<(String, Expression, String)>,
}

/// What a condition belongs to.
#[derive(Clone, Copy)]
enum Place {
    Question(QuestionIndex),
    Row(QuestionIndex, usize),
}

impl Place {
    fn question(self) -> QuestionIndex {
        match self {
            Self::Question(question) | Self::Row(question, _) => question,
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
            dimensions: Vec::new(),
            sections: Vec::new(),
            screens: Vec::new(),
            questions: Vec::new(),
            checks: Vec::new(),
        },
        conditions: Vec::new(),
        options_from: Vec::new(),
        checks: Vec::new(),
    };
    let languages = root.strings("languages");
    if !languages.iter().any(|language| language.value == "fr") {
        root.report(
            "missing-language",
            0..0,
            "`languages` must contain `fr`, the language of these texts".to_owned(),
        );
    }
    let mut seen = Seen::default();
    for table in root.tables("dimension") {
        if let (Some(code), Some(label)) = (table.code("code"), table.string("label")) {
            seen.add(&table, "the dimension", &code);
            draft.questionnaire.dimensions.push(Dimension {
                code: code.value,
                label: label.value,
                is_scored: table.flag("scored"),
                is_in_index: table.flag("index"),
            });
        }
        table.finish();
    }
    let (mut sections, mut screens, mut questions) = (Seen::default(), Seen::default(), Seen::default());
    for table in root.tables("section") {
        if let (Some(code), Some(title)) = (table.code("code"), table.string("title")) {
            sections.add(&table, "the section", &code);
            draft.questionnaire.sections.push(Section { code: code.value, title: title.value });
        }
        for screen in table.tables("screen") {
            draft.screen(&screen, nomenclatures, &mut screens, &mut questions);
        }
        table.finish();
    }
    if draft.questionnaire.questions.is_empty() {
        root.report("empty-questionnaire", 0..0, "the questionnaire has no question".to_owned());
    }
    let mut seen = Seen::default();
    for table in root.tables("check") {
        if let (Some(code), Some(when), Some(message)) =
            (table.code("code"), table.expression("when"), table.string("message"))
        {
            seen.add(&table, "the check", &code);
            draft.checks.push((code.value, when, message.value));
        }
        table.finish();
    }
    root.finish();
    draft
}

/// Checks the conditions, now that every question and derived variable is known.
pub(super) fn resolve(root: &Table<'_, '_, '_>, draft: &mut Draft, derived: &[Derived]) {
    for (question, code) in std::mem::take(&mut draft.options_from) {
        let questions = &draft.questionnaire.questions;
        match questions.iter().position(|q| q.code == code.value) {
            Some(from) if questions[from].screen >= questions[question].screen => {
                root.report(
                    "asked-later",
                    code.span,
                    format!("`{}` is asked on this screen or later", code.value),
                );
            }
            Some(from) if matches!(questions[from].kind, Kind::Multiple { .. }) => {
                for option in questions[question].options() {
                    if questions[from].option(&option.code).is_none()
                        && !option.is_exclusive
                        && option.code != "nsp"
                    {
                        let message =
                            format!("the option `{}` does not exist in `{}`", option.code, code.value);
                        root.report("unknown-code", code.span.clone(), message);
                    }
                }
                if let Kind::Single { options_from, .. } = &mut draft.questionnaire.questions[question].kind {
                    *options_from = Some(from);
                }
            }
            Some(_) => {
                root.report(
                    "wrong-type",
                    code.span,
                    format!("`{}` does not take several answers", code.value),
                );
            }
            None => {
                let help = did_you_mean(&code.value, questions.iter().map(|question| question.code.as_str()));
                root.report_with(
                    "unknown-question",
                    code.span,
                    format!("there is no question `{}`", code.value),
                    help,
                );
            }
        }
    }
    for (place, expression) in std::mem::take(&mut draft.conditions) {
        let question = place.question();
        let visible = Visible::BeforeScreen(draft.questionnaire.questions[question].screen);
        let scope = Scope { questions: &draft.questionnaire.questions, derived, visible };
        match check_condition(&expression.syntax, scope) {
            Ok(condition) => match (place, &mut draft.questionnaire.questions[question]) {
                (Place::Question(_), found) => {
                    found.show_if = Some(condition);
                    found.show_if_text = Some(expression.text);
                }
                (Place::Row(_, row), Question { kind: Kind::Matrix { rows, .. }, .. }) => {
                    rows[row].show_if = Some(condition);
                    rows[row].show_if_text = Some(expression.text);
                }
                (Place::Row(..), _) => unreachable!("only a matrix has rows"),
            },
            Err(faults) => root.report_faults(&expression, faults),
        }
    }
    for (code, expression, message) in std::mem::take(&mut draft.checks) {
        let scope = Scope { questions: &draft.questionnaire.questions, derived, visible: Visible::All };
        match check_condition(&expression.syntax, scope) {
            Ok(when) => match crate::expr::last_read(&when, scope) {
                Some(question) => draft.questionnaire.checks.push(Check { code, when, message, question }),
                None => root.report("wrong-type", expression.span, "this check reads no question".to_owned()),
            },
            Err(faults) => root.report_faults(&expression, faults),
        }
    }
}

impl Draft {
    fn screen(
        &mut self,
        table: &Table<'_, '_, '_>,
        nomenclatures: &Nomenclatures,
        screens: &mut Seen,
        questions: &mut Seen,
    ) {
        let code = table.code("code");
        let title = table.optional_string("title").map(|title| title.value);
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
            if let Some((question, found)) =
                self.question(question, (section, screen), nomenclatures, questions)
            {
                self.questionnaire.questions.push(question);
                items.push(ScreenItem { question: index, rows: None });
                groups = found;
            } else {
                // A question that could not be read leaves nothing behind: its number goes to the next one.
                self.conditions.retain(|(place, _)| place.question() != index);
                self.options_from.retain(|(question, _)| *question != index);
            }
            question.finish();
        }
        if groups.is_empty() {
            self.questionnaire.screens.push(Screen { code: name, section, title, items });
        } else {
            if items.len() > 1 {
                let message = "a matrix spread over several screens must be alone on its screen".to_owned();
                table.report("crowded-screen", table.span(), message);
            }
            for (code, title, rows) in groups {
                let items =
                    items.iter().map(|item| ScreenItem { question: item.question, rows: Some(rows.clone()) });
                let items = items.collect();
                let screen = Screen { code: format!("{name}-{code}"), section, title: Some(title), items };
                self.questionnaire.screens.push(screen);
            }
        }
        table.finish();
    }

    /// One question, and the groups of rows it is spread over.
    #[expect(clippy::type_complexity, reason = "groups: code, title and rows, used once by the caller")]
    fn question(
        &mut self,
        table: &Table<'_, '_, '_>,
        (section, screen): (usize, usize),
        nomenclatures: &Nomenclatures,
        seen: &mut Seen,
    ) -> Option<(Question, Vec<(String, String, Vec<usize>)>)> {
        let index = self.questionnaire.questions.len();
        let (code, text, kind) = (table.code("code"), table.string("text"), table.string("type"));
        let dimension = table.string("dimension");
        if let Some(dimension) = &dimension
            && !self.questionnaire.dimensions.iter().any(|known| known.code == dimension.value)
        {
            let known = self.questionnaire.dimensions.iter().map(|known| known.code.as_str());
            let help = did_you_mean(&dimension.value, known);
            let message = format!("there is no dimension `{}`", dimension.value);
            table.report_with("unknown-dimension", dimension.span.clone(), message, help);
        }
        if let Some(code) = &code {
            seen.add(table, "the question", code);
        }
        let show_if = table.optional_expression("show_if");
        let base_label = table.optional_string("base_label").map(|label| label.value);
        if show_if.is_some() && base_label.is_none() {
            let message = "a routed question needs `base_label`, its base in words for a reader".to_owned();
            table.report("missing-key", table.span(), message);
        }
        let mut groups = Vec::new();
        let kind = self.kind(table, index, kind?, nomenclatures, &mut groups);
        let score = table.optional_string("score").and_then(|score| match score.value.as_str() {
            "single" => Some(ScoreRule::Single),
            "multi_cap100" => Some(ScoreRule::MultiCap100),
            "multi_max" => Some(ScoreRule::MultiMax),
            "matrix_mean" => Some(ScoreRule::MatrixMean),
            other => {
                let message = format!(
                    "`{other}` is not a score rule (expected single, multi_cap100, multi_max or matrix_mean)"
                );
                table.report("bad-value", score.span, message);
                None
            }
        });
        let flags = (table.flag("required"), table.flag("optional"), table.flag("personal"));
        let help = table.optional_string("help").map(|help| help.value);
        let comparable = table.optional_string("comparable").map(|text| text.value);
        let _ = table.flag("rotating");
        if let Some(sensitivity) = table.optional_string("sensitivity")
            && !["none", "low", "moderate", "high"].contains(&sensitivity.value.as_str())
        {
            let message = format!(
                "`{}` is not a sensitivity (expected none, low, moderate or high)",
                sensitivity.value
            );
            table.report("bad-value", sensitivity.span, message);
        }
        let kind = kind?;
        check_score(table, score, &kind);
        if let Some(show_if) = show_if {
            self.conditions.push((Place::Question(index), show_if));
        }
        let question = Question {
            code: code?.value,
            text: text?.value,
            help,
            kind,
            dimension: dimension?.value,
            section,
            screen,
            show_if: None,
            show_if_text: None,
            base_label,
            is_required: flags.0,
            is_optional: flags.1,
            is_personal: flags.2,
            score,
            comparable,
        };
        Some((question, groups))
    }

    fn kind(
        &mut self,
        table: &Table<'_, '_, '_>,
        index: QuestionIndex,
        kind: Located<String>,
        nomenclatures: &Nomenclatures,
        groups: &mut Vec<(String, String, Vec<usize>)>,
    ) -> Option<Kind> {
        let at_least_one = |options: Vec<Choice>| {
            if options.is_empty() {
                table.report("missing-key", table.span(), "this question has no `options`".to_owned());
            }
            options
        };
        Some(match kind.value.as_str() {
            "single" => {
                let mut options = at_least_one(read_options(table));
                mark(table, "ends_on", &mut options, |option| option.is_ending = true);
                if let Some(from) = table.optional_string("options_from") {
                    self.options_from.push((index, from));
                }
                Kind::Single { options, options_from: None }
            }
            "multiple" => {
                let mut options = at_least_one(read_options(table));
                mark(table, "exclusive", &mut options, |option| option.is_exclusive = true);
                let max = table.optional_integer("max_choices").and_then(|max| {
                    let free = options.iter().filter(|option| !option.is_exclusive).count();
                    let value = usize::try_from(max.value).ok().filter(|value| (1..=free).contains(value));
                    if value.is_none() {
                        let message = format!("`max_choices` is {} (expected 1 to {free})", max.value);
                        table.report("out-of-range", max.span, message);
                    }
                    value
                });
                Kind::Multiple { options, max }
            }
            "matrix" => {
                let options = at_least_one(read_options(table));
                let rows = self.rows(table, index, groups);
                Kind::Matrix { rows, options }
            }
            "integer" => {
                let (min, max) = (table.optional_integer("min"), table.optional_integer("max"));
                match (min, max) {
                    (Some(min), Some(max)) if min.value <= max.value => {
                        Kind::Integer { min: min.value, max: max.value }
                    }
                    (Some(min), Some(max)) => {
                        let message =
                            format!("`max` is {} (expected at least `min`, {})", max.value, min.value);
                        table.report("out-of-range", max.span, message);
                        return None;
                    }
                    _ => {
                        table.report(
                            "missing-key",
                            table.span(),
                            "an integer needs `min` and `max`".to_owned(),
                        );
                        return None;
                    }
                }
            }
            "text" => {
                let max_length = usize::try_from(table.count("max_length")?).ok()?;
                Kind::Text { max_length, is_long: table.flag("long") }
            }
            "email" => Kind::Email,
            "identifier" => Kind::Identifier { options: at_least_one(read_options(table)) },
            "commune" => Kind::Commune,
            "networks" => {
                let list = table.string("list")?;
                if list.value != "reseaux" {
                    let message = format!("there is no list `{}` (expected reseaux)", list.value);
                    table.report("unknown-list", list.span, message);
                }
                let mut options: Vec<Choice> = nomenclatures
                    .networks()
                    .iter()
                    .map(|network| choice(network.code.clone(), network.label.clone()))
                    .collect();
                options.extend(read_options(table));
                mark(table, "exclusive", &mut options, |option| option.is_exclusive = true);
                Kind::Networks { options }
            }
            other => {
                const KINDS: [&str; 9] = [
                    "single",
                    "multiple",
                    "matrix",
                    "integer",
                    "text",
                    "email",
                    "identifier",
                    "commune",
                    "networks",
                ];
                let message = format!("`{other}` is not a type of question (expected {})", KINDS.join(", "));
                table.report_with("bad-value", kind.span, message, did_you_mean(other, KINDS));
                return None;
            }
        })
    }

    fn rows(
        &mut self,
        table: &Table<'_, '_, '_>,
        index: QuestionIndex,
        groups: &mut Vec<(String, String, Vec<usize>)>,
    ) -> Vec<Row> {
        let mut seen = Seen::default();
        for group in table.tables("groups") {
            if let (Some(code), Some(title)) = (group.code("code"), group.string("title")) {
                seen.add(&group, "the group", &code);
                groups.push((code.value, title.value, Vec::new()));
            }
            group.finish();
        }
        let mut seen = Seen::default();
        let mut rows = Vec::new();
        for row in table.tables("rows") {
            let (code, label) = (row.code("code"), row.string("label"));
            let show_if = row.optional_expression("show_if");
            let group = row.optional_string("group");
            if let (Some(code), Some(label)) = (code, label) {
                seen.add(&row, "the row", &code);
                let position =
                    group.as_ref().map(|group| groups.iter().position(|known| known.0 == group.value));
                match position {
                    Some(Some(position)) => groups[position].2.push(rows.len()),
                    None if groups.is_empty() => {}
                    _ => {
                        let span = group.map_or_else(|| row.span(), |group| group.span);
                        row.report(
                            "unknown-group",
                            span,
                            "this row is in none of the question's `groups`".to_owned(),
                        );
                    }
                }
                if let Some(show_if) = show_if {
                    self.conditions.push((Place::Row(index, rows.len()), show_if));
                }
                rows.push(Row { code: code.value, label: label.value, show_if: None, show_if_text: None });
            }
            row.finish();
        }
        if rows.is_empty() {
            table.report("missing-key", table.span(), "a matrix needs `rows`".to_owned());
        }
        rows
    }
}

fn choice(code: String, label: String) -> Choice {
    Choice { code, label, points: None, is_exclusive: false, is_ending: false }
}

fn read_options(table: &Table<'_, '_, '_>) -> Vec<Choice> {
    let mut seen = Seen::default();
    let mut options = Vec::new();
    for option in table.tables("options") {
        if let (Some(code), Some(label)) = (option.code("code"), option.string("label")) {
            seen.add(&option, "the answer", &code);
            let mut read = choice(code.value, label.value);
            if let Some(points) = option.optional_number("points") {
                if !(0.0..=100.0).contains(&points.value) {
                    let message = format!("`points` is {} (expected 0 to 100)", points.value);
                    option.report("out-of-range", points.span, message);
                }
                read.points = Some(points.value);
            }
            options.push(read);
        }
        option.finish();
    }
    options
}

/// Applies a property to the options named by a list of codes.
fn mark(table: &Table<'_, '_, '_>, key: &'static str, options: &mut [Choice], apply: impl Fn(&mut Choice)) {
    for code in table.strings(key) {
        if let Some(option) = options.iter_mut().find(|option| option.code == code.value) {
            apply(option);
            continue;
        }
        let help = did_you_mean(&code.value, options.iter().map(|option| option.code.as_str()));
        let message = format!("there is no answer `{}`", code.value);
        table.report_with("unknown-code", code.span, message, help);
    }
}

fn check_score(table: &Table<'_, '_, '_>, score: Option<ScoreRule>, kind: &Kind) {
    let Some(score) = score else { return };
    let fits = matches!(
        (score, kind),
        (ScoreRule::Single, Kind::Single { .. })
            | (ScoreRule::MultiCap100 | ScoreRule::MultiMax, Kind::Multiple { .. })
            | (ScoreRule::MatrixMean, Kind::Matrix { .. })
    );
    if !fits {
        table.report(
            "wrong-type",
            table.span(),
            "this score rule does not fit this type of question".to_owned(),
        );
    }
    let (Kind::Single { options, .. } | Kind::Multiple { options, .. } | Kind::Matrix { options, .. }) = kind
    else {
        return;
    };
    if !options.iter().any(|option| option.points.is_some()) {
        table.report(
            "missing-key",
            table.span(),
            "a scored question needs `points` on its answers".to_owned(),
        );
    }
}
