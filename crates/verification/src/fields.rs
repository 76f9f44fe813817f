//! What files say besides what they show (`disclosure.md` 4.2, procedure g): hidden sheets and columns, comments,
//! formulas, attachments, texts in pictures, dates that differ, an order that depends on figures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::Path;

use audit::{Claim, Group, Kind, Release, Severity};
use zip::ZipArchive;

use crate::VerificationError;
use crate::folder::{files, read, read_text};

/// Chunks of a PNG that hold the picture or how to show it.
const OF_THE_PICTURE: [&[u8; 4]; 13] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD",
    b"iCCP", b"cICP",
];

/// Attacks the files of a folder: charts and what is not shown.
///
/// # Errors
/// When a file cannot be read or is not of its format.
pub fn attack(folder: &Path, release: &Release) -> Result<Vec<Claim>, VerificationError> {
    let mut claims: Vec<Claim> = order(release).into_iter().collect();
    let mut dates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, path) in files(folder)? {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            "svg" => claims.extend(
                audit::attack_chart(&name, &read_text(&path)?)
                    .map_err(|error| VerificationError::malformed(&name, error))?,
            ),
            "png" => claims.extend(picture(&name, &read(&path)?)),
            "pdf" => claims.extend(document(&name, &read(&path)?)?),
            "xlsx" => {
                let (found, created) = workbook(&name, &read(&path)?)?;
                claims.extend(found);
                dates.entry(created).or_default().insert(name);
            }
            _ => {}
        }
    }
    if dates.len() > 1 {
        let names: Vec<&str> = dates.values().flatten().map(String::as_str).collect();
        claims.push(claim(&names.join(", "), "workbooks of one edition say different dates"));
    }
    Ok(claims)
}

/// Rows in an order that is not the same for all domains and all indicators may be in an order of figures.
fn order(release: &Release) -> Option<Claim> {
    let mut by_domain: BTreeMap<&audit::Domain, Vec<(&str, usize)>> = BTreeMap::new();
    for cell in release.cells() {
        let question = release.question_of(cell.question).code.as_str();
        by_domain.entry(release.domain_of(cell.domain)).or_default().push((question, cell.category));
    }
    let longest = by_domain.values().max_by_key(|order| order.len())?.clone();
    let place: BTreeMap<(&str, usize), usize> =
        longest.into_iter().enumerate().map(|(place, cell)| (cell, place)).collect();
    let (domain, _) = by_domain.iter().find(|(_, order)| {
        let places: Option<Vec<usize>> = order.iter().map(|cell| place.get(cell).copied()).collect();
        places.is_some_and(|places| places.windows(2).any(|pair| pair[0] > pair[1]))
    })?;
    Some(claim("cells.csv", &format!("the rows of [{domain}] are in an order of their own")))
}

/// Chunks of a picture that hold no picture.
fn picture(name: &str, bytes: &[u8]) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = head[..4].iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        let kind = &head[4..8];
        if !OF_THE_PICTURE.iter().any(|known| known.as_slice() == kind) {
            claims.push(claim(name, &format!("it carries a chunk `{}`", String::from_utf8_lossy(kind))));
        }
        rest = after.get(length.saturating_add(4)..).unwrap_or_default();
    }
    claims
}

fn document(name: &str, bytes: &[u8]) -> Result<Vec<Claim>, VerificationError> {
    let document =
        lopdf::Document::load_mem(bytes).map_err(|error| VerificationError::malformed(name, error))?;
    let has_attachment = document.objects.values().any(|object| {
        let dictionary = object.as_dict().ok().or_else(|| object.as_stream().ok().map(|stream| &stream.dict));
        dictionary.is_some_and(|found| {
            found.has(b"EmbeddedFiles")
                || found
                    .get(b"Type")
                    .and_then(lopdf::Object::as_name)
                    .is_ok_and(|kind| kind == b"EmbeddedFile")
        })
    });
    Ok(has_attachment.then(|| claim(name, "a file is attached to it")).into_iter().collect())
}

/// Claims, and the date of creation that the workbook says.
fn workbook(name: &str, bytes: &[u8]) -> Result<(Vec<Claim>, String), VerificationError> {
    let malformed = |error: &dyn std::fmt::Display| VerificationError::malformed(name, error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    let parts: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let (mut claims, mut created) = (Vec::new(), String::new());
    for part in parts {
        if part.starts_with("xl/comments") || part.starts_with("xl/threadedComments") {
            claims.push(claim(name, "it holds comments"));
        }
        if Path::new(&part).extension().is_none_or(|ending| ending != "xml") {
            continue;
        }
        let mut text = String::new();
        let mut file = archive.by_name(&part).map_err(|error| malformed(&error))?;
        file.read_to_string(&mut text).map_err(|error| malformed(&error))?;
        if part == "docProps/core.xml" {
            created = between(&text, "<dcterms:created", "</dcterms:created>");
        } else if part == "xl/workbook.xml"
            && (text.contains("state=\"hidden\"") || text.contains("state=\"veryHidden\""))
        {
            claims.push(claim(name, "it has a hidden sheet"));
        } else if part.starts_with("xl/worksheets/") {
            if text.contains("hidden=\"1\"") || text.contains("hidden=\"true\"") {
                claims.push(claim(name, &format!("{part} has hidden rows or columns")));
            }
            if text.contains("<f>") || text.contains("<f ") {
                claims.push(claim(name, &format!("{part} has formulas")));
            }
        }
    }
    Ok((claims, created))
}

fn between(text: &str, from: &str, to: &str) -> String {
    let after = text.split_once(from).map_or("", |(_, after)| after);
    let after = after.split_once('>').map_or("", |(_, after)| after);
    after.split_once(to).map_or_else(String::new, |(found, _)| found.to_owned())
}

fn claim(file: &str, detail: &str) -> Claim {
    Claim {
        kind: Kind::Field,
        severity: Severity::Serious,
        group: Group::default(),
        base: String::new(),
        question: Some(file.to_owned()),
        category: None,
        interval: None,
        n: None,
        binding: Vec::new(),
        detail: detail.to_owned(),
    }
}
