//! What the respondents' pages show besides the answers: free resources of the edition, protected means of a
//! publication, cards of the directory, PDFs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use intake::{Actor, Benchmark, Board, Extras, PrintError, Printer, Resources, Sheet, Shown};
use publication::{Displayed, Domain, NumberShown, Publication};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::definition::Definition;
use crate::error::CliError;

/// The file of an edition with its resources.
const RESOURCES: &str = "resources.toml";

/// Code of the breakdown whose categories are the size classes, and name of its derived variable.
const SIZE: &str = "taille";

/// Codes of the breakdowns by which everyone may follow a collection: those that say whom it still lacks.
const FOLLOWED: [&str; 3] = ["famille", "taille4", "region"];

/// Fewer respondents than these are nothing to compare oneself with.
const FEWEST: u32 = 30;

/// Sheets set at the same time: setting one takes a processor for a moment, and filling in comes first.
const AT_ONCE: usize = 1;

/// What every site has: the resources of its edition, and a press.
pub(crate) fn load(definition: &Definition) -> Result<Extras, CliError> {
    let printer: Arc<dyn Printer> = Arc::new(Press(Arc::new(Semaphore::new(AT_ONCE))));
    let resources = resources(definition)?.map(Arc::new);
    let board = Arc::new(Board::by(&FOLLOWED));
    Ok(Extras { resources, printer: Some(printer), board, ..Extras::default() })
}

/// The resources of the edition, checked. Without the file, results propose steps and no resource, which is said.
pub(crate) fn resources(definition: &Definition) -> Result<Option<Resources>, CliError> {
    let Some(text) = definition.files.text(RESOURCES) else {
        if definition.edition.questionnaire.dimensions.iter().any(|dimension| dimension.is_in_index) {
            tracing::warn!(
                "`{}` has no {RESOURCES}: results will propose steps without a resource",
                definition.folder.display()
            );
        }
        return Ok(None);
    };
    Resources::parse(&definition.edition, text).map(Some).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", definition.folder.join(RESOURCES).display()),
            "expected a free resource for each step, and who helps: see surveys/README.md",
        )
    })
}

/// The means that a publication in this folder shows by size. `is_simulated` is whether the site's answers are.
pub(crate) fn benchmark(folder: &Path, is_simulated: bool) -> Result<Benchmark, CliError> {
    let publication = publication::read(folder).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", folder.display()),
            "give the folder of a publication, for instance `data/publications/2026`",
        )
    })?;
    if publication.edition.is_simulated && !is_simulated {
        return Err(CliError::input(
            format!("the publication in `{}` is of simulated answers", folder.display()),
            "organisations are compared with real ones: give the folder of a real publication",
        ));
    }
    Ok(means(&publication))
}

/// The means by size: what was withheld, or stands on too few, is left out.
fn means(publication: &Publication) -> Benchmark {
    let scores: Vec<(&str, &str)> = publication
        .indicators
        .iter()
        .filter_map(|indicator| {
            let score = indicator.numerator.strip_prefix("mean(derived.")?.strip_suffix(')')?;
            Some((indicator.code.as_str(), score))
        })
        .collect();
    let categories = publication.breakdown(SIZE).map_or(&[][..], |breakdown| &breakdown.categories);
    let mut means = BTreeMap::new();
    for category in categories {
        let domain = Domain::of(SIZE, &category.code);
        let of_class: BTreeMap<String, Shown> = scores
            .iter()
            .filter_map(|(indicator, score)| {
                let cell = publication.cell(&domain, indicator).published()?;
                is_enough(cell.n()).then(|| ((*score).to_owned(), shown(cell.value())))
            })
            .collect();
        if !of_class.is_empty() {
            means.insert(category.code.clone(), of_class);
        }
    }
    let edition = &publication.edition;
    Benchmark {
        title: edition.title.clone(),
        edition: edition.edition.clone(),
        variable: SIZE.to_owned(),
        means,
    }
}

fn is_enough(n: NumberShown) -> bool {
    match n {
        NumberShown::Class { from, .. } => from >= FEWEST,
        NumberShown::Rounded { value, .. } => value >= FEWEST,
    }
}

fn shown(value: Displayed) -> Shown {
    match value {
        Displayed::Point { value, .. } => Shown::Point(value),
        Displayed::Band { from, to, .. } => Shown::Band(from, to),
        Displayed::AtMost { limit, .. } => Shown::AtMost(limit),
        Displayed::AtLeast { limit, .. } => Shown::AtLeast(limit),
    }
}

/// The actors whose cards are in this file.
pub(crate) fn actors(file: &Path) -> Result<Arc<[Actor]>, CliError> {
    #[derive(Deserialize)]
    struct Cards {
        cards: Vec<Card>,
    }
    #[derive(Deserialize)]
    struct Card {
        name: String,
        families: Vec<Part>,
        location: Option<Location>,
    }
    #[derive(Deserialize)]
    struct Location {
        department: Part,
    }
    #[derive(Deserialize)]
    struct Part {
        code: String,
        label: String,
    }
    let text = std::fs::read_to_string(file).map_err(CliError::io(file.display()))?;
    let cards: Cards = serde_json::from_str(&text).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", file.display()),
            format!("expected the file `{}` that `barometre directory` writes", directory::CARDS_FILE),
        )
    })?;
    let actors = cards.cards.into_iter().filter_map(|card| {
        Some(Actor {
            name: card.name,
            families: card.families.into_iter().map(|family| family.label).collect(),
            department: card.location?.department.code,
        })
    });
    Ok(actors.collect())
}

/// Sets sheets as PDFs, a few at a time.
struct Press(Arc<Semaphore>);

#[async_trait]
impl Printer for Press {
    async fn print(&self, sheet: Sheet) -> Result<Vec<u8>, PrintError> {
        let failed = |error: &dyn std::fmt::Display| PrintError(error.to_string());
        let _turn = self.0.acquire().await.map_err(|error| failed(&error))?;
        let set = tokio::task::spawn_blocking(move || {
            let data = serde_json::to_vec(&sheet).expect("words and numbers are JSON");
            report::typeset(report::SHEET, data, &sheet.identity)
        });
        set.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use publication::{Base, Rule, Unit};

    use super::*;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    fn base(n: u32) -> Base {
        Base { n, largest_share: f64::from(n).recip() }
    }

    #[test]
    fn a_mean_of_fewer_than_thirty_is_not_compared_with() {
        let is_enough = |n| is_enough(RULE.number(base(n)).expect("more than the least"));
        assert!(!is_enough(11) && !is_enough(39) && is_enough(40));
    }

    #[test]
    fn a_figure_is_passed_on_as_it_was_published() {
        let shown = |value, n| shown(RULE.display(value, Unit::Percent, base(n)).expect("enough of them"));
        assert_eq!(shown(30.0, 15), Shown::Band(25.0, 50.0));
        assert_eq!(shown(3.0, 50), Shown::AtMost(5.0));
        assert_eq!(shown(98.0, 50), Shown::AtLeast(95.0));
        assert_eq!(shown(45.2, 300), Shown::Point(45.0));
    }
}
