//! `barometre verify`

use std::fs;
use std::path::{Path, PathBuf};

use verification::VerificationError;
use verification::manifest::{MANIFEST, PUBLICATION, SITE, same_bytes};
use verification::signature::{KEY, SIGNATURE, Signatures};

use crate::annexes;
use crate::arguments::VerifyArguments;
use crate::cards;
use crate::commands::revision::Replaced;
use crate::commands::{analyse, report, say};
use crate::data::DataDirectory;
use crate::definition::{self, Definition, Kind};
use crate::error::CliError;

/// Checks a publication and says what was checked; the first difference is the error.
pub(crate) fn run(arguments: &VerifyArguments) -> Result<(), CliError> {
    let folder = arguments.folder.as_path();
    let files = verification::manifest::check(folder)?;
    say(format!("{files} files have the digests of their manifest, and none was added"))?;
    let key = arguments.key.as_deref().map(read_key).transpose()?;
    match verification::signature::check(folder, key.as_deref())? {
        Signatures::None => say("nothing is signed")?,
        Signatures::Hold(count) => say(format!("{count} signatures hold by the key given"))?,
        Signatures::HoldByOwnKey(count) => {
            say(format!("{count} signatures hold by the key beside them; `--key` checks whose it is"))?;
        }
    }
    let texts = verification::figures::check(folder)?;
    say(format!("every figure of {texts} texts is in cells.csv or declared with it"))?;
    let annexes = annexes::of_publication(folder)?;
    if let Some(said) = cards::counted_again(&annexes, &data_of(folder).join("directory"))? {
        say(said)?;
    }
    let compared = remake(arguments)?;
    let from = if arguments.extract.is_some() { "the extract gives" } else { "the figures give" };
    say(format!("{compared} files are, byte for byte, what {from}"))
}

/// The data directory that a publication, or the site in it, stands in.
fn data_of(folder: &Path) -> PathBuf {
    folder.join(if folder.join(MANIFEST).is_file() { "../../.." } else { "../.." })
}

/// A public key: a file, or the key itself.
fn read_key(key: &str) -> Result<String, CliError> {
    let path = Path::new(key);
    if path.is_file() { fs::read_to_string(path).map_err(CliError::io(key)) } else { Ok(key.to_owned()) }
}

/// Makes everything again in a folder of its own, by the commands that made it, and compares.
fn remake(arguments: &VerifyArguments) -> Result<usize, CliError> {
    let folder = arguments.folder.as_path();
    let is_site = folder.join(MANIFEST).is_file();
    let (edition, frozen) = frozen_set(folder)?;
    let fresh = tempfile::tempdir().map_err(CliError::io("a temporary folder"))?;
    let directory = DataDirectory::open(&fresh.path().join("data"))?;
    let again = directory.publication(&edition);
    if let Some(extract) = &arguments.extract {
        let load = |edition: &str| -> Result<Definition, CliError> {
            definition::load(Some(edition), &arguments.surveys)?.of_kind(Kind::Barometer)
        };
        copy(extract, &directory.extract(&edition), |_| true)?;
        let since = arguments.since.as_deref().map(load).transpose()?;
        if let Some(since) = &since {
            let code = &since.edition.questionnaire.edition;
            let earlier = folder.parent().unwrap_or(folder).join(code);
            copy(&earlier, &directory.publication(code), |_| true)?;
        }
        // Versions that it replaced are kept beside the publications.
        let published = publication::read(folder)?;
        let kept = folder.join("../../versions").join(&edition);
        let replaced = Replaced::before(&published, &kept)?;
        let definition = load(&edition)?;
        let computed = analyse::compute(&definition, &directory, since.as_ref(), &replaced)?;
        // The directory is another survey: what was counted of it is checked by itself.
        let counted = annexes::of_publication(folder)?.directory;
        analyse::write(&directory.publication(&edition), &computed, &definition, counted)?;
    } else {
        copy(folder, &again, |name| frozen.iter().any(|frozen| frozen == name))?;
    }
    if !is_site && !folder.join(SITE).is_dir() {
        return compare(folder, &again);
    }
    let site = if is_site { folder.to_path_buf() } else { folder.join(SITE) };
    report::draw(&edition, &directory, &::report::Place::of(&site)?)?;
    if is_site { compare(folder, &again.join(SITE)) } else { compare(folder, &again) }
}

/// The edition, and the files that its publication names.
fn frozen_set(folder: &Path) -> Result<(String, Vec<String>), CliError> {
    let path = folder.join(PUBLICATION);
    let text = fs::read_to_string(&path).map_err(CliError::io(path.display()))?;
    let malformed = |message: String| VerificationError::Malformed { file: PUBLICATION.to_owned(), message };
    let document: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    let edition = document
        .pointer("/edition/edition")
        .and_then(serde_json::Value::as_str)
        .ok_or_else(|| malformed("it names no edition".to_owned()))?;
    let mut files = vec![PUBLICATION.to_owned(), publication::CELLS_FILE.to_owned()];
    let named = document.get("files").and_then(serde_json::Value::as_object);
    files.extend(named.into_iter().flat_map(|named| named.keys().cloned()));
    Ok((edition.to_owned(), files))
}

/// Copies the files of a folder, without those in folders of it.
fn copy(from: &Path, to: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<(), CliError> {
    fs::create_dir_all(to).map_err(CliError::io(to.display()))?;
    for entry in fs::read_dir(from).map_err(CliError::io(from.display()))? {
        let path = entry.map_err(CliError::io(from.display()))?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if path.is_file() && is_wanted(&name) {
            fs::copy(&path, to.join(&name)).map_err(CliError::io(path.display()))?;
        }
    }
    Ok(())
}

/// Compares a folder with what was made again. Signatures are checked, not made.
fn compare(folder: &Path, again: &Path) -> Result<usize, CliError> {
    let found = verification::files(folder)?;
    let made = verification::files(again)?;
    for (name, path) in &made {
        let bytes = fs::read(path).map_err(CliError::io(path.display()))?;
        let Some(there) = found.get(name) else {
            let manifest = "what the publication gives".to_owned();
            return Err(VerificationError::Missing { file: name.clone(), manifest }.into());
        };
        same_bytes(name, &fs::read(there).map_err(CliError::io(there.display()))?, &bytes)?;
    }
    let is_signature = |name: &str| name.ends_with(SIGNATURE) || name.rsplit('/').next() == Some(KEY);
    match found.keys().find(|name| !made.contains_key(*name) && !is_signature(name)) {
        Some(name) => Err(VerificationError::Added {
            file: name.clone(),
            manifest: "what the publication gives".to_owned(),
        }
        .into()),
        None => Ok(made.len()),
    }
}
