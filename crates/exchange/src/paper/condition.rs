//! A condition in words, for somebody who has the sheet and nothing else.
//!
//! The words say the condition as it stands, two-valued logic included: what was left blank was not ticked. Negations
//! are carried down to the smallest parts, where each has a sentence of its own.

use questionnaire::expr::Comparison;
use questionnaire::{Condition, Edition, Kind, Number, Question, QuestionIndex, Subject, curly};

use super::words::Words;

/// Most answers named when those that are left out are fewer.
const MANY: usize = 2;

/// A condition whose negations are at the leaves.
enum Clause {
    Constant(bool),
    /// A sentence.
    Said(String),
    All(Vec<Clause>),
    Any(Vec<Clause>),
}

/// Says conditions of an edition.
pub(crate) struct Speaker<'a> {
    pub(crate) edition: &'a Edition,
    pub(crate) words: &'a Words,
}

impl Speaker<'_> {
    /// The condition as the end of « si … ».
    pub(crate) fn say(&self, condition: &Condition) -> String {
        match self.clause(condition, true) {
            Clause::Constant(true) => self.words.say("condition.always").to_owned(),
            Clause::Constant(false) => self.words.say("condition.never").to_owned(),
            clause => self.join(&clause, false),
        }
    }

    /// Whether a respondent can tell by the sheet alone whether the condition holds.
    pub(crate) fn is_readable(condition: &Condition) -> bool {
        let readable = |number: &Number| !matches!(number, Number::Variable(Subject::Derived(_)));
        match condition {
            Condition::In(subject, _) | Condition::Measured(subject) => {
                !matches!(subject, Subject::Derived(_))
            }
            Condition::Compare(left, _, right) => readable(left) && readable(right),
            Condition::Not(inner) => Self::is_readable(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                Self::is_readable(left) && Self::is_readable(right)
            }
            Condition::Constant(_) | Condition::HasAny(..) | Condition::HasAll(..) | Condition::Asked(..) => {
                true
            }
        }
    }

    fn join(&self, clause: &Clause, is_inner: bool) -> String {
        let (parts, key) = match clause {
            Clause::Said(text) => return text.clone(),
            Clause::Constant(constant) => {
                let key = if *constant { "condition.always" } else { "condition.never" };
                return self.words.say(key).to_owned();
            }
            Clause::All(parts) => (parts, "condition.and_if"),
            Clause::Any(parts) => (parts, "condition.or_if"),
        };
        let said: Vec<String> = parts.iter().map(|part| self.join(part, true)).collect();
        let text = said.join(self.words.say(key));
        if is_inner { format!("({text})") } else { text }
    }

    fn clause(&self, condition: &Condition, holds: bool) -> Clause {
        match condition {
            Condition::Constant(constant) => Clause::Constant(*constant == holds),
            Condition::Not(inner) => self.clause(inner, !holds),
            Condition::And(left, right) => {
                gather(vec![self.clause(left, holds), self.clause(right, holds)], holds)
            }
            Condition::Or(left, right) => {
                gather(vec![self.clause(left, holds), self.clause(right, holds)], !holds)
            }
            Condition::In(subject, codes) => Clause::Said(self.category(*subject, codes, holds)),
            Condition::HasAny(question, codes) => Clause::Said(self.ticked(*question, codes, holds)),
            Condition::HasAll(question, codes) => Clause::Said(self.all_ticked(*question, codes, holds)),
            Condition::Asked(question, row) => Clause::Said(self.asked(*question, *row, holds)),
            Condition::Measured(subject) => Clause::Said(self.measured(*subject, holds)),
            Condition::Compare(left, comparison, right) if holds => {
                Clause::Said(self.compare(left, *comparison, right))
            }
            // A comparison is false when a number is missing too.
            Condition::Compare(left, comparison, right) => {
                let mut parts: Vec<Clause> = opposites(*comparison)
                    .iter()
                    .map(|opposite| Clause::Said(self.compare(left, *opposite, right)))
                    .collect();
                for number in [left, right] {
                    if let Number::Variable(subject) = number {
                        parts.push(Clause::Said(self.measured(*subject, false)));
                    }
                }
                gather(parts, false)
            }
        }
    }

    fn question(&self, index: QuestionIndex) -> &Question {
        &self.edition.questionnaire.questions[index]
    }

    /// Labels of these options of a question.
    fn labels<'q>(question: &'q Question, codes: &'q [String]) -> Vec<&'q str> {
        codes.iter().map(|code| question.option(code).map_or(code.as_str(), |option| &option.label)).collect()
    }

    /// Labels of the options that are not among the codes.
    fn others<'q>(question: &'q Question, codes: &[String]) -> Vec<&'q str> {
        let options = question.options().iter().filter(|option| !codes.contains(&option.code));
        options.map(|option| option.label.as_str()).collect()
    }

    /// A sentence about one or more options of a question, in the form that names the fewest.
    fn options(&self, keys: &Keys, question: QuestionIndex, codes: &[String], row: Option<&str>) -> String {
        let asked = self.question(question);
        let (labels, others) = (Self::labels(asked, codes), Self::others(asked, codes));
        let (key, options) = match keys.other {
            Some(key) if labels.len() > MANY && !others.is_empty() && others.len() < labels.len() => {
                (key, self.words.quoted_list(&others, "condition.or"))
            }
            _ if labels.len() == 1 => (keys.one, self.words.quoted_list(&labels, "condition.or")),
            _ => (keys.several, self.words.quoted_list(&labels, keys.join)),
        };
        let n = (question + 1).to_string();
        self.words.fill(key, &[("n", &n), ("row", row.unwrap_or_default()), ("options", &options)])
    }

    fn category(&self, subject: Subject, codes: &[String], holds: bool) -> String {
        match subject {
            Subject::Question(question) if matches!(self.question(question).kind, Kind::Commune) => {
                let names: Vec<&str> = codes
                    .iter()
                    .map(|code| {
                        self.edition.nomenclatures.commune(code).map_or(code.as_str(), |found| &found.name)
                    })
                    .collect();
                let key = if holds { "condition.commune" } else { "condition.not_commune" };
                let options = self.words.quoted_list(&names, "condition.or");
                self.words.fill(key, &[("n", &(question + 1).to_string()), ("options", &options)])
            }
            Subject::Question(question) | Subject::IdentifierType(question) => {
                self.options(if holds { &TICKED } else { &NOT_TICKED }, question, codes, None)
            }
            Subject::Row(question, row) => {
                let row = self.words.quoted(&self.question(question).rows()[row].label);
                self.options(if holds { &ROW_TICKED } else { &ROW_NOT_TICKED }, question, codes, Some(&row))
            }
            Subject::Derived(index) => {
                let derived = &self.edition.derived[index];
                let label = |code: &String| {
                    let known = derived.categories.iter().find(|category| category.code == *code);
                    known.map_or(code.clone(), |category| category.label.clone())
                };
                let labels: Vec<String> = codes.iter().map(label).collect();
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                let key = if holds { "condition.derived" } else { "condition.not_derived" };
                let options = self.words.quoted_list(&labels, "condition.or");
                self.words.fill(key, &[("label", &curly(&derived.label)), ("options", &options)])
            }
        }
    }

    fn ticked(&self, question: QuestionIndex, codes: &[String], holds: bool) -> String {
        self.options(if holds { &ANY_TICKED } else { &NOT_TICKED }, question, codes, None)
    }

    fn all_ticked(&self, question: QuestionIndex, codes: &[String], holds: bool) -> String {
        self.options(if holds { &ALL_TICKED } else { &NOT_ALL_TICKED }, question, codes, None)
    }

    fn asked(&self, question: QuestionIndex, row: Option<usize>, holds: bool) -> String {
        let label = row.map(|row| self.words.quoted(&self.question(question).rows()[row].label));
        let key = match (&label, holds) {
            (None, true) => "condition.asked",
            (None, false) => "condition.not_asked",
            (Some(_), true) => "condition.row_asked",
            (Some(_), false) => "condition.row_not_asked",
        };
        let n = (question + 1).to_string();
        self.words.fill(key, &[("n", &n), ("row", label.as_deref().unwrap_or_default())])
    }

    fn measured(&self, subject: Subject, holds: bool) -> String {
        match subject {
            Subject::Question(question) | Subject::IdentifierType(question) => {
                let key = if holds { "condition.answered" } else { "condition.not_answered" };
                self.words.fill(key, &[("n", &(question + 1).to_string())])
            }
            Subject::Row(question, row) => {
                let key = if holds { "condition.row_answered" } else { "condition.row_not_answered" };
                let label = self.words.quoted(&self.question(question).rows()[row].label);
                self.words.fill(key, &[("n", &(question + 1).to_string()), ("row", &label)])
            }
            Subject::Derived(index) => {
                let key = if holds { "condition.derived_known" } else { "condition.not_derived_known" };
                self.words.fill(key, &[("label", &curly(&self.edition.derived[index].label))])
            }
        }
    }

    fn compare(&self, left: &Number, comparison: Comparison, right: &Number) -> String {
        // The constant goes to the right: « 1 <= n » is « n >= 1 ».
        if matches!(left, Number::Constant(_)) && !matches!(right, Number::Constant(_)) {
            return self.compare(right, mirror(comparison), left);
        }
        let is_constant = matches!(right, Number::Constant(_));
        let key = match (comparison, is_constant) {
            (Comparison::AtLeast, true) => "condition.at_least",
            (Comparison::AtMost, true) => "condition.at_most",
            (Comparison::Above, true) => "condition.above",
            (Comparison::Below, true) => "condition.below",
            (Comparison::Equal, true) => "condition.equal",
            (Comparison::AtLeast, false) => "condition.at_least_other",
            (Comparison::AtMost, false) => "condition.at_most_other",
            (Comparison::Above, false) => "condition.above_other",
            (Comparison::Below, false) => "condition.below_other",
            (Comparison::Equal, false) => "condition.equal_other",
        };
        // An exclusive answer is one tick on the sheet and counts for none: it is named where that makes a difference.
        let is_one_like_none = match right {
            Number::Constant(constant) => {
                comparison.holds(0.0, *constant) == comparison.holds(1.0, *constant)
            }
            _ => false,
        };
        let (left, right) = (self.number(left, is_one_like_none), self.number(right, false));
        self.words.fill(key, &[("left", &left), ("right", &right)])
    }

    fn number(&self, number: &Number, is_one_like_none: bool) -> String {
        let n = |question: &QuestionIndex| (question + 1).to_string();
        match number {
            Number::Constant(constant) => self.words.number(*constant),
            Number::Variable(Subject::Derived(index)) => {
                let label = curly(&self.edition.derived[*index].label);
                self.words.fill("condition.derived_number", &[("label", &label)])
            }
            Number::Variable(
                Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question),
            ) => self.words.fill("condition.answer", &[("n", &n(question))]),
            Number::Count(question) => {
                let options = self.question(*question).options();
                let exclusive: Vec<&str> = options
                    .iter()
                    .filter(|option| option.is_exclusive)
                    .map(|option| option.label.as_str())
                    .collect();
                if exclusive.is_empty() || is_one_like_none {
                    return self.words.fill("condition.count", &[("n", &n(question))]);
                }
                let options = self.words.quoted_list(&exclusive, "condition.or");
                self.words.fill("condition.count_without", &[("n", &n(question)), ("options", &options)])
            }
            Number::CountIn(question, codes) => {
                let options =
                    self.words.quoted_list(&Self::labels(self.question(*question), codes), "condition.or");
                self.words.fill("condition.count_in", &[("n", &n(question)), ("options", &options)])
            }
        }
    }
}

/// The sentences about options: for one, for several, and for « another than », when the language has it.
struct Keys {
    one: &'static str,
    several: &'static str,
    join: &'static str,
    other: Option<&'static str>,
}

const TICKED: Keys = Keys {
    one: "condition.ticked",
    several: "condition.ticked",
    join: "condition.or",
    other: Some("condition.other"),
};
const ANY_TICKED: Keys = Keys { other: Some("condition.other_several"), ..TICKED };
const NOT_TICKED: Keys = Keys {
    one: "condition.not_ticked",
    several: "condition.none_ticked",
    join: "condition.and",
    other: None,
};
const ALL_TICKED: Keys =
    Keys { one: "condition.ticked", several: "condition.ticked_all", join: "condition.and", other: None };
const NOT_ALL_TICKED: Keys = Keys { several: "condition.not_all_ticked", ..NOT_TICKED };
const ROW_TICKED: Keys = Keys {
    one: "condition.row_ticked",
    several: "condition.row_ticked",
    join: "condition.or",
    other: Some("condition.row_other"),
};
const ROW_NOT_TICKED: Keys = Keys {
    one: "condition.row_not_ticked",
    several: "condition.row_none_ticked",
    join: "condition.and",
    other: None,
};

/// What holds when a comparison of two known numbers does not.
fn opposites(comparison: Comparison) -> &'static [Comparison] {
    match comparison {
        Comparison::AtLeast => &[Comparison::Below],
        Comparison::AtMost => &[Comparison::Above],
        Comparison::Above => &[Comparison::AtMost],
        Comparison::Below => &[Comparison::AtLeast],
        Comparison::Equal => &[Comparison::Below, Comparison::Above],
    }
}

/// The same comparison read from the right.
fn mirror(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Above => Comparison::Below,
        Comparison::Below => Comparison::Above,
        Comparison::Equal => Comparison::Equal,
    }
}

/// All (or any) of the parts, with like parts side by side and constants worked out.
fn gather(parts: Vec<Clause>, is_all: bool) -> Clause {
    let mut gathered = Vec::new();
    for part in parts {
        match part {
            Clause::Constant(constant) if constant == is_all => {}
            Clause::Constant(constant) => return Clause::Constant(constant),
            Clause::All(inner) if is_all => gathered.extend(inner),
            Clause::Any(inner) if !is_all => gathered.extend(inner),
            other => gathered.push(other),
        }
    }
    match gathered.pop() {
        None => Clause::Constant(is_all),
        Some(only) if gathered.is_empty() => only,
        Some(last) => {
            gathered.push(last);
            if is_all { Clause::All(gathered) } else { Clause::Any(gathered) }
        }
    }
}
