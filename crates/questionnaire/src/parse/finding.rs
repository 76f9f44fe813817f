//! Words that findings are made of: `finding`, `finding_subject` and `finding_topic` of `indicators.toml`, `by`, `rising`
//! and `ranking` of `plan.toml`. All are optional: a figure without a finding has a label, and no sentence.

use std::collections::BTreeMap;

use super::reader::{Located, Seen, Table};
use crate::edition::{BreakdownWords, Finding, FindingSubject, Wording};
use crate::problem::did_you_mean;

/// The subject of an indicator that names none.
const SUBJECT: &str = "organisation";

/// Reads `[[subject]]`.
pub(super) fn subjects(root: &Table<'_, '_, '_>) -> BTreeMap<String, FindingSubject> {
    let mut seen = Seen::default();
    let mut subjects = BTreeMap::new();
    for table in root.tables("subject") {
        let (code, singular, plural) = (table.code("code"), table.string("singular"), table.string("plural"));
        let gender = table.optional_string("gender");
        if let Some(gender) = &gender
            && !["f", "m"].contains(&gender.value.as_str())
        {
            let message = format!("`{}` is not a gender (expected f or m)", gender.value);
            table.report("bad-value", gender.span.clone(), message);
        }
        table.finish();
        let (Some(code), Some(singular), Some(plural)) = (code, singular, plural) else { continue };
        seen.add(&table, "the subject", &code);
        let is_feminine = gender.is_some_and(|gender| gender.value == "f");
        let subject = FindingSubject { singular: singular.value, plural: plural.value, is_feminine };
        subjects.insert(code.value, subject);
    }
    subjects
}

/// Reads the words of an indicator.
pub(super) fn finding(
    table: &Table<'_, '_, '_>,
    subjects: &BTreeMap<String, FindingSubject>,
) -> Option<Finding> {
    let text = table.optional_string("finding");
    let subject = table.optional_string("finding_subject");
    let topic = table.optional_string("finding_topic").map(|topic| topic.value);
    let text = text?;
    let is_share = table.peek("unit").is_none_or(|unit| unit == "%");
    check(table, &text, is_share);
    let code = subject.as_ref().map_or(SUBJECT, |subject| subject.value.as_str());
    if is_share && !subjects.contains_key(code) {
        let place = subject.as_ref().map_or_else(|| text.span.clone(), |subject| subject.span.clone());
        let help = did_you_mean(code, subjects.keys().map(String::as_str));
        let message = format!("there is no `[[subject]]` with the code `{code}`");
        table.report_with("unknown-code", place, message, help);
    }
    Some(Finding { text: text.value, subject: code.to_owned(), topic })
}

/// Reports marks of agreement that are not closed, and the place of a figure where it is missing or too many.
fn check(table: &Table<'_, '_, '_>, text: &Located<String>, is_share: bool) {
    let fault = |message: String| table.report("bad-value", text.span.clone(), message);
    let mut rest = text.value.as_str();
    while let Some(start) = rest.find(['[', ']', '|']) {
        let inside = rest[start..].strip_prefix('[').and_then(|inside| inside.split_once(']'));
        let Some((inside, after)) = inside else {
            return fault("a mark of agreement is not closed (expected `[singular|plural]`)".to_owned());
        };
        if inside.contains('[') || inside.matches('|').count() != 1 {
            return fault(format!("`[{inside}]` is no mark of agreement (expected `[singular|plural]`)"));
        }
        rest = after;
    }
    let figures = text.value.matches("{}").count();
    let expected = usize::from(!is_share);
    if figures != expected {
        let kind = if is_share { "a share" } else { "a mean" };
        fault(format!("{kind} has {expected} place `{{}}` for its figure in `finding` (found {figures})"));
    }
}

/// Reads the words of a breakdown.
pub(super) fn breakdown(table: &Table<'_, '_, '_>, code: &str, wording: &mut Wording) {
    let (by, rising) = (table.optional_string("by"), table.optional_string("rising"));
    match (by, rising) {
        (Some(by), rising) => {
            let rising = rising.map(|rising| rising.value);
            wording.breakdowns.insert(code.to_owned(), BreakdownWords { by: by.value, rising });
        }
        (None, Some(rising)) => {
            table.report("missing-key", rising.span, "`rising` needs `by` beside it".to_owned());
        }
        (None, None) => {}
    }
}
