//! The data directory: where each station writes and the next one reads.

use std::path::{Path, PathBuf};

use crate::error::CliError;

/// The data directory.
///
/// ```text
/// responses.sqlite           the store, unless PostgreSQL keeps it
/// pseudonym.key              the key of pseudonyms, outside the database
/// extracts/<edition>/        responses.parquet, codebook.json, manifest.json
/// extracts/<edition>.v<n>/   the same, of a version that a revision replaced
/// publications/<edition>/    publication.json, cells.csv
/// publications/<edition>/site/
/// cache/<edition>/           charts, pictures and documents as they were drawn: may be thrown away
/// versions/<edition>/<n>/    a version that a revision replaced, as it was published
/// directory/<edition>/       annuaire.json, annuaire.csv, annuaire.geojson: what may be shown
/// directory/<edition>-review.csv, directory/<edition>-decisions.csv
///                            what editors are asked, what they decided: for them alone
/// ```
#[derive(Debug, Clone)]
pub(crate) struct DataDirectory(PathBuf);

impl DataDirectory {
    /// Opens the directory, after creating it for its owner alone. Responses lie in it: one that others may enter is
    /// closed to them.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(CliError::io(path.display()))?;
        #[cfg(unix)]
        close_to_others(path).map_err(CliError::io(path.display()))?;
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

    pub(crate) fn cache(&self, edition: &str) -> PathBuf {
        self.0.join("cache").join(edition)
    }

    pub(crate) fn versions(&self, edition: &str) -> PathBuf {
        self.0.join("versions").join(edition)
    }

    pub(crate) fn cards(&self, edition: &str) -> PathBuf {
        self.0.join("directory").join(edition)
    }

    pub(crate) fn review(&self, edition: &str) -> PathBuf {
        self.0.join("directory").join(format!("{edition}-review.csv"))
    }

    pub(crate) fn decisions(&self, edition: &str) -> PathBuf {
        self.0.join("directory").join(format!("{edition}-decisions.csv"))
    }

    pub(crate) fn site(&self, edition: &str) -> PathBuf {
        self.publication(edition).join("site")
    }
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_data_directory_is_its_owner_s_alone() {
        let folder = std::env::temp_dir().join(format!("barometre-data-{}", std::process::id()));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        DataDirectory::open(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        DataDirectory::open(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700, "one that was open to others is closed");
        std::fs::remove_dir(&folder).unwrap();
    }
}
