//! How far the figures of a publication may be trusted. Everything here is displayed, or a function of what is.

use serde::{Deserialize, Serialize};

use crate::cell::{Displayed, NumberShown};

/// How far the figures may be trusted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// How the weights are spread.
    pub weights: Option<WeightSpread>,
    /// Whether the parts of the index agree, and what it owes to each.
    pub reliability: Option<Reliability>,
    /// How much each network weighs on the key figures.
    pub influence: Option<Influence>,
    /// What those who did not answer would have to be like to move the key figures.
    pub tipping: Option<Tipping>,
}

/// How the weights are spread over the respondents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightSpread {
    /// Quantiles of g, the weight over what it was before calibration.
    pub quantiles: Vec<WeightQuantile>,
    /// What the heaviest respondents hold.
    pub heaviest: Vec<HeaviestShare>,
}

/// A quantile of g.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightQuantile {
    /// Of a hundred respondents, how many have at most this g.
    pub percent: u32,
    /// g, to two digits; `None` when too few respondents are beyond it.
    pub g: Option<f64>,
}

/// What the heaviest respondents hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeaviestShare {
    /// How many of a hundred respondents.
    pub percent: u32,
    /// Their share of the total weight; `None` when they are too few.
    pub share: Option<Displayed>,
}

/// What a reader should know of a category of a margin; made from what is displayed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// Too few respondents to say how many.
    FewRespondents,
    /// Its respondents weigh more than three times as much, or less than a third as much, as the average.
    FarFromTarget,
}

/// Who of those asked is in the base of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denominator {
    /// All who were asked: no answer is not to have said it.
    Base,
    /// Those who answered, « ne sait pas » among them.
    Answered,
    /// Those who answered something else than « ne sait pas ».
    Substantive,
    /// Those who cited something.
    Citers,
}

/// Whether the parts of the index agree, and what it owes to each. Alphas are in hundredths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Label of the index.
    pub label: String,
    /// Respondents whose every part is measured.
    pub n: NumberShown,
    /// Cronbach's alpha of the parts, weighted.
    pub alpha: Displayed,
    /// The same without weights.
    pub alpha_unweighted: Displayed,
    /// The index as published: its mean.
    pub mean: Displayed,
    /// The parts.
    pub parts: Vec<PartReliability>,
    /// The index as a geometric mean, where a weak part is not made good by a strong one.
    pub geometric: Option<Variant>,
}

/// One part of the index: a dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartReliability {
    /// Label.
    pub label: String,
    /// Alpha of the index without it.
    pub alpha_without: Option<Displayed>,
    /// Alpha of its own items, among those whose every item is measured.
    pub alpha: Option<Displayed>,
    /// Its items.
    pub items: Vec<ItemReliability>,
    /// The index without it.
    pub without: Option<Variant>,
}

/// One item of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemReliability {
    /// Text of the question.
    pub question: String,
    /// Alpha of the part without it.
    pub alpha_without: Option<Displayed>,
}

/// The index made in another way, on those who have both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its mean.
    pub mean: Displayed,
    /// Share of organisations, weighted, that are at another level then.
    pub moved: Displayed,
}

/// How much each network weighs on the key figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Influence {
    /// The key figures that were looked at: those whose base is nearly everyone.
    pub indicators: Vec<String>,
    /// The networks that are shown.
    pub rows: Vec<InfluenceRow>,
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InfluenceRow {
    /// Breakdown of networks.
    pub breakdown: String,
    /// The network.
    pub category: String,
    /// For each of the indicators, how far it may move without the network's members; `None` where the network's
    /// figure is withheld.
    pub bands: Vec<Option<Band>>,
}

/// How far a figure may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// By less than a point.
    UnderOne,
    /// By two points at most.
    UpToTwo,
    /// Perhaps by more.
    MoreThanTwo,
}

/// What those who did not answer would have to be like to move the key figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tipping {
    /// By how many points a figure is moved.
    pub points: f64,
    /// Respondents of a hundred organisations, to two digits.
    pub response_percent: f64,
    /// The key figures.
    pub rows: Vec<TippingRow>,
}

/// One key figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TippingRow {
    /// Indicator code.
    pub indicator: String,
    /// Value among those who did not answer that would bring the figure down; `None` when none would.
    pub down: Option<f64>,
    /// The one that would bring it up.
    pub up: Option<f64>,
}
