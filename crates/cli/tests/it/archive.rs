//! An archive made by the real binary, read again by the programs that it is for.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use extract::ExtractRecord;
use questionnaire::{Answer, BreakdownVariable, Category, Edition, Subject};

use crate::sample::{edition, freeze, records};
use crate::{barometre, refused};

/// Organisations of the sample: enough for the margins.
const ORGANISATIONS: usize = 400;

/// An archive, made once.
struct Archive {
    edition: Edition,
    records: Vec<ExtractRecord>,
    data: tempfile::TempDir,
    printed: String,
}

static ARCHIVE: LazyLock<Archive> = LazyLock::new(|| {
    let edition = edition();
    let records = records(&edition, ORGANISATIONS);
    let data = tempfile::tempdir().unwrap();
    freeze(&edition, &records, data.path());
    let out = data.path().join("archive");
    let arguments =
        ["export", "archive", "2026", "--dir", data.path().to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = barometre(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Archive { edition, records, printed: String::from_utf8(output.stdout).unwrap(), data }
});

/// A CSV file by column: the values, in the order of the rows.
fn columns(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |at: usize| rows.iter().map(|row| row[at].to_owned()).collect();
    header.iter().enumerate().map(|(at, name)| (name.to_owned(), column(at))).collect()
}

impl Archive {
    fn file(&self, name: &str) -> std::path::PathBuf {
        self.data.path().join("archive").join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// A copy of the folder, for programs that write into it.
    fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.data.path().join("archive")).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        folder
    }

    /// Both data files as one: `derived.csv` joined to the responses, blank where there is no line.
    fn joined(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = columns(&self.file("responses.csv"));
        let derived = columns(&self.file("derived.csv"));
        let row_of: BTreeMap<&String, usize> =
            derived["id"].iter().enumerate().map(|(row, id)| (id, row)).collect();
        let rows: Vec<Option<usize>> = all["id"].iter().map(|id| row_of.get(id).copied()).collect();
        for (name, values) in derived.iter().filter(|(name, _)| *name != "id") {
            let value = |row: &Option<usize>| row.map_or_else(String::new, |row| values[row].clone());
            all.insert(name.clone(), rows.iter().map(value).collect());
        }
        all
    }

    /// The categories of the derived variables that have some, by name; those of a breakdown serve the variable that
    /// makes it.
    fn derived_categories(&self) -> BTreeMap<String, Vec<Category>> {
        let variables = self.edition.derived.iter().enumerate();
        variables
            .map(|(index, derived)| {
                let made = BreakdownVariable::Partition(Subject::Derived(index));
                let breakdown =
                    self.edition.plan.breakdowns.iter().find(|breakdown| breakdown.variable == made);
                let categories = match breakdown {
                    Some(breakdown) if derived.categories.is_empty() => &breakdown.categories,
                    _ => &derived.categories,
                };
                (format!("derived.{}", derived.name), categories.clone())
            })
            .filter(|(_, categories)| !categories.is_empty())
            .collect()
    }
}

/// The code that a record answers to a question.
fn code(record: &ExtractRecord, question: &str) -> Option<String> {
    match record.answers.get(question) {
        Some(Answer::Text(code)) => Some(code.clone()),
        _ => None,
    }
}

/// Runs a program in a folder. R is run in the language C, where it must find its way without UTF-8; PSPP writes in the
/// encoding of the machine.
fn run(program: &str, package: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", if program == "pspp" { "C.UTF-8" } else { "C" })
        .env("HOME", folder)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (Debian: apt-get install {package})"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, failed) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{program}: {said}{failed}");
    said
}

/// Whether two fields hold the same: the same text, or numbers that are nearly equal.
fn is_same(found: &str, expected: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match (number(found), number(expected)) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

#[test]
fn the_folder_holds_what_the_readme_lists_and_nothing_personal() {
    let archive = &*ARCHIVE;
    let mut names: Vec<String> = std::fs::read_dir(archive.data.path().join("archive"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "LISEZMOI.txt",
        "codebook.json",
        "codebook.xml",
        "derived.csv",
        "import.R",
        "import.do",
        "import.sps",
        "manifest.json",
        "names.csv",
        "responses.csv",
    ];
    assert_eq!(names, expected);
    let readme = archive.text("LISEZMOI.txt");
    for name in expected.iter().filter(|name| **name != "LISEZMOI.txt") {
        assert!(readme.contains(name), "{name} is not in the readme");
        for secret in ["Texte à ne pas garder", "personne@example.org", "83908523000028"] {
            assert!(!archive.text(name).contains(secret), "{secret} in {name}");
        }
    }
    assert!(
        archive.printed.contains(&format!("{ORGANISATIONS} rows"))
            && archive.printed.contains("confidential")
    );
    assert!(!archive.printed.contains("no weights"), "{}", archive.printed);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(archive.data.path().join("archive")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[test]
fn the_codebook_names_every_column_and_the_digests_of_the_files() {
    let archive = &*ARCHIVE;
    let codebook = archive.text("codebook.xml");
    for file in ["responses.csv", "derived.csv"] {
        let bytes = std::fs::read(archive.file(file)).unwrap();
        assert!(codebook.contains(&extract::sha256(&bytes)), "{file}");
        for name in columns(&archive.file(file)).keys() {
            assert!(codebook.contains(&format!("name=\"{name}\"")), "{name}");
        }
    }
    let english = archive.edition.localised("en").expect("the edition has an English version");
    let question = &english.questionnaire.question("str_maturite").unwrap().text;
    let literal = format!("<qstnLit xml:lang=\"en\">{}", question.replace('\'', "&apos;"));
    assert!(codebook.contains(&literal), "{literal}");
    assert!(codebook.contains("wgt=\"wgt\"") && codebook.contains("<catStat"));
    let shown: Vec<&str> = codebook.split("<catStat type=\"percent\"").skip(1).collect();
    assert!(shown.len() > 50, "{} shares", shown.len());
    for share in shown {
        let share = share.split_once('>').unwrap().1.split_once('<').unwrap().0;
        let value: f64 = share.trim_start_matches(['≤', '≥', ' ']).parse().unwrap_or(50.0);
        assert!(value > 0.0 && value < 100.0 && value.fract() == 0.0, "{share}");
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exchange/tests/fixtures/ddi/codebook.xsd");
    let codebook = archive.file("codebook.xml");
    let arguments = ["--noout", "--nonet", "--schema", schema.to_str().unwrap(), codebook.to_str().unwrap()];
    run("xmllint", "libxml2-utils", &arguments, archive.data.path());
}

#[test]
fn the_codebook_alone_describes_the_frozen_file() {
    let archive = &*ARCHIVE;
    let dir = archive.data.path().to_str().unwrap();
    let output = barometre(&["export", "ddi", "2026", "--dir", dir]);
    assert!(output.status.success());
    let codebook = String::from_utf8(output.stdout).unwrap();
    let parquet = std::fs::read(archive.data.path().join("extracts/2026/responses.parquet")).unwrap();
    assert!(codebook.contains(&extract::sha256(&parquet)) && codebook.contains("responses.parquet"));
    assert!(codebook.contains("Aucune variable de poids") && codebook.contains("name=\"derived.famille\""));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.xml");
    let said = barometre(&["export", "ddi", "2026", "--dir", dir, "--out", file.to_str().unwrap()]);
    assert!(said.status.success() && String::from_utf8(said.stdout).unwrap().contains("variables in"));
    assert_eq!(std::fs::read_to_string(file).unwrap(), codebook);
}

#[test]
fn an_archive_is_never_written_over_another() {
    let archive = &*ARCHIVE;
    let dir = archive.data.path().to_str().unwrap();
    let out = archive.data.path().join("archive");
    refused(
        &["export", "archive", "2026", "--dir", dir, "--out", out.to_str().unwrap()],
        &["is not empty", "--out"],
    );
    let empty = tempfile::tempdir().unwrap();
    let dir = empty.path().to_str().unwrap();
    refused(&["export", "ddi", "2026", "--dir", dir], &["there is no extract", "barometre freeze"]);
}

/// What R writes of the data set: every variable turned back into the codes of the file, and what R knows of some.
const R_CHECK: &str = r#"
source("import.R")
lines <- c(
  nrow(responses),
  paste(levels(responses[["str_importance"]]), collapse = "|"),
  attr(responses[["str_importance"]], "label"),
  sum(responses[["weight"]], na.rm = TRUE),
  paste(table(na_reason("ia_finalites.communication")), collapse = "|")
)
codes <- attr(responses[["str_importance"]], "codes")
table <- table(responses[["org_statut"]], responses[["str_importance"]])
row <- which(attr(responses[["org_statut"]], "codes") == "asso_1901")
lines <- c(lines, paste(codes, table[row, ], sep = "=", collapse = "|"))
back <- lapply(responses, function(x) {
  if (is.factor(x)) attr(x, "codes")[as.integer(x)]
  else if (is.logical(x)) as.character(as.integer(x))
  else if (is.numeric(x)) format(x, digits = 15, trim = TRUE, scientific = FALSE)
  else x
})
back <- lapply(seq_along(back), function(i) { y <- as.character(back[[i]]); y[is.na(responses[[i]])] <- ""; y })
names(back) <- names(responses)
write.csv(as.data.frame(back, check.names = FALSE), "back.csv", row.names = FALSE, fileEncoding = "UTF-8")
file <- file("said.txt", "wb")
writeLines(enc2utf8(as.character(lines)), file, useBytes = TRUE)
close(file)
"#;

#[test]
fn r_reads_the_archive_as_it_is() {
    let archive = &*ARCHIVE;
    let folder = archive.copy();
    std::fs::write(folder.path().join("check.R"), R_CHECK).unwrap();
    run("Rscript", "r-base-core", &["--vanilla", "check.R"], folder.path());
    let said = std::fs::read_to_string(folder.path().join("said.txt")).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said[0], ORGANISATIONS.to_string());
    let question = archive.edition.questionnaire.question("str_importance").unwrap();
    let labels: Vec<&str> = question.options().iter().map(|option| option.label.as_str()).collect();
    assert_eq!(said[1], labels.join("|"));
    assert_eq!(said[2], question.text);
    let total: f64 = archive.edition.plan.calibration.iter().map(|group| group.total).sum();
    assert!((said[3].parse::<f64>().unwrap() / total - 1.0).abs() < 1e-6, "{}", said[3]);

    // Purposes of AI: asked of those who use it, and who went so far; the sample leaves one in ten blank.
    let submitted =
        || archive.records.iter().filter(|record| record.state == extract::RecordState::Submitted);
    let uses =
        |record: &&ExtractRecord| matches!(code(record, "ia_usage").as_deref(), Some("cadre" | "informel"));
    let asked = submitted().filter(uses).count();
    let blank =
        submitted().filter(uses).filter(|record| record.answers.get("ia_finalites").is_none()).count();
    assert!(asked > blank && blank > 0);
    assert_eq!(said[4], format!("{}|{blank}", ORGANISATIONS - asked));

    // Of the associations, how many gave each answer. Those who stopped before the question are not asked.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in submitted().filter(|record| code(record, "org_statut").as_deref() == Some("asso_1901")) {
        *counts.entry(code(record, "str_importance").unwrap_or_default()).or_insert(0) += 1;
    }
    let codes = question.options().iter().map(|option| option.code.as_str());
    let expected: Vec<String> =
        codes.map(|code| format!("{code}={}", counts.get(code).copied().unwrap_or(0))).collect();
    assert_eq!(said[5], expected.join("|"));

    let back = columns(&folder.path().join("back.csv"));
    let expected = archive.joined();
    assert!(back.keys().eq(expected.keys()), "the columns are those of the files");
    for (name, values) in &expected {
        for (row, (found, expected)) in back[name].iter().zip(values).enumerate() {
            assert!(is_same(found, expected), "{name}, row {row}: {found:?} (expected {expected:?})");
        }
    }
}

/// What PSPP writes of the data set it made: codes, then labels, then what it knows of the variables.
const PSPP_CHECK: &str = "GET FILE='responses.sav'.
SAVE TRANSLATE /OUTFILE='values.csv' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /REPLACE.
SAVE TRANSLATE /OUTFILE='labels.csv' /TYPE=CSV /FIELDNAMES /CELLS=LABELS /REPLACE.
DISPLAY DICTIONARY /VARIABLES=str_importance org_salaries.
";

#[test]
fn pspp_reads_the_archive_and_writes_it_as_sav() {
    let archive = &*ARCHIVE;
    let folder = archive.copy();
    let said = run("pspp", "pspp", &["import.sps"], folder.path());
    assert!(!said.contains("error:") && !said.contains("warning:"), "{said}");
    std::fs::write(folder.path().join("check.sps"), PSPP_CHECK).unwrap();
    run("pspp", "pspp", &["-O", "format=csv", "-o", "dictionary.csv", "check.sps"], folder.path());
    let said = std::fs::read_to_string(folder.path().join("dictionary.csv")).unwrap();
    let question = archive.edition.questionnaire.question("str_importance").unwrap();
    for wanted in [question.text.as_str(), "Indispensable", "Question non posée"] {
        assert!(said.contains(wanted), "{wanted} is not in {said}");
    }

    let values = columns(&folder.path().join("values.csv"));
    let labels = columns(&folder.path().join("labels.csv"));
    let expected = archive.joined();
    let names = columns(&archive.file("names.csv"));
    let short: BTreeMap<&String, &String> = names["name"].iter().zip(&names["short_name"]).collect();
    assert_eq!(values.len(), expected.len());
    let derived = archive.derived_categories();
    let codes = BTreeMap::from([("-8", "Question non posée"), ("-9", "Sans réponse")]);
    let path = &expected["path"];
    for (name, column) in &expected {
        let short = short[name];
        let found = &values[short];
        assert_eq!(found.len(), ORGANISATIONS, "{name}");
        let question = archive.edition.questionnaire.question(name.split('.').next().unwrap());
        let option = |code: &str| {
            let at = question?.options().iter().position(|option| option.code == code)?;
            Some(((at + 1).to_string(), question?.options()[at].label.clone()))
        };
        for (row, (found, expected)) in found.iter().zip(column).enumerate() {
            let label = &labels[short][row];
            let is_row = question.is_some_and(|question| !question.rows().is_empty());
            let place = if is_row { name.as_str() } else { question.map_or("", |question| &question.code) };
            let is_asked = path[row].split(';').any(|asked| asked == place);
            match (found.trim(), expected.as_str(), option(expected)) {
                ("-8", "", _) => assert!(!is_asked && label == codes["-8"], "{name}, row {row}: {label}"),
                ("-9", "", _) => assert!(is_asked && label == codes["-9"], "{name}, row {row}: {label}"),
                (found, _, Some((value, text))) => {
                    assert_eq!(found, value, "{name}, row {row}");
                    assert_eq!(*label, text, "{name}, row {row}");
                }
                (found, code, None) if derived.contains_key(name) => {
                    let at = derived[name].iter().position(|category| category.code == code);
                    let value = at.map_or_else(String::new, |at| (at + 1).to_string());
                    assert_eq!(found, value, "{name}, row {row}");
                    let text = at.map_or("", |at| &derived[name][at].label);
                    assert_eq!(label.trim(), text, "{name}, row {row}");
                }
                (found, expected, None) => {
                    assert!(is_same(found, expected), "{name}, row {row}: {found:?} (expected {expected:?})");
                }
            }
        }
    }
}
