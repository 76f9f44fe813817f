//! Extracts without a database.

use std::path::Path;

use crate::{barometre, refused};

const FILES: [&str; 4] =
    [extract::RESPONSES_FILE, extract::CODEBOOK_FILE, extract::DEFINITIONS_FILE, extract::MANIFEST_FILE];

fn simulate(responses: &str, seed: &str, folder: &Path) -> String {
    let folder = folder.to_str().unwrap();
    let arguments = ["simulate", "2026", "--responses", responses, "--seed", seed, "--out", folder];
    let output = barometre(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_simulated_extract_is_the_same_for_a_seed_and_can_be_analysed() {
    let dir = tempfile::tempdir().unwrap();
    let (data, again, other) =
        (dir.path().join("extracts/2026"), dir.path().join("again"), dir.path().join("other"));
    let said = simulate("700", "5", &data);
    simulate("700", "5", &again);
    simulate("700", "6", &other);
    let read = |folder: &Path, file: &str| std::fs::read(folder.join(file)).unwrap();
    for file in FILES {
        assert_eq!(read(&data, file), read(&again, file), "{file}");
    }
    assert_ne!(read(&data, extract::RESPONSES_FILE), read(&other, extract::RESPONSES_FILE));

    let extract = extract::Extract::open(&data).unwrap();
    let manifest = extract.manifest();
    assert!(manifest.is_simulated, "nobody takes it for answers");
    assert_eq!(manifest.states.total(), 700);
    assert_eq!(manifest.rows, 700 - manifest.states.refused);
    assert!(said.contains(&format!("{} rows", manifest.rows)), "{said}");

    let output = barometre(&["analyse", "2026", "--dir", dir.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let publication = publication::read(&dir.path().join("publications/2026")).unwrap();
    assert!(publication.edition.is_simulated);
    // Simulated shares are near those that were published for 2022, which the parameters repeat.
    let important = publication.indicators.iter().filter(|known| known.published_2022.is_some()).count();
    assert!(important >= 20);
}

#[test]
fn a_simulation_never_replaces_real_responses() {
    let dir = tempfile::tempdir().unwrap();
    simulate("60", "1", dir.path());
    let manifest = dir.path().join(extract::MANIFEST_FILE);
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"is_simulated\": true", "\"is_simulated\": false")).unwrap();
    let folder = dir.path().to_str().unwrap();
    let arguments = ["simulate", "2026", "--responses", "60", "--out", folder];
    refused(&arguments, &["holds an extract of real responses", "another folder"]);
}
