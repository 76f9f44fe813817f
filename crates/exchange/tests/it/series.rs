//! Verdicts on the indicators of the 2026 edition, when something they read changes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use exchange::Form;
use exchange::compare::{
    ChangeKind, Comparison, Decisions, Level, Outline, Presence, Refusal, compare, open, trend,
};
use questionnaire::{Edition, Files};

use crate::surveys::files_2026;

static OLD: LazyLock<Outline> = LazyLock::new(|| edited(&[]));

/// The edition after replacements, each of which must be found once: file, before, after.
fn edited(replacements: &[(&str, &str, &str)]) -> Outline {
    let mut files: BTreeMap<String, String> =
        files_2026().iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    for (file, from, to) in replacements {
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        *text = text.replace(from, to);
    }
    let files = Files::new(files);
    let edition = Edition::parse("maturite-numerique", "2026", &files).unwrap_or_else(|problems| {
        panic!("{:?}", problems.iter().map(ToString::to_string).collect::<Vec<_>>())
    });
    Outline::of_edition(&Form::read(&files).unwrap(), &edition)
}

fn since(replacements: &[(&str, &str, &str)]) -> Comparison {
    compare(&OLD, &edited(replacements))
}

/// The indicators that are not identical, with their level.
fn touched(comparison: &Comparison) -> BTreeMap<&str, Level> {
    let touched = comparison.indicators.iter().filter(|verdict| verdict.level > Level::Identical);
    touched.map(|verdict| (verdict.code.as_str(), verdict.level)).collect()
}

const QUESTIONS: &str = "questionnaire.toml";
const INDICATORS: &str = "indicators.toml";

/// A text that the question `str_importance` alone has.
const IMPORTANCE: &str = "le numérique vous paraît-il…";
/// An answer of `str_importance` that no expression names.
const USELESS: &str = "  { code = \"peu_utile\", label = \"Peu ou pas utile\" },\n";

#[test]
fn an_edition_is_identical_to_itself() {
    let comparison = compare(&OLD, &OLD);
    assert_eq!(comparison.level, Level::Identical);
    assert_eq!(comparison.counts.questions.identical, OLD.questions.len());
    assert_eq!(comparison.counts.indicators.identical, OLD.indicators.len());
    assert!(OLD.indicators.iter().all(|indicator| !indicator.reads.is_empty()));
}

#[test]
fn an_indicator_whose_question_lost_an_answer_is_not_identical() {
    let english = "peu_utile = \"Of little or no use\"\n";
    let comparison = since(&[(QUESTIONS, USELESS, ""), ("translations/en.toml", english, "")]);
    let touched = touched(&comparison);
    assert_eq!(
        touched,
        BTreeMap::from([("STR_IMPORTANT", Level::Breaking), ("STR_INDISPENSABLE", Level::Breaking)])
    );
    let verdict = comparison.verdict("STR_IMPORTANT").unwrap();
    assert!(verdict.changes.is_empty(), "its own text did not move");
    assert_eq!(verdict.causes[0].series, "str_importance");
    assert_eq!(verdict.causes[0].changes, [ChangeKind::OptionsRemoved]);
}

#[test]
fn points_matter_to_scores_and_not_to_shares() {
    let comparison = since(&[(
        QUESTIONS,
        "{ code = \"occasionnel\", label = \"Oui, occasionnellement\", points = 50 },\n  { code = \"projet\", label = \"Pas encore, mais prévu d'ici trois ans\", points = 0 },",
        "{ code = \"occasionnel\", label = \"Oui, occasionnellement\", points = 40 },\n  { code = \"projet\", label = \"Pas encore, mais prévu d'ici trois ans\", points = 0 },",
    )]);
    let touched = touched(&comparison);
    let means: Vec<&str> = OLD
        .indicators
        .iter()
        .filter(|indicator| indicator.numerator.text == "mean(derived.score_usg)")
        .map(|indicator| indicator.code.as_str())
        .collect();
    assert!(!means.is_empty() && means.iter().all(|code| touched.contains_key(code)), "{touched:?}");
    let site = OLD
        .indicators
        .iter()
        .find(|indicator| indicator.numerator.text == "usg_outils.site_web in {regulier,occasionnel}")
        .unwrap();
    assert!(!touched.contains_key(site.code.as_str()));
}

#[test]
fn a_row_is_a_series_of_its_own() {
    let comparison =
        since(&[(QUESTIONS, "label = \"La visioconférence\"", "label = \"Les réunions à distance\"")]);
    for indicator in &OLD.indicators {
        let reads_row = indicator.numerator.text.contains("usg_outils.visio");
        let reads_rows = indicator.numerator.text.contains("score_usg")
            || indicator.numerator.text.contains("indice")
            || indicator.numerator.text.contains("count_in(usg_outils")
            || indicator.numerator.text.contains("dii_");
        if reads_row {
            assert_eq!(
                comparison.verdict(&indicator.code).unwrap().level,
                Level::ToDecide,
                "{}",
                indicator.code
            );
        } else if indicator.numerator.text.starts_with("usg_outils.") && !reads_rows {
            assert_eq!(
                comparison.verdict(&indicator.code).unwrap().level,
                Level::Identical,
                "{}",
                indicator.code
            );
        }
    }
}

#[test]
fn a_derived_variable_carries_its_change_to_who_reads_it() {
    let comparison = since(&[(
        INDICATORS,
        "{ when = \"org_salaries >= 1\", value = \"oui\" }",
        "{ when = \"org_salaries >= 2\", value = \"oui\" }",
    )]);
    assert_eq!(comparison.verdict("derived.employeur").unwrap().level, Level::Breaking);
    for indicator in &OLD.indicators {
        let reads = indicator.base.text.contains("derived.employeur");
        let found = comparison.verdict(&indicator.code).unwrap();
        assert_eq!(found.level == Level::Breaking, reads, "{}", indicator.code);
    }
}

#[test]
fn spaces_and_order_in_an_indicator_are_no_change() {
    let comparison = since(&[(
        INDICATORS,
        "numerator = \"str_importance in {indispensable,important}\"",
        "numerator = \"str_importance  in { important, indispensable }\"",
    )]);
    assert_eq!(comparison.level, Level::Identical);
    let comparison = since(&[(
        INDICATORS,
        "numerator = \"str_importance in {indispensable,important}\"",
        "numerator = \"str_importance in {indispensable,important,utile}\"",
    )]);
    assert_eq!(touched(&comparison), BTreeMap::from([("STR_IMPORTANT", Level::Breaking)]));
}

#[test]
fn who_is_asked_an_earlier_question_counts_for_the_later_ones() {
    // `ia_usage` routes other questions: its answers are part of their bases.
    let comparison = since(&[(QUESTIONS, IMPORTANCE, "le numérique est-il")]);
    assert!(touched(&comparison).keys().all(|code| code.starts_with("STR_")));
    let routed = OLD.questions.iter().find(|question| {
        question.show_if.as_ref().is_some_and(|show_if| show_if.text == "ia_usage in {cadre,informel}")
    });
    let routed = &routed.unwrap().code;
    let mut new = OLD.clone();
    let asked = new.questions.iter_mut().find(|question| question.code == "ia_usage").unwrap();
    asked.texts.values_mut().for_each(|text| text.push_str(" vraiment"));
    let comparison = compare(&OLD, &new);
    let reader = OLD
        .indicators
        .iter()
        .find(|indicator| indicator.numerator.text.starts_with(&format!("{routed} ")))
        .unwrap();
    let verdict = comparison.verdict(&reader.code).unwrap();
    assert_eq!(verdict.level, Level::ToDecide, "{}", reader.code);
    assert_eq!(verdict.causes[0].series, "ia_usage");
}

fn decisions(text: &str) -> Decisions {
    Decisions::parse(text).unwrap()
}

fn decided(series: &str, verdict: &str) -> String {
    format!(
        "[[decision]]\nseries = \"{series}\"\nwith = \"2026\"\nverdict = \"{verdict}\"\nreason = \"pour {series}\"\n\
         decided_on = \"2027-03-01\"\nby = \"SOGA\"\n"
    )
}

#[test]
fn the_gate_opens_for_what_did_not_change_or_was_decided() {
    let comparison = since(&[(QUESTIONS, IMPORTANCE, "le numérique est-il")]);
    let none = Decisions::default();
    assert_eq!(trend(&comparison, &none, "MAT_PROGRES").unwrap().level, Level::Identical);
    let refusal = trend(&comparison, &none, "STR_IMPORTANT").unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "`STR_IMPORTANT` changed since 2026 and nobody decided whether it can be compared: str_importance (reworded)"
    );
    // A decision about the question, or about the indicator, opens; its reason goes with the figures.
    for series in ["str_importance", "STR_IMPORTANT"] {
        let linked = trend(&comparison, &decisions(&decided(series, "comparable")), "STR_IMPORTANT").unwrap();
        assert_eq!(linked.notes, [format!("pour {series} (SOGA, 2027-03-01)")]);
        assert_eq!(linked.factor, None);
    }
    let other = decisions(&decided("str_importance", "comparable").replace("2026", "2025"));
    assert!(matches!(trend(&comparison, &other, "STR_IMPORTANT"), Err(Refusal::Undecided { .. })));
    assert_eq!(trend(&comparison, &none, "RIEN"), Err(Refusal::Unknown("RIEN".to_owned())));
}

#[test]
fn a_decision_to_break_holds_even_for_what_did_not_change() {
    let comparison = compare(&OLD, &OLD);
    for series in ["str_importance", "STR_IMPORTANT"] {
        let refusal = trend(&comparison, &decisions(&decided(series, "break")), "STR_IMPORTANT").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("the series of `STR_IMPORTANT` breaks after 2026 ({series}): pour {series}")
        );
    }
    // It outweighs a decision that the indicator is comparable only when it is about the indicator.
    let both = format!("{}{}", decided("str_importance", "break"), decided("STR_IMPORTANT", "comparable"));
    assert!(trend(&comparison, &decisions(&both), "STR_IMPORTANT").is_ok());
}

#[test]
fn a_rebase_carries_its_factor_and_two_of_them_need_a_decision() {
    let comparison = since(&[(QUESTIONS, IMPORTANCE, "le numérique est-il")]);
    let rebase = format!("{}factor = 0.95\n", decided("str_importance", "rebase"));
    assert_eq!(trend(&comparison, &decisions(&rebase), "STR_IMPORTANT").unwrap().factor, Some(0.95));
    let note = format!("{}note = \"moyenne des deux vagues\"\n", decided("str_importance", "rebase"));
    let linked = trend(&comparison, &decisions(&note), "STR_IMPORTANT").unwrap();
    assert_eq!((linked.factor, linked.notes.len()), (None, 2));
    // The index reads many questions: two factors say nothing about it.
    let mut new = OLD.clone();
    let reads: Vec<String> = compare(&OLD, &OLD).verdict("MAT_PROGRES").unwrap().reads.clone();
    assert_eq!(reads, ["str_maturite"]);
    let index =
        OLD.indicators.iter().find(|known| known.numerator.text == "mean(derived.score_str)").unwrap();
    let reads = compare(&OLD, &OLD).verdict(&index.code).unwrap().reads.clone();
    let questions: Vec<&String> = reads.iter().filter(|code| OLD.question(code).is_some()).take(2).collect();
    for question in new.questions.iter_mut().filter(|question| questions.contains(&&question.code)) {
        question.texts.values_mut().for_each(|text| text.push_str(" vraiment"));
    }
    let both: String =
        questions.iter().map(|code| format!("{}factor = 0.9\n", decided(code, "rebase"))).collect();
    let comparison = compare(&OLD, &new);
    let refusal = trend(&comparison, &decisions(&both), &index.code).unwrap_err();
    assert!(matches!(refusal, Refusal::SeveralFactors { .. }), "{refusal}");
}

#[test]
fn what_is_in_one_edition_only_has_no_trend() {
    let mut new = OLD.clone();
    new.indicators.retain(|indicator| indicator.code != "STR_IMPORTANT");
    let gone = compare(&OLD, &new);
    let back = compare(&new, &OLD);
    for (comparison, presence) in [(gone, Presence::Gone), (back, Presence::New)] {
        let refusal = trend(&comparison, &Decisions::default(), "STR_IMPORTANT").unwrap_err();
        assert_eq!(refusal, Refusal::Alone { indicator: "STR_IMPORTANT".to_owned(), presence });
    }
}

#[test]
fn an_indicator_that_goes_with_its_rotating_question_is_rotated() {
    let mut old = OLD.clone();
    old.questions.iter_mut().find(|question| question.code == "str_importance").unwrap().is_rotating = true;
    let mut new = old.clone();
    new.questions.retain(|question| question.code != "str_importance");
    new.indicators
        .retain(|indicator| !matches!(indicator.code.as_str(), "STR_IMPORTANT" | "STR_INDISPENSABLE"));
    let comparison = compare(&old, &new);
    assert_eq!(comparison.level, Level::Harmless);
    assert_eq!(comparison.counts.indicators.rotated, 2);
    assert_eq!(comparison.verdict("STR_IMPORTANT").unwrap().presence, Presence::Rotated);
}

#[test]
fn what_nobody_decided_is_listed() {
    let comparison = since(&[(QUESTIONS, IMPORTANCE, "le numérique est-il")]);
    let codes = |text: &str| -> Vec<String> {
        open(&comparison, &decisions(text)).into_iter().map(|verdict| verdict.code.clone()).collect()
    };
    assert_eq!(codes(""), ["STR_IMPORTANT", "STR_INDISPENSABLE", "str_importance"]);
    assert!(codes(&decided("str_importance", "comparable")).is_empty());
    assert!(codes(&decided("str_importance", "break")).is_empty(), "a break with its reason is a decision");
    let one = decided("STR_IMPORTANT", "comparable");
    assert_eq!(codes(&one), ["STR_INDISPENSABLE", "str_importance"]);
    assert!(codes(&format!("{one}{}", decided("STR_INDISPENSABLE", "break"))).is_empty());
}
