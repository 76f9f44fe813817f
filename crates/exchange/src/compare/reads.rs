//! What an indicator or a derived variable reads, down to the questions, and how it is computed in words.

use std::collections::BTreeSet;

use questionnaire::expr::DerivedIndex;
use questionnaire::{
    CaseValue, CommuneAttribute, Condition, DerivedRule, Edition, Number, Numerator, QuestionIndex, Subject,
};

use super::logic::{Expression, Logic};
use super::outline::{Derived, Indicator};

/// Something whose change may change a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The answers to a question: its text, its answers, who is asked.
    Question(String),
    /// One row of a matrix.
    Row(String, String),
    /// All rows of a matrix.
    Rows(String),
    /// The points of a question's answers.
    Points(String),
    /// A derived variable.
    Derived(String),
}

/// The derived variables and the indicators of an edition.
pub(super) fn series(edition: &Edition) -> (Vec<Derived>, Vec<Indicator>) {
    let derived = (0..edition.derived.len()).map(|index| {
        let mut walk = Walk::new(edition);
        let definition = walk.rule(index);
        walk.close();
        let variable = &edition.derived[index];
        Derived { name: variable.name.clone(), label: variable.label.clone(), definition, reads: walk.reads }
    });
    let derived = derived.collect();
    let indicators = edition.indicators.iter().map(|indicator| {
        let mut walk = Walk::new(edition);
        let numerator = match &indicator.numerator {
            Numerator::Share(condition) => walk.condition(condition),
            Numerator::Mean(number) => Logic::Atom(format!("mean({})", walk.number(number))),
        };
        let base = walk.condition(&indicator.base);
        walk.close();
        Indicator {
            code: indicator.code.clone(),
            label: indicator.label.clone(),
            numerator: Expression { text: indicator.numerator_text.clone(), logic: numerator },
            base: Expression { text: indicator.base_text.clone(), logic: base },
            base_label: indicator.base_label.clone(),
            unit: indicator.unit.clone(),
            reads: walk.reads,
        }
    });
    (derived, indicators.collect())
}

/// A walk over what is read; `pending` is what was met and not yet entered.
struct Walk<'e> {
    edition: &'e Edition,
    reads: BTreeSet<Read>,
    pending: Vec<Pending>,
}

enum Pending {
    Question(QuestionIndex),
    Derived(DerivedIndex),
}

impl<'e> Walk<'e> {
    fn new(edition: &'e Edition) -> Self {
        Self { edition, reads: BTreeSet::new(), pending: Vec::new() }
    }

    /// Enters everything that was met, and what that meets. A derived variable reads only earlier ones and a condition
    /// only earlier screens, and nothing is entered twice: the walk ends.
    fn close(&mut self) {
        while let Some(next) = self.pending.pop() {
            match next {
                Pending::Derived(index) => {
                    self.rule(index);
                }
                Pending::Question(index) => {
                    let question = &self.edition.questionnaire.questions[index];
                    if let Some(show_if) = &question.show_if {
                        self.condition(show_if);
                    }
                }
            }
        }
    }

    fn question(&mut self, index: QuestionIndex) -> String {
        let code = self.edition.questionnaire.questions[index].code.clone();
        if self.reads.insert(Read::Question(code.clone())) {
            self.pending.push(Pending::Question(index));
        }
        code
    }

    fn derived(&mut self, index: DerivedIndex) -> String {
        let name = self.edition.derived[index].name.clone();
        if self.reads.insert(Read::Derived(name.clone())) {
            self.pending.push(Pending::Derived(index));
        }
        format!("derived.{name}")
    }

    fn row(&mut self, question: QuestionIndex, row: usize) -> String {
        let code = self.question(question);
        let row = &self.edition.questionnaire.questions[question].rows()[row];
        if self.reads.insert(Read::Row(code.clone(), row.code.clone()))
            && let Some(show_if) = &row.show_if
        {
            self.condition(show_if);
        }
        format!("{code}.{}", row.code)
    }

    /// A question read whole: of a matrix, every row counts.
    fn whole(&mut self, question: QuestionIndex) -> String {
        let code = self.question(question);
        let rows = self.edition.questionnaire.questions[question].rows();
        if !rows.is_empty() && self.reads.insert(Read::Rows(code.clone())) {
            for row in rows {
                if let Some(show_if) = &row.show_if {
                    self.condition(show_if);
                }
            }
        }
        code
    }

    fn subject(&mut self, subject: Subject) -> String {
        match subject {
            Subject::Question(question) => self.question(question),
            Subject::Row(question, row) => self.row(question, row),
            Subject::IdentifierType(question) => format!("{}.type", self.question(question)),
            Subject::Derived(index) => self.derived(index),
        }
    }

    fn number(&mut self, number: &Number) -> String {
        match number {
            Number::Constant(value) => value.to_string(),
            Number::Variable(subject) => self.subject(*subject),
            Number::Count(question) => format!("count({})", self.question(*question)),
            Number::CountIn(question, codes) => {
                let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
                let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
                format!("count_in({}, {{{codes}}})", self.whole(*question))
            }
        }
    }

    fn condition(&mut self, condition: &Condition) -> Logic {
        match condition {
            Condition::Constant(holds) => Logic::Atom(holds.to_string()),
            Condition::In(subject, codes) => Logic::member(&self.subject(*subject), "in", codes),
            Condition::HasAny(question, codes) => Logic::member(&self.question(*question), "has_any", codes),
            Condition::HasAll(question, codes) => Logic::member(&self.question(*question), "has_all", codes),
            Condition::Compare(left, operator, right) => {
                let (left, right) = (self.number(left), self.number(right));
                Logic::comparison(&left, *operator, &right)
            }
            Condition::Asked(question, None) => Logic::Atom(format!("asked({})", self.question(*question))),
            Condition::Asked(question, Some(row)) => {
                Logic::Atom(format!("asked({})", self.row(*question, *row)))
            }
            Condition::Measured(subject) => Logic::Atom(format!("measured({})", self.subject(*subject))),
            Condition::Not(inner) => self.condition(inner).negated(),
            Condition::And(left, right) => Logic::and([self.condition(left), self.condition(right)]),
            Condition::Or(left, right) => Logic::or([self.condition(left), self.condition(right)]),
        }
    }

    /// How a derived variable is computed, in a canonical writing.
    fn rule(&mut self, index: DerivedIndex) -> String {
        let edition = self.edition;
        let variable = &edition.derived[index];
        let list = |walk: &mut Self, parts: &[DerivedIndex]| {
            let mut names: Vec<String> = parts.iter().map(|part| walk.derived(*part)).collect();
            names.sort();
            names.join(", ")
        };
        let rule = match &variable.rule {
            DerivedRule::Cases(cases) => cases
                .iter()
                .map(|case| {
                    let when = self.condition(&case.when);
                    let value = match &case.value {
                        CaseValue::Category(code) => code.clone(),
                        CaseValue::Copy(subject) => format!("the answer to {}", self.subject(*subject)),
                    };
                    format!("{value} when {when}")
                })
                .collect::<Vec<_>>()
                .join("; "),
            DerivedRule::Commune { question, attribute } => {
                let attribute = match attribute {
                    CommuneAttribute::Department => "department",
                    CommuneAttribute::Region => "region",
                    CommuneAttribute::Zone => "zone",
                };
                format!("{attribute} of {}", self.question(*question))
            }
            DerivedRule::Flag { when, unmeasured } => {
                format!("1 when {}; missing when {}", self.condition(when), self.condition(unmeasured))
            }
            DerivedRule::Number(number) => self.number(number),
            DerivedRule::Sum(parts) => format!("sum of {}", list(self, parts)),
            DerivedRule::Measured(parts) => format!("how many are measured of {}", list(self, parts)),
            DerivedRule::Score { items } => {
                let items: BTreeSet<String> = items
                    .iter()
                    .map(|item| {
                        let code = self.whole(*item);
                        self.reads.insert(Read::Points(code.clone()));
                        code
                    })
                    .collect();
                format!(
                    "mean of the items {}; missing under a share of {} measured",
                    items.into_iter().collect::<Vec<_>>().join(", "),
                    edition.scoring.least_items_share
                )
            }
            DerivedRule::Index { scores, at_least } => {
                format!("mean of {}; missing under {at_least} measured", list(self, scores))
            }
        };
        let codes: BTreeSet<&str> = variable.categories.iter().map(|known| known.code.as_str()).collect();
        if codes.is_empty() {
            rule
        } else {
            format!("{rule} [{}]", codes.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}
