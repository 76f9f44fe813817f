//! `barometre report`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use report::{Kind, Options, Place, Progress, Tally, Workshop, Written};

use crate::annexes;
use crate::arguments::EditionArguments;
use crate::commands::{beside, say};
use crate::data::DataDirectory;
use crate::definition::{self, Kind as Survey};
use crate::error::CliError;

/// Draws the report and says where it is, then the sites of other editions that do not lead to it. Returns those among
/// them whose signature has to be made again.
pub(crate) fn run(
    arguments: &EditionArguments,
    base_url: Option<&str>,
    can_sign: bool,
) -> Result<Vec<String>, CliError> {
    let definition =
        definition::load(arguments.edition.as_deref(), &arguments.surveys)?.of_kind(Survey::Barometer)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let code = &definition.edition.questionnaire.edition;
    let (written, tally) = draw_counting(code, &directory, &place(code, &directory, base_url)?)?;
    say(format!(
        "report of edition {code}: {} files{}, start at {}",
        written.files.len(),
        told(&tally),
        written.index.display()
    ))?;
    beside::redraw(code, &directory, can_sign)
}

/// Where the site will be, and the editions that have a site beside it.
pub(crate) fn place(
    code: &str,
    directory: &DataDirectory,
    base_url: Option<&str>,
) -> Result<Place, CliError> {
    let place = Place::default().beside(beside::of(code, directory)?);
    let Some(base_url) = base_url else { return Ok(place) };
    let is_address = ["https://", "http://"].iter().any(|scheme| {
        base_url.strip_prefix(scheme).is_some_and(|rest| {
            !rest.is_empty()
                && !rest.contains(|letter: char| letter.is_whitespace() || "?#\"<>".contains(letter))
        })
    });
    if !is_address {
        return Err(CliError::input(
            format!("`{base_url}` is not the address of a site"),
            "expected where the site of this edition will be, for instance `https://barometre.example/2026`",
        ));
    }
    Ok(place.at(base_url))
}

/// How much was drawn: « , 12 charts drawn and 140 kept ».
fn told(tally: &BTreeMap<Kind, Tally>) -> String {
    let mut text = String::new();
    for (kind, tally) in tally {
        let name = match kind {
            Kind::Chart => "charts",
            Kind::Picture => "pictures",
            Kind::Document => "documents",
            Kind::Workbook => "workbooks",
            _ => continue,
        };
        let _ = write!(text, ", {} {name} drawn and {} kept", tally.drawn, tally.kept);
    }
    text
}

/// From the publication on disk to the site on disk, in place of an earlier one.
pub(crate) fn draw(code: &str, directory: &DataDirectory, place: &Place) -> Result<Written, CliError> {
    Ok(draw_counting(code, directory, place)?.0)
}

/// The same, with how much was drawn and how much was kept.
fn draw_counting(
    code: &str,
    directory: &DataDirectory,
    place: &Place,
) -> Result<(Written, BTreeMap<Kind, Tally>), CliError> {
    let folder = directory.publication(code);
    if !folder.join(publication::PUBLICATION_FILE).is_file() {
        return Err(CliError::input(
            format!("there is no publication of edition {code} in `{}`", folder.display()),
            "`barometre analyse` writes it",
        ));
    }
    let publication = publication::read(&folder)?;
    let bar = progress_bar()?;
    let counted = bar.clone();
    let workshop =
        Workshop::new().keeping_in(&directory.cache(code)).beside(frozen(&folder)?).saying(move |progress| {
            match progress {
                Progress::Planned(parts) => counted.inc_length(parts as u64),
                Progress::Done => counted.inc(1),
                _ => {}
            }
        });
    // Drawn beside, then put in place: the site that is served is never half of one and half of another.
    let site = directory.site(code);
    let fresh = site.with_extension("new");
    remove(&fresh)?;
    let annexes = annexes::of_publication(&folder)?;
    let options = Options::default();
    let drawn = ::report::write_in(&publication, &annexes, place, &fresh, options, &workshop);
    bar.finish_and_clear();
    let mut written = drawn?;
    // Names every file with its digest: what is signed, and what `barometre verify` starts from.
    let manifest = fresh.join(verification::manifest::MANIFEST);
    let text = verification::manifest::Manifest::of(code, &fresh)?.text();
    std::fs::write(&manifest, text).map_err(CliError::io(manifest.display()))?;
    written.files.push(verification::manifest::MANIFEST.into());
    let old = site.with_extension("old");
    remove(&old)?;
    if site.exists() {
        std::fs::rename(&site, &old).map_err(CliError::io(site.display()))?;
    }
    if let Err(error) = std::fs::rename(&fresh, &site) {
        // The earlier site comes back: readers never find nothing. The first error is the one to report.
        let _ = std::fs::rename(&old, &site);
        return Err(CliError::io(site.display())(error));
    }
    remove(&old)?;
    written.index = site.join("index.html");
    written.pdf = written.pdf.map(|_| site.join("rapport.pdf"));
    Ok((written, workshop.tally()))
}

/// The files of a publication, which its site offers as they are.
fn frozen(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    let mut files = BTreeMap::new();
    for file in publication::files(folder)? {
        let path = folder.join(&file);
        let bytes = std::fs::read(&path).map_err(CliError::io(path.display()))?;
        files.insert(file, bytes);
    }
    Ok(files)
}

/// On a terminal alone: a log has no use for it.
fn progress_bar() -> Result<ProgressBar, CliError> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} ({elapsed})")
        .map_err(|error| CliError::Fault(error.to_string()))?;
    // The target hides itself where standard error is no terminal.
    Ok(ProgressBar::new(0).with_style(style).with_message("report"))
}

fn remove(folder: &Path) -> Result<(), CliError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(CliError::io(folder.display())(error))
        }
        _ => Ok(()),
    }
}
