//! The files of a directory.
//!
//! `annuaire.json` holds every card. `annuaire.csv` is the open data file: only the cards of actors who agreed to it.
//! `annuaire.geojson` holds the cards whose commune has a known centre; it is there only when one has.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::card::{Card, Part, Point};
use crate::definition::Directory;
use crate::error::DirectoryError;
use crate::lists::Family;
use crate::shown::Shown;

/// Version of the files' form.
pub const SCHEMA_VERSION: u32 = 1;
/// Name of the file of all cards.
pub const CARDS_FILE: &str = "annuaire.json";
/// Name of the open data file.
pub const TABLE_FILE: &str = "annuaire.csv";
/// Name of the map's file.
pub const MAP_FILE: &str = "annuaire.geojson";

/// The licence of the open data file.
const LICENCE: &str = "Licence Ouverte 2.0";

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order they were written.
    pub files: Vec<PathBuf>,
    /// How many cards are in the open data file.
    pub open_data: usize,
    /// How many cards are on the map.
    pub on_the_map: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    survey: &'a str,
    edition: &'a str,
    title: &'a str,
    open_data_licence: &'a str,
    families: Vec<FamilyCount<'a>>,
    cards: &'a [&'a Card],
}

#[derive(Serialize)]
struct FamilyCount<'a> {
    code: &'a str,
    label: &'a str,
    cards: usize,
}

#[derive(Serialize)]
struct Collection<'a> {
    r#type: &'static str,
    features: Vec<Feature<'a>>,
}

#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    id: &'a str,
    geometry: Geometry,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Geometry {
    r#type: &'static str,
    coordinates: [f64; 2],
}

#[derive(Serialize)]
struct Properties<'a> {
    name: &'a str,
    families: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    main_family: Option<&'a str>,
    is_transversal: bool,
    /// The point is the centre of the commune, never an address.
    precision: &'static str,
    commune: &'a str,
}

/// Writes the files of these cards in place of earlier ones; an earlier map goes when no card has a point any more.
///
/// # Errors
/// A folder that cannot be written; a card given twice.
pub fn write(folder: &Path, directory: &Directory<'_>, cards: &[Card]) -> Result<Written, DirectoryError> {
    let mut codes = BTreeSet::new();
    if let Some(twice) = cards.iter().find(|card| !codes.insert(card.code.as_str())) {
        return Err(DirectoryError::Twice { card: twice.code.clone() });
    }
    let mut sorted: Vec<&Card> = cards.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
    fs::create_dir_all(folder).map_err(io(folder))?;
    let mut written = Written { files: Vec::new(), open_data: 0, on_the_map: 0 };

    let mut json = json(&document(directory, &sorted));
    json.push(b'\n');
    written.files.push(replace(folder, CARDS_FILE, &json)?);

    let open: Vec<&Card> = sorted.iter().copied().filter(|card| card.is_open_data).collect();
    written.open_data = open.len();
    written.files.push(replace(folder, TABLE_FILE, &table(directory, &open))?);

    let features: Vec<Feature<'_>> = sorted.iter().filter_map(|card| feature(card)).collect();
    written.on_the_map = features.len();
    if features.is_empty() {
        remove(&folder.join(MAP_FILE))?;
    } else {
        let map = self::json(&Collection { r#type: "FeatureCollection", features });
        written.files.push(replace(folder, MAP_FILE, &map)?);
    }
    Ok(written)
}

fn document<'a>(directory: &'a Directory<'_>, cards: &'a [&'a Card]) -> Document<'a> {
    let questionnaire = &directory.edition().questionnaire;
    let count = |family: &Family| {
        cards.iter().filter(|card| card.families.iter().any(|found| found.code == family.code)).count()
    };
    Document {
        schema_version: SCHEMA_VERSION,
        survey: &questionnaire.survey,
        edition: &questionnaire.edition,
        title: &questionnaire.title,
        open_data_licence: LICENCE,
        families: directory
            .lists()
            .families()
            .iter()
            .map(|family| FamilyCount { code: &family.code, label: &family.label, cards: count(family) })
            .collect(),
        cards,
    }
}

fn feature(card: &Card) -> Option<Feature<'_>> {
    let location = card.location.as_ref()?;
    let centre: Point = location.centre?;
    Some(Feature {
        r#type: "Feature",
        id: &card.code,
        geometry: Geometry { r#type: "Point", coordinates: [centre.longitude(), centre.latitude()] },
        properties: Properties {
            name: &card.name,
            families: card.families.iter().map(|family| family.code.as_str()).collect(),
            main_family: card.main_family.as_ref().map(|family| family.code.as_str()),
            is_transversal: card.is_transversal,
            precision: "commune",
            commune: &location.commune.label,
        },
    })
}

/// The open data file: one row a card, codes rather than labels, a column for each public question.
fn table(directory: &Directory<'_>, cards: &[&Card]) -> Vec<u8> {
    let parts = directory.parts();
    let apart = [parts.name, parts.commune, parts.families, parts.main_family];
    let questions: Vec<&str> = parts
        .public
        .iter()
        .filter(|index| !apart.contains(index))
        .map(|index| directory.question(*index).code.as_str())
        .collect();
    let mut header = vec![
        "fiche",
        "nom",
        "familles",
        "famille_principale",
        "transversal",
        "sous_categories",
        "commune_code",
        "commune",
        "departement_code",
        "departement",
        "region_code",
        "region",
    ];
    header.extend(&questions);
    header.push("relue_le");
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<String>>()];
    for card in cards {
        let main = card.main_family.as_ref().map_or("", |family| family.code.as_str());
        let mut row = vec![
            card.code.clone(),
            harmless(&card.name),
            codes(&card.families),
            main.to_owned(),
            if card.is_transversal { "oui" } else { "non" }.to_owned(),
            codes(&card.sub_categories),
        ];
        let places = card.location.as_ref().map(|found| [&found.commune, &found.department, &found.region]);
        for index in 0..3 {
            let place = places.map(|places| places[index]);
            row.push(place.map(|place| place.code.clone()).unwrap_or_default());
            row.push(place.map(|place| place.label.clone()).unwrap_or_default());
        }
        for question in &questions {
            let answer = card.answers.iter().find(|answer| answer.code == *question);
            row.push(answer.map(|answer| cell(&answer.value)).unwrap_or_default());
        }
        row.push(card.reviewed_on.to_string());
        rows.push(row);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).expect("rows of one length, written in memory");
    }
    writer.into_inner().expect("what is written in memory is there")
}

fn cell(value: &Shown) -> String {
    match value {
        Shown::Text(text) => harmless(text),
        Shown::Number(number) => number.to_string(),
        Shown::Choices(choices) => codes(choices),
        Shown::Identifier { kind, value: Some(value) } => format!("{}:{value}", kind.code),
        Shown::Identifier { kind, value: None } => kind.code.clone(),
        Shown::Links(links) => links.join(" "),
    }
}

fn codes(parts: &[Part]) -> String {
    parts.iter().map(|part| part.code.as_str()).collect::<Vec<_>>().join(" ")
}

/// What a person typed, so that a spreadsheet does not take it for a formula.
pub(crate) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("texts, numbers and dates always serialise")
}

/// Written beside, then put in place: nobody reads half a file.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, DirectoryError> {
    let path = folder.join(name);
    let fresh = folder.join(format!(".{name}.new"));
    let mut file = fs::File::create(&fresh).map_err(io(&fresh))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io(&fresh))?;
    fs::rename(&fresh, &path).map_err(io(&path))?;
    Ok(path)
}

fn remove(path: &Path) -> Result<(), DirectoryError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(path)(error)),
        _ => Ok(()),
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> DirectoryError {
    let path = path.to_path_buf();
    move |source| DirectoryError::Io { path, source }
}
