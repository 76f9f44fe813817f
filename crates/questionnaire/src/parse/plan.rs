//! `plan.toml` and `margins/*.csv`.

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use super::finding;
use super::indicators::{Read, categorical};
use super::reader::{Located, Seen, Table};
use crate::edition::{
    Breakdown, BreakdownVariable, CalibrationGroup, Category, Chapter, ChartForm, ChartPlan, Margin,
    MarginCategory, Plan, TestFamily, Within, Wording,
};
use crate::expr::{Condition, Scope, Visible, check_condition};
use crate::model::{Kind, Questionnaire};
use crate::nomenclature::{Nomenclatures, read_rows};
use crate::problem::{Problem, Problems, did_you_mean};

/// The forms of charts by name.
const FORMS: [(&str, ChartForm); 12] = [
    ("ranked", ChartForm::Ranked),
    ("bars", ChartForm::Bars),
    ("stacked", ChartForm::Stacked),
    ("dots", ChartForm::Dots),
    ("bullet", ChartForm::Bullet),
    ("scores", ChartForm::Scores),
    ("trend", ChartForm::Trend),
    ("slope", ChartForm::Slope),
    ("heatmap", ChartForm::Heatmap),
    ("map", ChartForm::Map),
    ("histogram", ChartForm::Histogram),
    ("waffle", ChartForm::Waffle),
];

#[derive(serde::Deserialize)]
struct MarginRow {
    category: String,
    label: String,
    value: f64,
}

pub(super) fn read(
    root: &Table<'_, '_, '_>,
    questionnaire: &Questionnaire,
    read: &Read,
    files: &Files,
    nomenclatures: &Nomenclatures,
    problems: &mut Vec<Problem>,
    wording: &mut Wording,
) -> Option<Plan> {
    let scope = Scope { questionnaire, known: &read.known, visible: Visible::All };
    let mut reading = Reading { questionnaire, read, files, nomenclatures, scope, problems };
    let title = root.string("title");
    let edition = root.table("edition");
    let settings = edition.as_ref().and_then(|table| reading.settings(table));
    let headline = edition.as_ref().map(|table| reading.indicators(table, "headline")).unwrap_or_default();
    if let Some(table) = &edition {
        table.finish();
    }
    let mut seen = Seen::default();
    let (mut breakdowns, mut breakdown_codes) = (Vec::new(), BTreeSet::new());
    for table in root.tables("breakdown") {
        if let Some(code) = table.code("code") {
            seen.add(&table, "the breakdown", &code);
            breakdown_codes.insert(code.value.clone());
            finding::breakdown(&table, &code.value, wording);
            breakdowns.extend(reading.breakdown(&table, code.value));
        }
        table.finish();
    }
    check_within(root, &breakdowns);
    let crossings = root.tables("crossing").iter().filter_map(|table| crossing(table, &breakdowns)).collect();
    let subsets = root.tables("subset").iter().filter_map(|table| subset(table, &breakdowns)).collect();
    let mut seen = Seen::default();
    let mut calibration = Vec::new();
    for table in root.tables("calibration") {
        if let Some(code) = table.code("code") {
            seen.add(&table, "the calibration group", &code);
            calibration.extend(reading.group(&table, code.value));
        }
        table.finish();
    }
    // What publishes no figure has nothing to calibrate.
    if !read.indicators.is_empty() {
        root.not_empty("calibration", "the plan has no `[[calibration]]` group");
    }
    let (mut seen, mut charts) = (Seen::default(), Seen::default());
    let mut chapters = Vec::new();
    for table in root.tables("chapter") {
        let (code, title) = (table.code("code"), table.string("title"));
        let text = table.optional_text("text").map(|text| text.value);
        let charts = reading.charts(&table, &breakdown_codes, &mut charts, wording);
        if let Some(code) = &code {
            seen.add(&table, "the chapter", code);
        }
        if let (Some(code), Some(title)) = (code, title) {
            chapters.push(Chapter { code: code.value, title: title.value, text, charts });
        }
        table.finish();
    }
    let mut seen = Seen::default();
    let mut families = Vec::new();
    for table in root.tables("family") {
        let (code, method) = (table.code("code"), table.string("method"));
        let indicators = reading.indicators(&table, "indicators");
        if let Some(code) = &code {
            seen.add(&table, "the family", code);
        }
        if let (Some(code), Some(method)) = (code, method) {
            if !["holm", "bh"].contains(&method.value.as_str()) {
                let message =
                    format!("`{}` is not a method of adjustment (expected holm or bh)", method.value);
                table.report("bad-value", method.span.clone(), message);
            }
            families.push(TestFamily { code: code.value, method: method.value, indicators });
        }
        table.finish();
    }
    root.finish();
    let settings = settings?;
    Some(Plan {
        title: title?.value,
        n_min: settings.n_min,
        n_fragile: settings.n_fragile,
        confidence: settings.confidence,
        scope: settings.scope,
        valid_screen: settings.valid_screen,
        calibration,
        breakdowns,
        crossings,
        subsets,
        headline,
        chapters,
        families,
    })
}

/// `parts = ["t1_2 t1_9"]`: a category, and the one that it is part of.
fn parts(table: &Table<'_, '_, '_>, categories: &[Category]) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for text in table.strings("parts") {
        match text.value.split_once(' ') {
            Some((part, whole)) if categories.iter().any(|known| known.code == part) => {
                parts.insert(part.to_owned(), whole.to_owned());
            }
            _ => {
                let message = format!("`{}` is not a category and the one that it is part of", text.value);
                table.report("bad-value", text.span, message);
            }
        }
    }
    parts
}

/// What categories are said to be parts of must be there.
fn check_within(root: &Table<'_, '_, '_>, breakdowns: &[Breakdown]) {
    for breakdown in breakdowns {
        let Some(within) = &breakdown.within else { continue };
        let outer = breakdowns.iter().find(|known| known.code == within.breakdown);
        let known = |code: &String| {
            outer.is_some_and(|outer| outer.categories.iter().any(|category| category.code == *code))
        };
        if let Some(unknown) = within.parts.values().find(|code| !known(code)) {
            let message = format!(
                "the breakdown `{}` is within `{}`, which has no category `{unknown}`",
                breakdown.code, within.breakdown
            );
            root.report("unknown-category", root.span(), message);
        }
    }
}

/// Two different breakdowns, one of networks at most, which then comes first (`disclosure.md`, section 3.1: never two
/// crossings inside a network).
fn crossing(table: &Table<'_, '_, '_>, breakdowns: &[Breakdown]) -> Option<[usize; 2]> {
    let of = table.strings("of");
    table.finish();
    let mut found = Vec::new();
    for code in &of {
        let position = breakdowns.iter().position(|breakdown| breakdown.code == code.value);
        if position.is_none() {
            let known = breakdowns.iter().map(|breakdown| breakdown.code.as_str());
            let help = did_you_mean(&code.value, known);
            let message = format!("there is no breakdown `{}`", code.value);
            table.report_with("unknown-breakdown", code.span.clone(), message, help);
        }
        found.push(position?);
    }
    let overlapping = |index: &usize| breakdowns[*index].variable.is_overlapping();
    match found.as_slice() {
        [one, other] if one != other && !(overlapping(one) && overlapping(other)) => {
            Some(if overlapping(other) { [*other, *one] } else { [*one, *other] })
        }
        _ => {
            let message =
                "a crossing is of two different breakdowns, of which one is of networks at most".to_owned();
            table.report("bad-value", table.span(), message);
            None
        }
    }
}

/// A network that is publicly part of another.
fn subset(table: &Table<'_, '_, '_>, breakdowns: &[Breakdown]) -> Option<(String, String)> {
    let (inner, outer) = (table.string("network"), table.string("of"));
    table.finish();
    let (inner, outer) = (inner?, outer?);
    for code in [&inner, &outer] {
        let networks = breakdowns.iter().filter(|breakdown| breakdown.variable.is_overlapping());
        let mut codes =
            networks.flat_map(|networks| &networks.categories).map(|category| category.code.as_str());
        if !codes.clone().any(|known| known == code.value) {
            let help = did_you_mean(&code.value, &mut codes);
            table.report_with(
                "unknown-code",
                code.span.clone(),
                format!("there is no network `{}`", code.value),
                help,
            );
            return None;
        }
    }
    Some((inner.value, outer.value))
}

struct Settings {
    n_min: u32,
    n_fragile: u32,
    confidence: f64,
    scope: Condition,
    valid_screen: usize,
}

struct Reading<'a> {
    questionnaire: &'a Questionnaire,
    read: &'a Read,
    files: &'a Files,
    nomenclatures: &'a Nomenclatures,
    scope: Scope<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    fn settings(&self, table: &Table<'_, '_, '_>) -> Option<Settings> {
        let (n_min, n_fragile) = (table.count("n_min"), table.count("n_fragile"));
        if let Some(n_min) = &n_min
            && n_min.value < 11
        {
            let message =
                format!("`n_min` is {} (expected 11 or more: the published commitment)", n_min.value);
            table.report("out-of-range", n_min.span.clone(), message);
        }
        let confidence = table.number_within("confidence", &(0.5..1.0));
        let scope = self.condition(table, "scope");
        let valid_screen = table.string("valid_screen").and_then(|code| {
            let found = self.questionnaire.screen_index(&code.value);
            if found.is_none() {
                let screens = self.questionnaire.screens.iter().map(|screen| screen.code.as_str());
                let help = did_you_mean(&code.value, screens);
                table.report_with(
                    "unknown-screen",
                    code.span,
                    format!("there is no screen `{}`", code.value),
                    help,
                );
            }
            found
        });
        Some(Settings {
            n_min: n_min?.value,
            n_fragile: n_fragile?.value,
            confidence: confidence?,
            scope: scope?,
            valid_screen: valid_screen?,
        })
    }

    fn condition(&self, table: &Table<'_, '_, '_>, key: &'static str) -> Option<Condition> {
        let expression = table.expression(key)?;
        check_condition(&expression.syntax, self.scope)
            .map_err(|faults| table.report_faults(&expression, faults))
            .ok()
    }

    fn known_indicator(&self, table: &Table<'_, '_, '_>, code: &Located<String>) -> bool {
        let known = self.read.codes.contains(&code.value);
        if !known {
            let codes = self.read.codes.iter().map(String::as_str);
            let message = format!("there is no indicator `{}`", code.value);
            table.report_with(
                "unknown-indicator",
                code.span.clone(),
                message,
                did_you_mean(&code.value, codes),
            );
        }
        known
    }

    fn indicators(&self, table: &Table<'_, '_, '_>, key: &'static str) -> Vec<String> {
        let codes = table.strings(key).into_iter().filter(|code| self.known_indicator(table, code));
        codes.map(|code| code.value).collect()
    }

    fn breakdown(&self, table: &Table<'_, '_, '_>, code: String) -> Option<Breakdown> {
        let label = table.string("label");
        let (variable, categories) =
            if let Some(networks) = table.optional_string("networks") {
                let Some(index) = self.questionnaire.question_index(&networks.value).filter(|index| {
                    matches!(self.questionnaire.questions[*index].kind, Kind::Networks { .. })
                }) else {
                    let message = format!("`{}` is not a networks question", networks.value);
                    table.report("unknown-question", networks.span, message);
                    return None;
                };
                (BreakdownVariable::Networks(index), self.nomenclatures.networks().to_vec())
            } else {
                let (subject, categories) = self.variable(table, &table.string("variable")?)?;
                (BreakdownVariable::Partition(subject), categories)
            };
        let within = table
            .optional_string("within")
            .map(|breakdown| Within { breakdown: breakdown.value, parts: parts(table, &categories) });
        Some(Breakdown { code, label: label?.value, variable, categories, within })
    }

    fn variable(
        &self,
        table: &Table<'_, '_, '_>,
        name: &Located<String>,
    ) -> Option<(crate::expr::Subject, Vec<Category>)> {
        let report = |message| table.report("unknown-variable", name.span.clone(), message);
        categorical(&name.value, self.scope).map_err(|message| message.map(report)).ok()
    }

    fn group(&mut self, table: &Table<'_, '_, '_>, code: String) -> Option<CalibrationGroup> {
        let label = table.string("label");
        let when = self.condition(table, "when");
        let total = table.number_within("total", &(1.0..1e12));
        let total_source = table.optional_string("total_source").map(|source| source.value);
        let mut margins = Vec::new();
        for margin in table.tables("margins") {
            margins.extend(self.margin(&margin));
            margin.finish();
        }
        Some(CalibrationGroup {
            code,
            label: label?.value,
            when: when?,
            total: total?,
            total_source,
            margins,
        })
    }

    fn margin(&mut self, table: &Table<'_, '_, '_>) -> Option<Margin> {
        let (code, label) = (table.code("code"), table.string("label"));
        let (year, source) = (table.string("year"), table.string("source"));
        let variable = table.string("variable");
        let file = table.string("file")?;
        let (subject, known) = self.variable(table, &variable?)?;
        let Some(text) = self.files.text(&file.value) else {
            table.report("missing-file", file.span, format!("the file `{}` is missing", file.value));
            return None;
        };
        let before = self.problems.len();
        let rows = read_rows::<MarginRow>(self.files, &file.value, self.problems);
        let is_whole = self.problems.len() == before;
        let mut found = Problems::new(&file.value, text);
        let sum: f64 = rows.iter().map(|(_, row)| row.value).sum();
        let mut categories = Vec::new();
        for (place, row) in rows {
            if !known.iter().any(|category| category.code == row.category) {
                let codes = known.iter().map(|category| category.code.as_str());
                let message = format!("no answer gives the margin category `{}`", row.category);
                found.report_with(
                    "unknown-category",
                    place.clone(),
                    message,
                    did_you_mean(&row.category, codes),
                );
            }
            if !row.value.is_finite() || row.value <= 0.0 {
                let message =
                    format!("the margin `{}` is {} (expected more than 0)", row.category, row.value);
                found.report("out-of-range", place.clone(), message);
            }
            if categories.iter().any(|category: &MarginCategory| category.code == row.category) {
                found.report(
                    "duplicate-code",
                    place,
                    format!("the category `{}` is given twice", row.category),
                );
            }
            let share = row.value / sum;
            categories.push(MarginCategory { code: row.category, label: row.label, value: row.value, share });
        }
        for category in known.iter().filter(|_| is_whole) {
            if !categories.iter().any(|given| given.code == category.code) {
                let message = format!("the margin lacks the category `{}` that answers give", category.code);
                let help = "merge it with another in the derived variable, or give its total".to_owned();
                found.report_with("missing-category", 0..0, message, Some(help));
            }
        }
        self.problems.extend(found.into_found());
        Some(Margin {
            code: code?.value,
            label: label?.value,
            variable: subject,
            categories,
            source: source?.value,
            year: year?.value,
        })
    }

    fn charts(
        &self,
        chapter: &Table<'_, '_, '_>,
        breakdowns: &BTreeSet<String>,
        seen: &mut Seen,
        wording: &mut Wording,
    ) -> Vec<ChartPlan> {
        let mut charts = Vec::new();
        for table in chapter.tables("charts") {
            let (code, title) = (table.code("code"), table.string("title"));
            let form = table.string("form").and_then(|form| {
                let read = FORMS.iter().find(|(name, _)| *name == form.value).map(|(_, form)| *form);
                if read.is_none() {
                    let names = FORMS.map(|(name, _)| name).join(", ");
                    let message =
                        format!("`{}` is not a form of chart (expected one of {names})", form.value);
                    table.report("bad-value", form.span, message);
                }
                read
            });
            let codes = table.strings("indicators");
            let labels = table.strings("labels");
            if codes.is_empty() || codes.len() != labels.len() {
                let message =
                    format!("{} indicators and {} labels (expected as many)", codes.len(), labels.len());
                table.report("bad-value", table.span(), message);
            }
            let indicators: Vec<String> = codes
                .into_iter()
                .filter(|indicator| self.known_indicator(&table, indicator))
                .map(|indicator| indicator.value)
                .collect();
            let breakdown = table.optional_string("breakdown").and_then(|breakdown| {
                let known = breakdowns.contains(&breakdown.value);
                if !known {
                    let help = did_you_mean(&breakdown.value, breakdowns.iter().map(String::as_str));
                    let message = format!("there is no breakdown `{}`", breakdown.value);
                    table.report_with("unknown-breakdown", breakdown.span, message, help);
                }
                known.then_some(breakdown.value)
            });
            let needs_breakdown = [ChartForm::Dots, ChartForm::Heatmap, ChartForm::Map];
            if form.is_some_and(|form| needs_breakdown.contains(&form)) && !table.has("breakdown") {
                table.report("missing-key", table.span(), "this chart needs a `breakdown`".to_owned());
            }
            let ranking = table.optional_string("ranking");
            if let Some(code) = &code {
                seen.add(&table, "the chart", code);
                wording.rankings.extend(ranking.map(|ranking| (code.value.clone(), ranking.value)));
            }
            if let (Some(code), Some(title), Some(form)) = (code, title, form) {
                let labels = labels.into_iter().map(|label| label.value).collect();
                charts.push(ChartPlan {
                    code: code.value,
                    title: title.value,
                    form,
                    indicators,
                    labels,
                    breakdown,
                });
            }
            table.finish();
        }
        charts
    }
}
