//! `barometre analyse`

use std::collections::BTreeMap;
use std::path::Path;

use analysis::Context;
use extract::Extract;
use publication::{Evolution, Publication};
use report::DirectoryCount;
use sha2::{Digest, Sha256};

use crate::annexes;
use crate::arguments::EditionArguments;
use crate::cards;
use crate::commands::freeze::{EditionCommand, SOFTWARE};
use crate::commands::revision::{Asked, Replaced};
use crate::commands::say;
use crate::commands::trend::published;
use crate::data::DataDirectory;
use crate::definition::{self, Definition};
use crate::error::CliError;
use crate::evolution::evolution;

/// Computes the protected tables and says where they are.
pub(crate) fn run(
    arguments: &EditionArguments,
    since: Option<&str>,
    asked: Option<&Asked<'_>>,
) -> Result<Publication, CliError> {
    let EditionCommand { definition, directory } = EditionCommand::open(arguments)?;
    let since = since.map(|earlier| definition::load(Some(earlier), &arguments.surveys)).transpose()?;
    let publication = analyse(&definition, &directory, since.as_ref(), asked)?;
    let folder = directory.publication(&publication.edition.edition);
    let shown = publication.cells.values().filter(|cell| cell.published().is_some()).count();
    say(format!(
        "publication of edition {}: {} cells, {shown} shown, in {}",
        publication.edition.edition,
        publication.cells.len(),
        folder.display()
    ))?;
    if let Some(revision) = publication.release.revisions.last() {
        let kept = directory.versions(&publication.edition.edition);
        say(format!("  version {}; the one before is kept in {}", revision.version, kept.display()))?;
    }
    for excluded in &publication.counts.excluded {
        let shown = excluded.shown.map_or_else(|| "fewer than 11".to_owned(), |shown| shown.to_string());
        say(format!("  kept out: {} ({shown})", excluded.label))?;
    }
    if let Some(evolution) = &publication.evolution {
        say(format!(
            "  since {}: {} indicators set beside their past, {} refused",
            evolution.edition,
            evolution.series.len(),
            evolution.refused.len()
        ))?;
    }
    Ok(publication)
}

/// From the extract to the publication on disk.
pub(crate) fn analyse(
    definition: &Definition,
    directory: &DataDirectory,
    since: Option<&Definition>,
    asked: Option<&Asked<'_>>,
) -> Result<Publication, CliError> {
    let edition = &definition.edition;
    let code = &edition.questionnaire.edition;
    let replaced = match asked {
        Some(asked) => Replaced::by(asked, code, directory)?,
        None => Replaced::default(),
    };
    let counted = cards::count(&directory.cards(code))?;
    let publication = compute(definition, directory, since, &replaced)?;
    let folder = directory.publication(code);
    match asked {
        Some(asked) => {
            let extracts = (&Extract::open(asked.extract)?, &open_extract(definition, directory)?);
            replaced.refuse_telling(&publication, extracts, edition)?;
            replaced.keep(code, directory)?;
        }
        None => refuse_recomputing(&folder, &publication)?,
    }
    write(&folder, &publication, definition, counted)?;
    Ok(publication)
}

/// Writes a publication, what is made of its cells, and what the definition and the directory add to them.
pub(crate) fn write(
    folder: &Path,
    publication: &Publication,
    definition: &Definition,
    counted: Option<DirectoryCount>,
) -> Result<(), CliError> {
    let parquet = analysis::cells_parquet(publication)?;
    let annexes = annexes::of_definition(definition, counted)?;
    annexes.check(publication)?;
    let others = BTreeMap::from([
        (publication::PARQUET_FILE.to_owned(), parquet),
        (report::ANNEXES_FILE.to_owned(), annexes.to_json()),
    ]);
    Ok(publication::write_with(folder, publication, &others)?)
}

/// The publication of an extract, after what was published before.
pub(crate) fn compute(
    definition: &Definition,
    directory: &DataDirectory,
    since: Option<&Definition>,
    replaced: &Replaced,
) -> Result<Publication, CliError> {
    let edition = &definition.edition;
    let extract = open_extract(definition, directory)?;
    let context = Context {
        publisher: definition.survey.publisher.clone(),
        software: SOFTWARE.to_owned(),
        definition: definition.files.iter().map(|(name, text)| (name.to_owned(), digest(text))).collect(),
    };
    let mut previous = replaced.versions.clone();
    previous.extend(since.map(|earlier| published(earlier, directory)).transpose()?);
    let mut publication =
        analysis::analyse_against(&extract, edition, &context, &analysis::LinearPrograms, &previous)?;
    publication.release.revisions.clone_from(&replaced.revisions);
    if let Some(earlier) = since {
        let evolution = evolution(earlier, definition, &publication, directory)?;
        lend_words(&published(earlier, directory)?, &evolution, &mut publication);
        publication.evolution = Some(evolution);
        // Equal provenance gives equal bytes: what was compared with is part of it.
        let code = &earlier.edition.questionnaire.edition;
        let path = directory.publication(code).join(publication::CELLS_FILE);
        let cells = std::fs::read_to_string(&path).map_err(CliError::io(path.display()))?;
        let name = format!("{code}/{}", publication::CELLS_FILE);
        publication.provenance.definition.insert(name, digest(&cells));
    }
    Ok(publication)
}

/// What the earlier edition alone has is said in its own words, in every language that it has them in.
fn lend_words(earlier: &Publication, evolution: &Evolution, publication: &mut Publication) {
    let labels = evolution.refused.iter().map(|refused| &refused.label);
    let labels: Vec<&String> = labels.chain([&evolution.title]).collect();
    for (language, texts) in &earlier.translations {
        let own = publication.translations.entry(language.clone()).or_default();
        for label in &labels {
            if let Some(said) = texts.get(*label) {
                own.entry((*label).clone()).or_insert_with(|| said.clone());
            }
        }
    }
}

/// The edition's extract, as it was frozen.
pub(crate) fn open_extract(definition: &Definition, directory: &DataDirectory) -> Result<Extract, CliError> {
    let code = &definition.edition.questionnaire.edition;
    let folder = directory.extract(code);
    if !folder.join(extract::MANIFEST_FILE).is_file() {
        return Err(CliError::input(
            format!("there is no extract of edition {code} in `{}`", folder.display()),
            "`barometre freeze` writes it",
        ));
    }
    Ok(Extract::open(&folder)?)
}

/// A published edition is never recomputed from other responses, nor its figures by another program: the difference
/// between two versions is the answers of whoever came or left in between, or what was withheld (`disclosure.md`,
/// sections 0 and 3.4).
fn refuse_recomputing(folder: &Path, publication: &Publication) -> Result<(), CliError> {
    if publication.edition.is_simulated || !folder.join(publication::PUBLICATION_FILE).is_file() {
        return Ok(());
    }
    let earlier = publication::read(folder)?;
    let is_same_extract = earlier.provenance.extract == publication.provenance.extract;
    if is_same_extract && earlier.cells == publication.cells {
        return Ok(());
    }
    let other = if is_same_extract { "with other figures" } else { "from another extract" };
    Err(CliError::input(
        format!("edition {} is already published {other}", publication.edition.edition),
        format!(
            "a published edition is never recomputed (`--revision` says when it may be published again); if nobody has seen \
             it yet, move `{}` away first",
            folder.display()
        ),
    ))
}

/// SHA-256 of a definition file, in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
