//! Languages as XLSForm writes them, and what the exporter itself says in each.

use crate::form::Question;

const NAMES: [(&str, &str, &[&str]); 9] = [
    ("fr", "Français", &["français", "francais", "french"]),
    ("en", "English", &["english", "anglais"]),
    ("de", "Deutsch", &["deutsch", "german"]),
    ("es", "Español", &["español", "espanol", "spanish"]),
    ("it", "Italiano", &["italiano", "italian"]),
    ("nl", "Nederlands", &["nederlands", "dutch"]),
    ("pl", "Polski", &["polski", "polish"]),
    ("pt", "Português", &["português", "portugues", "portuguese"]),
    ("ro", "Română", &["română", "romana", "romanian"]),
];

/// `Français (fr)`.
pub(super) fn name(code: &str) -> String {
    let name = NAMES.iter().find(|(known, ..)| *known == code).map_or(code, |(_, name, _)| name);
    format!("{name} ({code})")
}

/// The code in `Français (fr)`, or of a name that is known.
pub(super) fn code(name: &str) -> Option<String> {
    let is_code = |text: &str| {
        (2..=8).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if let Some((_, rest)) = name.rsplit_once('(')
        && let Some((code, _)) = rest.split_once(')')
    {
        let code = code.trim().to_lowercase();
        return is_code(&code).then_some(code);
    }
    let lower = name.trim().to_lowercase();
    let known = NAMES.iter().find(|(code, _, names)| *code == lower || names.contains(&lower.as_str()));
    known.map(|(code, ..)| (*code).to_owned())
}

/// Something the exporter says, in French for the French column and in English for all others.
fn say(language: &str, french: String, english: String) -> String {
    if language == "fr" { french } else { english }
}

/// What is said when the constraint of a question does not hold.
pub(super) fn constraint(question: &Question, language: &str) -> Option<String> {
    Some(match question.kind.as_str() {
        "integer" => {
            let (french, english) = match (question.min, question.max) {
                (Some(min), Some(max)) => (
                    format!("Un nombre entier de {min} à {max}"),
                    format!("A whole number from {min} to {max}"),
                ),
                (Some(min), None) => {
                    (format!("Un nombre entier, au moins {min}"), format!("A whole number, at least {min}"))
                }
                (None, Some(max)) => {
                    (format!("Un nombre entier, au plus {max}"), format!("A whole number, at most {max}"))
                }
                (None, None) => return None,
            };
            say(language, french, english)
        }
        "text" => {
            let max = question.max_length?;
            say(language, format!("Au plus {max} caractères"), format!("At most {max} characters"))
        }
        "email" => say(
            language,
            "Une adresse électronique, comme nom@exemple.fr".to_owned(),
            "An e-mail address, such as name@example.org".to_owned(),
        ),
        "commune" => say(
            language,
            "Le code officiel de la commune (Insee)\u{a0}: cinq caractères, et non le code postal".to_owned(),
            "The official code of the municipality (Insee): five characters, not the postcode".to_owned(),
        ),
        "multiple" | "networks" => {
            let mut parts = Vec::new();
            if let Some(max) = question.max_choices {
                parts.push(say(
                    language,
                    format!("Au plus {max} réponses"),
                    format!("At most {max} answers"),
                ));
            }
            if !question.exclusive.is_empty() {
                parts.push(say(
                    language,
                    "Une réponse qui exclut les autres est cochée avec d'autres".to_owned(),
                    "An answer that excludes the others is ticked with others".to_owned(),
                ));
            }
            if parts.is_empty() {
                return None;
            }
            parts.join(if language == "fr" { "\u{a0}; " } else { "; " })
        }
        _ => return None,
    })
}

/// The label of the number of an identifier.
pub(super) fn identifier_label(language: &str) -> String {
    say(language, "Numéro".to_owned(), "Number".to_owned())
}

/// What is said when the number of an identifier is not one.
pub(super) fn identifier_constraint(language: &str) -> String {
    say(
        language,
        "Un SIRET a 14 chiffres\u{a0}; un numéro RNA, W suivi de 9 caractères".to_owned(),
        "A SIRET has 14 digits; an RNA number, W followed by 9 characters".to_owned(),
    )
}

/// The label of the network that the list lacks.
pub(super) fn network_label(language: &str) -> String {
    say(
        language,
        "Un réseau qui n'est pas dans la liste".to_owned(),
        "A network that is not on the list".to_owned(),
    )
}

/// What is said of a network whose name is too long.
pub(super) fn network_constraint(language: &str) -> String {
    say(language, "Au plus 200 caractères".to_owned(), "At most 200 characters".to_owned())
}
