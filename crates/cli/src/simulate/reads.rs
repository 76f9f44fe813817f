//! What a condition reads: the questions whose answers settle it.

use std::collections::BTreeSet;

use questionnaire::{CaseValue, Condition, DerivedRule, Edition, Number, Numerator, QuestionIndex, Subject};

/// The questions that settle some conditions: those they read, and those that decide whether these are asked.
pub(super) struct Reads<'a> {
    edition: &'a Edition,
    questions: BTreeSet<QuestionIndex>,
}

impl<'a> Reads<'a> {
    /// Nothing yet.
    pub(super) fn new(edition: &'a Edition) -> Self {
        Self { edition, questions: BTreeSet::new() }
    }

    /// The questions, in the order in which they are asked.
    pub(super) fn into_questions(self) -> Vec<QuestionIndex> {
        self.questions.into_iter().collect()
    }

    /// Adds what decides whether a question and its rows are asked.
    pub(super) fn routing(mut self, question: QuestionIndex) -> Self {
        self.read_routing(question);
        self
    }

    /// Adds what a subject is made from.
    pub(super) fn subject(mut self, subject: Subject) -> Self {
        self.read_subject(subject);
        self
    }

    /// Adds what a condition reads.
    pub(super) fn condition(mut self, condition: &Condition) -> Self {
        self.read_condition(condition);
        self
    }

    /// Adds what a numerator reads.
    pub(super) fn numerator(mut self, numerator: &Numerator) -> Self {
        match numerator {
            Numerator::Share(condition) => self.read_condition(condition),
            Numerator::Mean(number) => self.read_number(number),
        }
        self
    }

    fn read_routing(&mut self, question: QuestionIndex) {
        let edition = self.edition;
        let asked = &edition.questionnaire.questions[question];
        let rows = asked.rows().iter().filter_map(|row| row.show_if.as_ref());
        let options = asked.options().iter().filter_map(|option| option.show_if.as_ref());
        for condition in asked.show_if.iter().chain(rows).chain(options) {
            self.read_condition(condition);
        }
    }

    fn read_question(&mut self, question: QuestionIndex) {
        if self.questions.insert(question) {
            self.read_routing(question);
        }
    }

    fn read_condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Constant(_) => {}
            Condition::In(subject, _) | Condition::Measured(subject) => self.read_subject(*subject),
            Condition::HasAny(question, _) | Condition::HasAll(question, _) => self.read_question(*question),
            Condition::Compare(left, _, right) => {
                self.read_number(left);
                self.read_number(right);
            }
            Condition::Asked(question, _) => self.read_routing(*question),
            Condition::Not(inner) => self.read_condition(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.read_condition(left);
                self.read_condition(right);
            }
        }
    }

    fn read_number(&mut self, number: &Number) {
        match number {
            Number::Constant(_) => {}
            Number::Variable(subject) => self.read_subject(*subject),
            Number::Count(question) | Number::CountIn(question, _) => self.read_question(*question),
        }
    }

    fn read_subject(&mut self, subject: Subject) {
        match subject {
            Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
                self.read_question(question);
            }
            Subject::Derived(index) => self.read_derived(index),
        }
    }

    fn read_derived(&mut self, index: usize) {
        let edition = self.edition;
        match &edition.derived[index].rule {
            DerivedRule::Cases(cases) => {
                for case in cases {
                    self.read_condition(&case.when);
                    if let CaseValue::Copy(subject) = case.value {
                        self.read_subject(subject);
                    }
                }
            }
            DerivedRule::Commune { question, .. } => self.read_question(*question),
            DerivedRule::Flag { when, unmeasured } => {
                self.read_condition(when);
                self.read_condition(unmeasured);
            }
            DerivedRule::Number(number) => self.read_number(number),
            DerivedRule::Sum(parts) | DerivedRule::Measured(parts) => {
                for &part in parts {
                    self.read_derived(part);
                }
            }
            DerivedRule::Score { items } => {
                for &item in items {
                    self.read_question(item);
                }
            }
            DerivedRule::Index { scores, .. } => {
                for &score in scores {
                    self.read_derived(score);
                }
            }
        }
    }
}
