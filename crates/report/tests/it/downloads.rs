//! Downloads: harmless for a spreadsheet, no number that is not displayed as one, described as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use publication::{CellKey, Crossing, Displayed, Domain, NumberShown, Publication, neutral};
use report::{Annexes, Options, Place};
use sha2::{Digest, Sha256};

use crate::fixture::{self, FORMULA, Files, SITE, texts};

type Rows = Vec<Vec<Data>>;

/// The sheets of a workbook, by name, in order.
fn sheets(bytes: &[u8]) -> Vec<(String, Rows)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    book.sheet_names()
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).expect("a sheet");
            (name, range.rows().map(<[Data]>::to_vec).collect())
        })
        .collect()
}

fn is_workbook(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|ending| ending == "xlsx")
}

fn workbooks(files: &Files) -> BTreeMap<&str, Vec<(String, Rows)>> {
    files
        .iter()
        .filter(|(path, _)| is_workbook(path))
        .map(|(path, bytes)| (path.as_str(), sheets(bytes)))
        .collect()
}

/// The cells of a table, headers among them.
fn table(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.expect("as many cells on every line").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn no_cell_and_no_header_of_a_spreadsheet_is_a_formula() {
    // Hostile labels of breakdowns and charts too, which are headers and titles.
    let mut publication = fixture::publication(true);
    for (index, start) in ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"].into_iter().enumerate() {
        publication.indicators[index].label = start.to_owned();
        publication.breakdowns[1].categories[index].label = format!("{start} réseau");
    }
    publication.breakdowns[0].label = FORMULA.to_owned();
    publication.chapters[0].title = "=chapitre!A1".to_owned();
    publication.chapters[0].charts[0].title = "Feuil1!$A$1".to_owned();
    publication.edition.title = "@titre".to_owned();
    let files = fixture::write(&publication, Options::default().without_pdf().without_png());
    let is_formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let (mut tables, mut books) = (0, 0);
    for (path, text) in texts(&files, ".csv") {
        tables += 1;
        for cell in table(text, b';').iter().flatten() {
            assert!(!is_formula(cell) && !is_formula(cell.trim_start()), "{path}: {cell:?}");
        }
    }
    for (path, sheets) in workbooks(&files) {
        books += 1;
        for (name, rows) in sheets {
            assert!(!is_formula(&name), "{path}: {name}");
            for cell in rows.iter().flatten() {
                let text = cell.to_string();
                assert!(!is_formula(&text) && !is_formula(text.trim_start()), "{path}, {name}: {text:?}");
            }
        }
    }
    assert!(tables > 5 && books > 5, "{tables} tables, {books} workbooks");
    // The frozen tables as well.
    let folder = tempfile::tempdir().expect("a folder for the test");
    publication::write(folder.path(), &publication).expect("the publication is written");
    for name in ["cells.csv", "domains.csv", "indicators.csv"] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("it was written");
        for cell in table(&text, b',').iter().flatten() {
            assert!(!is_formula(cell), "{name}: {cell:?}");
        }
    }
    assert_eq!(neutral("−1"), "−1", "a true minus is no sign for a spreadsheet");
}

/// Every number that the open tables show.
fn numbers(publication: &Publication) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for published in publication.cells.values().filter_map(|cell| cell.published()) {
        if let Displayed::Point { value, step, .. } = published.value() {
            found.extend([value.to_string(), step.to_string()]);
        }
        if let NumberShown::Rounded { value, .. } = published.n() {
            found.insert(value.to_string());
        }
        found.extend([published.interval().low.to_string(), published.interval().high.to_string()]);
    }
    found
}

/// Place of a column by its name.
fn column(header: &[Data], name: &str) -> Option<usize> {
    header.iter().position(|cell| matches!(cell, Data::String(found) if found == name))
}

#[test]
fn only_what_is_displayed_as_a_number_is_one() {
    let publication = fixture::publication(true);
    let known = numbers(&publication);
    for (path, sheets) in workbooks(&SITE) {
        for (name, rows) in sheets {
            for cell in rows.iter().flatten() {
                if let Data::Float(number) = cell {
                    assert!(known.contains(&number.to_string()), "{path}, {name}: {number}");
                }
            }
        }
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, rows) in sheets(&SITE["donnees.xlsx"]) {
        let (Some(shown), Some(number)) =
            (column(&rows[0], "valeur affichée"), column(&rows[0], "nombre affiché"))
        else {
            continue;
        };
        for row in &rows[1..] {
            let text = row[shown].to_string();
            let is_text = text.starts_with("au ") || text.starts_with("entre ") || text == "nd";
            assert_eq!(is_text, row[number] == Data::Empty, "{name}: {row:?}");
            assert_eq!(
                row[number] == Data::Empty,
                row[number + 1] == Data::Empty,
                "its step beside it: {row:?}"
            );
            assert!(matches!(row[shown], Data::String(_)), "{name}: {row:?}");
            let kind = ["au plus", "au moins", "entre", "nd"].into_iter().find(|kind| text.starts_with(kind));
            *kinds.entry(kind.unwrap_or("point")).or_default() += 1;
        }
    }
    assert_eq!(kinds.len(), 5, "every kind of figure was there: {kinds:?}");
}

#[test]
fn the_table_for_a_french_spreadsheet_has_decimal_commas_and_the_same_figures() {
    let text = std::str::from_utf8(&SITE["donnees-excel.csv"]).expect("UTF-8");
    assert!(text.starts_with('\u{feff}') && text.contains("\r\n"));
    let rows = table(text, b';');
    let place = |name: &str| rows[0].iter().position(|cell| cell == name).expect("a column");
    let (number, step, n) = (place("nombre affiché"), place("pas d’arrondi"), place("n affiché"));
    let known = numbers(&fixture::publication(true));
    let mut commas = 0;
    for row in &rows[1..] {
        for cell in [&row[number], &row[step]] {
            assert!(!cell.contains('.'), "{row:?}");
            commas += usize::from(cell.contains(','));
            let plain: Option<f64> = cell.replace(',', ".").parse().ok();
            assert!(
                cell.is_empty() || plain.is_some_and(|found| known.contains(&found.to_string())),
                "{row:?}"
            );
        }
        assert!(!row[n].contains(['\u{202f}', '\u{a0}']) || row[n].contains('à'), "{row:?}");
    }
    assert!(commas > 0, "a mean has decimals");
    // As many figures as in words.
    let words = table(std::str::from_utf8(&SITE["donnees.csv"]).expect("UTF-8"), b';');
    assert_eq!(rows.len(), words.len());
}

/// A part of a workbook, as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("a text");
    text
}

#[test]
fn a_workbook_has_a_sheet_for_each_chapter_notes_frozen_heads_and_charts_of_shown_cells() {
    let bytes = &SITE["donnees.xlsx"];
    let sheets = sheets(bytes);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.first(), Some(&"À lire"));
    assert_eq!(names.last(), Some(&"Définitions"));
    assert_eq!(names.len(), fixture::publication(true).chapters.len() + 2);
    let notes = format!("{:?}", sheets[0].1);
    for expected in ["Données simulées", "Licence Ouverte 2.0", "etalab.gouv.fr", "Au plus 5", "volontaires"]
    {
        assert!(notes.contains(expected), "{expected}");
    }
    let core = part(bytes, "docProps/core.xml");
    assert!(core.contains("2026-04-30T00:00:00Z"), "{core}");
    let sheet = part(bytes, "xl/worksheets/sheet2.xml");
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<cols>") && sheet.contains("<drawing "));
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let charts: Vec<String> =
        archive.file_names().filter(|name| name.starts_with("xl/charts/chart")).map(str::to_owned).collect();
    assert!(charts.len() > 5, "{charts:?}");
    let known = numbers(&fixture::publication(true));
    for chart in charts {
        let text = part(bytes, &chart);
        assert!(text.contains("<c:dispBlanksAs val=\"gap\"/>"), "{chart}");
        for cache in text.split("<c:numCache>").skip(1).filter_map(|rest| rest.split("</c:numCache>").next())
        {
            for value in cache.split("<c:v>").skip(1).filter_map(|rest| rest.split("</c:v>").next()) {
                let value: f64 = value.parse().expect("a number");
                assert!(known.contains(&value.to_string()), "{chart} draws {value}");
            }
        }
        assert!(!text.contains("<c:strCache/>"), "{chart}");
    }
}

#[test]
fn the_entry_of_a_catalogue_says_what_each_file_is() {
    let publication = fixture::publication(false);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let cells = publication::cells_csv(&publication);
    let workshop = report::Workshop::new().beside(BTreeMap::from([("cells.csv".to_owned(), cells.clone())]));
    let place = Place::default().at("https://exemple.test/2026");
    let options = Options::default().without_pdf().without_png().in_french();
    report::write_in(&publication, &Annexes::default(), &place, folder.path(), options, &workshop)
        .expect("the report is written");
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("it was written");
    assert_eq!(read("cells.csv"), cells, "put beside the pages as it is");
    let entry: serde_json::Value = serde_json::from_slice(&read("dcat.jsonld")).expect("JSON");
    assert_eq!(entry["@context"]["@base"], "https://exemple.test/2026/");
    let graph = entry["@graph"].as_array().expect("things");
    let of = |kind: &str| graph.iter().find(|thing| thing["@type"] == kind).expect("it is there");
    let dataset = of("dcat:Dataset");
    assert_eq!(of("dcat:Catalog")["dcat:dataset"]["@id"], dataset["@id"]);
    assert_eq!(dataset["dct:temporal"]["dcat:startDate"]["@value"], "2026-03-01");
    assert_eq!(of("foaf:Organization")["foaf:name"], "SOGA");
    let distributions = dataset["dcat:distribution"].as_array().expect("files");
    let names: Vec<&str> =
        distributions.iter().filter_map(|file| file["dcat:downloadURL"]["@id"].as_str()).collect();
    assert_eq!(names, ["cells.csv", "donnees.xlsx", "donnees-excel.csv", "donnees.csv", "dictionnaire.csv"]);
    for (name, file) in names.iter().zip(distributions) {
        let bytes = read(name);
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(file["dcat:byteSize"]["@value"], bytes.len().to_string(), "{name}");
        assert_eq!(file["spdx:checksum"]["spdx:checksumValue"]["@value"], digest, "{name}");
        assert_eq!(file["dct:license"]["@id"], publication::LICENCE_ADDRESS, "{name}");
    }
}

#[test]
fn the_dictionary_says_what_every_column_and_code_is() {
    let publication = fixture::publication(true);
    let rows = table(std::str::from_utf8(&SITE["dictionnaire.csv"]).expect("UTF-8"), b';');
    let has = |of: &str, name: &str| {
        let name = neutral(name).into_owned();
        let row = rows.iter().find(|row| row[0] == of && row[1] == name);
        row.is_some_and(|row| !row[3].is_empty() && row[3] != row[1])
    };
    let own = table(std::str::from_utf8(&SITE["donnees-excel.csv"]).expect("UTF-8"), b';');
    for name in own[0].iter().filter(|name| *name != "avertissement") {
        assert!(has("donnees-excel.csv", name), "{name}");
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    publication::write(folder.path(), &publication).expect("the publication is written");
    for file in ["cells.csv", "domains.csv", "indicators.csv"] {
        let text = std::fs::read_to_string(folder.path().join(file)).expect("it was written");
        let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
        let described: Vec<String> =
            rows.iter().filter(|row| row[0] == file).map(|row| row[1].clone()).collect();
        assert_eq!(described, header, "{file}");
    }
    for breakdown in &publication.breakdowns {
        for category in &breakdown.categories {
            assert!(has(&format!("d_{}", breakdown.code), &category.code), "{}", category.code);
        }
    }
    for indicator in &publication.indicators {
        assert!(has("indicator", &indicator.code), "{}", indicator.code);
    }
    let page = std::str::from_utf8(&SITE["donnees.html"]).expect("UTF-8");
    assert!(page.contains("href=\"donnees.xlsx\"") && page.contains("<td>ci_lo</td>"));
}

/// The publication with its first networks crossed by size.
pub fn crossed() -> Publication {
    let mut publication = fixture::publication(true);
    publication.release.crossings =
        vec![Crossing { breakdown: "reseau".to_owned(), by: "taille4".to_owned() }];
    let mut size = publication.breakdowns[0].clone();
    "taille4".clone_into(&mut size.code);
    let cells: Vec<_> = publication
        .cells
        .iter()
        .filter_map(|(key, cell)| match &key.domain {
            Domain::Of { breakdown, category } if breakdown == "taille" => {
                Some((category.clone(), key.indicator.clone(), cell.clone()))
            }
            _ => None,
        })
        .collect();
    for (category, indicator, cell) in cells {
        let mut put =
            |domain| publication.cells.insert(CellKey { domain, indicator: indicator.clone() }, cell.clone());
        put(Domain::of("taille4", &category));
        put(Domain::crossed(("reseau", "R0"), ("taille4", &category)));
    }
    publication.breakdowns.push(size);
    publication
}

#[test]
fn the_files_of_a_network_hold_cells_of_the_open_tables_alone() {
    let publication = crossed();
    let files = fixture::write(&publication, Options::default().without_pdf().without_png());
    let known = numbers(&publication);
    for code in ["R0", "R1", "R4", "R6"] {
        let (book, text) = (&files[&format!("reseaux/{code}.xlsx")], &files[&format!("reseaux/{code}.csv")]);
        let sheets = sheets(book);
        for cell in sheets.iter().flat_map(|(_, rows)| rows).flatten() {
            if let Data::Float(number) = cell {
                assert!(known.contains(&number.to_string()), "{code}: {number}");
            }
        }
        // As many rows in both.
        let rows = table(std::str::from_utf8(text).expect("UTF-8"), b';');
        let figures: usize = sheets
            .iter()
            .skip(1)
            .filter(|(_, rows)| column(&rows[0], "indicateur").is_some())
            .map(|(_, rows)| {
                let compared =
                    rows[0].iter().filter(|cell| cell.to_string().ends_with("valeur affichée")).count();
                (rows.len() - 1) * compared
            })
            .sum();
        assert_eq!(figures, rows.len() - 3, "{code}: header, notice and source");
        // Scores are set beside those of the same size alone.
        let (set, compared) = (&rows[0][0], rows.iter().filter(|row| row[0] == "Scores de maturité"));
        let columns: std::collections::BTreeSet<&String> = compared.map(|row| &row[3]).collect();
        assert_eq!(columns.len(), 1, "{code}, {set}: {columns:?}");
        let notes = format!("{:?}", sheets[0].1);
        assert_eq!(notes.contains("donnés seuls"), code != "R0", "{code}");
        assert!(notes.contains("ne s’additionnent pas") && notes.contains("ni plus ni moins"), "{code}");
    }
    let own = std::str::from_utf8(&files["reseaux/R0.csv"]).expect("UTF-8");
    assert!(own.contains("Scores à taille égale\u{a0}: 50 salariés et plus"), "{own}");
    assert!(!files.contains_key("reseaux/R5.xlsx"), "eight members are not shown");
}

#[test]
fn what_may_be_said_of_a_network_is_three_sentences_and_a_gap_only_where_it_was_tested() {
    let page = std::str::from_utf8(&SITE["reseaux/R6/index.html"]).expect("UTF-8");
    let said = page.split("Ce que vous pouvez en dire").nth(1).expect("sentences");
    let said: Vec<&str> = said.split("</ul>").next().expect("a list").split("<li>").skip(1).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    for sentence in &said {
        assert!(sentence.contains("n\u{a0}="), "{sentence}");
    }
    let is_marked = page.contains("▲ au-dessus") || page.contains("▼ au-dessous");
    let is_said =
        said.iter().any(|sentence| sentence.contains("c’est plus") || sentence.contains("c’est moins"));
    assert_eq!(is_marked, is_said, "{said:?}");
    assert!(is_marked, "thirteen points under all, on four hundred respondents");
    assert!(page.contains("▼ au-dessous de l’ensemble") && page.contains("c’est moins que parmi l’ensemble"));
    let fragile = std::str::from_utf8(&SITE["reseaux/R4/index.html"]).expect("UTF-8");
    assert!(
        !fragile.contains("▲ au-dessus") && !fragile.contains("▼ au-dessous"),
        "a fragile figure proves nothing"
    );
}
