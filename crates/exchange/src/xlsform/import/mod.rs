//! From a workbook to a form.
//!
//! The sheets are read in three steps: their cells; the tree of groups, questions and answers, without conditions; the
//! conditions, once every name is known. What was not taken and would not be written again by the export is a loss.

mod choices;
mod conditions;
mod page;
mod question;
mod survey;
mod tree;

use std::collections::BTreeMap;

use self::choices::Lists;
use self::page::Page;
use super::cells::Workbook;
use super::{Fault, Imported, Loss, bounds, build, languages};
use crate::form::{Catalogue, Check, Dimension, Form, Retired};

/// The sheets that are read, apart from `survey`, `choices` and `settings`.
const OURS: [&str; 4] = ["barometre_dimensions", "barometre_checks", "barometre_retired", "barometre_texts"];

/// Reads a workbook.
///
/// # Errors
/// Every place that forbids reading it, at once.
pub fn import(bytes: &[u8], file_name: &str) -> Result<Imported, Vec<Fault>> {
    read(&Workbook::read(bytes, file_name)?, file_name)
}

/// What is being made.
#[derive(Default)]
struct Making {
    form: Form,
    /// The first language.
    first: String,
    faults: Vec<Fault>,
    losses: Vec<Loss>,
}

impl Making {
    /// The text in the first language; the others go to their catalogues.
    fn texts(&mut self, key: &str, mut texts: BTreeMap<String, String>) -> Option<String> {
        let first = texts.remove(&self.first);
        for (language, text) in texts {
            self.form.translations.entry(language).or_default().insert(key.to_owned(), text);
        }
        first
    }

    /// Refuses what is not a code.
    fn check_code(&mut self, page: &Page<'_>, place: page::Place, code: &str) {
        let is_code = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if code.is_empty() || code.len() > 64 || !code.chars().all(is_code) {
            self.faults.push(page.table.fault(
                place,
                format!(
                    "`{code}` is not a code (expected at most 64 letters without accents, digits, `_` or `-`); write \
                     another, here and wherever it is named"
                ),
            ));
        }
    }
}

fn read(workbook: &Workbook, file_name: &str) -> Result<Imported, Vec<Fault>> {
    let Some(survey) = workbook.sheet("survey") else {
        let found: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        return Err(vec![bounds::fault(format!(
            "`{file_name}` has no sheet `survey` (its sheets are: {}); expected an XLSForm",
            found.join(", ")
        ))]);
    };
    let mut making = Making::default();
    let page = |name: &str, making: &mut Making| {
        workbook.sheet(name).map(|table| Page::new(table, &mut making.faults, &mut making.losses))
    };
    let survey = Page::new(survey, &mut making.faults, &mut making.losses);
    let choices = page("choices", &mut making);
    let settings = page("settings", &mut making);
    let ours = OURS.map(|name| page(name, &mut making));
    read_languages(&mut making, &survey, choices.as_ref(), settings.as_ref());
    read_settings(&mut making, settings.as_ref(), file_name);
    for (page, read) in ours.iter().zip([read_dimensions, read_checks, read_retired, read_texts]) {
        if let Some(page) = page {
            for row in page.rows.keys() {
                read(&mut making, page, *row);
            }
            page.rest(&|_| None, &mut making.losses);
        }
    }
    let lists = Lists::read(choices.as_ref(), &mut making);
    let skeleton = survey::read(&mut making, &survey, choices.as_ref(), &lists);
    conditions::resolve(&mut making, &survey, choices.as_ref(), &lists, &skeleton);

    // What the export of this form would write: cells that say the same are carried over.
    let again = build::book(&making.form, Vec::new()).ok();
    let find = |rows: Option<&Vec<super::sheets::Row>>, keys: &[(&str, Option<&str>)]| {
        rows?
            .iter()
            .find(|row| keys.iter().all(|(column, text)| row.get(*column).map(String::as_str) == *text))
            .cloned()
    };
    let surveyed = |row| {
        let name = survey.peek(row, "name")?.0;
        find(again.as_ref().map(|book| &book.survey.rows), &[("name", Some(name))])
    };
    survey.rest(&surveyed, &mut making.losses);
    if let Some(page) = &choices {
        let chosen = |row| {
            let (list, name) = (page.peek(row, "list_name")?.0, page.peek(row, "name")?.0);
            let keys = [("list_name", Some(list)), ("name", Some(name))];
            find(again.as_ref().map(|book| &book.choices.rows), &keys)
        };
        page.rest(&chosen, &mut making.losses);
    }
    if let Some(page) = &settings {
        page.rest(&|_| find(again.as_ref().map(|book| &book.settings.rows), &[]), &mut making.losses);
    }
    let is_read = |name: &str| {
        let name = name.trim().to_lowercase();
        ["survey", "choices", "settings"].contains(&name.as_str()) || OURS.contains(&name.as_str())
    };
    for sheet in workbook.sheets.iter().filter(|sheet| !is_read(&sheet.name) && !sheet.cells.is_empty()) {
        let hidden = if sheet.is_hidden { ", and is hidden" } else { "" };
        making.losses.push(Loss {
            sheet: sheet.name.clone(),
            cell: None,
            what: format!(
                "not a sheet of a questionnaire{hidden}: its {} cells are not read",
                sheet.cells.len()
            ),
        });
    }
    making.faults.sort();
    making.faults.dedup();
    making.losses.sort();
    making.losses.dedup();
    if making.faults.is_empty() {
        Ok(Imported { form: making.form, losses: making.losses })
    } else {
        Err(making.faults)
    }
}

/// The languages: those that the settings say, then those that columns are in.
fn read_languages(
    making: &mut Making,
    survey: &Page<'_>,
    choices: Option<&Page<'_>>,
    settings: Option<&Page<'_>>,
) {
    let setting = |name: &str| {
        let settings = settings?;
        settings.rows.keys().find_map(|row| settings.text(*row, name))
    };
    let mut found: Vec<String> = setting("barometre_languages")
        .map(|languages| languages.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default();
    let default = setting("default_language").and_then(|name| languages::code(&name));
    if found.is_empty() {
        found.extend(default);
    }
    for page in [Some(survey), choices].into_iter().flatten() {
        let header = page.table.header_row().unwrap_or(0);
        for (place, column) in &page.columns {
            let (Some(name), true) = (&column.language, is_translated(&column.base)) else { continue };
            match languages::code(name) {
                None => making.faults.push(page.table.fault(
                    (header, *place),
                    format!(
                        "`{name}` names no language (expected its code between brackets: `Français (fr)`)"
                    ),
                )),
                Some(code) => {
                    let has_text = page.rows.values().any(|cells| cells.contains_key(place));
                    if has_text && !found.contains(&code) {
                        found.push(code);
                    }
                }
            }
        }
    }
    if found.is_empty() {
        found.push("fr".to_owned());
        making.losses.push(Loss {
            sheet: survey.table.name.clone(),
            cell: None,
            what: "no column says its language: `fr` was assumed".to_owned(),
        });
    }
    making.first.clone_from(&found[0]);
    making.form.languages = found;
}

/// Whether the texts of a column are read in every language.
fn is_translated(base: &str) -> bool {
    ["label", "hint", "constraint_message", "barometre_base_label"].contains(&base)
}

fn read_settings(making: &mut Making, settings: Option<&Page<'_>>, file_name: &str) {
    let title = settings.and_then(|page| page.rows.keys().find_map(|row| page.text(*row, "form_title")));
    making.form.title = title.unwrap_or_else(|| {
        let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name).to_owned();
        let what = format!("the settings have no form_title: `{name}` was taken from the file");
        making.losses.push(Loss { sheet: "settings".to_owned(), cell: None, what });
        name
    });
}

/// A cell that must be there.
fn needed(making: &mut Making, page: &Page<'_>, row: u32, base: &str) -> String {
    page.text(row, base).unwrap_or_else(|| {
        let message = format!("this row has no `{base}`: fill it, or delete the row");
        making.faults.push(page.table.fault((row, 0), message));
        String::new()
    })
}

fn needed_text(making: &mut Making, page: &Page<'_>, row: u32, base: &str, key: &str) -> String {
    let texts = page.texts(row, base, &making.first);
    making.texts(key, texts).unwrap_or_else(|| {
        let message = format!("this row has no `{base}` in `{}`: fill it, or delete the row", making.first);
        making.faults.push(page.table.fault((row, 0), message));
        String::new()
    })
}

fn read_dimensions(making: &mut Making, page: &Page<'_>, row: u32) {
    let code = needed(making, page, row, "code");
    let label = needed_text(making, page, row, "label", &format!("dimension.{code}"));
    let (scored, index) = (page.flag(row, "scored"), page.flag(row, "index"));
    making.form.dimensions.push(Dimension { code, label, scored, index });
}

fn read_checks(making: &mut Making, page: &Page<'_>, row: u32) {
    let code = needed(making, page, row, "code");
    let message = needed_text(making, page, row, "message", &format!("check.{code}"));
    let when = needed(making, page, row, "when");
    let severity = page.text(row, "severity");
    making.form.checks.push(Check { code, when, message, severity });
}

fn read_retired(making: &mut Making, page: &Page<'_>, row: u32) {
    let (code, reason) = (needed(making, page, row, "code"), needed(making, page, row, "reason"));
    making.form.retired.push(Retired { code, reason });
}

fn read_texts(making: &mut Making, page: &Page<'_>, row: u32) {
    let key = needed(making, page, row, "key");
    for (language, text) in page.texts(row, "text", &making.first.clone()) {
        let catalogue: &mut Catalogue = making.form.translations.entry(language).or_default();
        catalogue.insert(key.clone(), text);
    }
}
