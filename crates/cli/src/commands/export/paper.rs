//! `barometre export paper`

use std::path::PathBuf;

use exchange::paper::{Cover, Words, sheet};

use super::save;
use crate::arguments::ExportPaperArguments;
use crate::commands::say;
use crate::definition;
use crate::error::CliError;

/// Writes the questionnaire as a PDF and says where.
pub(crate) fn run(arguments: &ExportPaperArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    let language = arguments.language.as_str();
    let (Some(words), Some(invitation)) = (Words::of(language), intake::invitation(language)) else {
        let known: Vec<&str> =
            Words::languages().filter(|known| intake::invitation(known).is_some()).collect();
        return Err(CliError::input(
            format!("nothing is printed in `{language}`"),
            format!("expected one of: {}", known.join(", ")),
        ));
    };
    let edition = definition.edition;
    let survey = definition.survey;
    let cover = Cover {
        publisher: survey.publisher,
        contact: survey.contact,
        title: invitation.title.to_owned(),
        lead: invitation.lead.to_owned(),
        whom_title: invitation.whom_title.to_owned(),
        whom: invitation.whom.to_owned(),
        confidentiality_title: invitation.confidentiality_title.to_owned(),
        confidentiality: invitation.confidentiality.to_vec(),
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
