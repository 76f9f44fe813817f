//! Finding and reading an edition's definition.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use questionnaire::{Edition, Files};
use serde::Deserialize;

use crate::arguments::SurveysArguments;
use crate::error::CliError;

/// An edition's definition, where it is, and who publishes it.
#[derive(Clone)]
pub(crate) struct Definition {
    /// The edition.
    pub edition: Edition,
    /// The texts it was read from.
    pub files: Files,
    /// What `survey.toml` says.
    pub survey: Survey,
    /// Its folder.
    pub folder: PathBuf,
}

/// `survey.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Survey {
    /// What its editions make; a barometer when it is not said.
    #[serde(default)]
    pub kind: Kind,
    /// Code of the survey.
    #[expect(dead_code, reason = "read so that an unknown key is refused; the folder's name is what counts")]
    pub code: String,
    /// Title.
    #[expect(
        dead_code,
        reason = "read so that an unknown key is refused; an edition has a title of its own"
    )]
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Where to write to.
    pub contact: String,
    /// What it is about.
    pub description: String,
}

/// What the editions of a survey make. A code alone names an edition of one kind; a folder may be of any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Protected figures about all who answered.
    #[default]
    Barometer,
    /// Cards, one by one and with consent.
    Directory,
}

impl Definition {
    /// The code under which the store keeps the responses. Editions of a barometer have theirs alone; a directory's
    /// has the survey's name before it, so that cards and figures of one year never meet in one data directory.
    pub(crate) fn collection(&self) -> String {
        let questionnaire = &self.edition.questionnaire;
        match self.survey.kind {
            Kind::Barometer => questionnaire.edition.clone(),
            Kind::Directory => format!("{}-{}", questionnaire.survey, questionnaire.edition),
        }
    }

    /// What names it on the command line.
    pub(crate) fn argument(&self) -> String {
        let questionnaire = &self.edition.questionnaire;
        match self.survey.kind {
            Kind::Barometer => questionnaire.edition.clone(),
            Kind::Directory => format!("{}/{}", questionnaire.survey, questionnaire.edition),
        }
    }

    /// The definition, if it is of this kind.
    pub(crate) fn of_kind(self, kind: Kind) -> Result<Self, CliError> {
        if self.survey.kind == kind {
            return Ok(self);
        }
        let folder = self.folder.display();
        Err(match kind {
            Kind::Barometer => CliError::input(
                format!("`{folder}` defines a directory: it has cards and no figures"),
                "`barometre directory` writes its cards; give an edition of a barometer here",
            ),
            Kind::Directory => CliError::input(
                format!("`{folder}` defines a barometer: it has figures and no cards"),
                "give an edition whose `survey.toml` says `kind = \"directory\"`",
            ),
        })
    }
}

/// Reads and checks an edition: by folder, by `survey/edition`, by the code of a barometer's edition, or the latest.
pub(crate) fn load(edition: Option<&str>, surveys: &SurveysArguments) -> Result<Definition, CliError> {
    load_of(Kind::Barometer, edition, surveys)
}

/// The same, where a code alone names an edition of this kind.
pub(crate) fn load_of(
    kind: Kind,
    edition: Option<&str>,
    surveys: &SurveysArguments,
) -> Result<Definition, CliError> {
    let folder = find(kind, edition, &surveys.surveys)?;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let absolute = folder.canonicalize().map_err(CliError::io(folder.display()))?;
    let survey_folder = absolute.parent().unwrap_or(&absolute).to_path_buf();
    let (Some(edition_code), Some(survey_code)) = (name(&absolute), name(&survey_folder)) else {
        return Err(CliError::input(
            format!("`{}` is not the folder of an edition", folder.display()),
            "expected surveys/<survey>/<edition>",
        ));
    };
    let files = read_files(&absolute, &survey_folder)?;
    let survey = read_survey(&survey_folder.join("survey.toml"))?;
    match Edition::parse(&survey_code, &edition_code, &files) {
        Ok(edition) => Ok(Definition { edition, files, survey, folder }),
        Err(problems) => Err(CliError::Definition { folder, problems, files }),
    }
}

/// The folder of an edition.
fn find(kind: Kind, edition: Option<&str>, surveys: &Path) -> Result<PathBuf, CliError> {
    if let Some(edition) = edition {
        // A code alone is looked for in every survey below, wherever the command is run.
        let is_path = Path::new(edition).components().count() > 1;
        let below = surveys.join(edition);
        if Path::new(edition).is_dir() {
            return Ok(PathBuf::from(edition));
        } else if is_path && below.is_dir() {
            return Ok(below);
        }
    }
    let mut found = Vec::new();
    for survey in folders(surveys).map_err(CliError::io(surveys.display()))? {
        for folder in folders(&survey).map_err(CliError::io(survey.display()))? {
            let is_edition = folder.join("questionnaire.toml").is_file();
            let is_wanted =
                edition.is_none_or(|edition| folder.file_name().is_some_and(|name| name == edition));
            if is_edition && is_wanted && read_survey(&survey.join("survey.toml"))?.kind == kind {
                found.push(folder);
            }
        }
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    let wanted = edition.unwrap_or("any edition");
    match found.pop() {
        None => Err(CliError::input(
            match kind {
                Kind::Barometer => format!("there is no edition `{wanted}` under `{}`", surveys.display()),
                Kind::Directory => {
                    format!("there is no edition `{wanted}` of a directory under `{}`", surveys.display())
                }
            },
            "give the folder of an edition, or the folder of the surveys by `--surveys`",
        )),
        Some(last) if edition.is_some() && !found.is_empty() => Err(CliError::input(
            format!("several surveys have an edition `{wanted}`"),
            format!("give its folder, for instance `{}`", last.display()),
        )),
        Some(last) => Ok(last),
    }
}

fn folders(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    Ok(folders)
}

fn read_files(edition: &Path, survey: &Path) -> Result<Files, CliError> {
    let mut files = BTreeMap::new();
    let nomenclatures = survey.parent().unwrap_or(survey).join("nomenclatures");
    for (folder, prefix) in [
        (edition.to_path_buf(), ""),
        (edition.join("margins"), "margins/"),
        (edition.join("texts"), "texts/"),
        (edition.join("translations"), "translations/"),
        (edition.join("wording"), "wording/"),
        (edition.join("pages"), "pages/"),
        (nomenclatures, "nomenclatures/"),
    ] {
        // A folder that is missing is a matter for the check, which names the files it lacks.
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(CliError::io(folder.display()))?.path();
            let is_text = path.extension().is_some_and(|extension| extension == "toml" || extension == "csv");
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| is_text) else {
                continue;
            };
            let bytes = std::fs::read(&path).map_err(CliError::io(path.display()))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                not_utf8(&path, error.as_bytes(), at)
            })?;
            files.insert(format!("{prefix}{name}"), text);
        }
    }
    Ok(Files::new(files))
}

/// Where a file stops being UTF-8, and what was probably meant.
fn not_utf8(path: &Path, bytes: &[u8], at: usize) -> CliError {
    let line = bytes[..at].split(|byte| *byte == b'\n').count();
    let byte = bytes[at];
    // From 0xA0 on, the letters of Windows-1252 are the first of Unicode.
    let meant = match byte {
        0xa0.. => format!(" (« {} » in Windows-1252)", char::from(byte)),
        _ => String::new(),
    };
    CliError::input(
        format!("`{}`, line {line}: the byte {byte:#04x}{meant} is not UTF-8", path.display()),
        "save the file as UTF-8 (Windows calls other encodings « ANSI »)",
    )
}

fn read_survey(path: &Path) -> Result<Survey, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::io(path.display()))?;
    toml::from_str(&text).map_err(|error| {
        CliError::input(
            format!("`{}`: {}", path.display(), error.message()),
            "expected the keys code, title, publisher, contact and description, and `kind` for a directory",
        )
    })
}
