//! The do-file that reads the archive in Stata 14 or later.
//!
//! Every column comes in as text under its number (`v1`, `v2`…), so that Stata guesses nothing; then each becomes a
//! variable under its short name. What is missing becomes `.n` (not asked) or `.b` (asked and left blank).

use super::Append;
use super::{Dictionary, KEY, NAMES_FILE, PATH, ValueKind, Variable};

/// Most characters of a variable's label.
const LABEL: usize = 80;
/// Most characters of a value's label.
const VALUE_LABEL: usize = 32_000;

/// The do-file, in UTF-8.
#[must_use]
pub fn stata_script(dictionary: &Dictionary) -> String {
    let mut out = format!(
        "* Lecture de l'archive dans Stata (version 14 ou plus récente).\n\
         * À lancer depuis le dossier de l'archive : do import.do\n\
         * Noms : les points deviennent des tirets bas, 32 caractères au plus ; voir {NAMES_FILE}.\n\
         * Valeurs manquantes : .n = question non posée, .b = posée, sans réponse.\n\
         version 14\n\
         clear all\n\
         set more off\n"
    );
    // The files that are joined come first: the last one read stays in memory.
    for (index, file) in dictionary.files.iter().enumerate().skip(1) {
        out.push_str(&read(file));
        for (column, variable) in dictionary.variables[index].iter().enumerate() {
            out.push_str(&convert(variable, column));
        }
        out.push_str(&finish(&dictionary.variables[index]));
        out.append(&format!("tempfile joined{index}\nsave `joined{index}'\n"));
    }
    if let (Some(file), Some(variables)) = (dictionary.files.first(), dictionary.variables.first()) {
        out.push_str(&read(file));
        for (column, variable) in variables.iter().enumerate() {
            out.push_str(&convert(variable, column));
        }
        out.push_str(&reasons(variables));
        out.push_str(&finish(variables));
    }
    for index in 1..dictionary.files.len() {
        out.append(&format!("merge 1:1 {KEY} using `joined{index}', nogenerate\n"));
    }
    out.append(&format!("sort {KEY}\ncompress\nsave \"responses.dta\", replace\n"));
    out
}

fn read(file: &str) -> String {
    format!(
        "\nimport delimited using \"{file}\", delimiters(\",\") bindquote(strict) varnames(nonames) rowrange(2) \
         stringcols(_all) encoding(\"UTF-8\") clear\n"
    )
}

/// The text column as a variable.
fn convert(variable: &Variable, column: usize) -> String {
    let name = &variable.short;
    let raw = format!("v{}", column + 1);
    let mut out = match variable.kind {
        ValueKind::Text(_) => format!("generate {name} = {raw}\n"),
        ValueKind::Integer if variable.name == KEY => format!("generate long {name} = real({raw})\n"),
        ValueKind::Integer | ValueKind::Real => format!("generate double {name} = real({raw})\n"),
        ValueKind::Flag => format!("generate byte {name} = real({raw})\n"),
        ValueKind::Category => {
            let mut lines = format!("generate int {name} = .\n");
            for (value, category) in variable.categories.iter().enumerate() {
                lines.append(&format!(
                    "replace {name} = {} if {raw} == {}\n",
                    value + 1,
                    quoted(&category.code)
                ));
            }
            lines
        }
    };
    if !matches!(variable.kind, ValueKind::Text(_)) {
        // A value that was not understood stops the reading.
        out.append(&format!("assert missing({name}) == ({raw} == \"\")\n"));
    }
    let label = variable.label.main();
    out.append(&format!("label variable {name} {}\n", quoted(&cut(label, LABEL))));
    if label.chars().count() > LABEL {
        out.append(&format!("notes {name}: {}\n", quoted(label)));
    }
    out.push_str(&value_labels(variable));
    out
}

fn value_labels(variable: &Variable) -> String {
    let name = &variable.short;
    if matches!(variable.kind, ValueKind::Text(_)) {
        return String::new();
    }
    // A box is 0 or 1, as in the file; codes are numbered from 1.
    let first = usize::from(variable.kind != ValueKind::Flag);
    let mut out = String::new();
    let labels = variable.categories.iter().enumerate();
    let values = labels.map(|(index, category)| ((index + first).to_string(), category.label.main()));
    let reasons = [(".n", "Question non posée"), (".b", "Sans réponse")];
    let reasons = reasons.into_iter().filter(|_| variable.place.is_some());
    let reasons = reasons.map(|(value, label)| (value.to_owned(), label));
    for (value, label) in values.chain(reasons) {
        out.append(&format!("label define {name} {value} {}, modify\n", quoted(&cut(label, VALUE_LABEL))));
    }
    if !out.is_empty() {
        out.append(&format!("label values {name} {name}\n"));
    }
    out
}

/// Why a value is missing, from the path.
fn reasons(variables: &[Variable]) -> String {
    let Some(path) = variables.iter().position(|variable| variable.name == PATH) else {
        return String::new();
    };
    let mut out = format!("generate strL places__ = \";\" + v{} + \";\"\n", path + 1);
    for (column, variable) in variables.iter().enumerate() {
        let (Some(place), false) = (&variable.place, matches!(variable.kind, ValueKind::Text(_))) else {
            continue;
        };
        let name = &variable.short;
        let raw = format!("v{}", column + 1);
        out.append(&format!(
            "replace {name} = cond(strpos(places__, \";{place};\"), .b, .n) if {raw} == \"\"\n"
        ));
    }
    out.push_str("drop places__\n");
    out
}

/// Only what was made is kept.
fn finish(variables: &[Variable]) -> String {
    let raw: Vec<String> = (1..=variables.len()).map(|column| format!("v{column}")).collect();
    // One line for each few names: a command may not be endless.
    raw.chunks(50).map(|names| format!("drop {}\n", names.join(" "))).collect()
}

/// A text of at most so many characters, an ellipsis for what is cut.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A text in compound quotes. What Stata would take for a macro or for the end of the text is written otherwise: a
/// backtick and a straight quote become typographic, a dollar is escaped.
fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.replace('`', "‘").replace('"', "”").replace('$', "\\$");
    format!("`\"{text}\"'")
}

#[cfg(test)]
mod tests {
    use super::{cut, quoted};

    #[test]
    fn nothing_in_a_text_ends_it_or_is_a_macro() {
        assert_eq!(quoted("a \"b\"' `c' $d\n"), "`\"a ”b”' ‘c' \\$d \"'");
    }

    #[test]
    fn a_long_text_is_cut_by_characters() {
        assert_eq!(cut("éèêë", 3), "éè…");
        assert_eq!(cut("éèê", 3), "éèê");
    }
}
