//! The official lists: communes, departments, regions, networks.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::edition::Category;
use crate::parse::Files;
use crate::problem::{Problem, Problems};

/// The official lists shared by all surveys. A copy is cheap.
#[derive(Debug, Clone, Default)]
pub struct Nomenclatures(Arc<Lists>);

#[derive(Debug, Default)]
struct Lists {
    communes: CommuneList,
    departments: BTreeMap<String, String>,
    regions: BTreeMap<String, String>,
    networks: Vec<Category>,
}

/// Thirty-five thousand communes take longer to read than all else together, and a check of a definition needs none of
/// them: a file whose rows are plainly well formed is read when a commune is first looked up.
#[derive(Debug, Default)]
struct CommuneList {
    text: String,
    read: OnceLock<Communes>,
}

#[derive(Debug, Default)]
struct Communes {
    by_code: BTreeMap<String, Commune>,
    by_post_code: BTreeMap<String, Vec<String>>,
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
    pub(crate) fn parse(files: &Files) -> (Self, Vec<Problem>) {
        let mut lists = Lists::default();
        let mut problems = Vec::new();
        lists.communes = CommuneList::parse(files, &mut problems);
        for (_, row) in read_rows::<AreaRow>(files, "nomenclatures/departements.csv", &mut problems) {
            lists.departments.insert(row.code, row.nom);
        }
        for (_, row) in read_rows::<AreaRow>(files, "nomenclatures/regions.csv", &mut problems) {
            lists.regions.insert(row.code, row.nom);
        }
        for (_, row) in read_rows::<NetworkRow>(files, "nomenclatures/reseaux.csv", &mut problems) {
            lists.networks.push(Category { code: row.code, label: row.name });
        }
        (Self(Arc::new(lists)), problems)
    }

    /// The commune with this COG code.
    #[must_use]
    pub fn commune(&self, code: &str) -> Option<&Commune> {
        self.0.communes.read().by_code.get(code)
    }

    /// The communes served by this post code, by name.
    #[must_use]
    pub fn communes_by_postcode(&self, post_code: &str) -> Vec<&Commune> {
        let list = self.0.communes.read();
        let codes = list.by_post_code.get(post_code).map_or(&[][..], Vec::as_slice);
        let mut communes: Vec<&Commune> = codes.iter().filter_map(|code| list.by_code.get(code)).collect();
        communes.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
        communes
    }

    /// All communes, by code.
    pub fn communes(&self) -> impl Iterator<Item = &Commune> {
        self.0.communes.read().by_code.values()
    }

    /// Name of a department.
    #[must_use]
    pub fn department_name(&self, code: &str) -> Option<&str> {
        self.0.departments.get(code).map(String::as_str)
    }

    /// Name of a region.
    #[must_use]
    pub fn region_name(&self, code: &str) -> Option<&str> {
        self.0.regions.get(code).map(String::as_str)
    }

    /// Departments as categories, by code.
    #[must_use]
    pub fn departments(&self) -> Vec<Category> {
        as_categories(&self.0.departments)
    }

    /// Regions as categories, by code.
    #[must_use]
    pub fn regions(&self) -> Vec<Category> {
        as_categories(&self.0.regions)
    }

    /// The networks of the reference list, in its order.
    #[must_use]
    pub fn networks(&self) -> &[Category] {
        &self.0.networks
    }
}

impl CommuneList {
    fn parse(files: &Files, problems: &mut Vec<Problem>) -> Self {
        match files.text(COMMUNES).filter(|text| is_plain(text)) {
            Some(text) => Self { text: text.to_owned(), read: OnceLock::new() },
            None => Self { text: String::new(), read: OnceLock::from(Communes::parse(files, problems)) },
        }
    }

    fn read(&self) -> &Communes {
        self.read.get_or_init(|| {
            let files = Files::new(BTreeMap::from([(COMMUNES.to_owned(), self.text.clone())]));
            // Its rows were found well formed.
            Communes::parse(&files, &mut Vec::new())
        })
    }
}

/// The file of communes.
const COMMUNES: &str = "nomenclatures/communes.csv";

/// Its first line.
const COMMUNES_HEADER: &str = "code,nom,departement,region,population,codes_postaux,zone";

/// Which of its fields is the population, from 0.
const POPULATION: usize = 4;

/// Whether every line of the communes' file has its fields and a population in digits, and no quotes, in which case
/// it holds no fault that [`Communes::parse`] would report.
fn is_plain(text: &str) -> bool {
    let Some(rows) = text.strip_prefix(COMMUNES_HEADER).and_then(|rows| rows.strip_prefix('\n')) else {
        return false;
    };
    // One pass over the bytes: the file is long.
    let last = COMMUNES_HEADER.bytes().filter(|byte| *byte == b',').count();
    let (mut field, mut digits) = (0, 0_usize);
    for byte in rows.bytes() {
        match byte {
            b',' => field += 1,
            b'\n' if field != last || !(1..=18).contains(&digits) => return false,
            b'\n' => (field, digits) = (0, 0),
            b'"' | b'\r' => return false,
            _ if field != POPULATION => {}
            b'0'..=b'9' => digits += 1,
            _ => return false,
        }
    }
    rows.ends_with('\n')
}

impl Communes {
    fn parse(files: &Files, problems: &mut Vec<Problem>) -> Self {
        let mut communes = Self::default();
        for (_, row) in read_rows::<CommuneRow>(files, COMMUNES, problems) {
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
                communes.by_post_code.entry(post_code.clone()).or_default().push(commune.code.clone());
            }
            communes.by_code.insert(commune.code.clone(), commune);
        }
        communes
    }
}

fn as_categories(areas: &BTreeMap<String, String>) -> Vec<Category> {
    areas.iter().map(|(code, label)| Category { code: code.clone(), label: label.clone() }).collect()
}

/// Reads a CSV file into rows, each with its place; a missing file or a bad row becomes a problem at its line.
pub(crate) fn read_rows<T: for<'de> Deserialize<'de>>(
    files: &Files,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Vec<(Range<usize>, T)> {
    let Some(text) = files.text(name) else {
        let mut missing = Problems::new(name, "");
        missing.report("missing-file", 0..0, format!("the file `{name}` is missing"));
        problems.extend(missing.into_found());
        return Vec::new();
    };
    let mut found = Problems::new(name, text);
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
        let place = line_at(text, start);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn files(communes: &str) -> Files {
        Files::new(BTreeMap::from([(COMMUNES.to_owned(), communes.to_owned())]))
    }

    #[test]
    fn a_plain_file_is_read_when_it_is_first_asked_and_any_other_at_once() {
        let row = "35238,Rennes,35,53,230890,35000 35200,urbain";
        let plain = format!("{COMMUNES_HEADER}\n{row}\n");
        let quoted = format!("{COMMUNES_HEADER}\n{}\n", row.replace("Rennes", "\"Rennes\""));
        for (text, is_lazy) in [(plain, true), (quoted, false)] {
            let mut problems = Vec::new();
            let list = CommuneList::parse(&files(&text), &mut problems);
            assert!(problems.is_empty());
            assert_eq!(list.read.get().is_none(), is_lazy);
            let lists = Nomenclatures(Arc::new(Lists { communes: list, ..Lists::default() }));
            assert_eq!(lists.commune("35238").unwrap().name, "Rennes");
            assert_eq!(lists.communes_by_postcode("35200").len(), 1);
        }
    }

    #[test]
    fn a_file_with_a_fault_is_never_plain() {
        for row in [
            "35238,Rennes",
            "35238,Rennes,35,53,,35000,urbain",
            "35238,Rennes,35,53,x,35000,urbain",
            ",,,,,,,",
        ] {
            let text = format!("{COMMUNES_HEADER}\n{row}\n");
            assert!(!is_plain(&text), "{row}");
            let mut problems = Vec::new();
            CommuneList::parse(&files(&text), &mut problems);
            assert_eq!(problems.len(), 1, "{row}");
        }
        assert!(!is_plain("code,nom\n"));
    }
}
