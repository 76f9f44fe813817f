//! `comparability.toml`: what is refused in it, where, and what is useless.

use std::collections::BTreeMap;

use exchange::compare::{Comparison, Decisions, Outline, Question, Ruling, compare};
use proptest::prelude::*;

const GOOD: &str = "\
[[decision]]
series = \"a\"
with = \"2026\"
verdict = \"rebase\"
factor = 0.95
reason = \"le mot « numérique » est venu\"
decided_on = \"2027-03-01\"
by = \"Conseil\"
";

#[test]
fn a_decision_is_read_whole() {
    let decisions = Decisions::parse(GOOD).unwrap();
    let decision = decisions.of("a", "2026").unwrap();
    assert_eq!(decision.ruling, Ruling::Rebase { factor: Some(0.95), note: None });
    assert_eq!((decision.by.as_str(), decision.decided_on.to_string().as_str()), ("Conseil", "2027-03-01"));
    assert_eq!(decisions.of("a", "2025"), None);
    assert_eq!(decisions.editions(), ["2026"]);
    assert_eq!(Decisions::parse("").unwrap(), Decisions::default());
}

#[test]
fn each_fault_is_named_at_its_line() {
    let twice = format!("{GOOD}{GOOD}");
    let cases: [(&str, &str, &str, usize, &str); 15] = [
        ("series = \"a\"\n", "", "missing-key", 1, "`series`"),
        ("with = \"2026\"\n", "", "missing-key", 1, "`with`"),
        ("verdict = \"rebase\"\n", "", "missing-key", 1, "`verdict`"),
        ("reason = \"le mot « numérique » est venu\"\n", "", "missing-key", 1, "`reason`"),
        ("le mot « numérique » est venu", "  ", "empty-text", 6, "`reason`"),
        ("by = \"Conseil\"\n", "", "missing-key", 1, "`by`"),
        ("decided_on = \"2027-03-01\"\n", "", "missing-key", 1, "`decided_on`"),
        ("2027-03-01", "2027-02-30", "bad-value", 7, "2027-02-30"),
        ("\"rebase\"", "\"pareil\"", "bad-value", 4, "pareil"),
        ("\"rebase\"", "\"break\"", "bad-value", 5, "factor"),
        ("factor = 0.95\n", "", "missing-key", 4, "factor"),
        ("0.95", "-1.0", "bad-value", 5, "-1"),
        ("0.95", "\"x\"", "wrong-type", 5, "string"),
        ("by = ", "qui = ", "unknown-key", 8, "qui"),
        ("by = ", "by : ", "toml-syntax", 8, ""),
    ];
    for (from, to, code, line, words) in cases {
        let problems = Decisions::parse(&GOOD.replace(from, to)).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.line)).collect();
        assert_eq!(found, [(code, line)], "{from:?} to {to:?}: {problems:?}");
        assert!(problems[0].message.contains(words), "{:?}", problems[0].message);
        assert_eq!(problems[0].file, "comparability.toml");
    }
    let problems = Decisions::parse(&twice).unwrap_err();
    assert_eq!((problems[0].code, problems[0].line, problems[0].column), ("duplicate-decision", 10, 10));
}

#[test]
fn all_faults_of_a_file_are_reported_at_once() {
    let text =
        format!("{}\n{}", GOOD.replace("0.95", "0.0"), GOOD.replace("\"a\"", "\"\"").replace("rebase", "?"));
    let problems = Decisions::parse(&text).unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code)).collect();
    assert_eq!(lines, [(5, "bad-value"), (11, "empty-text"), (13, "bad-value")]);
}

/// A comparison of four questions: `same`, `moved` (harmless), `a` (reworded), `gone`, and `used` on a retired code.
fn comparison() -> Comparison {
    let question = |code: &str, text: &str, screen: &str| Question {
        code: code.to_owned(),
        texts: BTreeMap::from([("fr".to_owned(), text.to_owned())]),
        screen: screen.to_owned(),
        ..Question::default()
    };
    let old = Outline {
        name: "2026".to_owned(),
        questions: vec![
            question("same", "A", "s"),
            question("moved", "A", "s"),
            question("a", "A", "s"),
            question("gone", "A", "s"),
        ],
        retired: BTreeMap::from([("used".to_owned(), "autre sens".to_owned())]),
        ..Outline::default()
    };
    let new = Outline {
        name: "2027".to_owned(),
        questions: vec![
            question("same", "A", "s"),
            question("moved", "A", "t"),
            question("a", "B", "s"),
            question("used", "A", "s"),
        ],
        ..Outline::default()
    };
    compare(&old, &new)
}

#[test]
fn a_decision_is_checked_against_what_changed() {
    let comparison = comparison();
    let checked = |series: &str, verdict: &str| {
        let text = GOOD.replace("\"a\"", &format!("\"{series}\"")).replace("rebase", verdict);
        let text = if verdict == "rebase" { text } else { text.replace("factor = 0.95\n", "") };
        let (problems, warnings) = Decisions::parse(&text).unwrap().check(&comparison);
        let codes =
            |found: Vec<questionnaire::Problem>| found.iter().map(|problem| problem.code).collect::<Vec<_>>();
        (codes(problems), codes(warnings))
    };
    assert_eq!(checked("a", "comparable"), (vec![], vec![]));
    assert_eq!(checked("a", "break"), (vec![], vec![]));
    assert_eq!(checked("b", "comparable"), (vec!["unknown-code"], vec![]));
    assert_eq!(checked("same", "comparable"), (vec![], vec!["useless-decision"]));
    assert_eq!(checked("moved", "rebase"), (vec![], vec!["useless-decision"]));
    assert_eq!(checked("same", "break"), (vec![], vec![]), "there may be reasons outside the questionnaire");
    assert_eq!(checked("gone", "comparable"), (vec![], vec!["useless-decision"]));
    assert_eq!(checked("gone", "break"), (vec![], vec![]));
    assert_eq!(checked("used", "comparable"), (vec!["retired-code"], vec![]));
    assert_eq!(checked("used", "break"), (vec![], vec![]));
}

#[test]
fn an_edition_that_is_not_there_is_a_problem_at_each_decision() {
    let decisions = Decisions::parse(&format!("{GOOD}{}", GOOD.replace("\"a\"", "\"b\""))).unwrap();
    let problems = decisions.unknown_edition("2026");
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 10]);
    assert!(decisions.unknown_edition("2025").is_empty());
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(cut in 0..GOOD.len(), noise in "\\PC{0,12}") {
        let mut text = GOOD.to_owned();
        let at = (0..=cut).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &noise);
        if let Ok(decisions) = Decisions::parse(&text) {
            let _ = decisions.check(&comparison());
        }
    }
}
