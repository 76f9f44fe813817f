//! The editions that are published beside one, and the switch between them in the pages of each.

use std::path::Path;

use report::{OtherEdition, Place};

use crate::commands::{report::draw, say};
use crate::data::DataDirectory;
use crate::error::CliError;

/// The other editions that have a site, with their pages.
pub(crate) fn of(code: &str, directory: &DataDirectory) -> Result<Vec<OtherEdition>, CliError> {
    let is_page = |file: &str| Path::new(file).extension().is_some_and(|ending| ending == "html");
    let mut editions = Vec::new();
    let folder = directory.publications();
    // Nothing published yet is no edition beside: what is missing is said where it is asked for.
    let listed = if folder.is_dir() {
        Some(std::fs::read_dir(&folder).map_err(CliError::io(folder.display()))?)
    } else {
        None
    };
    for entry in listed.into_iter().flatten() {
        let entry = entry.map_err(CliError::io(folder.display()))?;
        let Ok(other) = entry.file_name().into_string() else { continue };
        let site = directory.site(&other);
        if other == code || !site.join("index.html").is_file() {
            continue;
        }
        let files = verification::files(&site)?.into_keys();
        editions.push(OtherEdition { code: other, files: files.filter(|file| is_page(file)).collect() });
    }
    editions.sort();
    Ok(editions)
}

/// Draws again the sites of other editions whose pages do not lead to every edition yet, so that a reader of an earlier
/// one finds the latest. Their figures and their address stay. A signed site is left as it is unless it `can_sign`: nobody
/// else could sign what is drawn. Returns the signed ones that were drawn, to be signed again.
pub(crate) fn redraw(code: &str, directory: &DataDirectory, can_sign: bool) -> Result<Vec<String>, CliError> {
    let mut to_sign = Vec::new();
    for OtherEdition { code: other, .. } in of(code, directory)? {
        let site = directory.site(&other);
        let was = Place::of(&site)?;
        let place = was.clone().beside(of(&other, directory)?);
        if place == was {
            continue;
        }
        let is_signed = is_signed(&site);
        if is_signed && !can_sign {
            say(format!(
                "  the site of edition {other} is signed and stays as it is, without the way to edition {code}: \
                 `barometre publish --sign` draws it and signs it again"
            ))?;
            continue;
        }
        // The edition that was asked for stands: what one beside it lacks is said, and can be drawn later.
        if let Err(error) = draw(&other, directory, &place) {
            say(format!("  the pages of edition {other} do not lead to edition {code}: {error}"))?;
            continue;
        }
        say(format!("  the pages of edition {other} lead to edition {code} too"))?;
        if is_signed {
            to_sign.push(other);
        }
    }
    Ok(to_sign)
}

/// Whether the manifest of a site has a signature, which no other site can have.
fn is_signed(site: &Path) -> bool {
    use verification::{manifest::MANIFEST, signature::SIGNATURE};
    site.join(format!("{MANIFEST}{SIGNATURE}")).is_file()
}
