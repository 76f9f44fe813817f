//! The cards of the directory, counted for the report: by family and by region, from the file that
//! `barometre directory` wrote.

use std::collections::BTreeMap;
use std::path::Path;

use report::{Annexes, DirectoryCount};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::CliError;

#[derive(Deserialize)]
struct Document {
    title: String,
    edition: String,
    families: Vec<Part>,
    cards: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    families: Vec<Part>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    region: Part,
}

#[derive(Deserialize)]
struct Part {
    code: String,
    label: String,
}

/// The cards in a directory's folder, by family in the order of the typology and by region in that of the alphabet.
/// Nothing when there is no directory, or no card in it.
pub(crate) fn count(folder: &Path) -> Result<Option<DirectoryCount>, CliError> {
    let path = folder.join(directory::CARDS_FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::io(path.display())(error)),
    };
    let document: Document = serde_json::from_slice(&bytes).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", path.display()),
            "expected the file that `barometre directory` writes: run it again",
        )
    })?;
    if document.cards.is_empty() {
        return Ok(None);
    }
    let of_family = |family: &Part| {
        let has_it = |card: &&Card| card.families.iter().any(|found| found.code == family.code);
        (family.label.clone(), document.cards.iter().filter(has_it).count())
    };
    let mut regions: BTreeMap<&str, usize> = BTreeMap::new();
    for location in document.cards.iter().filter_map(|card| card.location.as_ref()) {
        *regions.entry(&location.region.label).or_default() += 1;
    }
    Ok(Some(DirectoryCount {
        chapter: String::new(),
        file: directory::CARDS_FILE.to_owned(),
        sha256: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        cards: document.cards.len(),
        families: document.families.iter().map(of_family).collect(),
        without_region: document.cards.len() - regions.values().sum::<usize>(),
        regions: in_order(regions),
        title: document.title,
        edition: document.edition,
    }))
}

/// Regions in the order of the alphabet, where an accent does not move a word: Île-de-France stands at its I.
fn in_order(regions: BTreeMap<&str, usize>) -> Vec<(String, usize)> {
    let mut regions: Vec<(String, usize)> =
        regions.into_iter().map(|(label, cards)| (label.to_owned(), cards)).collect();
    regions.sort_by_key(|(label, _)| label.replace('Î', "I").replace('É', "E"));
    regions
}

/// What can be said of the cards that were counted for a publication, given the folder of directories: counted again
/// where the file is still the one that was counted.
///
/// # Errors
/// When the same file gives other numbers.
pub(crate) fn counted_again(annexes: &Annexes, directories: &Path) -> Result<Option<String>, CliError> {
    let Some(published) = &annexes.directory else { return Ok(None) };
    let folder = directories.join(&published.edition);
    let cards = published.cards;
    let Some(mut again) = count(&folder)? else {
        return Ok(Some(format!(
            "{cards} cards of the directory are declared; `{}` is not here to count them again",
            folder.join(&published.file).display()
        )));
    };
    if again.sha256 != published.sha256 {
        return Ok(Some(format!(
            "{cards} cards of the directory are declared; `{}` has changed since they were counted",
            folder.join(&published.file).display()
        )));
    }
    again.chapter.clone_from(&published.chapter);
    if again != *published {
        return Err(CliError::input(
            format!("{} declares {cards} cards of the directory by family and region", report::ANNEXES_FILE),
            format!("expected the {} that are in `{}`", again.cards, folder.join(&again.file).display()),
        ));
    }
    Ok(Some(format!("{cards} cards of the directory are, by family and region, what its file gives")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARDS: &str = r#"{
        "title": "Annuaire", "edition": "2026",
        "families": [{ "code": "b", "label": "Communs" }, { "code": "a", "label": "Autres" }],
        "cards": [
            { "families": [{ "code": "a", "label": "Autres" }, { "code": "b", "label": "Communs" }],
              "location": { "region": { "code": "44", "label": "Grand Est" } } },
            { "families": [{ "code": "b", "label": "Communs" }],
              "location": { "region": { "code": "11", "label": "Île-de-France" } } },
            { "families": [], "location": { "region": { "code": "52", "label": "Pays de la Loire" } } },
            { "families": [], "location": null }
        ]
    }"#;

    fn folder(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder for the test");
        std::fs::create_dir(folder.path().join("2026")).expect("a folder in it");
        std::fs::write(folder.path().join("2026").join(directory::CARDS_FILE), text).expect("a file in it");
        folder
    }

    fn counted(folder: &Path) -> Option<DirectoryCount> {
        count(&folder.join("2026")).expect("a file of cards, or none")
    }

    #[test]
    fn cards_are_counted_by_family_and_by_region() {
        let pairs = |pairs: &[(&str, usize)]| -> Vec<(String, usize)> {
            pairs.iter().map(|(label, cards)| ((*label).to_owned(), *cards)).collect()
        };
        let counted = counted(folder(CARDS).path()).expect("there are cards");
        assert_eq!(counted.cards, 4);
        assert_eq!(counted.families, pairs(&[("Communs", 2), ("Autres", 1)]));
        assert_eq!(
            counted.regions,
            pairs(&[("Grand Est", 1), ("Île-de-France", 1), ("Pays de la Loire", 1)])
        );
        assert_eq!(counted.without_region, 1);
    }

    #[test]
    fn without_a_directory_or_a_card_nothing_is_counted() {
        let empty = r#"{ "title": "Annuaire", "edition": "2026", "families": [], "cards": [] }"#;
        assert_eq!(counted(folder(empty).path()), None);
        assert_eq!(counted(&folder(CARDS).path().join("elsewhere")), None);
        let message = count(&folder("[]").path().join("2026")).expect_err("no file of cards").to_string();
        assert!(message.contains(directory::CARDS_FILE), "{message}");
    }

    #[test]
    fn what_was_declared_is_counted_again_while_the_file_is_the_same() {
        let folder = folder(CARDS);
        let mut annexes = Annexes { directory: counted(folder.path()), ..Annexes::default() };
        let again = |annexes: &Annexes| counted_again(annexes, folder.path());
        let said = |annexes: &Annexes| again(annexes).expect("nothing is wrong").expect("there are cards");
        assert!(said(&annexes).contains("are, by family and region"), "{}", said(&annexes));
        let missing = counted_again(&annexes, &folder.path().join("elsewhere")).expect("nothing is wrong");
        assert!(missing.is_some_and(|said| said.contains("not here")));
        annexes.directory.iter_mut().for_each(|count| count.regions[0].1 += 1);
        again(&annexes).expect_err("another number than the file gives");
        annexes.directory.iter_mut().for_each(|count| count.sha256.clear());
        assert!(said(&annexes).contains("has changed since"), "{}", said(&annexes));
        assert!(again(&Annexes::default()).expect("nothing is wrong").is_none());
    }
}
