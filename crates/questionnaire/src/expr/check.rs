//! Syntax tree to typed expression: every name resolved, every code known, every type right.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Comparison, Condition, DerivedIndex, Number, Numerator, Subject, Syntax, SyntaxKind};
use crate::edition::{CaseValue, Derived, DerivedRule};
use crate::model::{Kind, QuestionIndex, Questionnaire};
use crate::problem::did_you_mean;

/// The derived variables read so far, and what could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The derived variables.
    pub derived: Vec<Derived>,
    /// Their indices by name.
    pub names: BTreeMap<String, DerivedIndex>,
    /// Questions that are there but could not be read: to name one is no second fault.
    pub broken_questions: BTreeSet<String>,
    /// The same for derived variables.
    pub broken_derived: BTreeSet<String>,
    /// Names of all derived variables, those further down among them.
    pub all_derived: BTreeSet<String>,
}

impl Known {
    /// Why there is no derived variable of this name so far: code, message and help; `None` when that was said.
    pub(crate) fn lacks(&self, name: &str) -> Option<(&'static str, String, Option<String>)> {
        if self.broken_derived.contains(name) {
            return None;
        }
        if self.all_derived.contains(name) {
            let help = "move it above; two that read each other, or one that reads itself, have no value";
            let message = format!("the derived variable `{name}` is not defined before this one");
            return Some(("defined-later", message, Some(help.to_owned())));
        }
        let help = did_you_mean(name, self.names.keys().map(String::as_str));
        Some(("unknown-variable", format!("there is no derived variable `{name}`"), help))
    }

    /// Adds a derived variable.
    pub(crate) fn add(&mut self, derived: Derived) {
        // Of two with one name, which is a fault, the name means the first.
        self.names.entry(derived.name.clone()).or_insert(self.derived.len());
        self.derived.push(derived);
    }
}

/// What an expression may read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The questions.
    pub questionnaire: &'a Questionnaire,
    /// The derived variables known so far.
    pub known: &'a Known,
    /// How far the reading may go.
    pub visible: Visible,
}

/// How far an expression may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visible {
    /// Any question.
    All,
    /// Only questions of screens before this one: a routing condition.
    BeforeScreen(usize),
}

/// A fault in an expression: code, place in the expression's text, message, help.
pub(crate) type Fault = (&'static str, Range<usize>, String, Option<String>);

/// Checks a condition.
///
/// # Errors
/// All faults, each with its place in the expression's text.
pub(crate) fn check_condition(syntax: &Syntax, scope: Scope<'_>) -> Result<Condition, Vec<Fault>> {
    finish(|checker| checker.condition(syntax), scope)
}

/// Checks a number.
///
/// # Errors
/// All faults, each with its place in the expression's text.
pub(crate) fn check_number(syntax: &Syntax, scope: Scope<'_>) -> Result<Number, Vec<Fault>> {
    finish(|checker| checker.number(syntax), scope)
}

/// Checks the numerator of an indicator: a condition, or `mean(number)`.
///
/// # Errors
/// All faults, each with its place in the expression's text.
pub(crate) fn check_numerator(syntax: &Syntax, scope: Scope<'_>) -> Result<Numerator, Vec<Fault>> {
    finish(
        |checker| match &syntax.kind {
            SyntaxKind::Call(name, arguments) if name == "mean" => match arguments.as_slice() {
                [argument] => checker.number(argument).map(Numerator::Mean),
                _ => checker.fail("wrong-type", syntax, "`mean` takes one number".to_owned()),
            },
            _ => checker.condition(syntax).map(Numerator::Share),
        },
        scope,
    )
}

fn finish<T>(read: impl FnOnce(&mut Checker<'_>) -> Option<T>, scope: Scope<'_>) -> Result<T, Vec<Fault>> {
    let mut checker = Checker { scope, faults: Vec::new(), is_broken: false };
    match read(&mut checker) {
        Some(checked) if checker.faults.is_empty() => Ok(checked),
        found => {
            debug_assert!(
                found.is_some() || checker.is_broken || !checker.faults.is_empty(),
                "an expression is refused for a reason"
            );
            Err(checker.faults)
        }
    }
}

struct Checker<'a> {
    scope: Scope<'a>,
    faults: Vec<Fault>,
    /// Whether something that could not be read is named: the expression has no meaning, by no fault of its own.
    is_broken: bool,
}

/// What a name turned out to be.
enum Named {
    Subject(Subject),
    Multiple(QuestionIndex),
    Matrix(QuestionIndex),
}

impl Checker<'_> {
    fn fail<T>(&mut self, code: &'static str, at: &Syntax, message: String) -> Option<T> {
        self.faults.push((code, at.span.clone(), message, None));
        None
    }

    fn condition(&mut self, syntax: &Syntax) -> Option<Condition> {
        match &syntax.kind {
            SyntaxKind::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner)?))),
            SyntaxKind::And(left, right) | SyntaxKind::Or(left, right) => {
                // Both sides are checked before giving up, so that all their faults are reported at once.
                let (left, right) = (self.condition(left), self.condition(right));
                let (left, right) = (Box::new(left?), Box::new(right?));
                Some(match syntax.kind {
                    SyntaxKind::And(..) => Condition::And(left, right),
                    _ => Condition::Or(left, right),
                })
            }
            SyntaxKind::Member(subject, operator, set) => self.member(subject, operator, set),
            SyntaxKind::Compare(left, operator, right) => self.comparison(left, *operator, right),
            SyntaxKind::Call(name, arguments) => self.predicate(syntax, name, arguments),
            SyntaxKind::Name(name) if name == "true" || name == "false" => {
                Some(Condition::Constant(name == "true"))
            }
            SyntaxKind::Name(name) => {
                self.name(syntax, name)?;
                self.fail(
                    "wrong-type",
                    syntax,
                    format!("`{name}` alone is not a condition (expected `{name} in {{…}}`)"),
                )
            }
            SyntaxKind::Number(_) | SyntaxKind::Set(_) => {
                self.fail("wrong-type", syntax, "this is not a condition".to_owned())
            }
        }
    }

    fn member(&mut self, subject: &Syntax, operator: &str, set: &Syntax) -> Option<Condition> {
        let SyntaxKind::Name(name) = &subject.kind else {
            return self.fail(
                "wrong-type",
                subject,
                format!("`{operator}` needs the name of a question before it"),
            );
        };
        let SyntaxKind::Set(codes) = &set.kind else {
            unreachable!("the parser puts a set after {operator}")
        };
        match (self.name(subject, name)?, operator) {
            (Named::Subject(found), "in") => {
                self.codes(&found, name, codes)?;
                Some(Condition::In(found, codes.iter().map(|(code, _)| code.clone()).collect()))
            }
            (Named::Multiple(question), "has_any" | "has_all") => {
                self.option_codes(question, codes)?;
                let codes = codes.iter().map(|(code, _)| code.clone()).collect();
                Some(if operator == "has_any" {
                    Condition::HasAny(question, codes)
                } else {
                    Condition::HasAll(question, codes)
                })
            }
            (Named::Multiple(_), _) => self.fail(
                "wrong-type",
                subject,
                format!("`{name}` takes several answers (expected `has_any` or `has_all` in place of `in`)"),
            ),
            (Named::Matrix(_), _) => self.fail(
                "wrong-type",
                subject,
                format!("`{name}` has rows (expected `{name}.row in {{…}}`)"),
            ),
            (Named::Subject(_), _) => self.fail(
                "wrong-type",
                subject,
                format!("`{name}` takes one answer (expected `in` in place of `{operator}`)"),
            ),
        }
    }

    fn comparison(&mut self, left: &Syntax, operator: Comparison, right: &Syntax) -> Option<Condition> {
        let (left, right) = (self.number(left), self.number(right));
        Some(Condition::Compare(left?, operator, right?))
    }

    fn predicate(&mut self, syntax: &Syntax, function: &str, arguments: &[Syntax]) -> Option<Condition> {
        match (function, arguments) {
            ("asked", [argument]) => {
                let SyntaxKind::Name(name) = &argument.kind else {
                    return self.fail("wrong-type", argument, "`asked` takes a question".to_owned());
                };
                match self.name(argument, name)? {
                    Named::Multiple(question)
                    | Named::Matrix(question)
                    | Named::Subject(Subject::Question(question) | Subject::IdentifierType(question)) => {
                        Some(Condition::Asked(question, None))
                    }
                    Named::Subject(Subject::Row(question, row)) => {
                        Some(Condition::Asked(question, Some(row)))
                    }
                    Named::Subject(Subject::Derived(_)) => {
                        self.fail("wrong-type", argument, format!("`{name}` is derived: nobody is asked it"))
                    }
                }
            }
            ("measured", [argument]) => {
                let SyntaxKind::Name(name) = &argument.kind else {
                    return self.fail("wrong-type", argument, "`measured` takes a variable".to_owned());
                };
                match self.name(argument, name)? {
                    Named::Subject(subject) => Some(Condition::Measured(subject)),
                    Named::Multiple(question) => Some(Condition::Measured(Subject::Question(question))),
                    Named::Matrix(_) => self.fail(
                        "wrong-type",
                        argument,
                        format!("`{name}` has rows (expected `measured({name}.row)`)"),
                    ),
                }
            }
            ("count" | "count_in", _) => self.fail(
                "wrong-type",
                syntax,
                format!("`{function}` is a number (expected a comparison such as `>= 1`)"),
            ),
            ("mean", _) => self.fail(
                "wrong-type",
                syntax,
                "`mean` stands alone, as the numerator of an indicator".to_owned(),
            ),
            ("asked" | "measured", _) => {
                self.fail("wrong-type", syntax, format!("`{function}` takes one variable"))
            }
            _ => {
                let help = did_you_mean(function, ["asked", "measured", "count", "count_in", "mean"]);
                let message = format!("there is no function `{function}`");
                self.faults.push(("unknown-function", syntax.span.clone(), message, help));
                None
            }
        }
    }

    fn number(&mut self, syntax: &Syntax) -> Option<Number> {
        match &syntax.kind {
            SyntaxKind::Number(number) => Some(Number::Constant(*number)),
            SyntaxKind::Name(name) => {
                let named = self.name(syntax, name)?;
                let is_number = match named {
                    Named::Subject(Subject::Question(q)) => {
                        matches!(self.scope.questionnaire.questions[q].kind, Kind::Integer { .. })
                    }
                    Named::Subject(Subject::Derived(d)) => self.scope.known.derived[d].categories.is_empty(),
                    _ => false,
                };
                match named {
                    Named::Subject(subject) if is_number => Some(Number::Variable(subject)),
                    _ => self.fail("wrong-type", syntax, format!("`{name}` is not a number")),
                }
            }
            SyntaxKind::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
                ("count", [Syntax { kind: SyntaxKind::Name(name), .. }]) => {
                    match self.name(&arguments[0], name)? {
                        Named::Multiple(question) => Some(Number::Count(question)),
                        _ => {
                            self.fail("wrong-type", syntax, format!("`{name}` does not take several answers"))
                        }
                    }
                }
                (
                    "count_in",
                    [
                        Syntax { kind: SyntaxKind::Name(name), .. },
                        Syntax { kind: SyntaxKind::Set(codes), .. },
                    ],
                ) => match self.name(&arguments[0], name)? {
                    Named::Matrix(question) => {
                        self.option_codes(question, codes)?;
                        Some(Number::CountIn(question, codes.iter().map(|(code, _)| code.clone()).collect()))
                    }
                    _ => self.fail("wrong-type", syntax, format!("`{name}` is not a matrix")),
                },
                ("count", _) => self.fail("wrong-type", syntax, "`count` takes one question".to_owned()),
                ("count_in", _) => {
                    self.fail("wrong-type", syntax, "`count_in` takes a matrix and a set of codes".to_owned())
                }
                _ => self.fail("wrong-type", syntax, format!("`{function}` is not a number")),
            },
            _ => self.fail("wrong-type", syntax, "this is not a number".to_owned()),
        }
    }

    /// Resolves a name and checks that it may be read here.
    fn name(&mut self, syntax: &Syntax, name: &str) -> Option<Named> {
        let scope = self.scope;
        let (head, tail) = name.split_once('.').map_or((name, None), |(head, tail)| (head, Some(tail)));
        if let ("derived", Some(variable)) = (head, tail) {
            let Some(&index) = scope.known.names.get(variable) else {
                match scope.known.lacks(variable) {
                    Some((code, message, help)) => {
                        self.faults.push((code, syntax.span.clone(), message, help));
                    }
                    None => self.is_broken = true,
                }
                return None;
            };
            self.visible(syntax, name, Subject::Derived(index))?;
            return Some(Named::Subject(Subject::Derived(index)));
        }
        let Some(question) = scope.questionnaire.question_index(head) else {
            if scope.known.broken_questions.contains(head) {
                self.is_broken = true;
                return None;
            }
            let help = did_you_mean(head, scope.questionnaire.codes.keys().map(String::as_str));
            self.faults.push((
                "unknown-question",
                syntax.span.clone(),
                format!("there is no question `{head}`"),
                help,
            ));
            return None;
        };
        self.visible(syntax, name, Subject::Question(question))?;
        let kind = &scope.questionnaire.questions[question].kind;
        match (kind, tail) {
            (Kind::Matrix { rows, .. }, Some(row)) => {
                if let Some(index) = rows.iter().position(|known| known.code == row) {
                    return Some(Named::Subject(Subject::Row(question, index)));
                }
                let help = did_you_mean(row, rows.iter().map(|row| row.code.as_str()));
                let message = format!("`{head}` has no row `{row}`");
                self.faults.push(("unknown-row", syntax.span.clone(), message, help));
                None
            }
            (Kind::Matrix { .. }, None) => Some(Named::Matrix(question)),
            (Kind::Identifier { .. }, Some("type")) => {
                Some(Named::Subject(Subject::IdentifierType(question)))
            }
            (_, Some(tail)) => self.fail("unknown-row", syntax, format!("`{head}` has no part `{tail}`")),
            (Kind::Multiple { .. } | Kind::Networks { .. }, None) => Some(Named::Multiple(question)),
            (_, None) => Some(Named::Subject(Subject::Question(question))),
        }
    }

    fn visible(&mut self, syntax: &Syntax, name: &str, subject: Subject) -> Option<()> {
        let Visible::BeforeScreen(limit) = self.scope.visible else { return Some(()) };
        let last = last_question(subject, &self.scope.known.derived);
        if last.is_none_or(|question| self.scope.questionnaire.questions[question].screen < limit) {
            return Some(());
        }
        let message = format!("`{name}` is asked on this screen or later");
        let help = "a condition may read only questions of earlier screens".to_owned();
        self.faults.push(("asked-later", syntax.span.clone(), message, Some(help)));
        None
    }

    fn codes(&mut self, subject: &Subject, name: &str, codes: &[(String, Range<usize>)]) -> Option<()> {
        match *subject {
            Subject::Question(question) => match &self.scope.questionnaire.questions[question].kind {
                Kind::Single { .. } => self.option_codes(question, codes),
                // A commune's code is checked against the nomenclature when it is answered.
                Kind::Commune => Some(()),
                _ => {
                    self.faults.push((
                        "wrong-type",
                        codes[0].1.clone(),
                        format!("`{name}` has no answer codes (expected a comparison or `measured({name})`)"),
                        None,
                    ));
                    None
                }
            },
            Subject::Row(question, _) | Subject::IdentifierType(question) => {
                self.option_codes(question, codes)
            }
            Subject::Derived(index) => {
                let derived = &self.scope.known.derived[index];
                if derived.categories.is_empty() {
                    let message = format!("`{name}` is a number (expected a comparison)");
                    self.faults.push(("wrong-type", codes[0].1.clone(), message, None));
                    return None;
                }
                let known: Vec<&str> =
                    derived.categories.iter().map(|category| category.code.as_str()).collect();
                self.all_known(name, &known, codes)
            }
        }
    }

    fn option_codes(&mut self, question: QuestionIndex, codes: &[(String, Range<usize>)]) -> Option<()> {
        let question = &self.scope.questionnaire.questions[question];
        let known: Vec<&str> = question.options().iter().map(|option| option.code.as_str()).collect();
        self.all_known(&question.code, &known, codes)
    }

    fn all_known(&mut self, name: &str, known: &[&str], codes: &[(String, Range<usize>)]) -> Option<()> {
        let before = self.faults.len();
        for (code, span) in codes {
            if !known.contains(&code.as_str()) {
                let help = did_you_mean(code, known.iter().copied());
                self.faults.push((
                    "unknown-code",
                    span.clone(),
                    format!("`{name}` has no answer `{code}`"),
                    help,
                ));
            }
        }
        (self.faults.len() == before).then_some(())
    }
}

/// The last question that `subject` depends on; `None` when it depends on none.
fn last_question(subject: Subject, derived: &[Derived]) -> Option<QuestionIndex> {
    match subject {
        Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
            Some(question)
        }
        Subject::Derived(index) => derived[index].last_question,
    }
}

/// The last question that a condition reads, itself or through derived variables.
pub(crate) fn last_read(condition: &Condition, derived: &[Derived]) -> Option<QuestionIndex> {
    let mut last = None;
    read_by(condition, &mut |subject| last = last.max(last_question(subject, derived)));
    last
}

/// How the rule of a derived variable stands on earlier ones: the last question it depends on, and how many
/// variables deep it is (1 when it reads answers alone).
pub(crate) fn standing(rule: &DerivedRule, derived: &[Derived]) -> (Option<QuestionIndex>, usize) {
    let (mut last, mut depth) = (None, 0);
    read_by_rule(rule, &mut |subject| {
        last = last.max(last_question(subject, derived));
        if let Subject::Derived(index) = subject {
            depth = depth.max(derived[index].depth);
        }
    });
    (last, depth + 1)
}

/// Calls `read` with every subject that the rule of a derived variable reads.
pub(crate) fn read_by_rule(rule: &DerivedRule, read: &mut impl FnMut(Subject)) {
    match rule {
        DerivedRule::Cases(cases) => {
            for case in cases {
                read_by(&case.when, read);
                if let CaseValue::Copy(copied) = case.value {
                    read(copied);
                }
            }
        }
        DerivedRule::Commune { question, .. } => read(Subject::Question(*question)),
        DerivedRule::Flag { when, unmeasured } => {
            read_by(when, read);
            read_by(unmeasured, read);
        }
        DerivedRule::Number(number) => read_by_number(number, read),
        DerivedRule::Sum(parts) | DerivedRule::Measured(parts) | DerivedRule::Index { scores: parts, .. } => {
            for part in parts {
                read(Subject::Derived(*part));
            }
        }
        DerivedRule::Score { items } => {
            for item in items {
                read(Subject::Question(*item));
            }
        }
    }
}

/// Calls `read` with every subject that a condition reads.
pub(crate) fn read_by(condition: &Condition, read: &mut impl FnMut(Subject)) {
    match condition {
        Condition::Constant(_) => {}
        Condition::In(subject, _) | Condition::Measured(subject) => read(*subject),
        Condition::HasAny(question, _) | Condition::HasAll(question, _) | Condition::Asked(question, _) => {
            read(Subject::Question(*question));
        }
        Condition::Compare(left, _, right) => {
            read_by_number(left, read);
            read_by_number(right, read);
        }
        Condition::Not(inner) => read_by(inner, read),
        Condition::And(left, right) | Condition::Or(left, right) => {
            read_by(left, read);
            read_by(right, read);
        }
    }
}

fn read_by_number(number: &Number, read: &mut impl FnMut(Subject)) {
    match number {
        Number::Constant(_) => {}
        Number::Variable(subject) => read(*subject),
        Number::Count(question) | Number::CountIn(question, _) => read(Subject::Question(*question)),
    }
}
