//! The official lists: communes, departments, regions, networks.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::edition::Category;
use crate::problem::{Problem, Problems};

/// The official lists shared by all surveys.
#[derive(Debug, Clone, Default)]
pub struct Nomenclatures {
    communes: BTreeMap<String, Commune>,
    by_post_code: BTreeMap<String, Vec<String>>,
    departments: BTreeMap<String, String>,
    regions: BTreeMap<String, String>,
    networks: Vec<Category>,
}

/// A commune of the official geographical code (COG).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// COG code, 5 characters.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its department.
    pub department: String,
    /// Code of its region.
    pub region: String,
    /// Inhabitants.
    pub population: u64,
    /// Post codes.
    pub post_codes: Vec<String>,
    /// `urbain` or `rural`.
    pub zone: String,
}

#[derive(Deserialize)]
struct CommuneRow {
    code: String,
    nom: String,
    departement: String,
    region: String,
    population: u64,
    codes_postaux: String,
    zone: String,
}

#[derive(Deserialize)]
struct AreaRow {
    code: String,
    nom: String,
}

#[derive(Deserialize)]
struct NetworkRow {
    code: String,
    name: String,
}

impl Nomenclatures {
    /// Reads the lists from the texts of `communes.csv`, `departements.csv`, `regions.csv` and `reseaux.csv`.
    pub(crate) fn parse(file: impl Fn(&str) -> Option<(String, String)>) -> (Self, Vec<Problem>) {
        let mut lists = Self::default();
        let mut problems = Vec::new();
        for (_, row) in read_rows::<CommuneRow>(&file, "nomenclatures/communes.csv", &mut problems) {
            let commune = Commune {
                post_codes: row.codes_postaux.split_whitespace().map(str::to_owned).collect(),
                code: row.code,
                name: row.nom,
                department: row.departement,
                region: row.region,
                population: row.population,
                zone: row.zone,
            };
            for post_code in &commune.post_codes {
                lists.by_post_code.entry(post_code.clone()).or_default().push(commune.code.clone());
            }
            lists.communes.insert(commune.code.clone(), commune);
        }
        for (_, row) in read_rows::<AreaRow>(&file, "nomenclatures/departements.csv", &mut problems) {
            lists.departments.insert(row.code, row.nom);
        }
        for (_, row) in read_rows::<AreaRow>(&file, "nomenclatures/regions.csv", &mut problems) {
            lists.regions.insert(row.code, row.nom);
        }
        for (_, row) in read_rows::<NetworkRow>(&file, "nomenclatures/reseaux.csv", &mut problems) {
            lists.networks.push(Category { code: row.code, label: row.name });
        }
        (lists, problems)
    }

    /// The commune with this COG code.
    #[must_use]
    pub fn commune(&self, code: &str) -> Option<&Commune> {
        self.communes.get(code)
    }

    /// The communes served by this post code, by name.
    #[must_use]
    pub fn communes_by_postcode(&self, post_code: &str) -> Vec<&Commune> {
        let codes = self.by_post_code.get(post_code).map_or(&[][..], Vec::as_slice);
        let mut communes: Vec<&Commune> = codes.iter().filter_map(|code| self.communes.get(code)).collect();
        communes.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
        communes
    }

    /// All communes, by code.
    pub fn communes(&self) -> impl Iterator<Item = &Commune> {
        self.communes.values()
    }

    /// Name of a department.
    #[must_use]
    pub fn department_name(&self, code: &str) -> Option<&str> {
        self.departments.get(code).map(String::as_str)
    }

    /// Name of a region.
    #[must_use]
    pub fn region_name(&self, code: &str) -> Option<&str> {
        self.regions.get(code).map(String::as_str)
    }

    /// Departments as categories, by code.
    #[must_use]
    pub fn departments(&self) -> Vec<Category> {
        as_categories(&self.departments)
    }

    /// Regions as categories, by code.
    #[must_use]
    pub fn regions(&self) -> Vec<Category> {
        as_categories(&self.regions)
    }

    /// The networks of the reference list, in its order.
    #[must_use]
    pub fn networks(&self) -> &[Category] {
        &self.networks
    }
}

fn as_categories(areas: &BTreeMap<String, String>) -> Vec<Category> {
    areas.iter().map(|(code, label)| Category { code: code.clone(), label: label.clone() }).collect()
}

/// Reads a CSV file into rows, each with its place; a missing file or a bad row becomes a problem at its line.
pub(crate) fn read_rows<T: for<'de> Deserialize<'de>>(
    file: &impl Fn(&str) -> Option<(String, String)>,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Vec<(Range<usize>, T)> {
    let Some((name, text)) = file(name) else {
        let mut missing = Problems::new(name, "");
        missing.report("missing-file", 0..0, format!("the file `{name}` is missing"));
        problems.extend(missing.into_found());
        return Vec::new();
    };
    let mut found = Problems::new(&name, &text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().cloned();
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let read = match (reader.read_record(&mut record), &headers) {
            (Ok(false), _) | (Ok(true), Err(_)) => break,
            (Ok(true), Ok(headers)) => record.deserialize::<T>(Some(headers)),
            (Err(error), _) => Err(error),
        };
        let position = record.position().or(read.as_ref().err().and_then(csv::Error::position));
        let start = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let place = line_at(&text, start);
        match read {
            Ok(row) => rows.push((place, row)),
            Err(error) => {
                let message = match error.kind() {
                    csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("it has {len} fields (expected {expected_len}, as in the first line)")
                    }
                    _ => error.to_string(),
                };
                found.report("bad-row", place, format!("this row cannot be read: {message}"));
            }
        }
    }
    problems.extend(found.into_found());
    rows
}

/// The line that starts here, less its end.
fn line_at(text: &str, start: usize) -> Range<usize> {
    let start = start.min(text.len());
    // A reader may count the line break before a row as the row's.
    let start = start + text.as_bytes()[start..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
    let end = text.as_bytes()[start..].iter().position(|byte| b"\r\n".contains(byte));
    start..end.map_or(text.len(), |length| start + length)
}
