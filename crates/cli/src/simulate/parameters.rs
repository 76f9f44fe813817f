//! What the simulated population is made of: the content of `simulation.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SimulateError;

/// Numbers by code: shares of options, weights of effects.
pub type Numbers = BTreeMap<String, f64>;

/// The parameters of a simulated edition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// How large the synthetic population is, and what it is drawn from.
    pub population: PopulationParameters,
    /// Effects of the features on the latent digital maturity, whose remainder is a standard normal.
    pub latent: Numbers,
    /// Effects on the logarithm of the propensity to answer: the volunteer bias.
    pub volunteering: Numbers,
    /// What else volunteers do than fill the questionnaire once to its end.
    pub behaviour: BehaviourParameters,
    /// How identifiers are made.
    pub identity: IdentityParameters,
    /// Memberships that try the protection of what is published.
    #[serde(default)]
    pub traps: Option<Traps>,
    /// Kinds of organisations, each with its number.
    #[serde(rename = "stratum")]
    pub strata: Vec<Stratum>,
    /// Margins of the whole population that the plan does not have.
    #[serde(default, rename = "structure")]
    pub structures: Vec<Structure>,
    /// What effects may refer to, besides `latent`.
    #[serde(rename = "feature")]
    pub features: BTreeMap<String, FeatureParameters>,
    /// One model for each question that the profile does not give.
    #[serde(rename = "question")]
    pub questions: BTreeMap<String, QuestionModel>,
}

/// What tries the protection of what is published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traps {
    /// Two networks: all members of the first are members of the second, which has one more.
    pub nested: [String; 2],
    /// Two networks with the same members, but for one each.
    pub apart: [String; 2],
    /// Members that are in both.
    pub members: usize,
    /// A sector of one size in which one organisation weighs much.
    pub heavy: Option<HeavyTrap>,
}

/// A sector of one size that holds so many light organisations, a heavy one, and no other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeavyTrap {
    /// Question on the sector.
    pub sector: String,
    /// Its answers that make the sector; the first is given to the members.
    pub codes: Vec<String>,
    /// The answer that is given to others of this size.
    pub elsewhere: String,
    /// Question on the number of employees.
    pub employees: String,
    /// Least and most of them.
    pub from_to: [i64; 2],
    /// Question on the legal status.
    pub status: String,
    /// Statuses of organisations that are many among the respondents, and weigh little.
    pub light: Vec<String>,
    /// Statuses of organisations that weigh much.
    pub heavy: Vec<String>,
    /// How many light ones.
    pub members: usize,
}

/// The size of the synthetic population.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationParameters {
    /// Fewest synthetic organisations.
    pub size: usize,
    /// Fewest synthetic organisations for each response asked for.
    pub per_response: usize,
    /// Seed of the population; the volunteers have their own.
    pub seed: u64,
    /// Regions where no unit has its seat.
    pub regions_left_out: Vec<String>,
}

/// Shares of the organisations that start and do not simply answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BehaviourParameters {
    /// Refuse consent.
    pub refuses: f64,
    /// Say they are out of scope.
    pub out_of_scope: f64,
    /// The status they then give.
    pub out_of_scope_status: String,
    /// Stop after some screen.
    pub drops: f64,
    /// Above 1, drops are more frequent on the first screens.
    pub drops_early: f64,
    /// Answer a second time for an organisation that has answered.
    pub duplicates: f64,
}

/// How identifiers are made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityParameters {
    /// The departments whose associations follow local law and have no RNA number.
    pub local_law_departments: Vec<String>,
    /// The status that stands there for the one given first.
    pub local_law_status: [String; 2],
    /// The kind of identifier that stands there for the one given first.
    pub local_law_identifier: [String; 2],
    /// The two characters after the W of an RNA number, where they are not the first two of the department.
    pub rna_prefixes: BTreeMap<String, String>,
    /// First digits of SIREN numbers.
    pub siren_digits: Vec<u32>,
}

/// A kind of organisations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    /// Name, for messages.
    pub name: String,
    /// How many there are.
    pub organisations: f64,
    /// The share of the synthetic population drawn from it; weights restore its true share.
    pub draw: f64,
    /// Shares of the legal statuses.
    pub statuses: Numbers,
    /// Shares of the sectors.
    pub sectors: Numbers,
    /// Classes of numbers of employees.
    pub sizes: Vec<SizeClass>,
    /// Share seated in rural communes.
    pub rural: f64,
    /// Shares of the kinds of identifier they give.
    pub identifiers: Numbers,
}

/// A class of numbers of employees, drawn evenly on a logarithmic scale.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeClass {
    /// Fewest.
    pub from: u32,
    /// Most.
    pub to: u32,
    /// Share of the stratum.
    pub share: f64,
}

/// A known structure of the whole population.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// The derived variable, as `derived.zone`.
    pub variable: String,
    /// Share of each of its categories.
    pub shares: Numbers,
}

/// A number made from an answer or a derived category; 0 for codes that are not listed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureParameters {
    /// What it is made from: `derived.zone`, `org_budget`, `usg_outils.collecte`.
    pub of: String,
    /// The number for each code.
    pub values: Numbers,
}

/// How one question is answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuestionModel {
    /// Effects on the propensity to give an answer of direction 1.
    pub effects: Numbers,
    /// How each option follows the effects. Without one, options of a multiple choice have 1, all others 0.
    pub directions: Numbers,
    /// Effects of features on one option, whatever its direction.
    pub option_effects: BTreeMap<String, Numbers>,
    /// Share of those asked who give each option. What is missing to 1 in a single choice is left blank; where the
    /// options come from another question, shares are relative and those not offered do not count.
    pub shares: Numbers,
    /// Shares that depend on a derived category, instead of `shares`: variable, then category.
    pub by: Option<SharesBy>,
    /// Share of those asked who tick nothing (multiple choice).
    pub blank: f64,
    /// Options chosen whenever they are offered.
    pub always: Vec<String>,
    /// The rows of a matrix.
    pub rows: BTreeMap<String, RowModel>,
    /// What is typed in a free text, each by an equal part of those who type anything.
    pub texts: Vec<String>,
    /// Share of those asked who type one of the texts.
    pub text_share: f64,
}

/// Shares that depend on a derived category.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharesBy {
    /// The derived variable, as `derived.zone`.
    pub variable: String,
    /// Category to shares of options.
    pub shares: BTreeMap<String, Numbers>,
}

/// How one row of a matrix is answered; what is left out is as the question says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowModel {
    /// Share of those asked who give each option; what is missing to 1 is left blank.
    pub shares: Numbers,
    /// Effects, instead of the question's.
    #[serde(default)]
    pub effects: Option<Numbers>,
}

impl Parameters {
    /// Reads `simulation.toml`.
    ///
    /// # Errors
    /// When the text is not TOML, has an unknown or missing key, or a distribution that gives nothing.
    pub fn parse(text: &str) -> Result<Self, SimulateError> {
        let parameters: Self =
            toml::from_str(text).map_err(|error| SimulateError::Syntax { message: error.to_string() })?;
        match parameters.first_empty() {
            Some(place) => Err(SimulateError::BadShares { place }),
            None => Ok(parameters),
        }
    }

    /// The first distribution that nothing could be drawn from.
    fn first_empty(&self) -> Option<String> {
        let rates = &self.behaviour;
        let rates = [rates.refuses, rates.out_of_scope, rates.drops, rates.duplicates];
        if rates.iter().any(|&rate| rate < 0.0) || rates.iter().sum::<f64>() > 1.0 {
            return Some("behaviour".to_owned());
        }
        if self.identity.siren_digits.is_empty() || self.identity.siren_digits.iter().any(|&digit| digit > 9)
        {
            return Some("identity.siren_digits".to_owned());
        }
        let is_empty = |shares: &Numbers| shares.values().all(|&share| share <= 0.0);
        let empty = self.strata.iter().find(|stratum| {
            is_empty(&stratum.statuses)
                || is_empty(&stratum.sectors)
                || is_empty(&stratum.identifiers)
                || stratum.sizes.iter().all(|class| class.share <= 0.0)
        });
        if self.strata.is_empty() {
            Some("stratum".to_owned())
        } else {
            empty.map(|stratum| stratum.name.clone())
        }
    }
}
