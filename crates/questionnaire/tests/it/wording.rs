//! Words that findings are made of.

use crate::small;

const SUBJECT: &str = "[[subject]]\ncode = \"organisation\"\nsingular = \"organisation\"\nplural = \"organisations\"\n\
     gender = \"f\"\n\n";

/// The small edition with a finding, and its words in English.
fn files() -> std::collections::BTreeMap<String, String> {
    let mut files = small::with(
        "indicators.toml",
        "label = \"Ont un outil\"",
        "label = \"Ont un outil\"\nfinding = \"[a|ont] un outil\"\nfinding_topic = \"l'outil\"",
    );
    let indicators = files.get_mut("indicators.toml").expect("the file is there");
    indicators.insert_str(0, SUBJECT);
    files.insert(
        "wording/en.toml".to_owned(),
        "[subject.organisation]\nsingular = \"organisation\"\nplural = \"organisations\"\n\n[indicator.OUTILS]\n\
         finding = \"[has|have] a tool\"\ntopic = \"the tool\"\n"
            .to_owned(),
    );
    files
}

#[test]
fn findings_are_read_in_every_language_that_has_them() {
    let edition = small::parse(files()).expect("no fault");
    assert_eq!(edition.wordings["fr"].findings["OUTILS"].text, "[a|ont] un outil");
    assert_eq!(edition.wordings["en"].findings["OUTILS"].text, "[has|have] a tool");
    assert_eq!(edition.wordings["en"].findings["OUTILS"].topic.as_deref(), Some("the tool"));
    assert!(edition.wordings["fr"].subjects["organisation"].is_feminine);
}

#[test]
fn words_of_findings_are_no_part_of_the_version_that_answers_are_given_under() {
    let with = small::parse(files()).expect("no fault").questionnaire.version;
    assert_eq!(with, small::edition().questionnaire.version);
}

#[test]
fn a_translation_of_findings_that_lacks_one_is_refused() {
    let mut files = files();
    files.insert("wording/en.toml".to_owned(), "[indicator.OUTILS]\nfinding = \"[has|have]\"\n".to_owned());
    let problems = small::parse(files).expect_err("texts are missing");
    assert_eq!(
        problems.iter().filter(|problem| problem.code == "missing-translation").count(),
        3,
        "{problems:?}"
    );
}

#[test]
fn every_indicator_of_the_2026_edition_has_a_finding_in_both_languages() {
    let edition = crate::edition();
    let (french, english) = (&edition.wordings["fr"], &edition.wordings["en"]);
    for indicator in &edition.indicators {
        for wording in [french, english] {
            let finding = wording.findings.get(&indicator.code);
            let finding = finding.unwrap_or_else(|| panic!("{} has no finding", indicator.code));
            assert!(!finding.text.ends_with('.'), "{}: the sentence ends it", indicator.code);
        }
        let (one, other) = (&french.findings[&indicator.code], &english.findings[&indicator.code]);
        assert_ne!(one.text, other.text, "{}", indicator.code);
    }
    assert_eq!(english.breakdowns["taille"].rising.as_deref(), Some("the larger the organisation"));
}

#[test]
fn a_label_that_translates_nothing_is_refused_and_one_may_lack() {
    let mut files = files();
    let english = files.get_mut("wording/en.toml").expect("the file is there");
    english.push_str("\n[text]\n\"Ont un outil\" = \"Have a tool\"\n");
    let edition = small::parse(files.clone()).expect("no fault");
    assert_eq!(edition.published_texts("en").get("Ont un outil").map(String::as_str), Some("Have a tool"));
    assert!(edition.published_texts("de").is_empty());
    let english = files.get_mut("wording/en.toml").expect("the file is there");
    english.push_str("\"Ont un marteau\" = \"Have a hammer\"\n");
    let problems = small::parse(files).expect_err("nothing says so");
    let found: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(found, ["unknown-key"], "{problems:?}");
}

#[test]
fn everything_that_the_2026_edition_publishes_has_an_english_text() {
    let edition = crate::edition();
    let texts = edition.published_texts("en");
    for indicator in &edition.indicators {
        let questions =
            indicator.questions.iter().map(|question| &edition.questionnaire.questions[*question].text);
        for text in
            [&indicator.label, &indicator.base_label].into_iter().chain(&indicator.note).chain(questions)
        {
            assert!(texts.contains_key(text), "{text}");
        }
    }
    for chapter in &edition.plan.chapters {
        let charts = chapter.charts.iter().flat_map(|chart| chart.labels.iter().chain([&chart.title]));
        for text in charts.chain([&chapter.title]).chain(&chapter.text) {
            assert!(texts.contains_key(text), "{text}");
        }
    }
}
