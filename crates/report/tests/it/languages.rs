//! The site in its two languages: the same pages, the same figures, and what is still French says so.

use std::collections::BTreeMap;

use report::{Options, OtherEdition, Place};

use crate::charts::{attribute, unescape};
use crate::fixture::{self, Files, SITE, texts};

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    let bytes = files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn every_page_and_chart_is_in_both_languages_and_leads_to_the_other() {
    let mut pages = 0;
    for (path, html) in texts(&SITE, ".html").into_iter().chain(texts(&SITE, ".svg")) {
        let Some(french) = path.strip_prefix("en/") else {
            assert!(SITE.contains_key(&format!("en/{path}")), "{path}");
            continue;
        };
        assert!(SITE.contains_key(french), "{path}");
        if html.starts_with("<!DOCTYPE") && !path.contains("embed/") {
            let up = "../".repeat(path.matches('/').count());
            let link = format!("<a href=\"{up}{french}\" lang=\"fr\" hreflang=\"fr\">");
            assert!(html.contains(&link), "{path}: {link}");
            assert!(
                html.contains(&format!("rel=\"alternate\" hreflang=\"fr\" href=\"{up}{french}\"")),
                "{path}"
            );
            pages += 1;
        }
    }
    assert!(pages > 20, "{pages}");
}

#[test]
fn a_chart_carries_the_same_figures_at_the_same_places_in_both_languages() {
    let marks = |svg: &str| -> Vec<String> {
        ["data-v", "data-s"]
            .iter()
            .flat_map(|name| svg.lines().filter_map(|line| Some(unescape(attribute(line, name)?))))
            .collect()
    };
    let mut compared = 0;
    for (path, svg) in texts(&SITE, ".svg").into_iter().filter(|(path, _)| path.starts_with("charts/")) {
        let english = text(&SITE, &format!("en/{path}"));
        let (mut one, mut other) = (marks(svg), marks(english));
        // A ranking of equals has the order of the plan in both; labels may break elsewhere.
        one.sort();
        other.sort();
        assert_eq!(one, other, "{path}");
        compared += one.len();
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn a_label_without_translation_is_french_and_says_so_and_one_with_is_not() {
    let mut publication = fixture::publication(true);
    let label = "Part des organisations expérimentées".to_owned();
    let english = BTreeMap::from([(label, "Share of experienced organisations".to_owned())]);
    publication.translations.insert("en".to_owned(), english);
    let files = fixture::write(&publication, Options::default().without_pdf().without_png());
    let page = text(&files, "en/indicateurs/MAT_EXPERIMENTEE.html");
    assert!(page.contains("<h1>Share of experienced organisations</h1>"));
    assert!(page.contains("<title>Share of experienced organisations — "));
    assert!(!page.contains("expérimentées"), "nothing of it is French");
    let other = text(&files, "en/indicateurs/MAT_PROGRES.html");
    assert!(other.contains("<h1><span lang=\"fr\">Part des organisations en progrès</span></h1>"));
    assert!(other.contains("<title>Part des organisations en progrès — "), "a title has no span");
    for (path, html) in texts(&files, ".html").into_iter().chain(texts(&files, ".svg")) {
        assert!(!html.contains(['\u{e010}', '\u{e011}']), "{path} shows a mark of language");
    }
}

#[test]
fn english_figures_are_english() {
    let page = text(&SITE, "en/indicateurs/STR_IMPORTANT.html");
    assert!(page.contains(">87%<") && !page.contains("87\u{202f}%<"), "no space before the sign");
    assert!(text(&SITE, "en/index.html").contains("2\u{202f}780 responding organisations"));
    let tools = text(&SITE, "en/indicateurs/NB_OUTILS.html");
    let big = tools.split("<p class=\"big\">").nth(1).and_then(|rest| rest.split('<').next());
    assert!(big.is_some_and(|figure| figure.contains('.') && !figure.contains(',')), "{big:?}");
}

#[test]
fn the_switch_between_editions_leads_to_the_same_page_or_says_that_it_does_not() {
    let files = ["index.html", "indicateurs/index.html", "indicateurs/STR_IMPORTANT.html"];
    let other =
        OtherEdition { code: "2024".to_owned(), files: files.into_iter().map(str::to_owned).collect() };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let place = Place::default().beside(vec![other]).at("https://barometre.example/2026/");
    let options = Options::default().without_pdf().without_png();
    report::write_with(
        &fixture::publication(true),
        &report::Annexes::default(),
        &place,
        folder.path(),
        options,
    )
    .expect("the report is written");
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).expect("a page");
    let same = read("indicateurs/STR_IMPORTANT.html");
    assert!(
        same.contains("href=\"../../2024/indicateurs/STR_IMPORTANT.html\">Édition 2024</a></li>"),
        "{same}"
    );
    assert!(
        read("en/indicateurs/STR_IMPORTANT.html").contains("../../../2024/indicateurs/STR_IMPORTANT.html")
    );
    let missing = read("indicateurs/LONGUE.html");
    assert!(
        missing.contains("../../2024/indicateurs/index.html\">Édition 2024</a> <small>(autre page"),
        "{missing}"
    );
    assert!(read("methode.html").contains("href=\"../2024/index.html\">"));
    // Shared links say where the picture is, in full.
    assert!(same.contains("content=\"https://barometre.example/2026/images/STR_IMPORTANT.png\""));
    assert!(
        same.contains("&lt;iframe src=&quot;https://barometre.example/2026/embed/STR_IMPORTANT.html&quot;")
    );
    assert!(same.contains(
        "rel=\"canonical\" href=\"https://barometre.example/2026/indicateurs/STR_IMPORTANT.html\""
    ));
    // What was known when it was drawn is known again.
    assert_eq!(Place::of(folder.path()).expect("it was written"), place);
    let nowhere = tempfile::tempdir().expect("a folder for the test");
    assert_eq!(Place::of(nowhere.path()).expect("nothing is fine"), Place::default());
}

#[test]
fn the_index_has_every_indicator_every_question_and_the_words_of_the_method() {
    for (path, word) in [("recherche.html", "Redressement"), ("en/recherche.html", "Weighting")] {
        let page = text(&SITE, path);
        for indicator in &fixture::publication(true).indicators {
            assert!(
                page.contains(&format!("indicateurs/{}.html", indicator.code)),
                "{path}: {}",
                indicator.code
            );
        }
        assert!(page.contains(&format!("<a href=\"methode.html#weighting\">{word}</a>")), "{path}");
        assert!(
            page.contains("role=\"search\" data-search hidden"),
            "{path}: nothing to type in without the script"
        );
    }
}

#[test]
fn a_frame_holds_its_chart_its_source_and_nothing_that_runs() {
    for path in ["embed/STR_IMPORTANT.html", "en/embed/STR_IMPORTANT.html"] {
        let page = text(&SITE, path);
        assert_eq!(page.matches("<svg").count(), 2, "{path}: wide and narrow");
        for never in ["<script", "<style", "style=", "<img", "<iframe", "onload"] {
            assert!(!page.contains(never), "{path}: {never}");
        }
        assert!(page.contains("indicateurs/STR_IMPORTANT.html\" target=\"_top\""), "{path}");
        assert!(page.contains("Licence Ouverte 2.0") && page.contains("SOGA"), "{path}");
    }
}

#[test]
fn an_indicator_says_what_became_of_it_since_the_earlier_edition() {
    let page = text(&SITE, "indicateurs/STR_IMPORTANT.html");
    let history = page.split("id=\"historique\"").nth(1).expect("a history");
    assert!(history.contains("83\u{202f}%") && history.contains("▲ hausse"), "{history}");
    assert!(history.contains("Chiffre publié pour 2022"));
    let none = text(&SITE, "indicateurs/INDICE.html");
    assert!(none.contains("n’a pas été mis en regard"), "neither compared nor refused");
}
