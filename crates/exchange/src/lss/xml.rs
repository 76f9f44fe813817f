//! The tables of a `.lss` file, read as hostile input: no document type, no entities, bounded in every direction.
//!
//! A `.lss` file is a dump of tables: `/document/<table>/rows/row/<column>`. It is read as a stream; what is not a
//! column's value is forgotten at once, and empty values are not kept.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::LssError;

/// Larger files are refused: a survey of a thousand questions in ten languages is under a tenth of this.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;
/// More rows are refused.
const MOST_ROWS: usize = 200_000;
/// More values are refused: each costs more in memory than it may in the file.
const MOST_VALUES: usize = 1_000_000;
/// Deeper elements are refused; the format needs five levels.
const DEEPEST: usize = 16;

/// A row: where it starts, and its columns that are not empty.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub line: usize,
    values: BTreeMap<String, String>,
}

impl Row {
    /// The value of a column; empty when there is none.
    pub(super) fn get(&self, column: &str) -> &str {
        self.values.get(column).map_or("", String::as_str)
    }
}

/// The tables of a file.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// What `<LimeSurveyDocType>` says.
    pub kind: String,
    /// What `<languages>` lists.
    pub languages: Vec<String>,
    by_name: BTreeMap<String, Vec<Row>>,
}

impl Tables {
    /// The rows of a table; none when it is not there.
    pub(super) fn rows(&self, table: &str) -> &[Row] {
        self.by_name.get(table).map_or(&[], Vec::as_slice)
    }

    /// All tables, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[Row])> {
        self.by_name.iter().map(|(name, rows)| (name.as_str(), rows.as_slice()))
    }
}

/// Reads the tables.
pub(super) fn read(bytes: &[u8]) -> Result<Tables, LssError> {
    if bytes.len() > MOST_BYTES {
        return Err(LssError::TooLarge { bytes: bytes.len() as u64 });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(LssError::Archive);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| LssError::NotUtf8 { at: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Walk { text, lines: Lines::default(), tables: Tables::default(), open: Vec::new(), rows: 0, values: 0 }
        .read()
}

/// The line of a place, counted onwards from the last place that was asked for.
#[derive(Default)]
struct Lines {
    at: usize,
    line: usize,
}

impl Lines {
    fn of(&mut self, text: &str, place: usize) -> usize {
        let place = place.min(text.len());
        if place > self.at {
            self.line += text.as_bytes()[self.at..place].split(|byte| *byte == b'\n').count() - 1;
            self.at = place;
        }
        self.line + 1
    }
}

struct Walk<'t> {
    text: &'t str,
    lines: Lines,
    tables: Tables,
    /// The elements that are open, from the outside in.
    open: Vec<String>,
    rows: usize,
    values: usize,
}

impl Walk<'_> {
    fn read(mut self) -> Result<Tables, LssError> {
        let mut reader = Reader::from_str(self.text);
        let mut value = String::new();
        loop {
            let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event();
            let line = self.lines.of(self.text, place);
            let event = event.map_err(|error| LssError::Xml { line, message: error.to_string() })?;
            match event {
                Event::Start(tag) => {
                    value.clear();
                    self.enter(tag.name().0, line)?;
                }
                Event::Empty(tag) => {
                    value.clear();
                    self.enter(tag.name().0, line)?;
                    self.leave("", line)?;
                }
                Event::End(_) => {
                    self.leave(&value, line)?;
                    value.clear();
                }
                Event::Text(text) => value.push_str(&text.xml10_content()),
                Event::CData(text) => value.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => value.push(character(&reference, line)?),
                Event::DocType(_) => return Err(LssError::Doctype { line }),
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    if let Some(encoding) = encoding.filter(|name| !name.eq_ignore_ascii_case("utf-8")) {
                        return Err(LssError::Encoding { encoding: printable(&encoding) });
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if self.open.is_empty() => return Ok(self.tables),
                Event::Eof => {
                    let message = format!("the file stops inside `{}`", self.open.join("/"));
                    return Err(LssError::Xml { line, message });
                }
            }
        }
    }

    fn enter(&mut self, name: &str, line: usize) -> Result<(), LssError> {
        if self.open.len() == DEEPEST {
            return Err(LssError::TooMany { what: "levels of elements", most: DEEPEST, line });
        }
        self.open.push(printable(name));
        if let [_, table, rows, row] = self.open.as_slice()
            && (rows.as_str(), row.as_str()) == ("rows", "row")
        {
            self.rows += 1;
            if self.rows > MOST_ROWS {
                return Err(LssError::TooMany { what: "rows", most: MOST_ROWS, line });
            }
            let table = self.tables.by_name.entry(table.clone()).or_default();
            table.push(Row { line, values: BTreeMap::new() });
        }
        Ok(())
    }

    fn leave(&mut self, value: &str, line: usize) -> Result<(), LssError> {
        let is_empty = value.trim().is_empty();
        match self.open.as_slice() {
            [document, kind] if document == "document" && kind == "LimeSurveyDocType" => {
                value.trim().clone_into(&mut self.tables.kind);
            }
            [_, languages, language] if languages == "languages" && language == "language" && !is_empty => {
                self.tables.languages.push(value.trim().to_owned());
            }
            [_, table, rows, row, column] if rows == "rows" && row == "row" && !is_empty => {
                self.values += 1;
                if self.values > MOST_VALUES {
                    return Err(LssError::TooMany { what: "values", most: MOST_VALUES, line });
                }
                if let Some(row) = self.tables.by_name.get_mut(table).and_then(|rows| rows.last_mut()) {
                    row.values.insert(column.clone(), value.to_owned());
                }
            }
            _ => {}
        }
        self.open.pop();
        Ok(())
    }
}

/// The five entities of XML and references to characters: nothing else can be expanded without a document type.
fn character(reference: &BytesRef<'_>, line: usize) -> Result<char, LssError> {
    if reference.is_char_ref() {
        let read = reference.resolve_char_ref();
        return match read {
            Ok(Some(character)) => Ok(character),
            _ => {
                Err(LssError::Xml { line, message: format!("`&{};` is no character", printable(reference)) })
            }
        };
    }
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(LssError::Entity { line, name: printable(other) }),
    }
}

/// A word of the file that goes into a message: short, on one line.
pub(super) fn printable(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
