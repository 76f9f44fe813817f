//! `indicators.toml`: scores, derived variables, indicators.

use std::collections::BTreeSet;

use super::finding;
use super::reader::{Located, Seen, Table};
use crate::edition::{
    Case, CaseValue, Category, CommuneAttribute, Derived, DerivedRule, Indicator, Level, Scoring, Target,
    Wording,
};
use crate::expr::{
    Condition, DerivedIndex, Known, Numerator, Scope, Subject, Syntax, SyntaxKind, Visible, check_condition,
    check_number, check_numerator, parse as parse_expression, standing,
};
use crate::model::{Kind, Questionnaire};
use crate::nomenclature::Nomenclatures;
use crate::problem::did_you_mean;

/// What the file says.
pub(super) struct Read {
    pub known: Known,
    pub scoring: Option<Scoring>,
    pub indicators: Vec<Indicator>,
    /// Words of findings; those of the plan are added when it is read.
    pub wording: Wording,
    /// Codes of the indicators, those that could not be read among them.
    pub codes: BTreeSet<String>,
}

/// A derived variable that reads one that reads one … is refused beyond this depth: no one can follow it.
const DEEPEST: usize = 64;

pub(super) fn read(
    root: &Table<'_, '_, '_>,
    questionnaire: &Questionnaire,
    nomenclatures: &Nomenclatures,
    broken_questions: &BTreeSet<String>,
) -> Read {
    let derived = root.tables("derived");
    let names = derived.iter().filter_map(|table| table.peek("name"));
    let known = Known {
        broken_questions: broken_questions.clone(),
        all_derived: names.collect(),
        ..Known::default()
    };
    let mut reading = Reading { questionnaire, nomenclatures, known };
    let mut seen = Seen::default();
    for table in derived {
        if let Some(name) = table.code("name") {
            seen.add(&table, "the derived variable", &name);
            if name.value == "indice" || name.value.starts_with("score_") {
                let message = format!("`{}` is the name of a score (expected another)", name.value);
                table.report("reserved-code", name.span.clone(), message);
            }
            reading.derived(&table, name.value);
        }
        table.finish();
    }
    let is_scored = questionnaire.dimensions.iter().any(|dimension| dimension.is_scored);
    let score = if is_scored { root.table("score") } else { root.optional_table("score") };
    let scoring = match score {
        // What measures nothing, such as a directory, has no scores to read.
        None if !is_scored => {
            Some(Scoring { least_items_share: 1.0, levels: Vec::new(), criteria: Vec::new() })
        }
        score => score.and_then(|table| {
            let scoring = reading.scoring(&table);
            table.finish();
            scoring
        }),
    };
    let mut wording = Wording { subjects: finding::subjects(root), ..Wording::default() };
    let mut seen = Seen::default();
    let (mut indicators, mut codes) = (Vec::new(), BTreeSet::new());
    for table in root.tables("indicator") {
        if let Some(code) = table.code("code") {
            seen.add(&table, "the indicator", &code);
            codes.insert(code.value.clone());
            if let Some(finding) = finding::finding(&table, &wording.subjects) {
                wording.findings.insert(code.value.clone(), finding);
            }
            indicators.extend(reading.indicator(&table, code.value));
        }
        table.finish();
    }
    root.finish();
    Read { known: reading.known, scoring, indicators, wording, codes }
}

struct Reading<'a> {
    questionnaire: &'a Questionnaire,
    nomenclatures: &'a Nomenclatures,
    known: Known,
}

impl Reading<'_> {
    fn scope(&self) -> Scope<'_> {
        Scope { questionnaire: self.questionnaire, known: &self.known, visible: Visible::All }
    }

    fn condition(&self, table: &Table<'_, '_, '_>, key: &'static str) -> Option<Condition> {
        let expression = table.expression(key)?;
        check_condition(&expression.syntax, self.scope())
            .map_err(|faults| table.report_faults(&expression, faults))
            .ok()
    }

    fn derived(&mut self, table: &Table<'_, '_, '_>, name: String) {
        let label = table.optional_string("label").map_or_else(|| name.clone(), |label| label.value);
        let mut categories = Vec::new();
        let mut seen = Seen::default();
        for category in table.tables("categories") {
            if let (Some(code), Some(label)) = (category.code("code"), category.string("label")) {
                seen.add(&category, "the category", &code);
                categories.push(Category { code: code.value, label: label.value });
            }
            category.finish();
        }
        let cases = table.tables("cases");
        let rule = if !cases.is_empty() {
            self.cases(&cases, &categories)
        } else if let Some(commune) = table.optional_table("commune") {
            let rule = self.commune(&commune, &mut categories);
            commune.finish();
            rule
        } else if let Some(flag) = table.optional_table("flag") {
            let rule = self.condition(&flag, "when").zip(self.condition(&flag, "unmeasured"));
            flag.finish();
            rule.map(|(when, unmeasured)| DerivedRule::Flag { when, unmeasured })
        } else if let Some(number) = table.optional_expression("number") {
            check_number(&number.syntax, self.scope())
                .map_err(|faults| table.report_faults(&number, faults))
                .map(DerivedRule::Number)
                .ok()
        } else {
            let (sum, measured) = (table.strings("sum"), table.strings("measured"));
            if table.has("sum") && sum.is_empty() || table.has("measured") && measured.is_empty() {
                table.not_empty("sum", "there is nothing to add up");
                None
            } else if sum.is_empty() && measured.is_empty() {
                let message =
                    "a derived variable needs one of cases, commune, flag, number, sum, measured".to_owned();
                table.report("missing-key", table.span(), message);
                None
            } else if measured.is_empty() {
                self.parts(table, &sum).map(DerivedRule::Sum)
            } else {
                self.parts(table, &measured).map(DerivedRule::Measured)
            }
        };
        let is_categorical = matches!(rule, Some(DerivedRule::Cases(_) | DerivedRule::Commune { .. }));
        if rule.is_some() && !is_categorical && !categories.is_empty() {
            let message = format!("`{name}` is a number: it has no `categories`");
            table.report("wrong-type", table.span(), message);
            categories.clear();
        }
        let Some(rule) = rule else {
            table.leave();
            self.known.broken_derived.insert(name);
            return;
        };
        let depth = self.add(name.clone(), label, categories, rule);
        if depth > DEEPEST {
            let message = format!("`{name}` stands on more than {DEEPEST} derived variables, one on another");
            table.report("too-deep", table.span(), message);
        }
    }

    /// Adds a derived variable and says how deep it is.
    fn add(&mut self, name: String, label: String, categories: Vec<Category>, rule: DerivedRule) -> usize {
        let (last_question, depth) = standing(&rule, &self.known.derived);
        self.known.add(Derived { name, label, categories, rule, last_question, depth });
        depth
    }

    /// The question with this code; one that does not exist is reported, one that could not be read is not.
    fn named(&self, table: &Table<'_, '_, '_>, code: &Located<String>) -> Option<usize> {
        let found = self.questionnaire.question_index(&code.value);
        if found.is_none() && !self.known.broken_questions.contains(&code.value) {
            let codes = self.questionnaire.codes.keys().map(String::as_str);
            let message = format!("there is no question `{}`", code.value);
            let help = did_you_mean(&code.value, codes);
            table.report_with("unknown-question", code.span.clone(), message, help);
        }
        found
    }

    fn cases(&self, tables: &[Table<'_, '_, '_>], categories: &[Category]) -> Option<DerivedRule> {
        let mut cases = Vec::new();
        let mut is_complete = true;
        for table in tables {
            let when = self.condition(table, "when");
            let value = if let Some(copy) = table.optional_string("copy") {
                self.copied(table, &copy, categories)
            } else {
                table.code("value").and_then(|value| {
                    let known = categories.iter().any(|category| category.code == value.value);
                    if !known {
                        let codes = categories.iter().map(|category| category.code.as_str());
                        let message = format!("`{}` is not one of the `categories`", value.value);
                        table.report_with(
                            "unknown-code",
                            value.span.clone(),
                            message,
                            did_you_mean(&value.value, codes),
                        );
                    }
                    known.then_some(CaseValue::Category(value.value))
                })
            };
            table.finish();
            match when.zip(value) {
                Some((when, value)) => cases.push(Case { when, value }),
                None => is_complete = false,
            }
        }
        is_complete.then_some(DerivedRule::Cases(cases))
    }

    fn copied(
        &self,
        table: &Table<'_, '_, '_>,
        copy: &Located<String>,
        categories: &[Category],
    ) -> Option<CaseValue> {
        let index = self.named(table, copy)?;
        let question = &self.questionnaire.questions[index];
        let Kind::Single { options, .. } = &question.kind else {
            let message = format!("`{}` does not take one answer", copy.value);
            table.report("wrong-type", copy.span.clone(), message);
            return None;
        };
        for option in options {
            if !categories.iter().any(|category| category.code == option.code) {
                let message = format!(
                    "the answer `{}` of `{}` is not one of the `categories`",
                    option.code, copy.value
                );
                table.report("unknown-code", copy.span.clone(), message);
            }
        }
        Some(CaseValue::Copy(Subject::Question(index)))
    }

    fn commune(&self, table: &Table<'_, '_, '_>, categories: &mut Vec<Category>) -> Option<DerivedRule> {
        let (question, attribute) = (table.string("question")?, table.string("attribute")?);
        let index = self.named(table, &question)?;
        if !matches!(self.questionnaire.questions[index].kind, Kind::Commune) {
            table.report(
                "wrong-type",
                question.span,
                format!("`{}` does not ask for a commune", question.value),
            );
            return None;
        }
        let (attribute, from_list) = match attribute.value.as_str() {
            "department" => (CommuneAttribute::Department, self.nomenclatures.departments()),
            "region" => (CommuneAttribute::Region, self.nomenclatures.regions()),
            "zone" => {
                let zone =
                    |code: &str, label: &str| Category { code: code.to_owned(), label: label.to_owned() };
                (CommuneAttribute::Zone, vec![zone("urbain", "Urbain"), zone("rural", "Rural")])
            }
            other => {
                let message = format!(
                    "`{other}` is not an attribute of a commune (expected department, region or zone)"
                );
                table.report("bad-value", attribute.span, message);
                return None;
            }
        };
        if categories.is_empty() {
            *categories = from_list;
        }
        Some(DerivedRule::Commune { question: index, attribute })
    }

    fn parts(&self, table: &Table<'_, '_, '_>, names: &[Located<String>]) -> Option<Vec<DerivedIndex>> {
        let mut parts = Vec::new();
        for name in names {
            match self.known.names.get(&name.value) {
                Some(&index) if self.known.derived[index].categories.is_empty() => parts.push(index),
                Some(_) => {
                    let message = format!("`{}` is not a number", name.value);
                    table.report("wrong-type", name.span.clone(), message);
                }
                None => {
                    if let Some((code, message, help)) = self.known.lacks(&name.value) {
                        table.report_with(code, name.span.clone(), message, help);
                    }
                }
            }
        }
        (parts.len() == names.len()).then_some(parts)
    }

    /// Reads `[score]` and adds the scores and the index to the derived variables.
    fn scoring(&mut self, table: &Table<'_, '_, '_>) -> Option<Scoring> {
        let share = table.number("least_items_share");
        if let Some(share) = &share
            && !(0.0..=1.0).contains(&share.value)
        {
            let message = format!("`least_items_share` is {} (expected 0 to 1)", share.value);
            table.report("out-of-range", share.span.clone(), message);
        }
        let at_least = table.count("index_at_least");
        let levels = levels(table);
        let criteria = self.parts(table, &table.strings("criteria"));
        let mut in_index = Vec::new();
        for dimension in self.questionnaire.dimensions.iter().filter(|dimension| dimension.is_scored) {
            let questions = self.questionnaire.questions.iter().enumerate();
            let items: Vec<usize> = questions
                .filter(|(_, question)| question.dimension == dimension.code && question.score.is_some())
                .map(|(index, _)| index)
                .collect();
            if items.is_empty() {
                let message =
                    format!("no question gives points to the scored dimension `{}`", dimension.code);
                table.report("empty-score", table.span(), message);
            }
            if dimension.is_in_index {
                in_index.push(self.known.derived.len());
            }
            let name = crate::texts::score_name(&dimension.code);
            self.add(name, dimension.label.clone(), Vec::new(), DerivedRule::Score { items });
        }
        let (name, label) = ("indice".to_owned(), "Indice de maturité numérique".to_owned());
        if let Some(least) = &at_least
            && usize::try_from(least.value).is_ok_and(|least| least > in_index.len())
        {
            let message =
                format!("`index_at_least` is {} but {} scores make the index", least.value, in_index.len());
            table.report("out-of-range", least.span.clone(), message);
        }
        let Some(at_least) = at_least.and_then(|least| usize::try_from(least.value).ok()) else {
            self.known.broken_derived.insert(name);
            return None;
        };
        self.add(name, label, Vec::new(), DerivedRule::Index { scores: in_index, at_least });
        Some(Scoring { least_items_share: share?.value, levels: levels?, criteria: criteria? })
    }

    fn indicator(&self, table: &Table<'_, '_, '_>, code: String) -> Option<Indicator> {
        let label = table.string("label");
        let dimension = table.string("dimension");
        if let Some(dimension) = &dimension
            && !self.questionnaire.dimensions.iter().any(|known| known.code == dimension.value)
        {
            let message = format!("there is no dimension `{}`", dimension.value);
            table.report("unknown-dimension", dimension.span.clone(), message);
        }
        let numerator = table.expression("numerator");
        let checked = numerator.as_ref().and_then(|numerator| {
            check_numerator(&numerator.syntax, self.scope())
                .map_err(|faults| table.report_faults(numerator, faults))
                .ok()
        });
        let base = table.expression("base");
        let checked_base = base.as_ref().and_then(|base| {
            check_condition(&base.syntax, self.scope())
                .map_err(|faults| table.report_faults(base, faults))
                .ok()
        });
        let base_label = table.string("base_label");
        let unit = table.string("unit").and_then(|unit| {
            let fits = match (unit.value.as_str(), &checked) {
                ("%", Some(Numerator::Mean(_))) => Err("a mean is in points or nombre"),
                ("points" | "nombre", Some(Numerator::Share(_))) => Err("a share is in %"),
                ("%" | "points" | "nombre", _) => Ok(()),
                _ => Err("expected %, points or nombre"),
            };
            if let Err(expected) = fits {
                let message = format!("the unit `{}` does not fit ({expected})", unit.value);
                table.report("bad-value", unit.span.clone(), message);
            }
            fits.is_ok().then_some(unit.value)
        });
        let target = table.optional_table("target").and_then(|target| {
            let read = (target.number("value"), target.integer("year"), target.string("source"));
            target.finish();
            Some(Target { value: read.0?.value, year: read.1?.value, source: read.2?.value })
        });
        let comparable = table.optional_string("comparable").map(|series| series.value);
        let published_2022 = table.optional_number("published_2022").map(|published| published.value);
        let note = table.optional_string("note").map(|note| note.value);
        let numerator = numerator?;
        let mut questions = BTreeSet::new();
        self.questions_named(&numerator.syntax, &mut questions);
        Some(Indicator {
            code,
            label: label?.value,
            dimension: dimension?.value,
            numerator: checked?,
            numerator_text: numerator.text,
            base: checked_base?,
            base_text: base?.text,
            base_label: base_label?.value,
            unit: unit?,
            questions: questions.into_iter().collect(),
            target,
            comparable,
            published_2022,
            note,
        })
    }

    /// The questions that an expression names.
    fn questions_named(&self, syntax: &Syntax, found: &mut BTreeSet<usize>) {
        match &syntax.kind {
            SyntaxKind::Name(name) => {
                let head = name.split('.').next().unwrap_or(name);
                found.extend(self.questionnaire.question_index(head));
            }
            SyntaxKind::Call(_, arguments) => {
                for argument in arguments {
                    self.questions_named(argument, found);
                }
            }
            SyntaxKind::Member(inner, _, _) | SyntaxKind::Not(inner) => self.questions_named(inner, found),
            SyntaxKind::Compare(left, _, right)
            | SyntaxKind::And(left, right)
            | SyntaxKind::Or(left, right) => {
                self.questions_named(left, found);
                self.questions_named(right, found);
            }
            SyntaxKind::Number(_) | SyntaxKind::Set(_) => {}
        }
    }
}

/// The levels, from low to high; `None` when some could not be read.
fn levels(table: &Table<'_, '_, '_>) -> Option<Vec<Level>> {
    let mut seen = Seen::default();
    let mut levels: Vec<Level> = Vec::new();
    let mut is_whole = true;
    for level in table.tables("levels") {
        let (code, label) = (level.code("code"), level.string("label"));
        let (from, text) = (level.number("from"), level.string("text"));
        level.finish();
        let (Some(code), Some(label), Some(from), Some(text)) = (code, label, from, text) else {
            is_whole = false;
            continue;
        };
        seen.add(&level, "the level", &code);
        let is_right = match levels.last() {
            None => from.value <= 0.0,
            Some(last) => from.value > last.from,
        };
        if is_whole && !is_right {
            let message = format!("`from` is {} (levels must start at 0 and rise)", from.value);
            level.report("bad-value", from.span, message);
        }
        levels.push(Level { code: code.value, label: label.value, from: from.value, text: text.value });
    }
    table.not_empty("levels", "a score has `levels`");
    is_whole.then_some(levels)
}

/// Resolves a variable named in the plan: `derived.famille`, `str_maturite`. The fault is `None` when the variable is
/// there but could not be read, which was reported.
pub(super) fn categorical(name: &str, scope: Scope<'_>) -> Result<(Subject, Vec<Category>), Option<String>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if !name.chars().all(is_name) {
        return Err(Some(format!("`{name}` is not the name of a variable")));
    }
    let syntax = parse_expression(&format!("measured({name})")).map_err(|error| Some(error.message))?;
    let condition = check_condition(&syntax, scope).map_err(|faults| {
        let messages: Vec<String> = faults.into_iter().map(|fault| fault.2).collect();
        (!messages.is_empty()).then(|| messages.join("; "))
    })?;
    let Condition::Measured(subject) = condition else {
        return Err(Some(format!("`{name}` is not a variable")));
    };
    let categories = match subject {
        Subject::Derived(index) => scope.known.derived[index].categories.clone(),
        Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
            match scope.questionnaire.questions[question].kind {
                Kind::Multiple { .. } | Kind::Networks { .. } => Vec::new(),
                _ => scope.questionnaire.questions[question]
                    .options()
                    .iter()
                    .map(|option| Category { code: option.code.clone(), label: option.label.clone() })
                    .collect(),
            }
        }
    };
    if categories.is_empty() {
        return Err(Some(format!(
            "`{name}` has no categories (expected a single choice or a categorical derived variable)"
        )));
    }
    Ok((subject, categories))
}
