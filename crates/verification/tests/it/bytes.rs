//! Digests.

use std::fs;

use verification::VerificationError;
use verification::manifest::{self, MANIFEST, PUBLICATION};

use crate::folder::Published;

#[test]
fn a_folder_that_nobody_touched_passes() {
    let published = Published::new();
    // Two of the frozen set, and nine of the site.
    assert_eq!(manifest::check(published.path()).expect("it is whole"), 11);
    assert_eq!(manifest::check(&published.path().join("site")).expect("the site is whole"), 9);
}

#[test]
fn one_byte_changed_in_any_file_is_found_and_the_file_is_named() {
    let published = Published::new();
    let manifests = [PUBLICATION.to_owned(), format!("site/{MANIFEST}")];
    for (name, path) in published.files() {
        let bytes = fs::read(&path).expect("the file can be read");
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&path, &changed).expect("the file can be written");
        let error = manifest::check(published.path()).expect_err(&name).to_string();
        let file = name.strip_prefix("site/").unwrap_or(&name);
        assert!(manifests.contains(&name) || error.starts_with(file), "{name}: {error}");
        fs::write(&path, &bytes).expect("the file can be written");
    }
    assert!(manifest::check(published.path()).is_ok(), "every file was put back");
}

#[test]
fn a_file_added_and_a_file_removed_are_named() {
    let published = Published::new();
    published.write("site/reseaux/secret.csv", b"n;7\n");
    let error = manifest::check(published.path()).expect_err("it was added");
    assert!(
        matches!(&error, VerificationError::Added { file, .. } if file == "reseaux/secret.csv"),
        "{error}"
    );
    fs::remove_file(published.path().join("site/reseaux/secret.csv")).expect("it is there");
    fs::remove_file(published.path().join("site/charts/a.svg")).expect("it is there");
    let error = manifest::check(published.path()).expect_err("it is missing");
    assert!(matches!(&error, VerificationError::Missing { file, .. } if file == "charts/a.svg"), "{error}");
}

#[test]
fn a_site_that_offers_other_cells_than_the_frozen_ones_is_found() {
    let published = Published::new();
    published.write("site/cells.csv", crate::folder::CELLS.replace("62", "63").as_bytes());
    published.seal();
    let error = manifest::check(published.path()).expect_err("the copies differ");
    assert!(
        matches!(&error, VerificationError::Different { file, .. } if file == "site/cells.csv"),
        "{error}"
    );
}
