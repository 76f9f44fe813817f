//! What a reader sees of a file, as text: pages, charts, documents, workbooks, tables.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use csv::StringRecord;
use html5gum::{Token, Tokenizer};
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;
use zip::ZipArchive;

use crate::VerificationError;

/// Elements of a page that do not end a line of text.
const INLINE: [&str; 14] =
    ["a", "abbr", "b", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "time", "wbr"];

/// Attributes that are read out or shown.
const SPOKEN: [&str; 6] = ["alt", "aria-label", "aria-valuetext", "content", "data-v", "title"];

/// The texts that a file shows, one for each place where text stands; none for files that hold no text.
pub(crate) fn shown(name: &str, bytes: &[u8]) -> Result<Vec<String>, VerificationError> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => Ok(page(&text(name, bytes)?)),
        "svg" => picture(name, &text(name, bytes)?),
        "pdf" => document(name, bytes),
        "xlsx" => workbook(name, bytes),
        "csv" => table(name, &text(name, bytes)?),
        "json" | "jsonld" => json(name, &text(name, bytes)?),
        _ => Ok(Vec::new()),
    }
}

fn text(name: &str, bytes: &[u8]) -> Result<String, VerificationError> {
    String::from_utf8(bytes.to_vec()).map_err(|error| VerificationError::malformed(name, error))
}

fn page(html: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut skipped: Option<Vec<u8>> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let element = String::from_utf8_lossy(&tag.name).into_owned();
                for (name, value) in &tag.attributes {
                    if SPOKEN.contains(&String::from_utf8_lossy(name).as_ref()) {
                        lines.insert(lines.len() - 1, String::from_utf8_lossy(value).into_owned());
                    }
                }
                if matches!(element.as_str(), "script" | "style") && !tag.self_closing {
                    skipped = Some(tag.name.to_vec());
                } else if !INLINE.contains(&element.as_str()) {
                    lines.push(String::new());
                }
            }
            Token::EndTag(tag) => {
                if skipped.as_deref() == Some(&tag.name[..]) {
                    skipped = None;
                }
                if !INLINE.contains(&String::from_utf8_lossy(&tag.name).as_ref()) {
                    lines.push(String::new());
                }
            }
            Token::String(text) if skipped.is_none() => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&String::from_utf8_lossy(&text));
                }
            }
            _ => {}
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn picture(name: &str, svg: &str) -> Result<Vec<String>, VerificationError> {
    let malformed = |error: &dyn std::fmt::Display| VerificationError::malformed(name, error);
    let mut reader = Reader::from_str(svg);
    let mut lines = vec![String::new()];
    loop {
        match reader.read_event().map_err(|error| malformed(&error))? {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|error| malformed(&error))?;
                    if SPOKEN.contains(&attribute.key.as_ref()) {
                        let value = attribute
                            .normalized_value(XmlVersion::Implicit1_0)
                            .map_err(|error| malformed(&error))?;
                        lines.push(value.into_owned());
                    }
                }
                if tag.name().as_ref() != "tspan" {
                    lines.push(String::new());
                }
            }
            Event::Text(text) => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&text.xml_content(XmlVersion::Implicit1_0));
                }
            }
            // A space that does not break may be written as its number.
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| malformed(&error))?;
                if let Some(line) = lines.last_mut() {
                    line.push(character.unwrap_or(' '));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    Ok(lines)
}

fn document(name: &str, bytes: &[u8]) -> Result<Vec<String>, VerificationError> {
    let document =
        lopdf::Document::load_mem(bytes).map_err(|error| VerificationError::malformed(name, error))?;
    let mut lines = Vec::new();
    for page in document.get_pages().keys() {
        let text =
            document.extract_text(&[*page]).map_err(|error| VerificationError::malformed(name, error))?;
        lines.extend(joined(&text));
    }
    Ok(lines)
}

/// A text whose letters are placed one by one comes as a line for each: they are put together again.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut was_letter = false;
    for line in text.lines() {
        let is_letter = line.chars().count() <= 1;
        match lines.last_mut().filter(|_| is_letter && was_letter) {
            Some(last) => last.push_str(line),
            None => lines.push(line.to_owned()),
        }
        was_letter = is_letter;
    }
    lines
}

fn workbook(name: &str, bytes: &[u8]) -> Result<Vec<String>, VerificationError> {
    let malformed = |error: calamine::XlsxError| VerificationError::malformed(name, error);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(malformed)?;
    let mut cells = drawn(name, bytes)?;
    for sheet in book.sheet_names() {
        for row in book.worksheet_range(&sheet).map_err(malformed)?.rows() {
            cells.extend(row.iter().filter_map(|cell| match cell {
                Data::Empty => None,
                // A number alone in a cell is a figure.
                Data::Float(_) | Data::Int(_) => Some(format!("{cell}{}", crate::figures::ALONE)),
                _ => Some(cell.to_string()),
            }));
        }
    }
    Ok(cells)
}

/// The numbers that the charts of a workbook draw: they are kept apart from the cells that they come from.
fn drawn(name: &str, bytes: &[u8]) -> Result<Vec<String>, VerificationError> {
    let malformed = |error: &dyn std::fmt::Display| VerificationError::malformed(name, error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    let charts: Vec<String> =
        archive.file_names().filter(|part| part.starts_with("xl/charts/")).map(str::to_owned).collect();
    let mut numbers = Vec::new();
    for chart in charts {
        let mut text = String::new();
        archive
            .by_name(&chart)
            .map_err(|error| malformed(&error))?
            .read_to_string(&mut text)
            .map_err(|error| malformed(&error))?;
        let mut reader = Reader::from_str(&text);
        let (mut is_drawn, mut is_value) = (false, false);
        loop {
            match reader.read_event().map_err(|error| malformed(&error))? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "numCache" | "numLit" => is_drawn = true,
                    "v" => is_value = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "numCache" | "numLit" => is_drawn = false,
                    "v" => is_value = false,
                    _ => {}
                },
                Event::Text(text) if is_drawn && is_value => {
                    numbers.push(format!(
                        "{}{}",
                        text.xml_content(XmlVersion::Implicit1_0),
                        crate::figures::ALONE
                    ));
                }
                Event::Eof => break,
                _ => {}
            }
        }
    }
    Ok(numbers)
}

fn table(name: &str, text: &str) -> Result<Vec<String>, VerificationError> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.matches(';').count() > header.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut cells = Vec::new();
    let mut header = StringRecord::new();
    for (line, record) in reader.records().enumerate() {
        let record = record.map_err(|error| VerificationError::malformed(name, error))?;
        if line == 0 {
            header = record.clone();
        }
        for (column, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            // A number alone in a cell is a figure, unless its column holds codes.
            let is_code = header.get(column).is_some_and(|name| name.contains("code"));
            let is_number = audit::numbers(cell).first().is_some_and(|(place, _)| *place == (0..cell.len()));
            let mark = if is_number && !is_code { crate::figures::ALONE.to_string() } else { String::new() };
            cells.push(format!("{cell}{mark}"));
        }
    }
    Ok(cells)
}

fn json(name: &str, text: &str) -> Result<Vec<String>, VerificationError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| VerificationError::malformed(name, error))?;
    let mut texts = Vec::new();
    collect(&value, "", &mut texts);
    Ok(texts)
}

fn collect(value: &Value, key: &str, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        // A number under the name of a figure is one.
        Value::Number(number) if crate::figures::NAMES.contains(&key) => {
            texts.push(format!("{number}{}", crate::figures::ALONE));
        }
        Value::Array(list) => list.iter().for_each(|item| collect(item, key, texts)),
        Value::Object(map) => map.iter().for_each(|(key, item)| collect(item, key, texts)),
        _ => {}
    }
}
