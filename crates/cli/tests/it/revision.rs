//! An edition that is published again.

use std::path::Path;

use crate::{barometre, refused};

const REASON: &str = "Les réponses d’un réseau avaient été saisies deux fois.";

fn done(arguments: &[&str]) -> String {
    let output = barometre(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_edition_is_published_again_for_a_reason_and_keeps_the_version_that_it_replaces() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, extract, first, other) = (path("."), path("extracts/2026"), path("first"), path("other"));
    let simulate = |seed: &str, out: &str| {
        done(&["simulate", "2026", "--responses", "150", "--seed", seed, "--out", out])
    };
    let revise = |reason: &'static str, replaced: &str| {
        ["analyse", "2026", "--dir", &data, "--revision", reason, "--replaces", replaced].map(str::to_owned)
    };
    let refuse = |reason, replaced: &str, words: &[&str]| {
        let arguments = revise(reason, replaced);
        refused(&arguments.each_ref().map(String::as_str), words);
    };
    simulate("5", &extract);
    simulate("6", &other);
    refuse(REASON, &extract, &["edition 2026 is not published", "without `--revision`"]);
    done(&["analyse", "2026", "--dir", &data]);
    let published = dir.path().join("publications/2026");
    let cells = |folder: &Path| std::fs::read(folder.join(publication::CELLS_FILE)).unwrap();
    let before = cells(&published);
    refuse(" ", &extract, &["the reason of the revision is empty"]);
    refuse(REASON, &other, &["is not the extract that the published version", "an erratum in words"]);
    refuse(REASON, &extract, &["the answers are those that the edition was published with"]);
    assert_eq!(cells(&published), before, "what is refused changes nothing");
    assert!(!dir.path().join("versions").exists());

    std::fs::rename(&extract, &first).unwrap();
    std::fs::rename(&other, &extract).unwrap();
    let arguments = revise(REASON, &first);
    let said = done(&arguments.each_ref().map(String::as_str));
    assert!(said.contains("version 2; the one before is kept in"), "{said}");
    assert_ne!(cells(&published), before);
    assert_eq!(cells(&dir.path().join("versions/2026/1")), before);
    let publication = publication::read(&published).unwrap();
    let [revision] = publication.release.revisions.as_slice() else { panic!("one revision") };
    assert_eq!((revision.version, revision.reason.as_str()), (2, REASON));
    assert_eq!(revision.replaces, extract::sha256(&before));
    // The computation can be made again, since what was replaced is kept.
    let said = done(&["verify", published.to_str().unwrap(), "--extract", &extract]);
    assert!(said.contains("byte for byte, what the extract gives"), "{said}");
}
