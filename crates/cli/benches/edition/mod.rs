//! The real edition, and simulated extracts of it: what the benches measure.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use questionnaire::Edition;

/// What a bench gives, or why it cannot.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Prints a line of the result.
pub(crate) fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn surveys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys")
}

/// The extract of so many responses, written unless it is there.
pub(crate) fn simulated(size: usize) -> Outcome<PathBuf> {
    let program = Path::new(env!("CARGO_BIN_EXE_barometre"));
    let folder = program.parent().unwrap_or(program).join(format!("bench-extracts/{size}"));
    if folder.join(extract::MANIFEST_FILE).is_file() {
        return Ok(folder);
    }
    let started = Instant::now();
    let edition = surveys().join("maturite-numerique/2026");
    let status = Command::new(program)
        .args(["simulate", "--responses", &size.to_string(), "--seed", "1"])
        .arg(edition)
        .arg("--out")
        .arg(&folder)
        .arg("--surveys")
        .arg(surveys())
        .stdout(std::process::Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the simulation of {size} responses failed: {status}").into());
    }
    writeln!(std::io::stderr(), "simulated {size} responses in {:.1} s", started.elapsed().as_secs_f64())?;
    Ok(folder)
}

/// Who makes the publications of benches.
pub(crate) fn context() -> analysis::Context {
    analysis::Context {
        publisher: "Banc d’essai".to_owned(),
        software: "bench".to_owned(),
        definition: BTreeMap::new(),
    }
}

/// The real edition, with the lists.
pub(crate) fn definition() -> Outcome<Edition> {
    let mut files = BTreeMap::new();
    let folders = [
        ("maturite-numerique/2026", ""),
        ("maturite-numerique/2026/margins", "margins/"),
        ("maturite-numerique/2026/texts", "texts/"),
        ("maturite-numerique/2026/translations", "translations/"),
        ("maturite-numerique/2026/wording", "wording/"),
        ("nomenclatures", "nomenclatures/"),
    ];
    for (folder, prefix) in folders {
        for entry in std::fs::read_dir(surveys().join(folder))? {
            let path = entry?.path();
            let is_read = path.extension().is_some_and(|kind| kind == "toml" || kind == "csv");
            if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| is_read) {
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path)?);
            }
        }
    }
    Edition::parse("maturite-numerique", "2026", &questionnaire::Files::new(files))
        .map_err(|problems| format!("{} problems in the definition", problems.len()).into())
}
