//! Digests of what was published.
//!
//! Two files hold digests: `publication.json` those of the frozen set beside it, and `manifest.json` those of every file of
//! a site. Both may be signed; see [`crate::signature`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::VerificationError;
use crate::folder::{files, read, read_text};
use crate::signature::{KEY, SIGNATURE};

/// The manifest of the frozen set.
pub const PUBLICATION: &str = "publication.json";
/// The manifest of a site.
pub const MANIFEST: &str = "manifest.json";
/// The folder of the site in the folder of a publication.
pub const SITE: &str = "site";

/// Digests (SHA-256) of files by path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Edition.
    #[serde(default)]
    pub edition: String,
    /// Digests by path, with `/`.
    pub files: BTreeMap<String, String>,
}

/// What of `publication.json` is a manifest.
#[derive(Deserialize)]
struct Publication {
    cells: Cells,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Cells {
    file: String,
    sha256: String,
}

impl Manifest {
    /// The manifest of a folder as it is now.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(edition: &str, folder: &Path) -> Result<Self, VerificationError> {
        let mut digests = BTreeMap::new();
        for (name, path) in files(folder)? {
            if !is_about_the_manifest(&name, MANIFEST) {
                digests.insert(name, digest(&read(&path)?));
            }
        }
        Ok(Self { edition: edition.to_owned(), files: digests })
    }

    /// The text of the manifest, the same for the same files.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("texts by texts always serialise");
        text.push('\n');
        text
    }

    fn check(&self, folder: &Path, manifest: &str, ignored: &[&str]) -> Result<usize, VerificationError> {
        let found = files(folder)?;
        for (file, expected) in &self.files {
            let Some(path) = found.get(file) else {
                return Err(VerificationError::Missing { file: file.clone(), manifest: manifest.to_owned() });
            };
            let digest = digest(&read(path)?);
            if digest != *expected {
                return Err(VerificationError::Changed {
                    file: file.clone(),
                    found: digest,
                    expected: expected.clone(),
                    manifest: manifest.to_owned(),
                });
            }
        }
        let known: BTreeSet<&String> = self.files.keys().collect();
        let added = found.keys().find(|name| {
            !known.contains(name)
                && !is_about_the_manifest(name, manifest)
                && !ignored.iter().any(|ignored| name.starts_with(ignored))
        });
        match added {
            Some(file) => Err(VerificationError::Added { file: file.clone(), manifest: manifest.to_owned() }),
            None => Ok(self.files.len()),
        }
    }
}

/// Checks every digest of a publication's folder, of a site's folder, or of the one with the other in it. Returns how
/// many files were checked.
///
/// # Errors
/// The first file that was changed, removed or added; or when there is no manifest at all.
pub fn check(folder: &Path) -> Result<usize, VerificationError> {
    let is_site = folder.join(MANIFEST).is_file();
    if is_site {
        return check_site(folder);
    }
    let mut checked = check_publication(folder)?;
    let site = folder.join(SITE);
    if site.is_dir() {
        checked += check_site(&site)?;
        // What the site offers is the frozen set itself.
        for name in files(folder)?.keys().filter(|name| !name.contains('/')) {
            let copy = site.join(name);
            if copy.is_file() && name != KEY && !name.ends_with(SIGNATURE) {
                same_bytes(&format!("{SITE}/{name}"), &read(&copy)?, &read(&folder.join(name))?)?;
            }
        }
    }
    Ok(checked)
}

fn check_publication(folder: &Path) -> Result<usize, VerificationError> {
    let text = read_text(&folder.join(PUBLICATION))?;
    let Publication { cells, mut files } =
        serde_json::from_str(&text).map_err(|error| VerificationError::malformed(PUBLICATION, error))?;
    if let Some(other) = files.get(&cells.file).filter(|digest| **digest != cells.sha256) {
        return Err(VerificationError::malformed(
            PUBLICATION,
            format!("{} has two digests, {} and {other}", cells.file, cells.sha256),
        ));
    }
    files.insert(cells.file, cells.sha256);
    Manifest { edition: String::new(), files }.check(folder, PUBLICATION, &["site/"])
}

fn check_site(folder: &Path) -> Result<usize, VerificationError> {
    let path = folder.join(MANIFEST);
    let text = read_text(&path)?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| VerificationError::malformed(MANIFEST, error))?;
    manifest.check(folder, MANIFEST, &[])
}

/// The manifest itself, its signature and the key do not list themselves.
fn is_about_the_manifest(name: &str, manifest: &str) -> bool {
    name == manifest
        || name == KEY
        || name.strip_suffix(SIGNATURE).is_some_and(|signed| signed == manifest || signed == PUBLICATION)
}

/// Whether two files are the same.
///
/// # Errors
/// The first byte that differs.
pub fn same_bytes(file: &str, found: &[u8], expected: &[u8]) -> Result<(), VerificationError> {
    if found == expected {
        return Ok(());
    }
    let common = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
    Err(VerificationError::Different { file: file.to_owned(), position: common })
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
