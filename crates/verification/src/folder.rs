//! The files of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use audit::Release;

use crate::VerificationError;
use crate::manifest::PUBLICATION;

const CELLS: &str = "cells.csv";
const META: &str = "meta.json";
/// The questionnaire's own words, and what the publisher adds, which gives no percentage.
const ANNEXES: &str = "annexes.json";

/// Every file under a folder, by its path from there with `/`, in order.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, VerificationError> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(String::new(), folder.to_path_buf())];
    while let Some((prefix, folder)) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(VerificationError::io(&folder))? {
            let entry = entry.map_err(VerificationError::io(&folder))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let path = entry.path();
            if path.is_dir() {
                waiting.push((format!("{name}/"), path));
            } else {
                found.insert(name, path);
            }
        }
    }
    Ok(found)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, VerificationError> {
    fs::read(path).map_err(VerificationError::io(path))
}

pub(crate) fn read_text(path: &Path) -> Result<String, VerificationError> {
    fs::read_to_string(path).map_err(VerificationError::io(path))
}

/// What a publication folder displays, for the attacker. Without `meta.json` dimensions are taken as overlapping: less is
/// then known of how tables hang together.
///
/// # Errors
/// When a file is missing or malformed.
pub fn release(folder: &Path) -> Result<Release, VerificationError> {
    let cells = read_text(&folder.join(CELLS))?;
    let meta = folder.join(META);
    let meta = if meta.is_file() { read_text(&meta)? } else { "{}".to_owned() };
    Release::read(&cells, &meta)
        .map_err(|error| VerificationError::malformed(&folder.display().to_string(), error))
}

/// The texts that declare figures besides those of the cells: what was frozen with them.
pub(crate) fn declared(folder: &Path) -> Result<Vec<String>, VerificationError> {
    let mut texts = Vec::new();
    for name in [PUBLICATION, META, ANNEXES, "indicators.csv", "domains.csv", "params.json"] {
        let path = folder.join(name);
        if path.is_file() {
            texts.push(read_text(&path)?);
        }
    }
    Ok(texts)
}

pub(crate) fn cells(folder: &Path) -> Result<String, VerificationError> {
    read_text(&folder.join(CELLS))
}
