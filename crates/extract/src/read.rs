//! Opening a frozen extract.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{DataFrame, IntoLazy, LazyFrame, ParquetReader, SerReader};
use serde::Deserialize;

use crate::codebook::Codebook;
use crate::error::ExtractError;
use crate::manifest::Manifest;
use crate::versions::KeptDefinition;
use crate::write::sha256;
use crate::{CODEBOOK_FILE, DEFINITIONS_FILE, MANIFEST_FILE, RESPONSES_FILE, SCHEMA_VERSION};

/// A frozen extract whose files are those that were written.
#[derive(Debug, Clone)]
pub struct Extract {
    manifest: Manifest,
    codebook: Codebook,
    definitions: Vec<KeptDefinition>,
    responses: DataFrame,
}

/// Read first: a manifest of another version may have other fields.
#[derive(Deserialize)]
struct VersionOnly {
    schema_version: u32,
}

impl Extract {
    /// Opens the extract in the folder `dir`. Each file is read once, and what is read is what was hashed.
    ///
    /// # Errors
    /// When a file is missing, was changed since the freeze, or comes from another version of the format.
    pub fn open(dir: &Path) -> Result<Self, ExtractError> {
        let manifest_path = dir.join(MANIFEST_FILE);
        let bytes = read(&manifest_path)?;
        let malformed = |error: serde_json::Error| ExtractError::Malformed {
            path: manifest_path.clone(),
            message: error.to_string(),
        };
        let VersionOnly { schema_version: found } = serde_json::from_slice(&bytes).map_err(malformed)?;
        if found != SCHEMA_VERSION {
            return Err(ExtractError::Version { path: manifest_path, found, expected: SCHEMA_VERSION });
        }
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(malformed)?;

        let codebook_path = dir.join(CODEBOOK_FILE);
        let codebook = verified(&codebook_path, CODEBOOK_FILE, &manifest)?;
        let codebook = serde_json::from_slice(&codebook)
            .map_err(|error| ExtractError::Malformed { path: codebook_path, message: error.to_string() })?;

        let definitions_path = dir.join(DEFINITIONS_FILE);
        let definitions = verified(&definitions_path, DEFINITIONS_FILE, &manifest)?;
        let definitions = serde_json::from_slice(&definitions).map_err(|error| ExtractError::Malformed {
            path: definitions_path,
            message: error.to_string(),
        })?;

        let responses_path = dir.join(RESPONSES_FILE);
        let responses = verified(&responses_path, RESPONSES_FILE, &manifest)?;
        let responses = ParquetReader::new(Cursor::new(responses))
            .finish()
            .map_err(|error| ExtractError::Malformed { path: responses_path, message: error.to_string() })?;
        Ok(Self { manifest, codebook, definitions, responses })
    }

    /// What the extract says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What each column means.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// The responses as CSV (see [`crate::csv_file`]).
    ///
    /// # Errors
    /// When a column has no form in CSV: a defect of the program.
    pub fn csv(&self) -> Result<Vec<u8>, ExtractError> {
        crate::csv_file(&self.responses)
    }

    /// The definitions that its records were given under, and the one that made its columns, by version.
    #[must_use]
    pub fn definitions(&self) -> &[KeptDefinition] {
        &self.definitions
    }

    /// The responses.
    pub fn frame(&self) -> LazyFrame {
        self.responses.clone().lazy()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ExtractError> {
    fs::read(path).map_err(|source| ExtractError::Io { path: path.to_owned(), source })
}

fn verified(path: &Path, name: &str, manifest: &Manifest) -> Result<Vec<u8>, ExtractError> {
    let bytes = read(path)?;
    let found = sha256(&bytes);
    match manifest.files.get(name) {
        Some(expected) if *expected == found => Ok(bytes),
        expected => Err(ExtractError::Tampered {
            path: path.to_owned(),
            found,
            expected: expected.cloned().unwrap_or_else(|| "absent from the manifest".to_owned()),
        }),
    }
}
