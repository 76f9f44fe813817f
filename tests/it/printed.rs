//! The documents on paper of a publication, read by Poppler: how many pages, tagged, whose every page says that it is
//! simulated, and none of whose words leaves its page.

use std::path::Path;

use end_to_end::poppler;

/// Pages of the whole report.
const REPORT_PAGES: std::ops::RangeInclusive<u32> = 40..=60;

/// Pages of the pack of a network.
const PACK_PAGES: std::ops::RangeInclusive<u32> = 8..=10;

/// A4 in points, and the least margin on each side.
const PAGE: (f64, f64) = (595.28, 841.89);
/// What every printer can print, in points: five millimetres from the edge.
const MARGIN: f64 = 14.0;

/// Checks the documents of a site whose edition is simulated.
pub fn check(site: &Path) {
    let pages = ["essentiel.pdf", "essentiel-en.pdf", "rapport.pdf"].map(|name| document(&site.join(name)));
    assert_eq!(pages[..2], [4, 4], "the Essentiel has four pages");
    assert!(REPORT_PAGES.contains(&pages[2]), "the report has {} pages", pages[2]);
    let english = poppler("pdftotext", &["-raw"], &site.join("essentiel-en.pdf"));
    for wanted in
        ["Twelve key figures", "How to read these figures", "Confidentiality", "The method in brief"]
    {
        assert!(english.contains(wanted), "the Essentiel in English does not say “{wanted}”");
    }
    let networks = std::fs::read_dir(site.join("reseaux")).expect("some networks are shown");
    let packs = networks.map(|entry| entry.expect("a folder says what it holds").path());
    let packs: Vec<_> = packs.filter(|path| path.extension().is_some_and(|ending| ending == "pdf")).collect();
    assert!(!packs.is_empty(), "no network has a pack");
    for pack in packs {
        let pages = document(&pack);
        assert!(PACK_PAGES.contains(&pages), "{} has {pages} pages", pack.display());
    }
    let report = site.join("rapport.pdf");
    let tags = poppler("pdfinfo", &["-struct"], &report);
    for tag in ["TOC", "H1", "H2", "Figure", "Caption", "Table", "TH", "L (block)", "P (block)"] {
        assert!(tags.contains(tag), "the report has no {tag}");
    }
    let words = poppler("pdftotext", &["-raw"], &report);
    for wanted in ["Sommaire", "Glossaire", "13. Financement", "le questionnaire et ses codes", "org_statut"]
    {
        assert!(words.contains(wanted), "the report does not say « {wanted} »");
    }
}

/// What is true of every document; the number of its pages.
fn document(pdf: &Path) -> u32 {
    let name = pdf.display();
    let about = poppler("pdfinfo", &[], pdf);
    let said = |key: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_else(|| panic!("{name}: no {key} in {about}")).trim().to_owned()
    };
    assert_eq!(said("Tagged:"), "yes", "{name}");
    assert!(said("Page size:").contains("A4"), "{name}");
    let pages: u32 = said("Pages:").parse().expect("a number of pages");
    let text = poppler("pdftotext", &[], pdf);
    for (index, page) in text.trim_end_matches('\u{c}').split('\u{c}').enumerate() {
        assert!(page.to_lowercase().contains("simul"), "{name}, page {}: {page}", index + 1);
    }
    let fonts = poppler("pdffonts", &[], pdf);
    for line in fonts.lines().skip(2) {
        assert!(line.contains("Inter") && line.contains(" yes yes "), "{name}: not embedded: {line}");
    }
    stays_on_its_page(pdf);
    pages
}

/// Every word stands within the margins of its page.
fn stays_on_its_page(pdf: &Path) {
    let boxes = poppler("pdftotext", &["-bbox"], pdf);
    let mut page = 0;
    for line in boxes.lines() {
        page += u32::from(line.trim_start().starts_with("<page"));
        let Some(word) = line.trim_start().strip_prefix("<word") else { continue };
        let edge = |name: &str| -> f64 {
            let value = word.split_once(name).and_then(|(_, rest)| rest.split('"').nth(1));
            value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {line}"))
        };
        let is_inside = edge("xMin") >= MARGIN
            && edge("xMax") <= PAGE.0 - MARGIN
            && edge("yMin") >= MARGIN
            && edge("yMax") <= PAGE.1 - MARGIN;
        assert!(is_inside, "{}, page {page}: {line} leaves its page", pdf.display());
    }
    assert!(page > 0, "{} has no page", pdf.display());
}
