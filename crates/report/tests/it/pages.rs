//! Pages and downloads: escaped, light, complete, and honest about a simulated edition.

use report::{Options, ReportError};

use crate::fixture::{self, FORMULA, SCRIPT, SITE, texts};

#[test]
fn no_label_becomes_markup() {
    let pages = texts(&SITE, ".html");
    assert!(pages.len() > 20);
    for (path, html) in &pages {
        // The one script there is stands in a file of its own.
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("barometre.js\" defer></script>").count(), "{path}");
        assert!(scripts <= 1, "{path}");
    }
    assert!(pages.iter().any(|(_, html)| html.contains("&lt;script&gt;alert")));
}

#[test]
fn every_page_of_a_simulated_edition_says_so_and_no_other_does() {
    for (path, html) in texts(&SITE, ".html") {
        let words = if path.starts_with("en/") {
            "Simulated data — demonstration"
        } else {
            "Données simulées — démonstration"
        };
        assert!(html.contains(words), "{path}");
    }
    let real = fixture::write(&fixture::publication(false), Options::default().without_pdf().without_png());
    for (path, text) in texts(&real, ".html").into_iter().chain(texts(&real, ".csv")) {
        assert!(!text.contains("simulé") && !text.contains("imulated"), "{path}");
    }
}

#[test]
fn every_page_carries_the_notice_and_the_landmarks() {
    for (path, html) in texts(&SITE, ".html").into_iter().filter(|(path, _)| !path.contains("embed/")) {
        let (notice, language) = if path.starts_with("en/") {
            ("Online survey of organisations that volunteered (n = 2\u{202f}780, from 1", "<html lang=\"en\"")
        } else {
            (
                "Enquête en ligne auprès d’organisations volontaires (n = 2\u{202f}780, du 1er",
                "<html lang=\"fr\"",
            )
        };
        for expected in [notice, "<main", "<nav", "<h1", language, "class=\"skip\""] {
            assert!(html.contains(expected), "{path}: {expected}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        assert!(
            !html.contains("src=\"http") && !html.contains("<link rel=\"stylesheet\" href=\"http"),
            "{path}"
        );
        // A key that the catalogue lacks is shown as it is: no page may show one.
        for section in ["chart.", "column.", "method.", "figure.", "home.", "network.", "nav.", "indicator."]
        {
            assert!(!html.contains(&format!(">{section}")), "{path}: {section}");
        }
    }
}

#[test]
fn no_page_is_heavier_than_100_kilobytes() {
    for (path, html) in texts(&SITE, ".html") {
        assert!(html.len() <= 100_000, "{path}: {} bytes", html.len());
    }
}

#[test]
fn every_local_link_leads_to_a_file() {
    for (path, html) in texts(&SITE, ".html") {
        for attribute in ["href=\"", "src=\"", "srcset=\""] {
            for target in html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                if target.starts_with("https:") || target.starts_with("data:") {
                    continue;
                }
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let resolved = resolve(path, file);
                // The site of the tests is made without PNG files.
                if resolved.strip_suffix(".png").is_some() {
                    continue;
                }
                assert!(SITE.contains_key(&resolved), "{path}: {target}");
                if !anchor.is_empty() {
                    let page = std::str::from_utf8(&SITE[&resolved]).expect("UTF-8");
                    assert!(page.contains(&format!("id=\"{anchor}\"")), "{path}: {target}");
                }
            }
        }
    }
}

fn resolve(page: &str, target: &str) -> String {
    if target.is_empty() {
        return page.to_owned();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        if part == ".." {
            assert!(parts.pop().is_some(), "{page}: {target} leaves the site");
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[test]
fn a_network_has_a_page_and_a_file_only_when_it_may_be_shown() {
    for code in ["R0", "R4", "R6"] {
        assert!(SITE.contains_key(&format!("reseaux/{code}/index.html")), "{code}");
        assert!(SITE.contains_key(&format!("reseaux/{code}.csv")), "{code}");
    }
    assert!(!SITE.contains_key("reseaux/R5/index.html") && !SITE.contains_key("reseaux/R5.csv"));
    let fragile = std::str::from_utf8(&SITE["reseaux/R4/index.html"]).expect("UTF-8");
    assert!(fragile.contains("Effectif fragile") && fragile.contains("11\u{a0}à\u{a0}19"));
    let first = std::str::from_utf8(&SITE["reseaux/R0/index.html"]).expect("UTF-8");
    assert!(first.contains("Même secteur") && first.contains("ni plus ni moins"));
}

#[test]
fn downloads_open_in_a_spreadsheet_and_run_nothing() {
    for (path, text) in texts(&SITE, ".csv") {
        let text = text.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{path} has no byte-order mark"));
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        let mut lines = 0;
        for record in reader.records() {
            let record = record.expect("as many cells on every line");
            for cell in &record {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{path}: {cell}");
            }
            lines += 1;
        }
        assert!(lines > 5, "{path}");
        assert!(
            text.contains("Données simulées — démonstration") && text.contains("organisations volontaires")
        );
    }
    let all = std::str::from_utf8(&SITE["donnees.csv"]).expect("UTF-8");
    assert!(all.contains(&format!("'{}", FORMULA.replace('"', "\"\""))));
    assert!(all.contains(SCRIPT));
    assert!(all.contains("entre 75 et 100\u{202f}%") && all.contains(";nd;"));
}

#[test]
fn equal_publications_give_equal_files() {
    let again = fixture::write(&fixture::publication(true), Options::default().without_pdf().without_png());
    assert!(again == *SITE);
}

#[test]
fn two_codes_of_one_file_are_refused() {
    let mut publication = fixture::publication(false);
    publication.indicators[1].code = "str_important".to_owned();
    let folder = tempfile::tempdir().expect("a folder for the test");
    let error = report::write(&publication, folder.path(), Options::default()).expect_err("refused");
    assert!(matches!(error, ReportError::SameFile { .. }), "{error}");
    assert!(std::fs::read_dir(folder.path()).expect("the folder").next().is_none(), "nothing half written");
}

#[test]
fn a_code_cannot_leave_the_folder() {
    let mut publication = fixture::publication(false);
    publication.chapters[0].code = "../../dehors".to_owned();
    let files = fixture::write(&publication, Options::default().without_pdf().without_png());
    assert!(files.keys().all(|path| !path.contains("..")));
}

#[test]
fn a_network_that_may_no_longer_be_shown_leaves_no_page_behind() {
    let mut publication = fixture::publication(false);
    let options = Options::default().without_pdf().without_png();
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (page, other) =
        (folder.path().join("reseaux/R4/index.html"), folder.path().join("reseaux/R4/notes.txt"));
    report::write(&publication, folder.path(), options).expect("the report is written");
    std::fs::write(&other, "à moi").expect("a file of somebody else");
    assert!(page.exists());
    let networks =
        publication.breakdowns.iter_mut().find(|breakdown| breakdown.code == "reseau").expect("networks");
    networks.categories.iter_mut().find(|category| category.code == "R4").expect("the network").n = None;
    report::write(&publication, folder.path(), options).expect("the report is written");
    assert!(!page.exists() && !folder.path().join("reseaux/R4.csv").exists());
    assert!(other.exists());
}

#[test]
fn the_method_note_says_how_far_to_trust_the_figures() {
    let pages = texts(&SITE, ".html");
    let (_, note) = pages.iter().find(|(path, _)| *path == "methode.html").expect("a method note");
    for expected in [
        // Alpha in hundredths, the note's caution, the index made in other ways.
        "Ici\u{a0}: 0,73 avec les poids, 0,75 sans, sur 2\u{202f}410 répondantes",
        "ne le valide ni ne l’invalide",
        "44/100",
        // Weights: a quantile, one withheld, the heaviest.
        "0,83",
        "Les 5\u{202f}% de répondantes qui comptent le plus portent 14\u{202f}% du poids total.",
        "moins de 11 répondantes",
        // Non-respondents and networks.
        "Environ 0,19\u{202f}% des organisations du champ ont répondu.",
        "82\u{202f}%",
        "aucune valeur possible",
        "Peut dépasser 2 points",
        // Levels.
        "130\u{202f}% du pourcentage",
    ] {
        assert!(note.contains(expected), "{expected}");
    }
    assert!(!note.contains("Les 1\u{202f}% de répondantes"), "a share that is withheld is not spoken of");
}

#[test]
fn a_change_has_its_page_and_says_what_may_be_said_of_it() {
    let pages = texts(&SITE, ".html");
    let page = |name: &str| pages.iter().find(|(path, _)| *path == name).map(|(_, html)| html);
    let evolution = page("evolutions.html").expect("a page on change");
    for expected in [
        "Baromètre de l’ESS numérique 2024",
        "+\u{a0}4\u{a0}points",
        "▲ hausse",
        "−\u{a0}2\u{a0}points",
        "écart non établi",
        "Hausses et baisses établies\u{a0}: 1.",
        "Il n’existe que dans l’une des deux éditions.",
        "personne n’a décidé",
        "rompue par décision\u{a0}: la question a changé",
        "ne porte pas sur les mêmes catégories",
    ] {
        assert!(evolution.contains(expected), "{expected}");
    }
    assert!(page("index.html").expect("a first page").contains("href=\"evolutions.html\""));
    let mut alone = fixture::publication(true);
    alone.evolution = None;
    let site = fixture::write(&alone, Options::default().without_pdf().without_png());
    for (path, html) in texts(&site, ".html") {
        assert!(!path.ends_with("evolutions.html") && !html.contains("evolutions.html"), "{path}");
    }
}
