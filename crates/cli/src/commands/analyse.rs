//! `barometre analyse`

use analysis::Context;
use extract::Extract;
use publication::Publication;
use sha2::{Digest, Sha256};

use crate::arguments::EditionArguments;
use crate::commands::freeze::{EditionCommand, SOFTWARE};
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::Definition;
use crate::error::CliError;

/// Computes the protected tables and says where they are.
pub(crate) fn run(arguments: &EditionArguments) -> Result<Publication, CliError> {
    let EditionCommand { definition, directory } = EditionCommand::open(arguments)?;
    let publication = analyse(&definition, &directory)?;
    let folder = directory.publication(&publication.edition.edition);
    let shown = publication.cells.values().filter(|cell| cell.published().is_some()).count();
    say(format!(
        "publication of edition {}: {} cells, {shown} shown, in {}",
        publication.edition.edition,
        publication.cells.len(),
        folder.display()
    ))?;
    Ok(publication)
}

/// From the extract to the publication on disk.
pub(crate) fn analyse(definition: &Definition, directory: &DataDirectory) -> Result<Publication, CliError> {
    let edition = &definition.edition;
    let code = &edition.questionnaire.edition;
    let folder = directory.extract(code);
    if !folder.join(extract::MANIFEST_FILE).is_file() {
        return Err(CliError::input(
            format!("there is no extract of edition {code} in `{}`", folder.display()),
            "`barometre freeze` writes it",
        ));
    }
    let extract = Extract::open(&folder)?;
    let context = Context {
        publisher: definition.survey.publisher.clone(),
        software: SOFTWARE.to_owned(),
        definition: definition.files.iter().map(|(name, text)| (name.to_owned(), digest(text))).collect(),
    };
    let publication = analysis::analyse(&extract, edition, &context)?;
    publication::write(&directory.publication(code), &publication)?;
    Ok(publication)
}

/// SHA-256 of a definition file, in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
