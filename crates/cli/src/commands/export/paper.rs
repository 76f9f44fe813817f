//! `barometre export paper`

use std::path::PathBuf;

use exchange::paper::{Cover, Words, sheet};

use super::save;
use crate::arguments::ExportPaperArguments;
use crate::commands::say;
use crate::definition::{self, Kind};
use crate::error::CliError;

/// Writes the questionnaire as a PDF and says where.
pub(crate) fn run(arguments: &ExportPaperArguments) -> Result<(), CliError> {
    // The promise on the first page is that of a barometer: what a directory is told is shown, not counted.
    let definition =
        definition::load(Some(&arguments.edition), &arguments.surveys)?.of_kind(Kind::Barometer)?;
    let language = arguments.language.as_str();
    let edition = definition.edition.localised(language);
    let (Some(edition), Some(words), Some(invitation)) =
        (edition, Words::of(language), intake::invitation(language))
    else {
        let languages = &definition.edition.questionnaire.languages;
        return Err(CliError::input(
            format!("this questionnaire is not printed in `{language}`"),
            format!("it exists in: {}", languages.join(", ")),
        ));
    };
    let survey = definition.survey;
    let cover = Cover {
        publisher: survey.publisher,
        contact: survey.contact,
        title: invitation.title.clone(),
        lead: invitation.lead.clone(),
        whom_title: invitation.whom_title.clone(),
        whom: invitation.whom.clone(),
        confidentiality_title: invitation.confidentiality_title.clone(),
        confidentiality: invitation.confidentiality.clone(),
    };
    let questionnaire = &edition.questionnaire;
    let identity = format!("{}/{}/paper/{language}", questionnaire.survey, questionnaire.edition);
    let pdf = report::typeset(report::QUESTIONNAIRE, sheet(&edition, &words, &cover).to_json(), &identity)?;
    let path = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("questionnaire-{}-{language}.pdf", questionnaire.edition)));
    save(&path, &pdf)?;
    say(format!(
        "questionnaire of edition {}: {} questions on paper in {}",
        questionnaire.edition,
        questionnaire.questions.len(),
        path.display()
    ))
}
