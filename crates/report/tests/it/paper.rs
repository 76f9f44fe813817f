//! The documents on paper: how long, tagged, whole, the same twice, and within their margins.

use std::sync::LazyLock;

use lopdf::Document;
use report::{
    Annexes, AskedPart, AskedQuestion, DirectoryCount, Membership, Options, Place, Recommendation,
    ReportError, Targets,
};

use crate::fixture::{self, Files};

/// The PDF documents of the simulated publication with all annexes, made once.
static PAPER: LazyLock<Files> = LazyLock::new(|| documents(&annexes()));

fn documents(annexes: &Annexes) -> Files {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let options = Options::default().without_png();
    let publication = fixture::publication(true);
    let written = report::write_with(&publication, annexes, &Place::default(), folder.path(), options)
        .expect("it is written");
    let documents =
        written.files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "pdf"));
    documents
        .map(|path| {
            let bytes = std::fs::read(folder.path().join(path)).expect("a listed file exists");
            (path.to_string_lossy().into_owned(), bytes)
        })
        .collect()
}

fn annexes() -> Annexes {
    let pair = |label: &str, code: &str| (label.to_owned(), code.to_owned());
    let question = |number| AskedQuestion {
        number,
        code: format!("question_{number}"),
        text: "Pour votre organisation, le numérique est-il… ?".to_owned(),
        who: (number % 3 == 0).then(|| "Si vous avez répondu « oui » à la question 2".to_owned()),
        instruction: Some("une seule réponse".to_owned()),
        lines: Vec::new(),
        answers: vec![pair("Indispensable", "indispensable"), pair("Ne sait pas", "nsp")],
    };
    Annexes {
        contact: Some("contact@exemple.test".to_owned()),
        essential: ["niveaux", "classement", "cible"].map(str::to_owned).to_vec(),
        site_only: vec!["recouvrement".to_owned()],
        recommendations: vec![Recommendation {
            title: "Financer l'équipement".to_owned(),
            text: "Ouvrir les aides à l'équipement aux associations.".to_owned(),
            indicator: "DII_BASE".to_owned(),
        }],
        questionnaire: vec![AskedPart {
            title: "Votre organisation".to_owned(),
            questions: (1..40).map(question).collect(),
        }],
        directory: Some(DirectoryCount {
            chapter: "europe".to_owned(),
            title: "Annuaire de l'ESS numérique".to_owned(),
            edition: "2026".to_owned(),
            file: "annuaire.json".to_owned(),
            sha256: "0".repeat(64),
            cards: 1234,
            families: vec![("Communs numériques".to_owned(), 1230), ("Éditeurs".to_owned(), 17)],
            regions: vec![("Bretagne".to_owned(), 1231)],
            without_region: 3,
        }),
        targets: vec![Targets {
            chapter: "europe".to_owned(),
            series: "RS".to_owned(),
            labels: vec!["Numérique important".to_owned()],
        }],
        members: vec![Membership {
            network: "R0".to_owned(),
            members: 4500,
            source: "le réseau, mars 2026".to_owned(),
        }],
    }
}

fn read(name: &str) -> Document {
    Document::load_mem(&PAPER[name]).expect("a PDF")
}

/// The text of each page, in one line: letters and figures alone, since a PDF has no words.
fn pages(document: &Document) -> Vec<String> {
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    numbers
        .iter()
        .map(|page| letters(&document.extract_text(&[*page]).expect("the page has a text")))
        .collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[test]
fn documents_are_tagged_in_their_language_with_their_fonts_and_the_same_twice() {
    let names: Vec<&str> = PAPER.keys().map(String::as_str).filter(|name| !name.contains('/')).collect();
    assert_eq!(names, ["essentiel-en.pdf", "essentiel.pdf", "rapport.pdf"]);
    for (name, pdf) in PAPER.iter() {
        assert!(pdf.starts_with(b"%PDF-1."), "{name}");
        let contains = |needle: &[u8]| pdf.windows(needle.len()).any(|window| window == needle);
        for wanted in ["/MarkInfo", "/Lang", "pdfuaid", "pdfaid", "/FontFile3", "/Alt"] {
            assert!(contains(wanted.as_bytes()), "{name}: {wanted}");
        }
    }
    assert!(documents(&annexes()) == *PAPER);
}

#[test]
fn the_essentiel_has_four_pages_whatever_the_publication() {
    for name in ["essentiel.pdf", "essentiel-en.pdf"] {
        assert_eq!(read(name).get_pages().len(), 4, "{name}");
    }
    // The first chart of each chapter, and a notice that is as long as it may be.
    let mut publication = fixture::publication(false);
    let margins = &mut publication.method.calibration[0].margins;
    for place in 0..8 {
        let mut margin = margins[0].clone();
        margin.label = format!("Marge {place}, {}", fixture::LONG);
        margins.push(margin);
    }
    for indicator in &mut publication.indicators {
        fixture::LONG.clone_into(&mut indicator.label);
        indicator.base_label = format!("répondantes qui ont dit « {} »", fixture::LONG);
    }
    publication.wordings.clear();
    let files = fixture::write(&publication, Options::default().without_png());
    let essential = Document::load_mem(&files["essentiel.pdf"]).expect("a PDF");
    assert_eq!(essential.get_pages().len(), 4);
}

#[test]
fn the_essentiel_says_its_key_figures_how_to_read_them_and_the_promise() {
    let pages = pages(&read("essentiel.pdf"));
    let says =
        |page: usize, text: &str| assert!(pages[page].contains(&letters(text)), "{text} in {}", pages[page]);
    for text in [
        "Baromètre de l’ESS numérique 2026",
        "2 780 organisations répondantes, du 1er mars 2026 au 30 avril 2026",
        "jugent le numérique important",
        "précision A",
        "objectif 2030 : 90 %",
    ] {
        says(0, text);
    }
    for text in [
        "Vos réponses restent confidentielles.",
        "au point près à partir de 200 répondants",
        "contact@exemple.test",
        "Licence Ouverte 2.0",
    ] {
        says(3, text);
    }
}

#[test]
fn the_essentiel_in_english_is_english_and_shows_no_mark_of_language() {
    let pages = pages(&read("essentiel-en.pdf"));
    for (page, text) in [
        (0, "Twelve key figures"),
        (0, "1 March 2026"),
        (3, "How to read these figures"),
        (3, "Licence Ouverte 2.0"),
        (3, "n = 2 780"),
    ] {
        assert!(pages[page].contains(&letters(text)), "{text} in {}", pages[page]);
    }
    let is_english = PAPER["essentiel-en.pdf"].windows(7).any(|found| found == b"(en-GB)");
    assert!(is_english, "the document says its language");
    assert!(!pages.iter().any(|page| page.contains(['\u{e010}', '\u{e011}'])), "{pages:?}");
}

#[test]
fn the_report_has_every_part_in_order_and_its_contents_say_where() {
    let document = read("rapport.pdf");
    let pages = pages(&document);
    let toc = document.get_toc().expect("bookmarks");
    let chapters: Vec<_> = toc.toc.iter().filter(|entry| entry.level == 1).collect();
    let wanted = [
        "Éditorial et méthode en bref",
        "Douze chiffres clés",
        "1. Qui a répondu",
        fixture::SCRIPT,
        "3. Vers les objectifs européens",
        "4. Recommandations de SOGA",
        "Comparaison avec 2022",
        "Ce qui a changé depuis l’édition précédente",
        "Note méthodologique",
        "Glossaire",
        "Annexe : le questionnaire et ses codes",
    ];
    assert_eq!(chapters.len(), wanted.len(), "{toc:?}");
    for (entry, wanted) in chapters.iter().zip(wanted) {
        let wanted = letters(&wanted.replace('\'', "’"));
        assert!(letters(&entry.title).contains(&wanted), "{} is not {wanted}", entry.title);
        assert!(pages[entry.page - 1].contains(&wanted), "{wanted} is on page {}", entry.page);
        // Dots lead from the title to the number.
        let printed = format!("{}{}", letters(&entry.title), entry.page);
        assert!(pages[1].contains(&printed), "{printed} in {}", pages[1]);
    }
    for text in ["Tableau1", "Figure1", "question_39", "DII_BASE", "Champ", "13. Financement"] {
        let text = letters(text);
        assert!(pages.iter().any(|page| page.contains(&text)), "{text}");
    }
}

#[test]
fn without_annexes_a_report_says_nothing_of_them() {
    let plain = documents(&Annexes::default());
    let document = Document::load_mem(&plain["rapport.pdf"]).expect("a PDF");
    let toc = document.get_toc().expect("bookmarks");
    for entry in &toc.toc {
        assert!(
            !entry.title.contains("Recommandations") && !entry.title.contains("Annexe"),
            "{}",
            entry.title
        );
    }
    assert!(plain["rapport.pdf"] != PAPER["rapport.pdf"]);
}

#[test]
fn annexes_that_do_not_stand_on_the_publication_are_refused() {
    let refused = |change: &dyn Fn(&mut Annexes)| {
        let mut annexes = annexes();
        change(&mut annexes);
        let folder = tempfile::tempdir().expect("a folder for the test");
        let options = Options::default().without_pdf().without_png();
        let error = report::write_with(
            &fixture::publication(true),
            &annexes,
            &Place::default(),
            folder.path(),
            options,
        );
        let error = error.expect_err("refused");
        assert!(matches!(error, ReportError::Annexes { .. }), "{error}");
        error.to_string()
    };
    let message = refused(&|annexes| annexes.recommendations[0].indicator = "DII_BAS".to_owned());
    assert!(message.contains("`DII_BAS`") && message.contains("Financer"), "{message}");
    let message = refused(&|annexes| annexes.recommendations[0].text.push_str(" 40\u{a0}% le demandent."));
    assert!(message.contains("percentage"), "{message}");
    let message = refused(&|annexes| annexes.essential.push("nulle-part".to_owned()));
    assert!(message.contains("`nulle-part`"), "{message}");
    let message = refused(&|annexes| annexes.targets[0].labels[0].push('s'));
    assert!(message.contains("Numérique importants") && message.contains("`RS`"), "{message}");
    let message = refused(&|annexes| annexes.targets[0].chapter.push('s'));
    assert!(message.contains("`europes`"), "{message}");
    let message = refused(&|annexes| {
        annexes.directory.iter_mut().for_each(|count| "annuaire".clone_into(&mut count.chapter));
    });
    assert!(message.contains("`annuaire`"), "{message}");
    assert_eq!(Annexes::parse(&annexes().to_json()).expect("what was written"), annexes());
    assert!(matches!(Annexes::parse(b"[1]"), Err(ReportError::Annexes { .. })));
}

#[test]
fn the_cards_of_the_directory_stand_in_their_chapter_on_paper_and_on_the_site() {
    let text = pages(&read("rapport.pdf")).concat();
    for wanted in ["compte 1 234 fiches", "Région non renseignée", "Cibles proposées par SOGA"] {
        assert!(text.contains(&letters(wanted)), "{wanted}");
    }
    let page = |annexes: &Annexes, chapter: &str| {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let options = Options::default().without_pdf().without_png();
        report::write_with(&fixture::publication(true), annexes, &Place::default(), folder.path(), options)
            .expect("it is written");
        std::fs::read_to_string(folder.path().join(chapter)).expect("a page")
    };
    let french = page(&annexes(), "chapitres/europe.html");
    for wanted in [
        "compte 1\u{202f}234 fiches",
        "<th scope=\"row\">Communs numériques</th><td>1\u{202f}230</td>",
        "<th scope=\"row\">Région non renseignée</th><td>3</td>",
        "<td>53\u{202f}%</td>",
        "ni des résultats de l’enquête",
    ] {
        assert!(french.contains(wanted), "{wanted}");
    }
    let english = page(&annexes(), "en/chapitres/europe.html");
    assert!(
        english.contains("has 1\u{202f}234 cards") && english.contains("<span lang=\"fr\">Éditeurs</span>")
    );
    let mut empty = annexes();
    empty.directory.iter_mut().for_each(|count| count.cards = 0);
    for annexes in [empty, Annexes::default()] {
        assert!(!page(&annexes, "chapitres/europe.html").contains("id=\"annuaire\""));
    }
    assert!(!page(&annexes(), "chapitres/place.html").contains("id=\"annuaire\""));
}

#[test]
fn a_publication_of_nothing_still_makes_a_report() {
    let mut publication = fixture::publication(false);
    publication.chapters.clear();
    publication.headline.clear();
    publication.indicators.clear();
    publication.breakdowns.clear();
    publication.profiles.clear();
    publication.references.clear();
    publication.method.calibration.clear();
    publication.cells.clear();
    let files = fixture::write(&publication, Options::default());
    for name in ["rapport.pdf", "essentiel.pdf", "essentiel-en.pdf"] {
        assert!(files[name].starts_with(b"%PDF-1."), "{name}");
    }
    assert!(files.contains_key("index.html"));
}

#[test]
fn every_network_that_is_shown_has_a_pack_that_says_its_limits() {
    let packs: Vec<&str> =
        PAPER.keys().filter_map(|name| name.strip_prefix("reseaux/")?.strip_suffix(".pdf")).collect();
    assert_eq!(packs, ["R0", "R1", "R2", "R3", "R4", "R6"], "eight members are not shown");
    for code in packs {
        let pages = pages(&read(&format!("reseaux/{code}.pdf")));
        assert!(pages.len() <= 10, "{code}: {} pages", pages.len());
        let text = pages.concat();
        for wanted in [
            "Votre réseau dans le baromètre",
            "ne s’additionnent pas",
            "ni plus ni moins",
            "Ce que vous pouvez en dire",
            "Vos réponses restent confidentielles.",
            "organisations volontaires",
            "Licence Ouverte 2.0",
        ] {
            assert!(text.contains(&letters(wanted)), "{code}: {wanted}");
        }
        let share = if code == "R0" { "Le réseau compte 4 500 membres" } else { "n’est pas connue" };
        assert!(text.contains(&letters(share)), "{code}: {share}");
        // None is crossed with size: their scores stand alone.
        assert!(text.contains(&letters("ceux du réseau sont donnés seuls")), "{code}");
        let is_fragile = text.contains(&letters("Effectif fragile : moins de 30 répondantes"));
        assert_eq!(is_fragile, ["R3", "R4"].contains(&code), "{code}");
    }
}
