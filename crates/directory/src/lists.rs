//! The lists of the typology: families, their sub-categories, and the actors that it names.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::{Files, Problem};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::card::Point;

/// A family of the digital ESS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Family {
    /// Code, for instance `communs`.
    pub code: String,
    /// Label for readers.
    pub label: String,
}

/// A part of a family.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SubCategory {
    /// Code of the family.
    pub family: String,
    /// Code, for instance `communs.2`.
    pub code: String,
    /// Label for readers.
    pub label: String,
}

/// Where the typology names an actor: as an example, or as the head of a network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cited {
    /// Code of the family.
    pub family: String,
    /// Whether it is named as the head of a network.
    pub is_network_head: bool,
}

/// The lists that the directory shares with the surveys.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    families: Vec<Family>,
    sub_categories: Vec<SubCategory>,
    actors: BTreeMap<String, BTreeSet<Cited>>,
    names: BTreeMap<String, String>,
    centres: BTreeMap<String, Point>,
}

#[derive(Deserialize)]
struct ActorRow {
    family: String,
    name: String,
    role: String,
}

#[derive(Deserialize)]
struct CentreRow {
    code: String,
    longitude: f64,
    latitude: f64,
}

const FAMILIES: &str = "nomenclatures/familles_ess_numerique.csv";
const SUB_CATEGORIES: &str = "nomenclatures/sous_categories.csv";
const ACTORS: &str = "nomenclatures/acteurs.csv";
/// Optional: the centres of communes, in degrees (WGS 84). Without it nothing has a point on a map.
const CENTRES: &str = "nomenclatures/centres_communes.csv";

impl Lists {
    /// Reads the lists; what is missing or cannot be read is a problem at its line.
    pub(crate) fn parse(files: &Files, problems: &mut Vec<Problem>) -> Self {
        let families = rows(files, FAMILIES, problems).into_iter().map(|(_, family)| family).collect();
        let mut lists = Self { families, ..Self::default() };
        let known = |family: &str, lists: &Self| lists.family(family).is_some();
        for (line, row) in rows::<SubCategory>(files, SUB_CATEGORIES, problems) {
            if known(&row.family, &lists) {
                lists.sub_categories.push(row);
            } else {
                problems.push(unknown_family(SUB_CATEGORIES, line, &row.family));
            }
        }
        for (line, row) in rows::<ActorRow>(files, ACTORS, problems) {
            if !known(&row.family, &lists) {
                problems.push(unknown_family(ACTORS, line, &row.family));
                continue;
            }
            let cited = Cited { family: row.family, is_network_head: row.role == "tete_de_reseau" };
            let key = folded(&row.name);
            lists.actors.entry(key.clone()).or_default().insert(cited);
            lists.names.entry(key).or_insert(row.name);
        }
        if files.text(CENTRES).is_some() {
            for (line, row) in rows::<CentreRow>(files, CENTRES, problems) {
                match Point::new(row.longitude, row.latitude) {
                    Some(point) => {
                        lists.centres.insert(row.code, point);
                    }
                    None => problems.push(problem(
                        (CENTRES, line),
                        "out-of-range",
                        format!(
                            "longitude {} and latitude {} of commune {} (expected -180 to 180 and -90 to 90)",
                            row.longitude, row.latitude, row.code
                        ),
                    )),
                }
            }
        }
        lists
    }

    /// The families, in the order of the list.
    #[must_use]
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The family with this code.
    #[must_use]
    pub fn family(&self, code: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.code == code)
    }

    /// The sub-category with this code.
    #[must_use]
    pub fn sub_category(&self, code: &str) -> Option<&SubCategory> {
        self.sub_categories.iter().find(|sub_category| sub_category.code == code)
    }

    /// Where the typology names this actor, whatever the case and the accents; nothing when it does not.
    #[must_use]
    pub fn cited(&self, name: &str) -> Vec<&Cited> {
        self.actors.get(&folded(name)).into_iter().flatten().collect()
    }

    /// The actors that the typology names in several families, by name, with those families.
    #[must_use]
    pub fn cited_as_transversal(&self) -> Vec<(&str, Vec<&str>)> {
        self.actors
            .iter()
            .filter_map(|(key, cited)| {
                let families: BTreeSet<&str> = cited.iter().map(|cited| cited.family.as_str()).collect();
                let name = self.names.get(key).filter(|_| families.len() > 1)?;
                Some((name.as_str(), families.into_iter().collect()))
            })
            .collect()
    }

    /// The centre of a commune, when it is known.
    #[must_use]
    pub fn centre(&self, commune: &str) -> Option<Point> {
        self.centres.get(commune).copied()
    }
}

/// A name without case, accents, spaces or punctuation: « Emmaüs Connect » is « EMMAUS CONNECT ».
fn folded(name: &str) -> String {
    name.to_lowercase().replace('œ', "oe").nfkd().filter(|c| c.is_alphanumeric()).collect()
}

/// The rows of a list with their lines.
fn rows<T: for<'de> Deserialize<'de>>(
    files: &Files,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, T)> {
    let Some(text) = files.text(name) else {
        problems.push(problem((name, 1), "missing-file", format!("the file `{name}` is missing")));
        return Vec::new();
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            problems.push(problem((name, 1), "bad-row", format!("the header cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    for record in reader.records() {
        let line = |position: Option<&csv::Position>| line_at(text, position);
        match record {
            Ok(record) => match record.deserialize::<T>(Some(&headers)) {
                Ok(row) => read.push((line(record.position()), row)),
                Err(error) => problems.push(problem(
                    (name, line(record.position())),
                    "bad-row",
                    format!("this row cannot be read: {error}"),
                )),
            },
            Err(error) => problems.push(problem(
                (name, line(error.position())),
                "bad-row",
                format!("this row cannot be read: {error}"),
            )),
        }
    }
    read
}

fn unknown_family(file: &str, line: usize, family: &str) -> Problem {
    problem(
        (file, line),
        "unknown-code",
        format!("there is no family `{family}` (expected one of {FAMILIES})"),
    )
}

/// The line, from 1, on which a row starts. The reader's own count is one behind where lines end in CR LF: there a row
/// is said to start at the LF of the one before.
pub(crate) fn line_at(text: &str, position: Option<&csv::Position>) -> usize {
    let start = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
    let bytes = &text.as_bytes()[..text.len().min(start)];
    let rest = &text.as_bytes()[bytes.len()..];
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + bytes.iter().chain(blank).filter(|byte| **byte == b'\n').count()
}

/// A problem of a whole line.
pub(crate) fn problem((file, line): (&str, usize), code: &'static str, message: String) -> Problem {
    Problem { code, file: file.to_owned(), span: 0..0, line, column: 1, message, help: None }
}
