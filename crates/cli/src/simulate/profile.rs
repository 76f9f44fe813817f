//! Who the organisations are: status, sector, employees, seat, identifier, and how many each stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use questionnaire::{Choice, Commune, Edition, Kind, QuestionIndex, Subject};

use super::SimulateError;
use super::chance::{Chance, Distribution, floor};
use super::identity::Identity;
use super::memory::Memory;
use super::parameters::{Numbers, Parameters, SizeClass, Stratum};
use super::population::{Population, Value, subject};

/// The questions that the profile answers.
const IDENTIFIER: &str = "org_ident";
const NAME: &str = "org_nom";
const COMMUNE: &str = "org_commune";
pub(super) const STATUS: &str = "org_statut";
const SECTOR: &str = "org_secteur";
const EMPLOYEES: &str = "org_salaries";

/// Streams of chance of the profile; those of the questions follow.
const PROFILES: u64 = 0;
const LATENT: u64 = 1;
/// The first stream that is free for the questions.
pub(super) const FIRST_FREE: u64 = 2;

/// Most rounds of proportional fitting.
const RAKING_ROUNDS: usize = 200;
/// Margins that hold to this relative distance are met: no round would bring them nearer.
const RAKED: f64 = 1.0e-14;

/// Draws the units, weighs them so that the margins of the plan hold, and gives each its latent maturity.
pub(super) fn draw<'a>(
    edition: &'a Edition,
    parameters: &'a Parameters,
    size: usize,
    memory: &Arc<Memory>,
) -> Result<Population<'a>, SimulateError> {
    let seats = Seats::new(edition, &parameters.population.regions_left_out);
    let questions = Questions::find(edition)?;
    let mut chance = Chance::new(parameters.population.seed, PROFILES);
    let mut profiles = Vec::with_capacity(size);
    for stratum in &parameters.strata {
        let drawer = Drawer::new(&questions, parameters, stratum)?;
        let units = floor((stratum.draw * size as f64).round()).max(1);
        for _ in 0..units {
            let profile = drawer.draw(&seats, &mut chance);
            profiles.push(Profile { weight: stratum.organisations / units as f64, ..profile });
        }
    }
    let identities = profiles.iter().enumerate().map(|(number, profile)| Identity {
        seed: parameters.population.seed,
        number,
        commune: profile.commune,
    });
    let mut population = Population::new(edition, parameters, identities.collect());
    population.memory = Arc::clone(memory);
    population.communes = seats.communes;
    population.weights = profiles.iter().map(|profile| profile.weight).collect();
    let column = |of: &dyn Fn(&Profile) -> Value| vec![profiles.iter().map(of).collect::<Vec<Value>>()];
    population.set(questions.identifier, column(&|profile| profile.identifier as Value + 1));
    population.set(questions.commune, column(&|profile| profile.commune as Value + 1));
    population.set(questions.status, column(&|profile| profile.status as Value + 1));
    population.set(questions.sector, column(&|profile| profile.sector as Value + 1));
    population.set(questions.employees, column(&|profile| Value::from(profile.employees) + 1));
    let asked = population.asked(questions.name)?;
    // No text of the parameters has this index: the name is made from the unit's number.
    population.set(
        questions.name,
        vec![asked.iter().map(|rows| if rows[0] { Value::from(u32::MAX) } else { 0 }).collect()],
    );
    rake_population(&mut population)?;
    give_latent_maturity(&mut population)?;
    Ok(population)
}

/// The questions that the profile answers, and their options.
struct Questions<'a> {
    identifier: QuestionIndex,
    name: QuestionIndex,
    commune: QuestionIndex,
    status: QuestionIndex,
    sector: QuestionIndex,
    employees: QuestionIndex,
    identifiers: &'a [Choice],
    statuses: &'a [Choice],
    sectors: &'a [Choice],
}

impl<'a> Questions<'a> {
    fn find(edition: &'a Edition) -> Result<Self, SimulateError> {
        let find = |code: &str, fits: fn(&Kind) -> bool| {
            let index = edition.questionnaire.question_index(code);
            let index = index.filter(|&index| fits(&edition.questionnaire.questions[index].kind));
            index.ok_or_else(|| SimulateError::NoProfileQuestion { code: code.to_owned() })
        };
        let identifier = find(IDENTIFIER, |kind| matches!(kind, Kind::Identifier { .. }))?;
        let status = find(STATUS, |kind| matches!(kind, Kind::Single { .. }))?;
        let sector = find(SECTOR, |kind| matches!(kind, Kind::Single { .. }))?;
        let options = |index: QuestionIndex| edition.questionnaire.questions[index].options();
        Ok(Self {
            identifier,
            name: find(NAME, |kind| matches!(kind, Kind::Text { .. }))?,
            commune: find(COMMUNE, |kind| matches!(kind, Kind::Commune))?,
            status,
            sector,
            employees: find(EMPLOYEES, |kind| matches!(kind, Kind::Integer { .. }))?,
            identifiers: options(identifier),
            statuses: options(status),
            sectors: options(sector),
        })
    }
}

/// One organisation; options are indices.
#[derive(Default)]
struct Profile {
    identifier: usize,
    commune: usize,
    status: usize,
    sector: usize,
    employees: u32,
    weight: f64,
}

/// The communes, drawn by population within urban and within rural ones.
struct Seats<'a> {
    communes: Vec<&'a Commune>,
    urban: Vec<usize>,
    rural: Vec<usize>,
    urban_by_population: Distribution,
    rural_by_population: Distribution,
}

impl<'a> Seats<'a> {
    fn new(edition: &'a Edition, regions_left_out: &[String]) -> Self {
        let can_be_typed = |commune: &&Commune| !commune.post_codes.is_empty();
        let is_inside = |commune: &&Commune| !regions_left_out.contains(&commune.region);
        let communes: Vec<&Commune> =
            edition.nomenclatures.communes().filter(can_be_typed).filter(is_inside).collect();
        let is_rural = |&index: &usize| communes[index].zone == "rural";
        let (rural, urban): (Vec<usize>, Vec<usize>) = (0..communes.len()).partition(is_rural);
        let by_population = |indices: &[usize]| {
            Distribution::new(indices.iter().map(|&index| communes[index].population as f64))
        };
        Self {
            urban_by_population: by_population(&urban),
            rural_by_population: by_population(&rural),
            communes,
            urban,
            rural,
        }
    }

    fn draw(&self, rural: f64, chance: &mut Chance) -> usize {
        if chance.unit() < rural {
            self.rural[self.rural_by_population.draw(chance)]
        } else {
            self.urban[self.urban_by_population.draw(chance)]
        }
    }
}

/// Draws the organisations of one stratum.
struct Drawer<'a> {
    parameters: &'a Parameters,
    stratum: &'a Stratum,
    questions: &'a Questions<'a>,
    identifiers: (Vec<usize>, Distribution),
    statuses: (Vec<usize>, Distribution),
    sectors: (Vec<usize>, Distribution),
    sizes: Distribution,
}

impl<'a> Drawer<'a> {
    fn new(
        questions: &'a Questions<'a>,
        parameters: &'a Parameters,
        stratum: &'a Stratum,
    ) -> Result<Self, SimulateError> {
        let distribution = |place: &str, options: &[Choice], shares: &Numbers| {
            let indices: Result<Vec<usize>, SimulateError> =
                shares.keys().map(|code| option(place, options, code)).collect();
            Ok::<_, SimulateError>((indices?, Distribution::new(shares.values().copied())))
        };
        if let Some(class) = stratum.sizes.iter().find(|class| class.from > class.to) {
            let place = format!("sizes of {} ({} to {})", stratum.name, class.from, class.to);
            return Err(SimulateError::BadShares { place });
        }
        Ok(Self {
            parameters,
            stratum,
            questions,
            identifiers: distribution(IDENTIFIER, questions.identifiers, &stratum.identifiers)?,
            statuses: distribution(STATUS, questions.statuses, &stratum.statuses)?,
            sectors: distribution(SECTOR, questions.sectors, &stratum.sectors)?,
            sizes: Distribution::new(stratum.sizes.iter().map(|class| class.share)),
        })
    }

    fn draw(&self, seats: &Seats<'_>, chance: &mut Chance) -> Profile {
        let pick = |(indices, shares): &(Vec<usize>, Distribution), chance: &mut Chance| {
            indices[shares.draw(chance)]
        };
        let commune = seats.draw(self.stratum.rural, chance);
        let department = &seats.communes[commune].department;
        let identity = &self.parameters.identity;
        let local_law = identity.local_law_departments.contains(department);
        let replaced = |options: &[Choice], picked: usize, [from, to]: &[String; 2]| {
            if local_law && options[picked].code == *from {
                option("", options, to).unwrap_or(picked)
            } else {
                picked
            }
        };
        let status = pick(&self.statuses, chance);
        let identifier = pick(&self.identifiers, chance);
        Profile {
            identifier: replaced(self.questions.identifiers, identifier, &identity.local_law_identifier),
            status: replaced(self.questions.statuses, status, &identity.local_law_status),
            sector: pick(&self.sectors, chance),
            employees: employees(self.stratum.sizes[self.sizes.draw(chance)], chance),
            commune,
            weight: 0.0,
        }
    }
}

/// A number of employees of a class: small numbers are more frequent than large ones.
fn employees(class: SizeClass, chance: &mut Chance) -> u32 {
    if class.to == 0 {
        return 0;
    }
    let (from, to) = (f64::from(class.from.max(1)), f64::from(class.to) + 1.0);
    let drawn = floor(from * (to / from).powf(chance.unit()));
    u32::try_from(drawn).unwrap_or(class.to).clamp(class.from, class.to)
}

fn option(place: &str, options: &[Choice], code: &str) -> Result<usize, SimulateError> {
    let unknown = || SimulateError::UnknownCode { place: place.to_owned(), code: code.to_owned() };
    options.iter().position(|choice| choice.code == code).ok_or_else(unknown)
}

/// Categories of one margin: for each unit an index, and for each index its total.
pub(super) struct FittedMargin {
    /// The category of each unit; `None` for units that the margin does not concern.
    pub(super) categories: Vec<Option<usize>>,
    /// Known totals.
    pub(super) totals: Vec<f64>,
}

/// Multiplies the weights until every margin holds (iterative proportional fitting, Deming and Stephan 1940).
pub(super) fn rake(weights: &mut [f64], margins: &[FittedMargin]) {
    for _ in 0..RAKING_ROUNDS {
        let mut farthest: f64 = 0.0;
        for margin in margins {
            let mut sums = vec![0.0; margin.totals.len()];
            for (category, weight) in margin.categories.iter().zip(weights.iter()) {
                if let Some(category) = category {
                    sums[*category] += weight;
                }
            }
            let factors: Vec<f64> = margin.totals.iter().zip(&sums).map(|(total, sum)| total / sum).collect();
            for (category, weight) in margin.categories.iter().zip(weights.iter_mut()) {
                if let Some(category) = category {
                    *weight *= factors[*category];
                }
            }
            let is_met = |(factor, sum): &(&f64, &f64)| **sum > 0.0 && factor.is_finite();
            let met = factors.iter().zip(&sums).filter(is_met);
            farthest = met.fold(farthest, |farthest, (factor, _)| farthest.max((factor - 1.0).abs()));
        }
        if farthest < RAKED {
            break;
        }
    }
}

/// The margins of the plan: within each calibration group, its total and its margins.
pub(super) fn plan_margins(population: &Population<'_>) -> Result<Vec<FittedMargin>, SimulateError> {
    let edition = population.edition;
    let mut fitted = Vec::new();
    for (index, group) in edition.plan.calibration.iter().enumerate() {
        let inside = population.in_group(index)?;
        let whole = inside.iter().map(|&inside| inside.then_some(0)).collect();
        fitted.push(FittedMargin { categories: whole, totals: vec![group.total] });
        for margin in &group.margins {
            let codes: Vec<&str> = margin.categories.iter().map(|category| category.code.as_str()).collect();
            let categories = categories_of(population, margin.variable, &codes, &inside)?;
            let totals = margin.categories.iter().map(|category| category.share * group.total).collect();
            fitted.push(FittedMargin { categories, totals });
        }
    }
    Ok(fitted)
}

fn rake_population(population: &mut Population<'_>) -> Result<(), SimulateError> {
    let mut margins = plan_margins(population)?;
    let total: f64 = population.edition.plan.calibration.iter().map(|group| group.total).sum();
    let everyone = vec![true; population.len()];
    for structure in &population.parameters.structures {
        let variable = subject(population.edition, &structure.variable)?;
        let codes: Vec<&str> = structure.shares.keys().map(String::as_str).collect();
        let categories = categories_of(population, variable, &codes, &everyone)?;
        let totals = structure.shares.values().map(|share| share * total).collect();
        margins.push(FittedMargin { categories, totals });
    }
    rake(&mut population.weights, &margins);
    Ok(())
}

/// The index of each unit's category among the codes; an error when a unit inside has none of them.
fn categories_of(
    population: &Population<'_>,
    variable: Subject,
    codes: &[&str],
    inside: &[bool],
) -> Result<Vec<Option<usize>>, SimulateError> {
    let index: BTreeMap<&str, usize> = codes.iter().enumerate().map(|(index, &code)| (code, index)).collect();
    let found = population.categories(variable)?;
    let of_unit = |(category, &inside): (&Option<String>, &bool)| {
        if !inside {
            return Ok(None);
        }
        let known = category.as_deref().and_then(|code| index.get(code));
        known.copied().map(Some).ok_or_else(|| SimulateError::OutsideMargin {
            variable: population.edition.subject_name(variable),
            category: category.clone().unwrap_or_else(|| "none".to_owned()),
        })
    };
    found.iter().zip(inside).map(of_unit).collect()
}

fn give_latent_maturity(population: &mut Population<'_>) -> Result<(), SimulateError> {
    let effects = &population.parameters.latent;
    if effects.contains_key("latent") {
        return Err(SimulateError::UnknownFeature { name: "latent".to_owned() });
    }
    population.prepare_features(effects.keys())?;
    let mut chance = Chance::new(population.parameters.population.seed, LATENT);
    let latent = (0..population.len()).map(|unit| population.effect(effects, unit) + chance.normal());
    population.latent = latent.collect();
    Ok(())
}
