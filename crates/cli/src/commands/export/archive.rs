//! `barometre export ddi` and `barometre export archive`.

use std::io::Write;
use std::path::Path;

use exchange::archive::{self, Definition as Described, Dictionary, Facts};
use exchange::ddi;
use questionnaire::Edition;

use super::facts::{DERIVED_FILE, Frozen, RESPONSES_FILE};
use super::save;
use crate::arguments::{ExportArchiveArguments, ExportDdiArguments};
use crate::commands::freeze::EditionCommand;
use crate::commands::say;
use crate::error::CliError;

/// Name of the text that says who may read the folder.
const README_FILE: &str = "LISEZMOI.txt";

/// Writes the codebook of the extract as it is frozen.
pub(crate) fn ddi(arguments: &ExportDdiArguments) -> Result<(), CliError> {
    let EditionCommand { definition, directory } = EditionCommand::open(&arguments.edition)?;
    let frozen = Frozen::open(&definition, &directory)?;
    let facts = frozen.facts(&definition, &directory, vec![frozen.parquet(&definition.edition)])?;
    let editions = editions(&definition.edition);
    let described = Described { editions: &editions, files: &definition.files };
    let dictionary = Dictionary::new(&described, &facts.files);
    let text = ddi::codebook(&described, &dictionary, &facts);
    let Some(path) = &arguments.out else {
        return match std::io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(CliError::io("standard output")(error))
            }
            _ => Ok(()),
        };
    };
    save(path, text.as_bytes())?;
    let variables = dictionary.variables.iter().map(Vec::len).sum::<usize>();
    say(format!("codebook of edition {}: {variables} variables in {}", frozen.edition_code(), path.display()))
}

/// Writes the folder of an archive.
pub(crate) fn run(arguments: &ExportArchiveArguments) -> Result<(), CliError> {
    let EditionCommand { definition, directory } = EditionCommand::open(&arguments.edition)?;
    let frozen = Frozen::open(&definition, &directory)?;
    let responses = frozen.responses()?;
    let derived = frozen.derived()?;
    let files = vec![
        frozen.responses_file(&definition.edition, &responses),
        frozen.derived_file(&definition.edition, &derived),
    ];
    let facts = frozen.facts(&definition, &directory, files)?;
    let editions = editions(&definition.edition);
    let described = Described { editions: &editions, files: &definition.files };
    let texts = texts(&described, &facts);

    let folder = &arguments.out;
    create(folder)?;
    save(&folder.join(RESPONSES_FILE), &responses)?;
    save(&folder.join(DERIVED_FILE), &derived)?;
    for (name, text) in texts {
        save(&folder.join(name), &text)?;
    }
    let extract = directory.extract(frozen.edition_code());
    for name in [extract::CODEBOOK_FILE, extract::MANIFEST_FILE] {
        let path = extract.join(name);
        let bytes = std::fs::read(&path).map_err(CliError::io(path.display()))?;
        save(&folder.join(name), &bytes)?;
    }
    say(format!(
        "archive of edition {}: {} rows in {}; confidential, see {README_FILE}",
        frozen.edition_code(),
        frozen.rows(),
        folder.display()
    ))?;
    if let Some(reason) = frozen.no_weights() {
        say(format!("  no weights: {reason}"))?;
    }
    Ok(())
}

/// Language of a definition that does not say which it is in.
const LANGUAGE: &str = "fr";

/// The edition in each of its languages, its own first.
fn editions(edition: &Edition) -> Vec<(String, Edition)> {
    let languages = &edition.questionnaire.languages;
    if languages.is_empty() {
        return vec![(LANGUAGE.to_owned(), edition.clone())];
    }
    languages.iter().filter_map(|language| Some((language.clone(), edition.localised(language)?))).collect()
}

/// The files that are not data, by name.
fn texts(described: &Described<'_>, facts: &Facts) -> Vec<(&'static str, Vec<u8>)> {
    let dictionary = Dictionary::new(described, &facts.files);
    vec![
        (ddi::DDI_FILE, ddi::codebook(described, &dictionary, facts).into_bytes()),
        (archive::R_FILE, archive::r_script(&dictionary).into_bytes()),
        (archive::STATA_FILE, archive::stata_script(&dictionary).into_bytes()),
        (archive::SPSS_FILE, archive::spss_script(&dictionary).into_bytes()),
        (archive::NAMES_FILE, archive::names_table(&dictionary)),
        (README_FILE, archive::readme(described, facts).into_bytes()),
    ]
}

/// Makes the folder, for its owner alone; one with something in it is refused.
fn create(folder: &Path) -> Result<(), CliError> {
    let is_taken = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(CliError::io(folder.display())(error)),
    };
    if is_taken {
        return Err(CliError::input(
            format!("`{}` is not empty", folder.display()),
            "give a new folder by `--out`: files of two archives must not mix",
        ));
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(CliError::io(folder.display()))?;
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(CliError::io(folder.display()))?;
    Ok(())
}
