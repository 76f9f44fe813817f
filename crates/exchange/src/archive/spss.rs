//! The syntax that reads the archive in SPSS or PSPP.
//!
//! Columns come in as texts (`raw1`, `raw2`…), then each becomes a variable under its short name. What is missing
//! becomes -8 (not asked) or -9 (asked and left blank), both declared as missing values. The result is written as
//! `responses.sav`.

use super::Append;
use super::{Dictionary, KEY, NAMES_FILE, PATH, ValueKind, Variable};

/// Most bytes of a variable's label.
const LABEL: usize = 255;
/// Most bytes of a value's label.
const VALUE_LABEL: usize = 120;
/// Bytes read of a number.
const NUMBER: usize = 40;

/// Code of a question that was not asked.
const NOT_ASKED: i64 = -8;
/// Code of a question that was left blank.
const BLANK: i64 = -9;

/// The syntax, in UTF-8.
#[must_use]
pub fn spss_script(dictionary: &Dictionary) -> String {
    let mut out = format!(
        "* Lecture de l'archive dans SPSS (mode Unicode) ou PSPP, depuis le dossier de l'archive.\n\
         * Noms : les points deviennent des tirets bas, 32 caractères au plus - voir {NAMES_FILE}.\n\
         * Valeurs manquantes : {NOT_ASKED} = question non posée, {BLANK} = posée, sans réponse.\n\
         * Le résultat est écrit dans responses.sav.\n\n"
    );
    let joined = |index: usize| format!("joined{index}.sav");
    for (index, file) in dictionary.files.iter().enumerate().skip(1) {
        let variables = &dictionary.variables[index];
        out.push_str(&read(file, variables));
        out.push_str(&convert_all(variables));
        out.append(&format!("SORT CASES BY {KEY}.\n"));
        out.push_str(&save(&joined(index), variables.iter()));
    }
    if let (Some(file), Some(variables)) = (dictionary.files.first(), dictionary.variables.first()) {
        out.push_str(&read(file, variables));
        out.push_str(&convert_all(variables));
        out.push_str(&reasons(variables));
        out.append(&format!("SORT CASES BY {KEY}.\n"));
    }
    for index in 1..dictionary.files.len() {
        out.append(&format!("MATCH FILES /FILE=* /FILE='{}' /BY {KEY}.\n", joined(index)));
    }
    let all = dictionary.variables.iter().enumerate();
    let kept =
        all.flat_map(|(file, variables)| variables.iter().filter(move |one| file == 0 || one.name != KEY));
    out.push_str(&save("responses.sav", kept));
    for index in 1..dictionary.files.len() {
        out.append(&format!("ERASE FILE='{}'.\n", joined(index)));
    }
    out
}

fn read(file: &str, variables: &[Variable]) -> String {
    let mut out = format!(
        "GET DATA /TYPE=TXT /FILE='{file}' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELCASE=LINE\n  \
         /DELIMITERS=',' /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES=\n"
    );
    for (column, variable) in variables.iter().enumerate() {
        let width = match variable.kind {
            ValueKind::Text(width) => width.clamp(1, 32_767),
            ValueKind::Category => longest_code(variable),
            ValueKind::Integer | ValueKind::Real | ValueKind::Flag => NUMBER,
        };
        out.append(&format!("  raw{} A{width}\n", column + 1));
    }
    out.push_str("  .\n\n");
    out
}

fn longest_code(variable: &Variable) -> usize {
    variable.categories.iter().map(|category| category.code.len()).max().unwrap_or(1).max(1)
}

fn convert_all(variables: &[Variable]) -> String {
    variables.iter().enumerate().map(|(column, variable)| convert(variable, column)).collect()
}

fn convert(variable: &Variable, column: usize) -> String {
    let name = &variable.short;
    let raw = format!("raw{}", column + 1);
    let mut out = match variable.kind {
        ValueKind::Text(_) => format!("RENAME VARIABLES ({raw}={name}).\n"),
        ValueKind::Integer => {
            format!("COMPUTE {name} = NUMBER({raw}, F{NUMBER}.0).\nFORMATS {name} (F8.0).\n")
        }
        ValueKind::Real => format!("COMPUTE {name} = NUMBER({raw}, F{NUMBER}.0).\nFORMATS {name} (F12.4).\n"),
        ValueKind::Flag => format!("COMPUTE {name} = NUMBER({raw}, F{NUMBER}.0).\nFORMATS {name} (F2.0).\n"),
        ValueKind::Category => {
            let values: Vec<String> = variable
                .categories
                .iter()
                .enumerate()
                .map(|(value, category)| format!("  ({} = {})", quoted(&category.code), value + 1))
                .collect();
            format!("RECODE {raw}\n{}\n  INTO {name}.\nFORMATS {name} (F3.0).\n", values.join("\n"))
        }
    };
    let label = quoted(&cut(variable.label.main(), LABEL));
    out.append(&format!("VARIABLE LABELS {name} {label}.\n"));
    // A box is 0 or 1, as in the file; codes are numbered from 1.
    let first = usize::from(variable.kind != ValueKind::Flag);
    let mut values: Vec<String> = variable
        .categories
        .iter()
        .enumerate()
        .map(|(value, category)| {
            format!("  {} {}", value + first, quoted(&cut(category.label.main(), VALUE_LABEL)))
        })
        .collect();
    if says_why(variable).is_some() {
        values.push(format!("  {NOT_ASKED} 'Question non posée'"));
        values.push(format!("  {BLANK} 'Sans réponse'"));
    }
    if values.is_empty() {
        return out;
    }
    out.append(&format!("VALUE LABELS {name}\n{}.\n", values.join("\n")));
    out
}

/// Where the path says whether a variable was asked. None for a text, which has no missing values, and for a number whose
/// range holds the two codes: it keeps the system's missing value.
fn says_why(variable: &Variable) -> Option<&str> {
    let is_apart = variable.range.is_none_or(|(min, _)| min > NOT_ASKED);
    let is_text = matches!(variable.kind, ValueKind::Text(_));
    variable.place.as_deref().filter(|_| is_apart && !is_text)
}

/// Why a value is missing, from the path.
fn reasons(variables: &[Variable]) -> String {
    let Some(path) = variables.iter().find(|variable| variable.name == PATH) else { return String::new() };
    let width = match path.kind {
        ValueKind::Text(width) => width,
        _ => NUMBER,
    };
    let mut out = format!(
        "STRING places__ (A{}).\nCOMPUTE places__ = CONCAT(';', RTRIM({}), ';').\n",
        width + 2,
        path.short
    );
    for variable in variables {
        let Some(place) = says_why(variable) else { continue };
        let name = &variable.short;
        out.append(&format!(
            "IF (SYSMIS({name}) AND INDEX(places__, ';{place};') = 0) {name} = {NOT_ASKED}.\n\
             IF (SYSMIS({name})) {name} = {BLANK}.\n\
             MISSING VALUES {name} ({NOT_ASKED}, {BLANK}).\n"
        ));
    }
    out.push_str("EXECUTE.\n");
    out
}

/// Writes what was made, in order, without the raw columns.
fn save<'a>(file: &str, variables: impl Iterator<Item = &'a Variable>) -> String {
    let names: Vec<&str> = variables.map(|variable| variable.short.as_str()).collect();
    let lines: Vec<String> = names.chunks(5).map(|names| format!("  {}", names.join(" "))).collect();
    format!("SAVE OUTFILE='{file}' /KEEP=\n{}.\n\n", lines.join("\n"))
}

/// A text of at most so many bytes, an ellipsis for what is cut.
fn cut(text: &str, most: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most - ELLIPSIS.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ELLIPSIS}", &text[..end])
}

/// A text in single quotes, on one line.
fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::{cut, quoted};

    #[test]
    fn a_quote_is_doubled_and_a_line_break_becomes_a_space() {
        assert_eq!(quoted("l'été\n« a »"), "'l''été « a »'");
    }

    #[test]
    fn a_long_text_is_cut_by_bytes_between_characters() {
        assert_eq!(cut("ééééé", 9), "ééé…");
        assert_eq!(cut("éééé", 8), "éééé");
    }
}
