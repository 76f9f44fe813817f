//! Sentences from figures. A sentence is made from what is displayed, with the words of the definition, and claims
//! nothing that the display does not allow: « plus de » needs a whole interval on one side, a leader or a gap needs
//! intervals that do not touch, a rise needs its flag, and what is fragile says so. Without words, there is no sentence.

mod english;
mod french;
mod quantity;
#[cfg(test)]
mod tests;

use publication::{Change, Direction, Domain, Indicator, Interval, Published, Subject, Unit, Wording};

use crate::chart::{Shown, shown};
use crate::context::Context;
use quantity::{Quantity, agree, capitalised};

/// A figure with the name of where it holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// What may be said of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Up,
    Down,
    Stable,
    Unclear,
}

impl From<Direction> for Turn {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Up => Self::Up,
            Direction::Down => Self::Down,
            Direction::Stable => Self::Stable,
            Direction::Unclear => Self::Unclear,
        }
    }
}

/// The grammar of one language. Sentences come without a capital and without a full stop.
trait Language {
    /// How many of whom.
    fn quantity(&self, quantity: Quantity, subject: &Subject) -> String;
    /// A figure with its unit.
    fn value(&self, shown: Shown, step: f64, unit: Unit) -> String;
    /// The sentence, said to be fragile.
    fn fragile(&self, sentence: &str) -> String;
    /// One leader with its figure, or a few that no gap tells apart.
    fn leaders(&self, topics: &[String], value: &str, ranking: Option<&str>) -> String;
    /// Many that no gap tells apart.
    fn crowd(&self, count: usize, low: &str, high: &str, ranking: Option<&str>) -> String;
    /// A label that is no part of the sentence's grammar.
    fn quoted(&self, label: &str) -> String;
    /// The more …, the more of them ….
    fn rising(&self, words: &str, subject: &Subject, predicate: &str) -> String;
    /// A clear gap between the least and the greatest; a pair has no others between.
    fn range(&self, sentence: &str, low: &Place, high: &Place, by: &str, is_pair: bool) -> String;
    /// No clear gap.
    fn no_gap(&self, sentence: &str, by: &str) -> String;
    /// The name of a breakdown that has no words of its own.
    fn by(&self, label: &str) -> String;
    /// Where it stands against a target: above, below, or not established.
    fn target(&self, sentence: &str, target: &str, year: i64, side: Option<bool>) -> String;
    /// What it did since an earlier edition.
    fn since(&self, sentence: &str, edition: &str, turn: Turn) -> String;
    /// How many figures rose and fell.
    fn changes(&self, edition: &str, up: usize, down: usize, all: usize) -> String;
}

/// Makes sentences of a publication's figures in the language of the context.
pub(crate) struct Speaker<'a> {
    context: &'a Context<'a>,
    wording: &'a Wording,
    language: &'static dyn Language,
}

/// A shown figure with the names it goes by.
#[derive(Debug, Clone)]
struct Ranked<'a> {
    code: &'a str,
    label: &'a str,
    unit: Unit,
    published: &'a Published,
}

/// Most words of a subject that a fraction is said of.
const MOST_WORDS: usize = 3;

/// Most that are named as leaders together.
const NAMED: usize = 3;

impl<'a> Speaker<'a> {
    /// `None` when the definition has no words in this language.
    pub(crate) fn new(context: &'a Context<'a>) -> Option<Self> {
        let wording = context.publication.wordings.get(context.words.language)?;
        let language: &'static dyn Language = match context.words.language {
            "fr" => &french::French,
            "en" => &english::English,
            _ => return None,
        };
        Some(Self { context, wording, language })
    }

    /// What one figure says: « Près de neuf organisations sur dix jugent… ».
    pub(crate) fn finding(&self, code: &str, domain: &Domain) -> Option<String> {
        let (sentence, is_fragile) = self.clause(code, domain)?;
        Some(self.closed(&sentence, is_fragile))
    }

    /// What one figure says, for the inside of a sentence.
    pub(crate) fn inside(&self, code: &str, domain: &Domain) -> Option<String> {
        let (sentence, is_fragile) = self.clause(code, domain)?;
        Some(if is_fragile { self.language.fragile(&sentence) } else { sentence })
    }

    /// One figure with its unit, as sentences say it.
    pub(crate) fn figure(&self, code: &str, domain: &Domain) -> Option<String> {
        let indicator = self.context.publication.indicator(code)?;
        Some(self.value(self.published(code, domain)?, indicator.unit))
    }

    /// The first of several figures: where nothing tells which matters, the plan's order does.
    pub(crate) fn first(&self, codes: &[String]) -> Option<String> {
        codes.iter().find_map(|code| self.finding(code, &Domain::All))
    }

    /// The greatest part of a whole.
    pub(crate) fn greatest(&self, codes: &[String]) -> Option<String> {
        self.finding(self.greatest_code(codes)?, &Domain::All)
    }

    /// The indicator with the greatest displayed figure; the first of equals.
    pub(crate) fn greatest_code<'b>(&self, codes: &'b [String]) -> Option<&'b str> {
        let mut best: Option<(&str, f64)> = None;
        for code in codes {
            let Some(published) = self.published(code, &Domain::All) else { continue };
            let position = published.value().position();
            if best.is_none_or(|(_, most)| position > most) {
                best = Some((code, position));
            }
        }
        best.map(|(code, _)| code)
    }

    /// Who leads a ranking.
    pub(crate) fn ranking(&self, chart: &str, codes: &[String], labels: &[String]) -> Option<String> {
        let mut shown: Vec<Ranked<'_>> = codes
            .iter()
            .enumerate()
            .filter_map(|(index, code)| {
                let indicator = self.context.publication.indicator(code)?;
                let published = self.published(code, &Domain::All)?;
                let label = labels.get(index).filter(|label| !label.is_empty()).unwrap_or(&indicator.label);
                Some(Ranked { code, label, unit: indicator.unit, published })
            })
            .collect();
        if shown.len() < 2 {
            return self.first(codes);
        }
        let position = |ranked: &Ranked<'_>| ranked.published.value().position();
        shown.sort_by(|one, other| position(other).total_cmp(&position(one)));
        // Of equals, the least sure tells who may be as high.
        let most = position(&shown[0]);
        let equals = shown.iter().take_while(|ranked| position(ranked) >= most);
        let least = equals.map(|ranked| ranked.published.interval().low).fold(f64::INFINITY, f64::min);
        // Whatever may be as high as the first, a wide interval further down too.
        shown.retain(|ranked| ranked.published.interval().high > least || position(ranked) >= most);
        let tied = shown.len();
        let ranking = self.wording.rankings.get(chart).map(String::as_str);
        let value = |ranked: &Ranked<'_>| self.value(ranked.published, ranked.unit);
        let is_fragile = shown.iter().any(|ranked| ranked.published.is_fragile());
        let sentence = if tied > NAMED {
            let (low, high) = (value(&shown[tied - 1]), value(&shown[0]));
            self.language.crowd(tied, &low, &high, ranking)
        } else {
            let topics: Vec<String> = shown.iter().map(|ranked| self.topic(ranked)).collect();
            self.language.leaders(&topics, &value(&shown[0]), ranking)
        };
        Some(self.closed(&sentence, is_fragile))
    }

    /// What a breakdown tells of one figure.
    pub(crate) fn by(&self, code: &str, breakdown: &str) -> Option<String> {
        let (sentence, is_fragile) = self.clause(code, &Domain::All)?;
        let indicator = self.context.publication.indicator(code)?;
        let breakdown = self.context.publication.breakdown(breakdown)?;
        let shown: Vec<(&str, &Published)> = breakdown
            .categories
            .iter()
            .filter_map(|category| {
                let domain = Domain::of(&breakdown.code, &category.code);
                Some((category.label.as_str(), self.published(code, &domain)?))
            })
            .collect();
        // What is fragile is no ground for a comparison.
        let sure: Vec<(&str, &Published)> =
            shown.iter().copied().filter(|(_, published)| !published.is_fragile()).collect();
        let words = self.wording.breakdowns.get(&breakdown.code);
        let by = words.map_or_else(|| self.language.by(&breakdown.label), |words| words.by.clone());
        if sure.len() < 2 {
            return Some(self.closed(&sentence, is_fragile));
        }
        if let (Some(rising), Unit::Percent, false) =
            (words.and_then(|words| words.rising.as_ref()), indicator.unit, breakdown.is_overlapping)
            && rises(&sure, &shown)
            && let Some((finding, subject)) = self.words(code)
        {
            let predicate = agree(&finding.text, false);
            return Some(capitalised(&self.language.rising(rising, subject, &predicate)));
        }
        let Some((low, high)) = widest_gap(&sure) else {
            return Some(self.closed(&self.language.no_gap(&sentence, &by), is_fragile));
        };
        // « de 31 à 60 », not « de 31 sur 100 à 60 sur 100 »: the sentence has said the scale.
        let unit = if indicator.unit == Unit::Points { Unit::Number { most: 100.0 } } else { indicator.unit };
        let place = |(label, published): (&str, &Published)| Place {
            value: self.value(published, unit),
            label: label.to_owned(),
        };
        let sentence = self.language.range(&sentence, &place(low), &place(high), &by, shown.len() == 2);
        Some(self.closed(&sentence, is_fragile))
    }

    /// Where a figure stands against its target.
    pub(crate) fn target(&self, code: &str) -> Option<String> {
        let (sentence, is_fragile) = self.clause(code, &Domain::All)?;
        let indicator = self.context.publication.indicator(code)?;
        let Some(target) = &indicator.target else { return Some(self.closed(&sentence, is_fragile)) };
        let interval = self.published(code, &Domain::All)?.interval();
        let side = if interval.high < target.value {
            Some(false)
        } else if interval.low >= target.value {
            Some(true)
        } else {
            None
        };
        let value = self.language.value(Shown::Point(target.value), 1.0, indicator.unit);
        Some(self.closed(&self.language.target(&sentence, &value, target.year, side), is_fragile))
    }

    /// What a figure did since the earlier edition.
    pub(crate) fn since(&self, code: &str) -> Option<String> {
        let (sentence, is_fragile) = self.clause(code, &Domain::All)?;
        let evolution = self.context.publication.evolution.as_ref();
        let change = evolution.and_then(|evolution| {
            let series = evolution.series.iter().find(|series| series.indicator == code)?;
            Some((&evolution.edition, whole(&series.changes)?.direction))
        });
        let sentence = match change {
            Some((edition, direction)) => self.language.since(&sentence, edition, direction.into()),
            None => sentence,
        };
        Some(self.closed(&sentence, is_fragile))
    }

    /// How many of the figures that can be compared rose and fell.
    pub(crate) fn changes(&self, codes: &[String]) -> Option<String> {
        let evolution = self.context.publication.evolution.as_ref()?;
        let directions: Vec<Direction> = evolution
            .series
            .iter()
            .filter(|series| codes.contains(&series.indicator))
            .filter_map(|series| whole(&series.changes))
            .map(|change| change.direction)
            .collect();
        let count = |direction| directions.iter().filter(|found| **found == direction).count();
        (!directions.is_empty()).then(|| {
            self.language.changes(
                &evolution.edition,
                count(Direction::Up),
                count(Direction::Down),
                directions.len(),
            )
        })
    }

    /// A figure in a sentence, before its capital, and whether it is fragile.
    fn clause(&self, code: &str, domain: &Domain) -> Option<(String, bool)> {
        let published = self.published(code, domain)?;
        let indicator = self.context.publication.indicator(code)?;
        let (finding, subject) = self.words(code)?;
        let sentence = if indicator.unit == Unit::Percent {
            // « une organisation membre d'un réseau sur dix » cannot be read: a long name takes a percentage.
            let has_short_name = subject.plural.split_whitespace().count() <= MOST_WORDS;
            let quantity = Quantity::new(published, has_short_name);
            let predicate = agree(&finding.text, quantity.is_singular());
            format!("{} {predicate}", self.language.quantity(quantity, subject))
        } else {
            agree(&finding.text, false).replace("{}", &self.value(published, indicator.unit))
        };
        Some((sentence, published.is_fragile()))
    }

    fn words(&self, code: &str) -> Option<(&'a publication::Finding, &'a Subject)> {
        static ANYONE: Subject =
            Subject { singular: String::new(), plural: String::new(), is_feminine: false };
        let finding = self.wording.findings.get(code)?;
        let is_share = self.context.publication.indicator(code).is_some_and(|found: &Indicator| {
            // A mean is a whole sentence: it needs no subject.
            found.unit == Unit::Percent
        });
        match self.wording.subjects.get(&finding.subject) {
            Some(subject) => Some((finding, subject)),
            None if is_share => None,
            None => Some((finding, &ANYONE)),
        }
    }

    fn topic(&self, ranked: &Ranked<'_>) -> String {
        let topic = self.wording.findings.get(ranked.code).and_then(|finding| finding.topic.clone());
        topic.unwrap_or_else(|| self.language.quoted(ranked.label))
    }

    fn published(&self, code: &str, domain: &Domain) -> Option<&'a Published> {
        self.context.publication.cell(domain, code).published()
    }

    fn value(&self, published: &Published, unit: Unit) -> String {
        let value = published.value();
        self.language.value(shown(value), value.step(), unit)
    }

    fn closed(&self, sentence: &str, is_fragile: bool) -> String {
        let sentence = if is_fragile { self.language.fragile(sentence) } else { sentence.to_owned() };
        capitalised(&sentence)
    }
}

/// The change of all respondents.
fn whole(changes: &[Change]) -> Option<&Change> {
    changes.iter().find(|change| change.category.is_none())
}

/// Whether two intervals do not overlap. They are rounded outwards: where the ends shown meet, what was rounded did not.
fn is_apart(one: Interval, other: Interval) -> bool {
    one.high <= other.low || other.high <= one.low
}

/// A figure and the label of its group.
type Named<'b> = (&'b str, &'b Published);

/// The two figures that are clearly apart and furthest from each other, the least first.
fn widest_gap<'b>(sure: &[Named<'b>]) -> Option<(Named<'b>, Named<'b>)> {
    let position = |published: &Published| published.value().position();
    let mut widest = None;
    for one in sure {
        for other in sure {
            let gap = position(other.1) - position(one.1);
            if is_apart(one.1.interval(), other.1.interval())
                && gap > widest.map_or(0.0, |(found, _, _)| found)
            {
                widest = Some((gap, *one, *other));
            }
        }
    }
    widest.map(|(_, low, high)| (low, high))
}

/// Whether figures rise from one end to the other: at least three that are sure, none under the one before, the ends
/// clearly apart, and none of all that are shown clearly the other way.
fn rises(sure: &[(&str, &Published)], shown: &[(&str, &Published)]) -> bool {
    let (Some(first), Some(last)) = (sure.first(), sure.last()) else { return false };
    let position = |published: &Published| published.value().position();
    let falls_clearly = shown.iter().enumerate().any(|(index, one)| {
        shown[index + 1..].iter().any(|other| one.1.interval().low >= other.1.interval().high)
    });
    sure.len() >= 3
        && sure.windows(2).all(|pair| position(pair[0].1) <= position(pair[1].1))
        && last.1.interval().low >= first.1.interval().high
        && !falls_clearly
}
