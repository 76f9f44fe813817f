//! From `XPath` to our language: the part of `XPath` that says what our language says, and nothing else.

use std::collections::BTreeMap;

use super::xpath::{Operator, XPath};

/// What is accepted, for messages.
pub(super) const ACCEPTED: &str = "expected selected(${question}, 'code'), ${question} = 'code' or != 'code', \
    ${number} or count-selected(${question}) compared with a number, ${question} = '' or != '', joined by and, or, \
    not(…) and parentheses";

/// What a name of the workbook stands for.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// How our language calls it.
    pub reference: String,
    /// What can be asked of it.
    pub kind: VariableKind,
}

#[derive(Debug, Clone)]
pub(super) enum VariableKind {
    /// One answer, chosen in a list.
    Choice,
    /// Several answers: the exclusive ones, and whether an answer may be given beside the list.
    Several { exclusive: Vec<String>, is_networks: bool },
    /// A number.
    Number,
    /// A commune, by its code.
    Commune,
    /// A derived variable: a category or a number.
    Derived,
    /// A text.
    Text,
    /// Something of the workbook that a form does not hold.
    NotCarried(String),
}

/// A condition of our language, as it will be written.
enum Ours {
    Or(Vec<Ours>),
    And(Vec<Ours>),
    Not(Box<Ours>),
    Member(String, &'static str, Vec<String>),
    Plain(String),
}

/// The names of a workbook.
pub(super) type Variables = BTreeMap<String, Variable>;

/// A condition in our language.
pub(super) fn condition(xpath: &XPath, variables: &Variables) -> Result<String, String> {
    let text = write(&read(xpath, variables)?, 0);
    // A code may have signs that our expressions do not know, such as `-`.
    questionnaire::expr::parse(&text).map_err(|error| format!("`{text}`: {}", error.message))?;
    Ok(text)
}

fn write(ours: &Ours, within: u8) -> String {
    let join = |parts: &[Ours], word: &str, tightness: u8| {
        let text = parts.iter().map(|part| write(part, tightness + 1)).collect::<Vec<_>>().join(word);
        if tightness < within { format!("({text})") } else { text }
    };
    match ours {
        Ours::Or(parts) => join(parts, " or ", 0),
        Ours::And(parts) => join(parts, " and ", 1),
        Ours::Not(inner) => match &**inner {
            Ours::Or(_) | Ours::And(_) => format!("not ({})", write(inner, 0)),
            _ => format!("not {}", write(inner, 2)),
        },
        Ours::Member(subject, operator, codes) => format!("{subject} {operator} {{{}}}", codes.join(",")),
        Ours::Plain(text) => text.clone(),
    }
}

fn read(xpath: &XPath, variables: &Variables) -> Result<Ours, String> {
    match xpath {
        XPath::Binary(Operator::Or, left, right) => {
            let mut parts = Vec::new();
            for side in [read(left, variables)?, read(right, variables)?] {
                match side {
                    Ours::Or(inner) => parts.extend(inner),
                    other => parts.push(other),
                }
            }
            Ok(merged(parts))
        }
        XPath::Binary(Operator::And, left, right) => {
            let mut parts = Vec::new();
            for side in [read(left, variables)?, read(right, variables)?] {
                match side {
                    Ours::And(inner) => parts.extend(inner),
                    other => parts.push(other),
                }
            }
            Ok(Ours::And(parts))
        }
        XPath::Binary(Operator::Differs, left, right) => {
            Ok(negated(compared(left, Operator::Equal, right, variables)?))
        }
        XPath::Binary(operator, left, right) => compared(left, *operator, right, variables),
        XPath::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("true" | "false", []) => Ok(Ours::Plain(name.clone())),
            ("not", [inner]) => Ok(negated(read(inner, variables)?)),
            ("selected", [XPath::Answer(name), XPath::Text(code)]) => chosen(name, code, variables),
            _ => Err(format!("`{xpath}` has no equal in our language")),
        },
        _ => Err(format!("`{xpath}` is not a condition")),
    }
}

fn negated(ours: Ours) -> Ours {
    match ours {
        Ours::Not(inner) => *inner,
        other => Ours::Not(Box::new(other)),
    }
}

/// Answers to one question, joined by `or`, as one set.
fn merged(parts: Vec<Ours>) -> Ours {
    let mut kept: Vec<Ours> = Vec::new();
    for part in parts {
        if let (Some(Ours::Member(subject, operator, codes)), Ours::Member(next, same, more)) =
            (kept.last_mut(), &part)
            && subject == next
            && operator == same
        {
            for code in more {
                if !codes.contains(code) {
                    codes.push(code.clone());
                }
            }
        } else {
            kept.push(part);
        }
    }
    if kept.len() == 1 { kept.remove(0) } else { Ours::Or(kept) }
}

fn variable<'v>(name: &str, variables: &'v Variables) -> Result<&'v Variable, String> {
    let found = variables.get(name).ok_or_else(|| format!("there is no question `{name}`"))?;
    match &found.kind {
        VariableKind::NotCarried(what) => {
            Err(format!("`{name}` is {what}, which is not carried over, and its answer is read here"))
        }
        _ => Ok(found),
    }
}

fn chosen(name: &str, code: &str, variables: &Variables) -> Result<Ours, String> {
    let found = variable(name, variables)?;
    let operator = match found.kind {
        VariableKind::Choice | VariableKind::Commune | VariableKind::Derived => "in",
        VariableKind::Several { .. } => "has_any",
        _ => return Err(format!("`{name}` has no list of answers")),
    };
    Ok(Ours::Member(found.reference.clone(), operator, vec![code.to_owned()]))
}

fn measured(name: &str, variables: &Variables) -> Result<Ours, String> {
    let found = variable(name, variables)?;
    if let VariableKind::Several { is_networks: true, .. } = found.kind {
        return Err(format!("`{name}` may be answered beside the list: name the answers by selected()"));
    }
    Ok(Ours::Plain(format!("measured({})", found.reference)))
}

fn compared(left: &XPath, operator: Operator, right: &XPath, variables: &Variables) -> Result<Ours, String> {
    for side in [left, right] {
        if let XPath::Answer(name) = side {
            variable(name, variables)?;
        }
    }
    let is_constant = |side: &XPath| matches!(side, XPath::Text(_) | XPath::Number(_));
    if is_constant(left) {
        if is_constant(right) {
            return constant(left, operator, right);
        }
        return compared(right, operator.mirrored(), left, variables);
    }
    let refused =
        || format!("`{}` has no equal in our language", XPath::binary(left.clone(), operator, right.clone()));
    match (left, right) {
        (XPath::Answer(name), XPath::Text(text)) if operator == Operator::Equal => {
            if text.is_empty() {
                return Ok(negated(measured(name, variables)?));
            }
            match &variable(name, variables)?.kind {
                VariableKind::Choice | VariableKind::Commune | VariableKind::Derived => {
                    chosen(name, text, variables)
                }
                VariableKind::Number => match text.parse() {
                    Ok(number) => number_compared(name, operator, number, variables),
                    Err(_) => Err(format!("`{name}` is a number and `{text}` is not")),
                },
                VariableKind::Several { .. } => Err(format!(
                    "`{name}` takes several answers, and `=` asks for this one alone: write \
                     selected(${{{name}}}, '{text}')"
                )),
                _ => Err(format!("the text of `{name}` cannot be compared, only ${{{name}}} = ''")),
            }
        }
        (XPath::Answer(name), XPath::Number(number)) => match variable(name, variables)?.kind {
            // A list whose codes are numbers.
            VariableKind::Choice if operator == Operator::Equal => {
                chosen(name, &number.to_string(), variables)
            }
            _ => number_compared(name, operator, *number, variables),
        },
        (XPath::Answer(one), XPath::Answer(other)) if operator != Operator::Equal => {
            let (one, other) = (numeric(one, variables)?, numeric(other, variables)?);
            Ok(Ours::Plain(format!("{one} {} {other}", operator.symbol())))
        }
        (XPath::Call(function, arguments), XPath::Number(number)) => {
            match (function.as_str(), arguments.as_slice()) {
                ("count-selected", [XPath::Answer(name)]) => counted(name, operator, *number, variables),
                ("string-length", [XPath::Answer(name)]) => match (operator, *number) {
                    (Operator::Above, 0.0) | (Operator::AtLeast, 1.0) => measured(name, variables),
                    (Operator::Equal, 0.0) | (Operator::Below, 1.0) => {
                        Ok(negated(measured(name, variables)?))
                    }
                    _ => Err(refused()),
                },
                _ => Err(refused()),
            }
        }
        (XPath::Binary(Operator::Minus, ..), XPath::Number(number)) => {
            let name = counted_without_exclusive(left, variables).ok_or_else(refused)?;
            let found = variable(&name, variables)?;
            plain_comparison(&format!("count({})", found.reference), operator, *number)
        }
        _ => Err(refused()),
    }
}

fn constant(left: &XPath, operator: Operator, right: &XPath) -> Result<Ours, String> {
    match (left, right) {
        (XPath::Text(left), XPath::Text(right)) if operator == Operator::Equal => {
            Ok(Ours::Plain((left == right).to_string()))
        }
        _ => Err("two constants are compared".to_owned()),
    }
}

fn numeric<'v>(name: &str, variables: &'v Variables) -> Result<&'v str, String> {
    let found = variable(name, variables)?;
    match found.kind {
        VariableKind::Number | VariableKind::Derived => Ok(&found.reference),
        _ => Err(format!("`{name}` is not a number")),
    }
}

fn number_compared(
    name: &str,
    operator: Operator,
    number: f64,
    variables: &Variables,
) -> Result<Ours, String> {
    plain_comparison(numeric(name, variables)?, operator, number)
}

fn plain_comparison(subject: &str, operator: Operator, number: f64) -> Result<Ours, String> {
    match operator {
        Operator::Equal | Operator::Below | Operator::AtMost | Operator::Above | Operator::AtLeast => {
            Ok(Ours::Plain(format!("{subject} {} {number}", operator.symbol())))
        }
        _ => Err(format!("`{}` is not a comparison", operator.symbol())),
    }
}

/// `count-selected` counts exclusive answers and our `count` does not; alone as they are, they matter up to one.
fn counted(name: &str, operator: Operator, number: f64, variables: &Variables) -> Result<Ours, String> {
    let found = variable(name, variables)?;
    let VariableKind::Several { exclusive, .. } = &found.kind else {
        return Err(format!("`{name}` does not take several answers"));
    };
    let count = format!("count({})", found.reference);
    // The smallest count for which the comparison says something else than for the one before.
    let turns_at = match operator {
        Operator::AtLeast | Operator::Below => number,
        Operator::Above | Operator::AtMost => number + 1.0,
        _ => f64::NAN,
    };
    if exclusive.is_empty() || turns_at >= 2.0 || (operator == Operator::Equal && number >= 2.0) {
        return plain_comparison(&count, operator, number);
    }
    match (operator, number) {
        (Operator::AtLeast, 1.0) | (Operator::Above, 0.0) => measured(name, variables),
        (Operator::Below, 1.0) | (Operator::Equal, 0.0) => Ok(negated(measured(name, variables)?)),
        _ => Err(format!(
            "`{name}` has exclusive answers, which count-selected counts and our language does not: name the answers \
             by selected()"
        )),
    }
}

/// `count-selected(${q}) - number(selected(${q}, 'x')) - …` with all exclusive answers: what the export writes.
fn counted_without_exclusive(xpath: &XPath, variables: &Variables) -> Option<String> {
    let mut codes = Vec::new();
    let mut rest = xpath;
    while let XPath::Binary(Operator::Minus, left, right) = rest {
        let XPath::Call(function, arguments) = &**right else { return None };
        let ("number", [XPath::Call(function, arguments)]) = (function.as_str(), arguments.as_slice()) else {
            return None;
        };
        let ("selected", [XPath::Answer(name), XPath::Text(code)]) =
            (function.as_str(), arguments.as_slice())
        else {
            return None;
        };
        codes.push((name.as_str(), code.as_str()));
        rest = left;
    }
    let XPath::Call(function, arguments) = rest else { return None };
    let ("count-selected", [XPath::Answer(name)]) = (function.as_str(), arguments.as_slice()) else {
        return None;
    };
    let VariableKind::Several { exclusive, .. } = &variables.get(name)?.kind else { return None };
    let all = exclusive.iter().all(|code| codes.contains(&(name.as_str(), code.as_str())));
    (all && codes.len() == exclusive.len() && codes.iter().all(|(of, _)| of == name)).then(|| name.clone())
}

/// A choice filter for one choice: its columns are put in the place of their names, and what is known is worked out.
/// `None` when the choice is always offered.
pub(super) fn for_choice(
    filter: &XPath,
    column: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<XPath>, String> {
    let filled = fill(filter, column)?;
    Ok(if filled == XPath::constant(true) { None } else { Some(filled) })
}

fn fill(xpath: &XPath, column: &dyn Fn(&str) -> Option<String>) -> Result<XPath, String> {
    let (yes, no) = (XPath::constant(true), XPath::constant(false));
    Ok(match xpath {
        XPath::Column(name) => {
            XPath::Text(column(name).ok_or_else(|| format!("`choices` has no column `{name}`"))?)
        }
        XPath::Binary(operator, left, right) => {
            let (left, right) = (fill(left, column)?, fill(right, column)?);
            match operator {
                Operator::Or if left == yes || right == yes => yes,
                Operator::Or if left == no => right,
                Operator::Or if right == no => left,
                Operator::And if left == no || right == no => no,
                Operator::And if left == yes => right,
                Operator::And if right == yes => left,
                Operator::Equal | Operator::Differs => match (&left, &right) {
                    (XPath::Text(one), XPath::Text(other)) => {
                        XPath::constant((one == other) == (*operator == Operator::Equal))
                    }
                    _ => XPath::binary(left, *operator, right),
                },
                _ => XPath::binary(left, *operator, right),
            }
        }
        XPath::Call(name, arguments) => {
            let arguments =
                arguments.iter().map(|argument| fill(argument, column)).collect::<Result<_, _>>()?;
            XPath::Call(name.clone(), arguments)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let several = |exclusive: &[&str]| VariableKind::Several {
            exclusive: exclusive.iter().map(|code| (*code).to_owned()).collect(),
            is_networks: false,
        };
        [
            ("s", "s", VariableKind::Choice),
            ("m__r", "m.r", VariableKind::Choice),
            ("many", "many", several(&["nsp"])),
            ("free", "free", several(&[])),
            ("n", "n", VariableKind::Number),
            ("t", "t", VariableKind::Text),
            ("gone", "gone", VariableKind::NotCarried("a date".to_owned())),
        ]
        .into_iter()
        .map(|(name, reference, kind)| (name.to_owned(), Variable { reference: reference.to_owned(), kind }))
        .collect()
    }

    fn ours(xpath: &str) -> Result<String, String> {
        condition(&XPath::parse(xpath).unwrap(), &variables())
    }

    #[test]
    fn what_both_languages_say_is_translated() {
        for (xpath, expected) in [
            ("selected(${s}, 'a') or ${s} = 'b' or ${n} > 3", "s in {a,b} or n > 3"),
            ("${s} != 'a'", "not s in {a}"),
            ("${s} = 1", "s in {1}"),
            (
                "selected(${many}, 'a') and not(selected(${many}, 'b'))",
                "many has_any {a} and not many has_any {b}",
            ),
            ("(${s} = 'a' or ${n} = 1) and 10 >= ${n}", "(s in {a} or n = 1) and n <= 10"),
            ("not(${s} = 'a' and ${n} < 2)", "not (s in {a} and n < 2)"),
            ("count-selected(${free}) >= 1", "count(free) >= 1"),
            ("count-selected(${many}) >= 2", "count(many) >= 2"),
            ("count-selected(${many}) >= 1", "measured(many)"),
            ("count-selected(${many}) - number(selected(${many}, 'nsp')) = 1", "count(many) = 1"),
            ("${t} != '' and ${m__r} = ''", "measured(t) and not measured(m.r)"),
            ("not(not(${n} >= 1))", "n >= 1"),
            ("false()", "false"),
        ] {
            assert_eq!(ours(xpath).as_deref(), Ok(expected), "{xpath}");
        }
    }

    #[test]
    fn what_our_language_cannot_say_is_refused() {
        for (xpath, word) in [
            ("${t} = 'a'", "cannot be compared"),
            ("${many} = 'a'", "selected("),
            ("${gone} > 3", "a date"),
            ("${nobody} = 'a'", "nobody"),
            ("${n} + 1 > 3", "no equal"),
            ("count-selected(${many}) = 1", "exclusive"),
            ("count-selected(${many}) - number(selected(${many}, 'a')) = 1", "no equal"),
            ("regex(${t}, 'x')", "no equal"),
            ("${s}", "not a condition"),
            ("${s} = 'a-b'", "has no meaning"),
            ("${s} = ${t}", "no equal"),
        ] {
            let message = ours(xpath).unwrap_err();
            assert!(message.contains(word), "{xpath}: {message}");
        }
    }
}
