//! Opening a frozen extract.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::{
    DataFrame, IntoLazy, LazyFrame, ParallelStrategy, ParquetReader, PolarsError, SerReader,
};
use serde::Deserialize;

use crate::codebook::Codebook;
use crate::error::ExtractError;
use crate::manifest::Manifest;
use crate::versions::KeptDefinition;
use crate::write::sha256;
use crate::{CODEBOOK_FILE, DEFINITIONS_FILE, MANIFEST_FILE, RESPONSES_FILE, SCHEMA_VERSION};

/// A frozen extract whose files are those that were written. Responses are decoded when they are asked for: all of them
/// in memory, or one group after the other.
#[derive(Debug, Clone)]
pub struct Extract {
    manifest: Manifest,
    codebook: Codebook,
    definitions: Vec<KeptDefinition>,
    path: PathBuf,
    /// The file of responses, compressed as it is on disk.
    parquet: Vec<u8>,
    metadata: FileMetadataRef,
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

        let path = dir.join(RESPONSES_FILE);
        let parquet = verified(&path, RESPONSES_FILE, &manifest)?;
        let metadata = ParquetReader::new(Cursor::new(&parquet))
            .get_metadata()
            .map_err(|error| malformed_responses(&path, &error))?
            .clone();
        Ok(Self { manifest, codebook, definitions, path, parquet, metadata })
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
        crate::csv_file(&self.read(0, usize::MAX)?)
    }

    /// The definitions that its records were given under, and the one that made its columns, by version.
    #[must_use]
    pub fn definitions(&self) -> &[KeptDefinition] {
        &self.definitions
    }

    /// The responses, all in memory.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn frame(&self) -> Result<LazyFrame, ExtractError> {
        Ok(self.read(0, usize::MAX)?.lazy())
    }

    /// How many groups of rows there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.metadata.row_groups.len()
    }

    /// These columns of one group of rows. Groups are in the order of the file, which is sorted by pseudonym, then by
    /// order of saving. Several may be read at the same time.
    ///
    /// # Errors
    /// When the file cannot be decoded, or lacks a column.
    pub fn group(&self, index: usize, columns: &[String]) -> Result<DataFrame, ExtractError> {
        let groups = &self.metadata.row_groups;
        let mut offset = 0;
        for group in &groups[..index] {
            offset += group.num_rows();
        }
        // A file of one group is read column beside column; groups are read one beside the other.
        let parallel = if groups.len() == 1 { ParallelStrategy::Columns } else { ParallelStrategy::None };
        let reader = self.reader(offset, groups[index].num_rows()).read_parallel(parallel);
        self.decoded(reader.with_columns(Some(columns.to_vec())))
    }

    /// All columns, and no row.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn none(&self) -> Result<DataFrame, ExtractError> {
        self.read(0, 0)
    }

    fn read(&self, offset: usize, rows: usize) -> Result<DataFrame, ExtractError> {
        self.decoded(self.reader(offset, rows))
    }

    fn reader(&self, offset: usize, rows: usize) -> ParquetReader<Cursor<&Vec<u8>>> {
        let mut reader = ParquetReader::new(Cursor::new(&self.parquet)).with_slice(Some((offset, rows)));
        reader.set_metadata(self.metadata.clone());
        reader
    }

    fn decoded(&self, reader: ParquetReader<Cursor<&Vec<u8>>>) -> Result<DataFrame, ExtractError> {
        reader.finish().map_err(|error| malformed_responses(&self.path, &error))
    }
}

fn malformed_responses(path: &Path, error: &PolarsError) -> ExtractError {
    ExtractError::Malformed { path: path.to_owned(), message: error.to_string() }
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
