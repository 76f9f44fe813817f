//! The PDF.

use report::Options;

use crate::fixture;

#[test]
fn the_pdf_is_tagged_in_french_and_the_same_twice() {
    let publication = fixture::publication(true);
    let options = Options::default().without_png();
    let first = fixture::write(&publication, options);
    let pdf = &first["rapport.pdf"];
    assert!(pdf.starts_with(b"%PDF-1."));
    let contains = |needle: &[u8]| pdf.windows(needle.len()).any(|window| window == needle);
    assert!(contains(b"/MarkInfo") && contains(b"/Lang") && contains(b"pdfuaid"));
    let second = fixture::write(&publication, options);
    assert!(second["rapport.pdf"] == *pdf);
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
    assert!(files["rapport.pdf"].starts_with(b"%PDF-1."));
    assert!(files.contains_key("index.html"));
}
