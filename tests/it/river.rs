//! The river on simulated organisations, and the check of a definition, by the commands of the README.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use end_to_end::{barometre, workspace};

use crate::definition::EDITION;

/// Organisations of the small demonstration.
const ORGANISATIONS: &str = "300";

/// Columns of `cells.csv` that say what a cell is, and not what it holds.
const KEYS: [&str; 6] = ["channel", "table_id", "edition", "indicator", "category", "suppressed"];

fn run(command: &mut Command) -> Output {
    command.output().expect("the binary can be run")
}

fn assert_done(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// Every file under a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("a folder says what it holds").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("the file can be read");
                let name = path.strip_prefix(folder).expect("the file is under the folder").to_path_buf();
                files.insert(name, bytes);
            }
        }
    }
    files
}

fn ends(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

#[test]
fn the_demonstration_runs_the_whole_river_says_that_it_is_simulated_and_repeats_itself_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let data = folder.path().join("demo");
    let mut demo = barometre();
    demo.args(["demo", "--responses", ORGANISATIONS, "--seed", "1", "--no-serve", "--dir"]).arg(&data);
    let printed = assert_done(&run(&mut demo));

    let publication = data.join("publications").join(EDITION);
    let made = files(&publication);
    says_where_everything_is(&printed, &data);
    for wanted in ["publication.json", "cells.csv", "annexes.json", "site/index.html", "site/rapport.pdf"] {
        assert!(made.contains_key(Path::new(wanted)), "there is no {wanted} among {:?}", made.keys());
    }
    for extension in ["html", "svg", "png", "pdf", "csv", "css", "xlsx", "jsonld", "parquet"] {
        assert!(made.keys().any(|path| ends(path, extension)), "there is no .{extension}");
    }
    says_that_it_is_simulated(&made);
    crate::access::published::assert_readable(&data);
    tells_nothing_of_hidden_cells(&publication.join("cells.csv"));
    crate::printed::check(&publication.join("site"));

    for_the_software_of_others(&publication.join("site"));

    // Again, on another number of threads, with nothing kept.
    for threads in ["1", "3"] {
        fs::remove_dir_all(data.join("cache")).expect("what was kept can be thrown away");
        for command in ["analyse", "report"] {
            let mut again = barometre();
            again.args([command, EDITION, "--dir"]).arg(&data);
            again.env("POLARS_MAX_THREADS", threads).env("RAYON_NUM_THREADS", threads);
            assert_done(&run(&mut again));
        }
        let remade = files(&publication);
        assert!(remade.keys().eq(made.keys()), "other files were made on {threads} threads");
        let changed: Vec<_> = made.iter().filter(|(path, bytes)| remade.get(*path) != Some(*bytes)).collect();
        let changed: Vec<_> = changed.into_iter().map(|(path, _)| path).collect();
        assert!(changed.is_empty(), "on {threads} threads these files have other bytes: {changed:?}");
    }
    it_withstands_an_attack_and_shows_what_was_changed(&data, &publication);
    a_real_edition_is_computed_from_one_extract_for_ever(&data);
}

/// Leaves the downloads where `tests/packs/run` finds them.
fn for_the_software_of_others(site: &Path) {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("downloads");
    // Those of an earlier run say nothing of this one.
    let _ = fs::remove_dir_all(&place);
    for (name, bytes) in files(site) {
        let is_page =
            ["html", "svg", "png", "pdf", "css", "woff2"].into_iter().any(|ending| ends(&name, ending));
        if !is_page {
            let path = place.join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
            fs::write(path, bytes).expect("a file can be written");
        }
    }
    assert!(place.join("datapackage.json").is_file() && place.join("donnees.xlsx").is_file());
}

/// What was published is what the answers give; a page changed by hand is not, and nothing small is found out.
fn it_withstands_an_attack_and_shows_what_was_changed(data: &Path, publication: &Path) {
    let verify = || {
        let mut verify = barometre();
        verify.arg("verify").arg(publication).arg("--extract").arg(data.join("extracts").join(EDITION));
        run(&mut verify)
    };
    let said = assert_done(&verify());
    assert!(said.contains("byte for byte, what the extract gives"), "{said}");
    let page = publication.join("site/index.html");
    let whole = fs::read(&page).expect("the page can be read");
    fs::write(&page, [whole.as_slice(), b"<p>99,9 %</p>"].concat()).expect("the page can be written");
    let found = verify();
    let said = String::from_utf8_lossy(&found.stderr).into_owned();
    assert_eq!(found.status.code(), Some(1), "{said}");
    assert!(said.contains("index.html was changed"), "{said}");
    fs::write(&page, whole).expect("the page can be written");
    let said = assert_done(&run(barometre().arg("audit").arg(publication)));
    assert!(said.contains(": 0 serious claims"), "{said}");
}

/// The difference between two publications is the answers of whoever came or left in between.
fn a_real_edition_is_computed_from_one_extract_for_ever(data: &Path) {
    let sql = |name: &str| {
        let script = workspace().join("tests/it/sql").join(name);
        let read = format!(".read {}", script.display());
        assert_done(&run(Command::new("sqlite3").arg("-bail").arg(data.join("responses.sqlite")).arg(read)));
    };
    let barometre = |command: &str| run(barometre().args([command, EDITION, "--dir"]).arg(data));
    let publication = data.join("publications").join(EDITION);
    sql("collected.sql");
    fs::remove_dir_all(&publication).expect("the simulated publication can be thrown away");
    assert_done(&barometre("freeze"));
    assert_done(&barometre("analyse"));
    let made = files(&publication);
    assert_done(&barometre("analyse"));
    crate::beside::a_result_stands_beside(&publication);

    // Somebody leaves after the publication, and somebody freezes again.
    sql("somebody_leaves.sql");
    let refused = |command: &str, why: &str| {
        let output = barometre(command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(why), "{said}");
    };
    refused("freeze", "is already published");
    assert_done(&barometre("analyse"));

    // Nor when the extract was made again behind the publication's back.
    let aside = data.join("aside");
    fs::rename(&publication, &aside).expect("a folder can be moved");
    assert_done(&barometre("freeze"));
    fs::rename(&aside, &publication).expect("a folder can be moved back");
    refused("analyse", "already published from another extract");
    assert!(files(&publication) == made, "the publication was touched");
}

/// The last lines name what was made, and what they name exists.
fn says_where_everything_is(printed: &str, data: &Path) {
    let tail: Vec<&str> = printed.lines().rev().take(8).collect();
    let data = data.to_string_lossy();
    let named: Vec<&str> = tail
        .iter()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with(&*data)))
        .collect();
    assert!(named.len() >= 4, "responses, extract, publication, site: {printed}");
    for path in &named {
        assert!(Path::new(path).exists(), "`{path}` is named and does not exist");
    }
    for wanted in ["index.html", "rapport.pdf"] {
        assert!(named.iter().any(|path| path.ends_with(wanted)), "where is {wanted}? {printed}");
    }
}

fn says_that_it_is_simulated(made: &BTreeMap<PathBuf, Vec<u8>>) {
    for (path, bytes) in made {
        if ends(path, "html") || ends(path, "svg") {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            assert!(text.contains("simul"), "{} does not say that it is simulated", path.display());
        }
    }
}

/// A share of 0 or 100 speaks of everyone, and a hidden cell that says anything is not hidden.
fn tells_nothing_of_hidden_cells(path: &Path) {
    let mut reader = csv::Reader::from_path(path).expect("cells.csv can be read");
    let headers = reader.headers().expect("cells.csv has a first line").clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.unwrap_or_else(|| panic!("cells.csv has no column `{name}`: {headers:?}"))
    };
    let [estimate, suppressed, se, population] = ["estimate", "suppressed", "se", "pop"].map(column);
    let (mut shown, mut hidden) = (0, 0);
    for record in reader.records() {
        let record = record.expect("every line has every column");
        let figures = headers.iter().zip(&record).filter(|(header, _)| {
            !KEYS.contains(header) && !header.starts_with("d_") && *header != "estimate"
        });
        if &record[estimate] == "nd" {
            hidden += 1;
            assert_eq!(&record[suppressed], "1", "{record:?}");
            for (header, value) in figures {
                assert!(value.is_empty(), "a hidden cell says `{header}` = {value}: {record:?}");
            }
        } else {
            shown += 1;
            assert_eq!(&record[suppressed], "0", "{record:?}");
            assert!(!["", "0", "100"].contains(&&record[estimate]), "{record:?}");
            // A population is a public total that weights were given: of all, and with or without employees.
            let is_total = headers
                .iter()
                .zip(&record)
                .all(|(header, code)| !header.starts_with("d_") || code == "_T" || header == "d_employeur");
            assert!(record[se].is_empty() && (record[population].is_empty() || is_total), "{record:?}");
        }
    }
    assert!(shown > 100, "{shown} cells are shown");
    assert!(
        hidden > 100,
        "{hidden} cells are hidden: the rule was not applied to three hundred organisations"
    );
}

#[test]
fn the_definition_of_the_edition_has_no_problem() {
    let mut check = barometre();
    check.args(["check", "surveys/maturite-numerique/2026"]);
    let printed = assert_done(&run(&mut check));
    assert!(printed.contains("62 questions"), "{printed}");
    // By its code as well.
    assert_done(&run(barometre().args(["check", EDITION])));
}

#[test]
fn every_fault_of_a_definition_is_named_at_its_place_in_one_run() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    copy(&workspace().join("surveys"), &folder.path().join("surveys"));
    let file = folder.path().join("surveys/maturite-numerique/2026/questionnaire.toml");
    let mut text = fs::read_to_string(&file).expect("the definition is text");
    // An unknown code, a question asked later, an error of types.
    let faults = [
        ("acc_experience in {oui_12m,oui_avant}", "acc_experience in {oui_12m,oui_avan}", "oui_avan"),
        ("usg_part_ligne in {p1_10,p10_50,gt50}", "res_libre in {non}", "res_libre"),
        ("count(frn_liste) >= 2", "frn_liste >= 2", "frn_liste"),
    ];
    for (right, wrong, _) in faults {
        let condition = format!("show_if = \"{right}\"");
        assert_eq!(text.matches(&condition).count(), 1, "{right} is where it was");
        text = text.replace(&condition, &format!("show_if = \"{wrong}\""));
    }
    fs::write(&file, &text).expect("the copy can be written");

    let mut check = barometre();
    check.current_dir(folder.path()).args(["check", "surveys/maturite-numerique/2026"]);
    let output = run(&mut check);
    assert_eq!(output.status.code(), Some(1), "a fault of the input");
    let printed =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    // Long lines are folded for reading, with a bar before each.
    let squeezed: String =
        printed.chars().filter(|&letter| !letter.is_whitespace() && letter != '│').collect();
    for (_, wrong, underlined) in faults {
        let line = text.lines().position(|line| line.contains(wrong)).expect("the fault is there") + 1;
        let place = format!("2026/questionnaire.toml:{line}:");
        assert!(squeezed.contains(&place), "`{wrong}` is not named at {place} in:\n{printed}");
        assert_underlined(&printed, &format!("show_if = \"{wrong}\""), underlined);
    }
    assert!(printed.contains("3 problems"), "{printed}");
}

/// The source line is shown, and below it a mark as long as the text and under it.
fn assert_underlined(printed: &str, source: &str, text: &str) {
    let mut lines = printed.lines();
    let line = lines
        .find(|line| line.contains(source))
        .unwrap_or_else(|| panic!("`{source}` not shown in:\n{printed}"));
    let below: Vec<char> = lines.next().unwrap_or_default().chars().collect();
    let start =
        line.find(source).expect("the line holds it") + source.find(text).expect("the source holds it");
    let column = line[..start].chars().count();
    let marks = below.iter().skip(column).take(text.chars().count());
    let is_marked =
        marks.clone().count() == text.chars().count() && marks.clone().all(|mark| "─┬^~-".contains(*mark));
    assert!(is_marked, "`{text}` is not underlined in:\n{printed}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the copy can be made");
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the copy can be made");
        fs::write(path, bytes).expect("the copy can be written");
    }
}
