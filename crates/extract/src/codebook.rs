//! What each column means, for a person.

use questionnaire::{Edition, Kind};
use serde::{Deserialize, Serialize};

use crate::columns;
use crate::layout::{AnswerColumn, Part, answer_columns};

/// The codebook of an extract (`codebook.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codebook {
    /// Survey code.
    pub survey: String,
    /// Edition code.
    pub edition: String,
    /// Title of the questionnaire.
    pub title: String,
    /// Version of the questionnaire.
    pub questionnaire: String,
    /// The columns, in the order of the file.
    pub variables: Vec<CodebookVariable>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookVariable {
    /// Name of the column.
    pub name: String,
    /// `text`, `boolean` or `integer`.
    pub kind: String,
    /// Text of the question, or what the column is.
    pub label: String,
    /// Label of the option or of the row that the column is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Title of the section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Who is asked, in the expression language; absent when everyone is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_if: Option<String>,
    /// The codes that the column may hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<CodebookOption>,
}

/// A code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookOption {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
}

impl Codebook {
    /// The codebook of an edition's extract.
    #[must_use]
    pub fn of(edition: &Edition) -> Self {
        let questionnaire = &edition.questionnaire;
        let mut variables: Vec<CodebookVariable> =
            TECHNICAL.iter().map(|(name, kind, label)| technical(name, kind, label)).collect();
        variables.extend(answer_columns(edition).into_iter().map(|column| variable(edition, column)));
        Self {
            survey: questionnaire.survey.clone(),
            edition: questionnaire.edition.clone(),
            title: questionnaire.title.clone(),
            questionnaire: questionnaire.version.clone(),
            variables,
        }
    }
}

/// Columns that every extract has, in the order of the file.
const TECHNICAL: [(&str, &str, &str); 9] = [
    (columns::ID, "integer", "Numéro de ligne"),
    (columns::ORGANISATION, "text", "Pseudonyme de l’organisation"),
    (columns::SEQUENCE, "integer", "Rang de l’enregistrement parmi ceux de la même organisation"),
    (columns::STATE, "text", "État\u{a0}: envoyé (submitted) ou interrompu (partial)"),
    (columns::VERSION, "text", "Version du questionnaire"),
    (columns::STARTED_ON, "text", "Jour de début"),
    (columns::SUBMITTED_ON, "text", "Jour d’envoi"),
    (columns::PATH, "text", "Questions et lignes posées, séparées par des points-virgules"),
    (columns::REACHED, "integer", "Dernier écran passé"),
];

fn technical(name: &str, kind: &str, label: &str) -> CodebookVariable {
    CodebookVariable {
        name: name.to_owned(),
        kind: kind.to_owned(),
        label: label.to_owned(),
        part: None,
        section: None,
        asked_if: None,
        options: Vec::new(),
    }
}

fn variable(edition: &Edition, column: AnswerColumn) -> CodebookVariable {
    let questionnaire = &edition.questionnaire;
    let question = &questionnaire.questions[column.question];
    let row = match column.part {
        Part::Row(row) => question.rows().get(row),
        _ => None,
    };
    let part = match column.part {
        Part::Option(option) => question.options().get(option).map(|option| option.label.clone()),
        _ => row.map(|row| row.label.clone()),
    };
    let asked_if: Vec<&str> = question
        .show_if_text
        .as_deref()
        .into_iter()
        .chain(row.and_then(|row| row.show_if_text.as_deref()))
        .collect();
    let options = match (column.part, &question.kind) {
        (Part::Option(_), _) | (_, Kind::Commune | Kind::Text { .. }) => Vec::new(),
        _ => question
            .options()
            .iter()
            .map(|option| CodebookOption { code: option.code.clone(), label: option.label.clone() })
            .collect(),
    };
    CodebookVariable {
        name: column.name,
        kind: match column.part {
            Part::Code | Part::Row(_) | Part::IdentifierType => "text",
            Part::Option(_) => "boolean",
            Part::Integer => "integer",
        }
        .to_owned(),
        label: question.text.clone(),
        part,
        section: questionnaire.sections.get(question.section).map(|section| section.title.clone()),
        asked_if: match asked_if.as_slice() {
            [] => None,
            [one] => Some((*one).to_owned()),
            several => Some(format!("({})", several.join(") and ("))),
        },
        options,
    }
}
