//! English: “nearly nine organisations in ten consider digital technology important”.

use publication::{Subject, Unit};

use super::quantity::{Fraction, Quantity};
use super::{Language, Place};
use crate::chart::Shown;
use crate::words::Words;

pub(crate) struct English;

const NUMBERS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

fn words() -> &'static Words {
    Words::of(crate::language::Language::English)
}

fn digits(value: f64, step: f64) -> String {
    words().rounded(value, step)
}

fn percent(value: f64) -> String {
    words().percent(value)
}

fn fraction(fraction: Fraction, subject: &Subject) -> String {
    if fraction.is_half() {
        return format!("half of {}", subject.plural);
    }
    let (top, bottom) = (NUMBERS[usize::from(fraction.top)], NUMBERS[usize::from(fraction.bottom)]);
    let noun = if fraction.top == 1 { &subject.singular } else { &subject.plural };
    format!("{top} {noun} in {bottom}")
}

fn figure(value: f64, step: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{}%", digits(value, step)),
        Unit::Points => format!("{} out of 100", digits(value, step)),
        Unit::Number { .. } => digits(value, step),
    }
}

impl Language for English {
    fn quantity(&self, quantity: Quantity, subject: &Subject) -> String {
        let of = |text: String| format!("{text} of {}", subject.plural);
        match quantity {
            Quantity::AtMost(limit) => of(format!("at most {}", percent(limit))),
            Quantity::AtLeast(limit) => of(format!("at least {}", percent(limit))),
            Quantity::Between(from, to) => of(format!("between {} and {}", percent(from), percent(to))),
            Quantity::Just(found) => fraction(found, subject),
            Quantity::Nearly(found) => format!("nearly {}", fraction(found, subject)),
            Quantity::About(found) => format!("about {}", fraction(found, subject)),
            Quantity::MoreThanHalf(value) => {
                format!("{} ({})", of("more than half".to_owned()), percent(value))
            }
            Quantity::Figure(value) => of(percent(value)),
            Quantity::Order(value) => of(format!("roughly {}", percent(value))),
        }
    }

    fn value(&self, shown: Shown, step: f64, unit: Unit) -> String {
        let figure = |value| figure(value, step, unit);
        match shown {
            Shown::AtMost(limit) => format!("at most {}", figure(limit)),
            Shown::AtLeast(limit) => format!("at least {}", figure(limit)),
            Shown::Band(from, to) => format!("between {} and {}", digits(from, step), figure(to)),
            Shown::Point(value) => figure(value),
        }
    }

    fn fragile(&self, sentence: &str) -> String {
        match sentence.strip_suffix(')') {
            Some(open) => format!("{open}, fragile result)"),
            None => format!("{sentence} (fragile result)"),
        }
    }

    fn leaders(&self, topics: &[String], value: &str, ranking: Option<&str>) -> String {
        let ranking = ranking.map(|ranking| format!(" of the {ranking}")).unwrap_or_default();
        match topics {
            [first] => format!("top{ranking}: {first} ({value})"),
            [first @ .., last] => {
                format!("top{ranking}: {} and {last}, with no clear gap", first.join(", "))
            }
            [] => String::new(),
        }
    }

    fn crowd(&self, count: usize, low: &str, high: &str, ranking: Option<&str>) -> String {
        let ranking = ranking.map(|ranking| format!(" of the {ranking}")).unwrap_or_default();
        if low == high {
            format!("top{ranking}: {count} answers with no clear gap ({high})")
        } else {
            format!("top{ranking}: {count} answers with no clear gap ({low} to {high})")
        }
    }

    fn quoted(&self, label: &str) -> String {
        format!("“{label}”")
    }

    fn rising(&self, words: &str, _subject: &Subject, predicate: &str) -> String {
        format!("{words}, the more of them {predicate}")
    }

    fn range(&self, sentence: &str, low: &Place, high: &Place, by: &str, is_pair: bool) -> String {
        let ((low, low_at), (high, high_at)) = ((&low.value, &low.label), (&high.value, &high.label));
        if is_pair {
            return format!("{sentence}: {high} ({high_at}) against {low} ({low_at})");
        }
        format!("{sentence}, from {low} ({low_at}) to {high} ({high_at}) {by}")
    }

    fn no_gap(&self, sentence: &str, by: &str) -> String {
        format!("{sentence}, with no clear gap {by}")
    }

    fn by(&self, label: &str) -> String {
        format!("by “{label}”")
    }

    fn target(&self, sentence: &str, target: &str, year: i64, side: Option<bool>) -> String {
        match side {
            Some(false) => format!("{sentence}, short of the target of {target} for {year}"),
            Some(true) => format!("{sentence}: the target of {target} for {year} is met"),
            None => format!("{sentence}, with no established gap to the target of {target} for {year}"),
        }
    }

    fn since(&self, sentence: &str, edition: &str, direction: super::Turn) -> String {
        match direction {
            super::Turn::Up => format!("{sentence}, up since {edition}"),
            super::Turn::Down => format!("{sentence}, down since {edition}"),
            super::Turn::Stable => format!("{sentence}, as in {edition}"),
            super::Turn::Unclear => format!("{sentence}, with no established change since {edition}"),
        }
    }

    fn changes(&self, edition: &str, up: usize, down: usize, all: usize) -> String {
        let count = |count: usize, word: &str| format!("{count} {word}{}", if count > 1 { "s" } else { "" });
        let of = format!("among {} compared", count(all, "figure"));
        match (up, down) {
            (0, 0) => format!("No established change since {edition} {of}"),
            (up, 0) => format!("Since {edition}, {} {of}", count(up, "established rise")),
            (0, down) => format!("Since {edition}, {} {of}", count(down, "established fall")),
            (up, down) => {
                format!("Since {edition}, {} and {} {of}", count(up, "rise"), count(down, "established fall"))
            }
        }
    }
}
