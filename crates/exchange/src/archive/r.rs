//! The script that reads the archive in R, without any package.

use super::Append;
use super::{Category, Dictionary, KEY, PATH, ValueKind, Variable};

/// What the script begins with. Its texts have no accent: R reads a script in the machine's encoding.
const HEAD: &str = r#"# Lecture de l'archive dans R (aucun paquet n'est necessaire).
# A lancer depuis le dossier de l'archive : source("import.R")
#
# Resultat : le tableau `responses`, une ligne par enregistrement.
#  - choix : facteurs, niveaux dans l'ordre du questionnaire ; les codes sont dans attr(x, "codes")
#  - cases a cocher : TRUE, FALSE
#  - attr(x, "label") : la question ; attr(x, "place") : ce que la variable path contient si elle a ete posee
#  - NA : non posee ou sans reponse ; na_reason("org_statut") dit laquelle, ligne par ligne

.read <- function(file) {
  read.csv(file, colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8",
           quote = "\"", comment.char = "", strip.white = FALSE)
}

.variable <- function(name, label, place = NULL) {
  attr(responses[[name]], "label") <<- label
  attr(responses[[name]], "place") <<- place
}

.number <- function(name, label, place = NULL) {
  responses[[name]] <<- as.numeric(responses[[name]])
  .variable(name, label, place)
}

.flag <- function(name, label, place = NULL) {
  stopifnot(responses[[name]] %in% c("0", "1", NA))
  responses[[name]] <<- responses[[name]] == "1"
  .variable(name, label, place)
}

.category <- function(name, label, place, labels) {
  stopifnot(responses[[name]] %in% c(names(labels), NA))
  responses[[name]] <<- factor(responses[[name]], levels = names(labels), labels = unname(labels))
  attr(responses[[name]], "codes") <<- names(labels)
  .variable(name, label, place)
}

na_reason <- function(name) {
  place <- attr(responses[[name]], "place")
  stopifnot(!is.null(place))
  path <- paste0(";", ifelse(is.na(responses[["PATH"]]), "", responses[["PATH"]]), ";")
  asked <- grepl(paste0(";", place, ";"), path, fixed = TRUE)
  reason <- ifelse(!is.na(responses[[name]]), NA, ifelse(asked, "sans reponse", "non posee"))
  factor(reason, levels = c("non posee", "sans reponse"))
}
"#;

/// The script, in ASCII: other characters are written `\u....`, so that the encoding of the machine does not matter.
#[must_use]
pub fn r_script(dictionary: &Dictionary) -> String {
    let mut out = HEAD.replace("PATH", PATH);
    for (index, file) in dictionary.files.iter().enumerate() {
        let file = quoted(file);
        out.push('\n');
        out.append(&if index == 0 {
            format!("responses <- .read({file})\n")
        } else {
            format!(
                "responses <- merge(responses, .read({file}), by = \"{KEY}\", all.x = TRUE, sort = FALSE)\n"
            )
        });
    }
    out.append(&format!(
        "responses <- responses[order(as.numeric(responses[[\"{KEY}\"]])), , drop = FALSE]\n"
    ));
    out.push_str("rownames(responses) <- NULL\n\n");
    for (file, variables) in dictionary.variables.iter().enumerate() {
        for variable in variables.iter().filter(|variable| file == 0 || variable.name != KEY) {
            out.push_str(&line(variable));
        }
    }
    out
}

fn line(variable: &Variable) -> String {
    let name = quoted(&variable.name);
    let label = quoted(variable.label.main());
    let place = variable.place.as_deref().map_or_else(|| "NULL".to_owned(), quoted);
    match variable.kind {
        ValueKind::Text(_) => format!(".variable({name}, {label}, {place})\n"),
        ValueKind::Integer | ValueKind::Real => format!(".number({name}, {label}, {place})\n"),
        ValueKind::Flag => format!(".flag({name}, {label}, {place})\n"),
        ValueKind::Category => {
            let labels: Vec<String> = labels(&variable.categories)
                .into_iter()
                .map(|(code, label)| format!("  {} = {}", quoted(code), quoted(&label)))
                .collect();
            format!(".category({name}, {label}, {place}, c(\n{}\n))\n", labels.join(",\n"))
        }
    }
}

/// Codes with labels, made distinct: two levels of one label would become one.
fn labels(categories: &[Category]) -> Vec<(&str, String)> {
    categories
        .iter()
        .map(|category| {
            let label = category.label.main();
            let is_unique = categories.iter().filter(|other| other.label.main() == label).count() == 1;
            let label = if is_unique { label.to_owned() } else { format!("{label} ({})", category.code) };
            (category.code.as_str(), label)
        })
        .collect()
}

/// A text in R's quotes, in ASCII.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            // R refuses a NUL in a text.
            '\0' => {}
            _ if u32::from(c) <= 0xffff => out.append(&format!("\\u{:04x}", u32::from(c))),
            _ => out.append(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_is_quoted_in_ascii() {
        assert_eq!(quoted("« é \"b\" \\ \n😀"), r#""\u00ab \u00e9 \"b\" \\ \u000a\U0001f600""#);
    }
}
