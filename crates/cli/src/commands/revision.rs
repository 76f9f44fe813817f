//! A second publication of an edition (`disclosure.md`, section 3.4): when it cannot be avoided, and only as far as it
//! tells about nobody. The version that it replaces is kept, and the attacker has it.

use std::fs;
use std::path::{Path, PathBuf};

use extract::Extract;
use publication::{Publication, Revision};
use sha2::{Digest, Sha256};

use crate::commands::freeze::EditionCommand;
use crate::data::DataDirectory;
use crate::error::CliError;

/// What a publication comes in place of.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// The versions before, the first one first.
    pub versions: Vec<Publication>,
    /// What is said of each of them, and why it was replaced.
    pub revisions: Vec<Revision>,
}

/// A revision that was asked for.
pub(crate) struct Asked<'a> {
    /// Why, as readers will see it.
    pub reason: &'a str,
    /// The extract that the published version was made from.
    pub extract: &'a Path,
}

impl Replaced {
    /// What the published version of an edition becomes, with those that it had replaced itself.
    pub(crate) fn by(asked: &Asked<'_>, code: &str, directory: &DataDirectory) -> Result<Self, CliError> {
        if asked.reason.trim().is_empty() {
            return Err(CliError::input(
                "the reason of the revision is empty",
                "say in a sentence what was wrong: readers see it on every page of the edition",
            ));
        }
        let folder = directory.publication(code);
        let published = published(code, directory)?;
        let is_published = |extract: &Path| -> Result<bool, CliError> {
            let found = Extract::open(extract)?.manifest().files.get(extract::RESPONSES_FILE).cloned();
            Ok(found.as_ref() == Some(&published.provenance.extract))
        };
        if !is_published(asked.extract)? {
            return Err(CliError::input(
                format!(
                    "`{}` is not the extract that the published version of edition {code} was made from",
                    asked.extract.display()
                ),
                "without it nothing says how many respondents changed; publish an erratum in words",
            ));
        }
        if is_published(&directory.extract(code))? {
            return Err(CliError::input(
                "the answers are those that the edition was published with",
                "a revision corrects answers; figures that another program computes wait for the next edition",
            ));
        }
        let mut replaced = Self::before(&published, &directory.versions(code))?;
        let cells = folder.join(publication::CELLS_FILE);
        let bytes = fs::read(&cells).map_err(CliError::io(cells.display()))?;
        replaced.revisions.push(Revision {
            version: number(replaced.versions.len() + 2),
            replaces: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
            reason: asked.reason.trim().to_owned(),
        });
        replaced.versions.push(published);
        Ok(replaced)
    }

    /// The versions that a publication says it replaced, from the folder where they are kept.
    pub(crate) fn before(published: &Publication, versions: &Path) -> Result<Self, CliError> {
        let revisions = published.release.revisions.clone();
        let kept =
            (1..=revisions.len()).map(|version| publication::read(&versions.join(version.to_string())));
        Ok(Self { versions: kept.collect::<Result<_, _>>()?, revisions })
    }

    /// Refuses a publication that tells about those who changed since the version that it replaces.
    pub(crate) fn refuse_telling(
        &self,
        new: &Publication,
        (before, after): (&Extract, &Extract),
        edition: &questionnaire::Edition,
    ) -> Result<(), CliError> {
        let Some(published) = self.versions.last() else { return Ok(()) };
        if published.provenance.definition != new.provenance.definition {
            return Err(CliError::input(
                "the definition is not the one that the edition was published with",
                "a revision corrects answers: put the files back as they were, and change definitions in the next edition",
            ));
        }
        Ok(analysis::refuse_few_changes((before, after), edition, [published, new])?)
    }

    /// Keeps the version that is published, as readers had it.
    pub(crate) fn keep(&self, code: &str, directory: &DataDirectory) -> Result<(), CliError> {
        if self.versions.is_empty() {
            return Ok(());
        }
        let kept = directory.versions(code).join(self.versions.len().to_string());
        copy(&directory.publication(code), &kept)
    }
}

/// The edition as it is published.
fn published(code: &str, directory: &DataDirectory) -> Result<Publication, CliError> {
    let folder = directory.publication(code);
    if folder.join(publication::PUBLICATION_FILE).is_file() {
        return Ok(publication::read(&folder)?);
    }
    Err(CliError::input(
        format!("edition {code} is not published: there is nothing to revise"),
        "publish it without `--revision`",
    ))
}

/// Puts the extract of the published version beside, before another one is frozen in its place; gives where it is.
pub(crate) fn set_aside(command: &EditionCommand) -> Result<PathBuf, CliError> {
    let code = &command.definition.edition.questionnaire.edition;
    let version = published(code, &command.directory)?.release.revisions.len() + 1;
    let (extract, aside) =
        (command.directory.extract(code), command.directory.extract(&format!("{code}.v{version}")));
    if !aside.join(extract::MANIFEST_FILE).is_file() {
        copy(&extract, &aside)?;
    }
    Ok(aside)
}

/// Puts it back when the revision was refused: the published version is still the one.
pub(crate) fn put_back(command: &EditionCommand, aside: &Path) -> Result<(), CliError> {
    let extract = command.directory.extract(&command.definition.edition.questionnaire.edition);
    copy(aside, &extract)?;
    fs::remove_dir_all(aside).map_err(CliError::io(aside.display()))
}

/// Copies a folder with all that is in it; what was there goes.
fn copy(from: &Path, to: &Path) -> Result<(), CliError> {
    if to.exists() {
        fs::remove_dir_all(to).map_err(CliError::io(to.display()))?;
    }
    fs::create_dir_all(to).map_err(CliError::io(to.display()))?;
    for entry in fs::read_dir(from).map_err(CliError::io(from.display()))? {
        let entry = entry.map_err(CliError::io(from.display()))?;
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied)?;
        } else {
            fs::copy(&path, &copied).map_err(CliError::io(path.display()))?;
        }
    }
    Ok(())
}

fn number(version: usize) -> u32 {
    u32::try_from(version).unwrap_or(u32::MAX)
}
