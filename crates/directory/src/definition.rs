//! A directory's definition: `directory.toml`, the derived variables of the double grid, the lists of the typology.

use std::ops::Range;

use questionnaire::expr::DerivedIndex;
use questionnaire::{Edition, Files, Kind, Problem, Question, QuestionIndex};
use serde::Deserialize;
use toml::Spanned;

use crate::classify::{Belonging, NO_AGREEMENT, Outcome, Pillar, Verdict};
use crate::lists::Lists;

/// Name of the file that says what of a response makes a card.
pub const DIRECTORY_FILE: &str = "directory.toml";

/// The derived variables of the double grid are in this file.
const GRID_FILE: &str = "indicators.toml";

/// A checked definition: every question, variable and list that a card needs is there.
#[derive(Debug, Clone)]
pub struct Directory<'e> {
    edition: &'e Edition,
    lists: Lists,
    grid: Grid,
    parts: Parts,
    agreement: Agreement,
}

/// The derived variables of the double grid.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub utility: DerivedIndex,
    pub governance: DerivedIndex,
    pub finance: DerivedIndex,
    pub belonging: DerivedIndex,
    pub outcome: DerivedIndex,
    /// Family to variable, in the order of the list.
    pub families: Vec<(String, DerivedIndex)>,
}

/// The questions of a card.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub name: QuestionIndex,
    pub commune: QuestionIndex,
    pub naf: QuestionIndex,
    pub families: QuestionIndex,
    pub main_family: QuestionIndex,
    pub links: QuestionIndex,
    /// Every question that may be shown, in the order of the card.
    pub public: Vec<QuestionIndex>,
}

/// What an actor agrees to.
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    pub question: QuestionIndex,
    pub card: String,
    pub open_data: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    public: Vec<Spanned<String>>,
    parts: PartsFile,
    agreement: AgreementFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsFile {
    name: Spanned<String>,
    commune: Spanned<String>,
    naf: Spanned<String>,
    families: Spanned<String>,
    main_family: Spanned<String>,
    links: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementFile {
    question: Spanned<String>,
    card: Spanned<String>,
    open_data: Spanned<String>,
}

impl<'e> Directory<'e> {
    /// Reads and checks what makes this edition a directory.
    ///
    /// # Errors
    /// Every problem found.
    pub fn new(edition: &'e Edition, files: &Files) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let lists = Lists::parse(files, &mut problems);
        let grid = grid(edition, &lists, &mut problems);
        let read = read(edition, files, &mut problems);
        match (grid, read) {
            (Some(grid), Some((parts, agreement))) if problems.is_empty() => {
                Ok(Self { edition, lists, grid, parts, agreement })
            }
            _ => Err(problems),
        }
    }

    /// The edition.
    #[must_use]
    pub fn edition(&self) -> &'e Edition {
        self.edition
    }

    /// The lists of the typology.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Whether a card may show the answer to this question.
    #[must_use]
    pub fn is_public(&self, question: &str) -> bool {
        self.public().any(|public| public.code == question)
    }

    /// The questions whose answers a card may show, in the order of the card.
    pub fn public(&self) -> impl Iterator<Item = &'e Question> {
        self.parts.public.iter().map(|index| self.question(*index))
    }

    pub(crate) fn question(&self, index: QuestionIndex) -> &'e Question {
        &self.edition.questionnaire.questions[index]
    }

    pub(crate) fn grid(&self) -> &Grid {
        &self.grid
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn agreement(&self) -> &Agreement {
        &self.agreement
    }
}

/// Finds the variables of the double grid, and checks that they give what [`crate::classify`] can read.
fn grid(edition: &Edition, lists: &Lists, problems: &mut Vec<Problem>) -> Option<Grid> {
    let mut variable = |name: &str, codes: &[&str]| {
        let report = |message: String| Problem {
            code: "unknown-variable",
            file: GRID_FILE.to_owned(),
            span: 0..0,
            line: 1,
            column: 1,
            message,
            help: Some("a directory's double grid is written as derived variables".to_owned()),
        };
        let Some(index) = edition.derived_index(name) else {
            problems.push(report(format!("there is no derived variable `{name}`, which a directory needs")));
            return None;
        };
        let found: Vec<&str> =
            edition.derived[index].categories.iter().map(|category| category.code.as_str()).collect();
        let is_same = found.len() == codes.len() && codes.iter().all(|code| found.contains(code));
        if !is_same {
            problems.push(report(format!(
                "`{name}` has the categories {} (expected {})",
                found.join(", "),
                codes.join(", ")
            )));
        }
        is_same.then_some(index)
    };
    let pillars =
        ["pilier_utilite", "pilier_gouvernance", "pilier_gestion"].map(|name| variable(name, Pillar::CODES));
    let belonging = variable("ess_statut", Belonging::CODES);
    let outcomes: Vec<&str> = Outcome::CODES.iter().copied().chain([NO_AGREEMENT]).collect();
    let outcome = variable("issue", &outcomes);
    let families: Option<Vec<_>> = lists
        .families()
        .iter()
        .map(|family| {
            // All of them are looked for, so that all that lack are named.
            (family.code.clone(), variable(&format!("famille_{}", family.code), Verdict::CODES))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(family, variable)| Some((family, variable?)))
        .collect();
    let [utility, governance, finance] = pillars;
    Some(Grid {
        utility: utility?,
        governance: governance?,
        finance: finance?,
        belonging: belonging?,
        outcome: outcome?,
        families: families?,
    })
}

/// Reads `directory.toml`.
fn read(edition: &Edition, files: &Files, problems: &mut Vec<Problem>) -> Option<(Parts, Agreement)> {
    let Some(text) = files.text(DIRECTORY_FILE) else {
        let message =
            format!("the file `{DIRECTORY_FILE}` is missing: it says what of a response makes a card");
        problems.push(at("", 0..0, "missing-file", message));
        return None;
    };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            problems.push(at(text, span, "toml-syntax", error.message().to_owned()));
            return None;
        }
    };
    let mut found = Vec::new();
    let mut question = |code: &Spanned<String>, expected: &str, fits: fn(&Kind) -> bool| {
        let Some(index) = edition.questionnaire.question_index(code.get_ref()) else {
            let message = format!("there is no question `{}`", code.get_ref());
            found.push(at(text, code.span(), "unknown-question", message));
            return None;
        };
        if !fits(&edition.questionnaire.questions[index].kind) {
            let message = format!("`{}` is not {expected}", code.get_ref());
            found.push(at(text, code.span(), "wrong-type", message));
            return None;
        }
        Some(index)
    };
    let is_text = |kind: &Kind| matches!(kind, Kind::Text { .. });
    let is_multiple = |kind: &Kind| matches!(kind, Kind::Multiple { .. });
    let name = question(&file.parts.name, "a text", is_text);
    let commune = question(&file.parts.commune, "a commune", |kind| matches!(kind, Kind::Commune));
    let naf = question(&file.parts.naf, "a text", is_text);
    let families = question(&file.parts.families, "a multiple choice", is_multiple);
    let main_family =
        question(&file.parts.main_family, "a single choice", |kind| matches!(kind, Kind::Single { .. }));
    let links = question(&file.parts.links, "a text", is_text);
    let public: Vec<_> = file.public.iter().map(|code| question(code, "", |_| true)).collect();
    let parts = &file.parts;
    for part in [&parts.name, &parts.commune, &parts.naf, &parts.families, &parts.main_family, &parts.links] {
        let is_known = edition.questionnaire.question_index(part.get_ref()).is_some();
        if is_known && !file.public.iter().any(|code| code.get_ref() == part.get_ref()) {
            let message = format!("`{}` is a part of the card but is not in `public`", part.get_ref());
            problems.push(at(text, part.span(), "not-public", message));
        }
    }
    let agreed = question(&file.agreement.question, "a multiple choice", is_multiple);
    if let Some(index) = agreed {
        let question = &edition.questionnaire.questions[index];
        for code in [&file.agreement.card, &file.agreement.open_data] {
            if question.option(code.get_ref()).is_none() {
                let message = format!("`{}` has no answer `{}`", question.code, code.get_ref());
                found.push(at(text, code.span(), "unknown-code", message));
            }
        }
    }
    problems.extend(found);
    let parts = Parts {
        name: name?,
        commune: commune?,
        naf: naf?,
        families: families?,
        main_family: main_family?,
        links: links?,
        public: public.into_iter().collect::<Option<_>>()?,
    };
    let agreement = Agreement {
        question: agreed?,
        card: file.agreement.card.into_inner(),
        open_data: file.agreement.open_data.into_inner(),
    };
    Some((parts, agreement))
}

/// A problem of `directory.toml` at its place.
fn at(text: &str, span: Range<usize>, code: &'static str, message: String) -> Problem {
    let before = text.get(..span.start).unwrap_or("");
    Problem {
        code,
        file: DIRECTORY_FILE.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
        span,
        message,
        help: None,
    }
}
