//! What is kept from one report to the next: nothing is drawn twice, and nothing is wrong for it.

use std::collections::BTreeMap;
use std::path::Path;

use publication::Publication;
use report::{Annexes, Kind, Options, Place, Tally, Workshop};

use crate::fixture::{self, Files};

/// Writes a publication with what was kept, and says how much was drawn.
fn write(publication: &Publication, cache: &Path, options: Options) -> (Files, BTreeMap<Kind, Tally>) {
    let workshop = Workshop::new().keeping_in(cache);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let written = report::write_in(
        publication,
        &Annexes::default(),
        &Place::default(),
        folder.path(),
        options,
        &workshop,
    )
    .expect("it is written");
    let files = written
        .files
        .iter()
        .map(|path| {
            let bytes = std::fs::read(folder.path().join(path)).expect("a listed file exists");
            (path.to_string_lossy().into_owned(), bytes)
        })
        .collect();
    (files, workshop.tally())
}

/// A small publication: one chapter of one chart, without networks.
fn small() -> Publication {
    let mut publication = fixture::publication(true);
    publication.chapters.truncate(1);
    publication.chapters[0].charts.truncate(3);
    publication.chapters[0].charts.remove(1);
    publication.profiles.clear();
    publication.breakdowns.truncate(1);
    publication
}

#[test]
fn a_changed_text_does_not_redraw_the_charts() {
    let cache = tempfile::tempdir().expect("a folder for the test");
    let options = Options::default().in_french();
    let mut publication = small();
    let (first, drawn) = write(&publication, cache.path(), options);
    let [charts, pictures, documents] = [Kind::Chart, Kind::Picture, Kind::Document].map(|kind| drawn[&kind]);
    assert!(charts.drawn >= 6 && pictures.drawn >= 4 && documents.drawn == 2, "{drawn:?}");
    let kept = |tally: Tally| Tally { drawn: 0, kept: tally.drawn + tally.kept };

    let (again, drawn) = write(&publication, cache.path(), options);
    assert!(again == first);
    assert!(drawn.values().all(|tally| tally.drawn == 0), "nothing changed: {drawn:?}");

    // A chapter's introduction is on the page and in the report, and on no chart.
    publication.chapters[0].text = Some("Un autre texte, corrigé.".to_owned());
    let (changed, drawn) = write(&publication, cache.path(), options);
    assert_eq!(drawn[&Kind::Chart], kept(charts));
    assert_eq!(drawn[&Kind::Picture], kept(pictures));
    assert_eq!(drawn[&Kind::Document], Tally { drawn: 1, kept: 1 }, "the Essentiel does not say it");
    let different: Vec<&String> = changed.keys().filter(|path| changed[*path] != first[*path]).collect();
    assert!(different.len() < 4, "{different:?}");
    for wanted in ["chapitres/place.html", "rapport.pdf"] {
        assert!(different.iter().any(|path| *path == wanted), "{wanted} in {different:?}");
    }

    // The title of one chart is on that chart alone: in two widths, and two sizes.
    publication.chapters[0].charts[1].title = "Où en sont-elles ?".to_owned();
    let (_, drawn) = write(&publication, cache.path(), options);
    assert_eq!(drawn[&Kind::Chart].drawn, 2, "{drawn:?}");
    assert_eq!(drawn[&Kind::Picture].drawn, 2, "{drawn:?}");
}

#[test]
fn whatever_changes_the_report_is_the_one_that_nothing_kept_would_give() {
    type Change = fn(&mut Publication);
    let changes: [Change; 7] = [
        |_| (),
        |publication| publication.edition.is_simulated = false,
        |publication| publication.edition.field_end = "2026-05-02".to_owned(),
        |publication| publication.indicators[0].label = "Autre libellé".to_owned(),
        |publication| publication.indicators[0].questions = vec!["Autre question ?".to_owned()],
        |publication| publication.method.n_fragile = 40,
        |publication| {
            let cells = publication.cells.clone();
            let other = publication.indicators[2].code.clone();
            for (key, cell) in &mut publication.cells {
                let mut from = key.clone();
                from.indicator.clone_from(&other);
                if let Some(found) = cells.get(&from) {
                    *cell = found.clone();
                }
            }
        },
    ];
    let cache = tempfile::tempdir().expect("a folder for the test");
    let options = Options::default().without_pdf().in_french();
    for (index, change) in changes.into_iter().enumerate() {
        let mut publication = small();
        change(&mut publication);
        let (kept, _) = write(&publication, cache.path(), options);
        let fresh = fixture::write(&publication, options);
        let different: Vec<&String> =
            fresh.keys().filter(|path| kept.get(*path) != fresh.get(*path)).collect();
        assert!(different.is_empty() && kept.len() == fresh.len(), "change {index}: {different:?}");
    }
}

#[test]
fn a_report_is_the_same_on_any_number_of_threads() {
    let publication = fixture::publication(true);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| fixture::write(&publication, Options::default().without_pdf().without_png()))
    };
    let one = on(1);
    assert!(one == on(4));
}
