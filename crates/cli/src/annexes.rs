//! What the publisher adds to the figures on paper: the charts of the Essentiel (`report.toml`), what is recommended
//! (`recommendations.toml`) and the questionnaire with its codes. Written with the figures, so that whoever has the
//! publication's folder can make the same documents.

use std::path::Path;

use exchange::paper::{Answer, Cover, Field, Item, Words, sheet};
use questionnaire::Kind;
use report::{
    ANNEXES_FILE, Annexes, AskedPart, AskedQuestion, DirectoryCount, Membership, Recommendation, Targets,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::definition::Definition;
use crate::error::CliError;

/// The file of an edition that says what documents show first.
const REPORT: &str = "report.toml";

/// The file of an edition with what its publisher recommends.
const RECOMMENDATIONS: &str = "recommendations.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReportFile {
    essential: Vec<String>,
    site_only: Vec<String>,
    /// The chapter in which the cards of the directory are counted.
    directory: Option<String>,
    targets: Vec<Targets>,
    members: Vec<Membership>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RecommendationsFile {
    recommendation: Vec<Recommendation>,
}

/// The annexes in a publication's folder; none in one that was published before there were any.
pub(crate) fn of_publication(folder: &Path) -> Result<Annexes, CliError> {
    let path = folder.join(ANNEXES_FILE);
    if !path.is_file() {
        return Ok(Annexes::default());
    }
    Ok(Annexes::parse(&std::fs::read(&path).map_err(CliError::io(path.display()))?)?)
}

/// The annexes of a definition, with the cards of the directory as they were counted, if there is one.
pub(crate) fn of_definition(
    definition: &Definition,
    counted: Option<DirectoryCount>,
) -> Result<Annexes, CliError> {
    let expected = "expected `essential` and `site_only`, codes of charts of plan.toml, `directory`, code of a chapter, \
                    [[targets]] with `chapter`, `series` and `labels`, [[members]] with `network`, `members` \
                    and `source`";
    let report: ReportFile = read(definition, REPORT, expected)?;
    if let Some(found) = report.members.iter().find(|found| !is_network(definition, &found.network)) {
        return Err(CliError::input(
            format!("{REPORT} says how many members `{}` has, which is no network", found.network),
            "expected a code of the list of networks, as nomenclatures/reseaux.csv has it",
        ));
    }
    let expected = "expected [[recommendation]] with `title`, `text` and `indicator`";
    let recommendations: RecommendationsFile = read(definition, RECOMMENDATIONS, expected)?;
    Ok(Annexes {
        contact: Some(definition.survey.contact.clone()).filter(|contact| !contact.is_empty()),
        essential: report.essential,
        site_only: report.site_only,
        recommendations: recommendations.recommendation,
        questionnaire: questionnaire(definition),
        directory: report.directory.zip(counted).map(|(chapter, count)| DirectoryCount { chapter, ..count }),
        targets: report.targets,
        members: report.members,
    })
}

fn is_network(definition: &Definition, code: &str) -> bool {
    let questions = definition.edition.questionnaire.questions.iter();
    let mut asked = questions.filter(|question| matches!(question.kind, Kind::Networks { .. }));
    asked.any(|question| question.options().iter().any(|option| option.code == code && !option.is_exclusive))
}

/// A file of the definition; what it holds is empty when there is none.
fn read<T: DeserializeOwned + Default>(
    definition: &Definition,
    name: &str,
    expected: &str,
) -> Result<T, CliError> {
    let Some(text) = definition.files.text(name) else { return Ok(T::default()) };
    toml::from_str(text).map_err(|error| {
        CliError::input(
            format!("`{}`: {}", definition.folder.join(name).display(), error.message()),
            expected.to_owned(),
        )
    })
}

/// The questions with their codes, as the paper form has them.
fn questionnaire(definition: &Definition) -> Vec<AskedPart> {
    let edition = &definition.edition;
    let Some(words) = edition.questionnaire.languages.first().and_then(|language| Words::of(language)) else {
        return Vec::new();
    };
    let printed = sheet(edition, &words, &Cover::default());
    printed
        .sections
        .into_iter()
        .map(|part| AskedPart {
            title: part.title,
            questions: part.questions.into_iter().map(asked).collect(),
        })
        .collect()
}

fn asked(item: Item) -> AskedQuestion {
    let Item { number, code, text, head, instruction, field, .. } = item;
    let pairs =
        |answers: Vec<Answer>| answers.into_iter().map(|answer| (answer.label, answer.code)).collect();
    let (lines, answers) = match field {
        Field::Choices { answers } | Field::Identifier { answers } | Field::Networks { answers, .. } => {
            (Vec::new(), pairs(answers))
        }
        Field::Matrix { answers, groups } => {
            let lines = groups.into_iter().flat_map(|group| group.lines);
            (lines.map(|line| (line.label, line.code)).collect(), pairs(answers))
        }
        Field::Number { .. } | Field::Lines { .. } | Field::Commune => (Vec::new(), Vec::new()),
    };
    AskedQuestion { number, code, text, who: head, instruction, lines, answers }
}
