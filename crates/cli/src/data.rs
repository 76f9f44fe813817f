//! The data directory: where each station writes and the next one reads.

use std::path::{Path, PathBuf};

use crate::error::CliError;

/// The data directory.
///
/// ```text
/// responses.sqlite           the store, unless PostgreSQL keeps it
/// pseudonym.key              the key of pseudonyms, outside the database
/// extracts/<edition>/        responses.parquet, codebook.json, manifest.json
/// publications/<edition>/    publication.json, cells.csv
/// publications/<edition>/site/
/// ```
#[derive(Debug, Clone)]
pub(crate) struct DataDirectory(PathBuf);

impl DataDirectory {
    /// Opens the directory, after creating it for its owner alone.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        std::fs::create_dir_all(path).map_err(CliError::io(path.display()))?;
        Ok(Self(path.to_path_buf()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("responses.sqlite")
    }

    pub(crate) fn pseudonym_key(&self) -> PathBuf {
        self.0.join("pseudonym.key")
    }

    pub(crate) fn extract(&self, edition: &str) -> PathBuf {
        self.0.join("extracts").join(edition)
    }

    pub(crate) fn publications(&self) -> PathBuf {
        self.0.join("publications")
    }

    pub(crate) fn publication(&self, edition: &str) -> PathBuf {
        self.publications().join(edition)
    }

    pub(crate) fn site(&self, edition: &str) -> PathBuf {
        self.publication(edition).join("site")
    }
}
