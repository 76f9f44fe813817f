//! `barometre trend`

use std::collections::BTreeSet;

use exchange::compare::{Linked, Refusal, compare, trend};
use publication::{Displayed, Domain, NumberShown, Publication, Unit};
use sha2::{Digest, Sha256};

use crate::arguments::TrendArguments;
use crate::commands::say;
use crate::comparability;
use crate::data::DataDirectory;
use crate::definition::{self, Definition};
use crate::error::CliError;

/// Sets published figures side by side where the gate allows, else says why not.
pub(crate) fn run(arguments: &TrendArguments) -> Result<(), CliError> {
    let old = definition::load(Some(&arguments.old), &arguments.surveys)?;
    let new = definition::load(Some(&arguments.new), &arguments.surveys)?;
    let decisions = comparability::decisions(&new)?;
    let comparison = compare(&comparability::outline(&old)?, &comparability::outline(&new)?);
    let problems = comparability::reviewed(&new, &decisions, &comparison);
    if !problems.is_empty() {
        return Err(comparability::refused(&new, problems));
    }
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let (before, after) = (published(&old, &directory)?, published(&new, &directory)?);
    let wanted: Vec<&str> = if arguments.indicators.is_empty() {
        let known = after.indicators.iter().chain(&before.indicators).map(|known| known.code.as_str());
        let mut seen = BTreeSet::new();
        known.filter(|code| seen.insert(*code)).collect()
    } else {
        arguments.indicators.iter().map(String::as_str).collect()
    };
    for code in wanted {
        let gate = trend(&comparison, &decisions, code);
        if let Err(Refusal::Unknown(_)) = &gate {
            return Err(CliError::input(
                format!("there is no indicator `{code}` in edition {} or {}", name(&before), name(&after)),
                "`indicators.toml` lists their codes",
            ));
        }
        let label = [&after, &before].into_iter().find_map(|known| known.indicator(code));
        say(format!("{code}  {}", label.map_or("", |indicator| indicator.label.as_str())))?;
        match gate {
            Err(refusal) => say(format!("  refused: {refusal}"))?,
            Ok(linked) => figures(code, &linked, &before, &after)?,
        }
    }
    Ok(())
}

fn figures(code: &str, linked: &Linked, before: &Publication, after: &Publication) -> Result<(), CliError> {
    for (publication, factor) in [(before, linked.factor), (after, None)] {
        let edition = name(publication);
        let cell = publication.cell(&Domain::All, code);
        let Some((shown, unit)) = cell.published().zip(publication.indicator(code).map(|known| known.unit))
        else {
            say(format!("  {edition}: nd"))?;
            continue;
        };
        let (value, interval) = (shown.value(), shown.interval());
        let n = match shown.n() {
            NumberShown::Class { from, to, .. } => format!("{from} to {to}"),
            NumberShown::Rounded { value, .. } => format!("about {value}"),
        };
        let rebased = factor.map_or_else(String::new, |factor| {
            format!(", rebased by {factor}: {}", words(value, unit, factor))
        });
        say(format!(
            "  {edition}: {}, between {} and {}, {n} respondents{rebased}",
            words(value, unit, 1.0),
            interval.low,
            interval.high
        ))?;
    }
    linked.notes.iter().try_for_each(|note| say(format!("  note: {note}")))
}

fn name(publication: &Publication) -> String {
    let edition = &publication.edition;
    format!("{}{}", edition.edition, if edition.is_simulated { " (simulated)" } else { "" })
}

/// A displayed value, multiplied and rounded to its own step again: nothing but displayed values goes in.
fn words(value: Displayed, unit: Unit, factor: f64) -> String {
    let unit = match unit {
        Unit::Percent => " %",
        Unit::Points => " points",
        Unit::Number { .. } => "",
    };
    let step = value.step();
    let decimals = usize::from(step.fract() != 0.0);
    let number = |value: f64| {
        let scaled = value * factor;
        // A rounding to the step would move a value that nobody rebased.
        let rounded = if (factor - 1.0).abs() < f64::EPSILON || step <= 0.0 {
            scaled
        } else {
            (scaled / step).round() * step
        };
        format!("{rounded:.decimals$}")
    };
    match value {
        Displayed::AtMost { limit, .. } => format!("at most {}{unit}", number(limit)),
        Displayed::AtLeast { limit, .. } => format!("at least {}{unit}", number(limit)),
        Displayed::Band { from, to, .. } => {
            let decimals = usize::from(from.fract() != 0.0 || to.fract() != 0.0);
            format!("from {:.decimals$} to {:.decimals$}{unit}", from * factor, to * factor)
        }
        Displayed::Point { value, .. } => format!("{}{unit}", number(value)),
    }
}

/// The publication of an edition, made from the definition that is compared.
pub(crate) fn published(definition: &Definition, directory: &DataDirectory) -> Result<Publication, CliError> {
    let code = &definition.edition.questionnaire.edition;
    let folder = directory.publication(code);
    if !folder.join(publication::PUBLICATION_FILE).is_file() {
        return Err(CliError::input(
            format!("there is no publication of edition {code} in `{}`", folder.display()),
            "`barometre analyse` writes it; `barometre compare` needs none",
        ));
    }
    let publication = publication::read(&folder)?;
    for file in ["questionnaire.toml", "indicators.toml"] {
        let stated = publication.provenance.definition.get(file);
        let found = definition.files.text(file).map(digest);
        if stated != found.as_ref() {
            return Err(CliError::input(
                format!("the publication of edition {code} was made from another `{file}`"),
                "give the folder of the definition that was published: verdicts on another one say nothing of its figures",
            ));
        }
    }
    Ok(publication)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
