//! The derived variables that conditions read, as `calculate` rows.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::expr::{Syntax, SyntaxKind};
use questionnaire::{CaseValue, CommuneAttribute, Condition, Derived, DerivedRule, Edition, Number, Subject};

use super::ExportError;
use super::build::KIND;
use super::sheets::{Book, Row};
use super::to_xpath::{Translator, answer, derived_name, row_name, text};
use super::xpath::{Operator, XPath};
use crate::Form;

/// Adds a row for each derived variable that a condition reads, at the end: `XPath` finds it wherever it is.
pub(super) fn add(book: &mut Book, form: &Form, edition: &Edition) -> Result<(), ExportError> {
    let names: BTreeMap<String, usize> = edition
        .derived
        .iter()
        .enumerate()
        .map(|(index, derived)| (derived_name(&derived.name), index))
        .collect();
    let mut wanted = BTreeSet::new();
    for row in &book.survey.rows {
        for column in ["relevant", "choice_filter"] {
            if let Some(Ok(xpath)) = row.get(column).map(|text| XPath::parse(text)) {
                read_by(&xpath, &names, &mut wanted);
            }
        }
    }
    let calculator = Calculator { edition, translator: Translator::new(form) };
    let mut rows: BTreeMap<usize, Row> = BTreeMap::new();
    while let Some(index) = wanted.pop_first() {
        if rows.contains_key(&index) {
            continue;
        }
        let derived = &edition.derived[index];
        let xpath = calculator.calculation(derived).map_err(|message| ExportError::Expression {
            place: format!("derived.{}", derived.name),
            expression: derived.label.clone(),
            message,
        })?;
        read_by(&xpath, &names, &mut wanted);
        let cells = [
            ("type", "calculate".to_owned()),
            ("name", derived_name(&derived.name)),
            ("calculation", xpath.to_string()),
            (KIND, "derived".to_owned()),
            // A copy, by which an import sees that the first was edited.
            ("barometre_calculation", xpath.to_string()),
            ("barometre_code", derived.name.clone()),
        ];
        rows.insert(index, cells.into_iter().map(|(column, text)| (column.to_owned(), text)).collect());
    }
    book.survey.rows.extend(rows.into_values());
    Ok(())
}

fn read_by(xpath: &XPath, names: &BTreeMap<String, usize>, found: &mut BTreeSet<usize>) {
    match xpath {
        XPath::Answer(name) => found.extend(names.get(name)),
        XPath::Call(_, arguments) => arguments.iter().for_each(|argument| read_by(argument, names, found)),
        XPath::Binary(_, left, right) => {
            read_by(left, names, found);
            read_by(right, names, found);
        }
        XPath::Column(_) | XPath::Here | XPath::Text(_) | XPath::Number(_) => {}
    }
}

struct Calculator<'a> {
    edition: &'a Edition,
    translator: Translator<'a>,
}

fn missing() -> XPath {
    text("")
}

fn choose(condition: XPath, then: XPath, otherwise: XPath) -> XPath {
    XPath::call("if", [condition, then, otherwise])
}

impl Calculator<'_> {
    fn calculation(&self, derived: &Derived) -> Result<XPath, String> {
        match &derived.rule {
            DerivedRule::Cases(cases) => {
                let mut xpath = missing();
                for case in cases.iter().rev() {
                    let value = match &case.value {
                        CaseValue::Category(code) => text(code),
                        CaseValue::Copy(subject) => self.value(*subject),
                    };
                    xpath = choose(self.condition(&case.when)?, value, xpath);
                }
                Ok(xpath)
            }
            DerivedRule::Flag { when, unmeasured } => {
                let flag = choose(self.condition(when)?, XPath::Number(1.0), XPath::Number(0.0));
                Ok(choose(self.condition(unmeasured)?, missing(), flag))
            }
            DerivedRule::Number(number) => self.translator.number(&self.number(number)),
            DerivedRule::Sum(parts) => self.sum(parts, |variable| {
                let given = XPath::binary(variable.clone(), Operator::Differs, missing());
                choose(given, variable, XPath::Number(0.0))
            }),
            DerivedRule::Measured(parts) => self.sum(parts, |variable| {
                XPath::call("number", [XPath::binary(variable, Operator::Differs, missing())])
            }),
            DerivedRule::Commune { question, attribute } => self.commune(*question, *attribute),
            DerivedRule::Score { .. } | DerivedRule::Index { .. } => {
                Err("a score is computed after the interview; read the answers that make it".to_owned())
            }
        }
    }

    fn sum(&self, parts: &[usize], term: impl Fn(XPath) -> XPath) -> Result<XPath, String> {
        let terms = parts.iter().map(|part| term(self.value(Subject::Derived(*part))));
        terms
            .reduce(|left, right| XPath::binary(left, Operator::Plus, right))
            .ok_or_else(|| "it adds up nothing".to_owned())
    }

    /// A department is the start of the commune's code, and a region some departments; the zone has no such rule.
    fn commune(&self, question: usize, attribute: CommuneAttribute) -> Result<XPath, String> {
        let code = || self.value(Subject::Question(question));
        let start = |length: f64| XPath::call("substr", [code(), XPath::Number(0.0), XPath::Number(length)]);
        let overseas = XPath::binary(
            XPath::binary(start(2.0), Operator::Equal, text("97")),
            Operator::Or,
            XPath::binary(start(2.0), Operator::Equal, text("98")),
        );
        let department = choose(overseas, start(3.0), start(2.0));
        match attribute {
            CommuneAttribute::Department => Ok(department),
            CommuneAttribute::Region => {
                let mut regions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
                for commune in self.edition.nomenclatures.communes() {
                    regions.entry(&commune.region).or_default().insert(&commune.department);
                }
                let mut xpath = missing();
                for (region, departments) in regions.iter().rev() {
                    let list = departments.iter().copied().collect::<Vec<_>>().join(" ");
                    let within = XPath::call("selected", [text(&list), department.clone()]);
                    xpath = choose(within, text(region), xpath);
                }
                Ok(xpath)
            }
            CommuneAttribute::Zone => {
                Err("the zone of a commune is in a list that a workbook does not carry; read its region"
                    .to_owned())
            }
        }
    }

    fn value(&self, subject: Subject) -> XPath {
        let questions = &self.edition.questionnaire.questions;
        match subject {
            Subject::Question(question) | Subject::IdentifierType(question) => {
                answer(&questions[question].code)
            }
            Subject::Row(question, row) => {
                answer(&row_name(&questions[question].code, &questions[question].rows()[row].code))
            }
            Subject::Derived(index) => answer(&derived_name(&self.edition.derived[index].name)),
        }
    }

    fn condition(&self, condition: &Condition) -> Result<XPath, String> {
        self.translator.condition(&self.syntax(condition))
    }

    fn name(&self, subject: Subject) -> Syntax {
        let questions = &self.edition.questionnaire.questions;
        node(SyntaxKind::Name(match subject {
            Subject::Question(question) => questions[question].code.clone(),
            Subject::IdentifierType(question) => format!("{}.type", questions[question].code),
            Subject::Row(question, row) => {
                format!("{}.{}", questions[question].code, questions[question].rows()[row].code)
            }
            Subject::Derived(index) => format!("derived.{}", self.edition.derived[index].name),
        }))
    }

    /// A checked condition as the tree of its text, so that one translation serves both.
    fn syntax(&self, condition: &Condition) -> Syntax {
        let question = |index: &usize| Box::new(self.name(Subject::Question(*index)));
        node(match condition {
            Condition::Constant(value) => SyntaxKind::Name(value.to_string()),
            Condition::In(subject, codes) => {
                SyntaxKind::Member(Box::new(self.name(*subject)), "in", Box::new(set(codes)))
            }
            Condition::HasAny(index, codes) => {
                SyntaxKind::Member(question(index), "has_any", Box::new(set(codes)))
            }
            Condition::HasAll(index, codes) => {
                SyntaxKind::Member(question(index), "has_all", Box::new(set(codes)))
            }
            Condition::Compare(left, comparison, right) => {
                SyntaxKind::Compare(Box::new(self.number(left)), *comparison, Box::new(self.number(right)))
            }
            Condition::Asked(index, row) => {
                let subject = row.map_or(Subject::Question(*index), |row| Subject::Row(*index, row));
                SyntaxKind::Call("asked".to_owned(), vec![self.name(subject)])
            }
            Condition::Measured(subject) => {
                SyntaxKind::Call("measured".to_owned(), vec![self.name(*subject)])
            }
            Condition::Not(inner) => SyntaxKind::Not(Box::new(self.syntax(inner))),
            Condition::And(left, right) => {
                SyntaxKind::And(Box::new(self.syntax(left)), Box::new(self.syntax(right)))
            }
            Condition::Or(left, right) => {
                SyntaxKind::Or(Box::new(self.syntax(left)), Box::new(self.syntax(right)))
            }
        })
    }

    fn number(&self, number: &Number) -> Syntax {
        match number {
            Number::Constant(number) => node(SyntaxKind::Number(*number)),
            Number::Variable(subject) => self.name(*subject),
            Number::Count(index) => {
                node(SyntaxKind::Call("count".to_owned(), vec![self.name(Subject::Question(*index))]))
            }
            Number::CountIn(index, codes) => node(SyntaxKind::Call(
                "count_in".to_owned(),
                vec![self.name(Subject::Question(*index)), set(codes)],
            )),
        }
    }
}

fn node(kind: SyntaxKind) -> Syntax {
    Syntax { kind, span: 0..0 }
}

fn set(codes: &[String]) -> Syntax {
    node(SyntaxKind::Set(codes.iter().map(|code| (code.clone(), 0..0)).collect()))
}
