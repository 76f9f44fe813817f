//! Types of questions, their answers and rows.

use std::collections::BTreeMap;

use super::question::Group;
use super::{Draft, Place};
use crate::edition::Category;
use crate::model::{Choice, Kind, QuestionIndex, Row};
use crate::nomenclature::Nomenclatures;
use crate::parse::reader::{Located, Seen, Table};
use crate::problem::did_you_mean;

const KINDS: [&str; 9] =
    ["single", "multiple", "matrix", "integer", "text", "email", "identifier", "commune", "networks"];

impl Draft {
    /// What the question's type says; `None` when it says nothing that can be used.
    pub(super) fn kind(
        &mut self,
        table: &Table<'_, '_, '_>,
        question: (QuestionIndex, &str),
        kind: &Located<String>,
        nomenclatures: &Nomenclatures,
        groups: &mut Vec<Group>,
    ) -> Option<Kind> {
        Some(match kind.value.as_str() {
            "single" => {
                let mut options = self.at_least_one(table, question)?;
                mark(table, "ends_on", &mut options, |option| option.is_ending = true);
                if let Some(from) = table.optional_string("options_from") {
                    self.options_from.push((question.0, from));
                }
                Kind::Single { options, options_from: None }
            }
            "multiple" => {
                let mut options = self.at_least_one(table, question)?;
                mark(table, "exclusive", &mut options, |option| option.is_exclusive = true);
                let max = max_choices(table, &options);
                Kind::Multiple { options, max }
            }
            "matrix" => {
                let options = self.at_least_one(table, question)?;
                let rows = self.rows(table, question, groups)?;
                Kind::Matrix { rows, options }
            }
            "integer" => integer(table)?,
            "text" => {
                let (max_length, is_long) = (table.count("max_length"), table.flag("long"));
                Kind::Text { max_length: usize::try_from(max_length?.value).ok()?, is_long }
            }
            "email" => Kind::Email,
            "identifier" => Kind::Identifier { options: self.at_least_one(table, question)? },
            "commune" => Kind::Commune,
            "networks" => Kind::Networks { options: self.networks(table, question, nomenclatures)? },
            other => {
                let message = format!("`{other}` is not a type of question (expected {})", KINDS.join(", "));
                table.report_with("bad-value", kind.span.clone(), message, did_you_mean(other, KINDS));
                return None;
            }
        })
    }

    fn at_least_one(
        &mut self,
        table: &Table<'_, '_, '_>,
        question: (QuestionIndex, &str),
    ) -> Option<Vec<Choice>> {
        table.not_empty("options", "this question has no `options`");
        self.options(table, question, 0).filter(|options| !options.is_empty())
    }

    /// The networks of the list, then those that the question adds.
    fn networks(
        &mut self,
        table: &Table<'_, '_, '_>,
        question: (QuestionIndex, &str),
        nomenclatures: &Nomenclatures,
    ) -> Option<Vec<Choice>> {
        if let Some(list) = table.string("list")
            && list.value != "reseaux"
        {
            let message = format!("there is no list `{}` (expected reseaux)", list.value);
            table.report("unknown-list", list.span, message);
        }
        let networks = nomenclatures.networks();
        let listed = |network: &Category| Choice {
            is_listed: true,
            ..choice(network.code.clone(), network.label.clone())
        };
        let mut options: Vec<Choice> = networks.iter().map(listed).collect();
        options.extend(self.options(table, question, networks.len())?);
        mark(table, "exclusive", &mut options, |option| option.is_exclusive = true);
        Some(options)
    }

    /// The answers, numbered from `first`; `None` when the code of one cannot be used.
    fn options(
        &mut self,
        table: &Table<'_, '_, '_>,
        (index, question): (QuestionIndex, &str),
        first: usize,
    ) -> Option<Vec<Choice>> {
        let mut seen = Seen::default();
        let (mut options, mut is_whole) = (Vec::new(), true);
        for option in table.tables("options") {
            let (code, label) = (option.code("code"), option.string("label"));
            let points = option.optional_number("points");
            let show_if = option.optional_expression("show_if");
            if let Some(points) = &points
                && !(0.0..=100.0).contains(&points.value)
            {
                let message = format!("`points` is {} (expected 0 to 100)", points.value);
                option.report("out-of-range", points.span.clone(), message);
            }
            is_whole &= code.is_some();
            if let Some(code) = code {
                seen.add(&option, "the answer", &code);
                is_whole &= self.refuse_retired(&option, &format!("{question}.{}", code.value), &code);
                if let Some(show_if) = show_if {
                    self.conditions.push((Place::Option(index, first + options.len()), show_if));
                }
                // An answer without a label was reported; its code is known all the same.
                let mut read = choice(code.value, label.map(|label| label.value).unwrap_or_default());
                read.points = points.map(|points| points.value);
                options.push(read);
            }
            option.finish();
        }
        is_whole.then_some(options)
    }

    fn rows(
        &mut self,
        table: &Table<'_, '_, '_>,
        (index, question): (QuestionIndex, &str),
        groups: &mut Vec<Group>,
    ) -> Option<Vec<Row>> {
        let mut seen = Seen::default();
        for group in table.tables("groups") {
            let (code, title) = (group.code("code"), group.string("title"));
            if let Some(code) = code
                && seen.add(&group, "the group", &code)
            {
                let title = title.map(|title| title.value).unwrap_or_default();
                groups.push(Group { code: code.value, title, rows: Vec::new() });
            }
            group.finish();
        }
        let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
        for (position, group) in groups.iter().enumerate() {
            positions.entry(&group.code).or_insert(position);
        }
        let mut seen = Seen::default();
        let (mut rows, mut is_whole) = (Vec::new(), true);
        let mut grouped = Vec::new();
        for row in table.tables("rows") {
            let (code, label) = (row.code("code"), row.string("label"));
            let show_if = row.optional_expression("show_if");
            let group = row.optional_string("group");
            is_whole &= code.is_some();
            if let Some(code) = code {
                seen.add(&row, "the row", &code);
                is_whole &= self.refuse_retired(&row, &format!("{question}.{}", code.value), &code);
                match group.as_ref().and_then(|group| positions.get(group.value.as_str())) {
                    Some(position) => grouped.push((*position, rows.len())),
                    None if groups.is_empty() && group.is_none() => {}
                    None => {
                        let span = group.map_or_else(|| row.span(), |group| group.span);
                        let message = "this row is in none of the question's `groups`".to_owned();
                        row.report("unknown-group", span, message);
                    }
                }
                if let Some(show_if) = show_if {
                    self.conditions.push((Place::Row(index, rows.len()), show_if));
                }
                let label = label.map(|label| label.value).unwrap_or_default();
                rows.push(Row { code: code.value, label, show_if: None, show_if_text: None });
            }
            row.finish();
        }
        for (group, row) in grouped {
            groups[group].rows.push(row);
        }
        table.not_empty("rows", "a matrix needs `rows`");
        for group in groups.iter().filter(|group| group.rows.is_empty() && !rows.is_empty()) {
            let message = format!("the group `{}` has no row", group.code);
            table.report("empty-group", table.span(), message);
        }
        (is_whole && !rows.is_empty()).then_some(rows)
    }
}

fn choice(code: String, label: String) -> Choice {
    let (is_exclusive, is_ending) = (false, false);
    let (show_if, show_if_text) = (None, None);
    Choice { code, label, points: None, is_exclusive, is_ending, show_if, show_if_text, is_listed: false }
}

fn max_choices(table: &Table<'_, '_, '_>, options: &[Choice]) -> Option<usize> {
    let max = table.optional_integer("max_choices")?;
    let free = options.iter().filter(|option| !option.is_exclusive).count();
    let value = usize::try_from(max.value).ok().filter(|value| (1..=free).contains(value));
    if value.is_none() {
        let message = format!("`max_choices` is {} (expected 1 to {free})", max.value);
        table.report("out-of-range", max.span, message);
    }
    value
}

fn integer(table: &Table<'_, '_, '_>) -> Option<Kind> {
    let (min, max) = (table.optional_integer("min"), table.optional_integer("max"));
    for key in ["min", "max"] {
        if !table.has(key) {
            table.report("missing-key", table.span(), format!("an integer needs `{key}`"));
        }
    }
    let (min, max) = (min?, max?);
    if min.value > max.value {
        let message = format!("`max` is {} (expected at least `min`, {})", max.value, min.value);
        table.report("out-of-range", max.span, message);
        return None;
    }
    Some(Kind::Integer { min: min.value, max: max.value })
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
