//! Figures as a reader of French, or of English, reads them.

use publication::{Cell, Displayed, Interval, NumberShown, Precision, Unit};

use crate::error::ReportError;
use crate::words::Words;

/// Narrow no-break space: between thousands, before `%`.
const NARROW: char = '\u{202f}';

/// A figure in words, ready for any page, chart or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// « 32 % », « au plus 5 % », « entre 25 et 50 % » or « nd ».
    pub(crate) value: String,
    /// The same in French, whatever the language: what the marks of a chart carry for programs.
    pub(crate) mark: String,
    /// The shortest writing that says the same, for the inside of a bar: « 32 % », « ≤ 5 % », « 25–50 % ».
    pub(crate) compact: String,
    /// « 2 780 », « 11 à 19 »; empty when withheld.
    pub(crate) n: String,
    /// « de 30 à 40 % »; empty when withheld.
    pub(crate) interval: String,
    /// A to E; empty when withheld.
    pub(crate) precision: &'static str,
    pub(crate) is_fragile: bool,
    pub(crate) is_shown: bool,
}

impl Figure {
    /// A cell in words.
    pub(crate) fn new(words: &Words, cell: &Cell, unit: Unit) -> Self {
        let Some(published) = cell.published() else {
            let nd = words.get("figure.nd").to_owned();
            return Self {
                value: nd.clone(),
                mark: nd.clone(),
                compact: nd,
                n: String::new(),
                interval: String::new(),
                precision: "",
                is_fragile: false,
                is_shown: false,
            };
        };
        Self {
            value: displayed(words, published.value(), unit),
            mark: displayed(Words::french(), published.value(), unit),
            compact: compact(words, published.value(), unit),
            n: number_shown(words, published.n()),
            interval: interval(words, published.interval(), unit),
            precision: letter(published.precision()),
            is_fragile: published.is_fragile(),
            is_shown: true,
        }
    }
}

/// A displayed value in words.
pub(crate) fn displayed(words: &Words, value: Displayed, unit: Unit) -> String {
    let decimals = decimals(value.step());
    let say = |number: f64| words.with_unit(&words.number_text(number, decimals), unit);
    match value {
        Displayed::AtMost { limit, .. } => words.fill("figure.at_most", &[("value", &say(limit))]),
        Displayed::AtLeast { limit, .. } => words.fill("figure.at_least", &[("value", &say(limit))]),
        Displayed::Band { from, to, .. } => {
            words.fill("figure.band", &[("from", &words.number_text(from, decimals)), ("to", &say(to))])
        }
        Displayed::Point { value, .. } => say(value),
    }
}

/// A displayed value or `nd`.
pub(crate) fn displayed_or_nd(words: &Words, value: Option<Displayed>, unit: Unit) -> String {
    value.map_or_else(|| words.get("figure.nd").to_owned(), |value| displayed(words, value, unit))
}

/// A displayed value, as short as it can be.
pub(crate) fn compact(words: &Words, value: Displayed, unit: Unit) -> String {
    let decimals = decimals(value.step());
    let say = |number: f64| words.with_unit(&words.number_text(number, decimals), unit);
    match value {
        Displayed::AtMost { limit, .. } => format!("≤{NARROW}{}", say(limit)),
        Displayed::AtLeast { limit, .. } => format!("≥{NARROW}{}", say(limit)),
        Displayed::Band { from, to, .. } => format!("{}–{}", words.number_text(from, decimals), say(to)),
        Displayed::Point { value, .. } => say(value),
    }
}

/// An interval: « de 30 à 40 % ».
pub(crate) fn interval(words: &Words, interval: Interval, unit: Unit) -> String {
    let decimals = match unit {
        Unit::Percent | Unit::Points => 0,
        Unit::Number { .. } => 1,
    };
    words.fill(
        "figure.interval",
        &[
            ("low", &words.number_text(interval.low, decimals)),
            ("high", &words.with_unit(&words.number_text(interval.high, decimals), unit)),
        ],
    )
}

/// The number of respondents: « 2 780 », « 11 à 19 ».
pub(crate) fn number_shown(words: &Words, n: NumberShown) -> String {
    match n {
        NumberShown::Class { from, to, .. } => {
            words.fill("figure.class", &[("from", &words.thousands(from)), ("to", &words.thousands(to))])
        }
        NumberShown::Rounded { value, .. } => words.thousands(value),
    }
}

/// The letter of precision.
pub(crate) fn letter(precision: Precision) -> &'static str {
    match precision {
        Precision::A => "A",
        Precision::B => "B",
        Precision::C => "C",
        Precision::D => "D",
        Precision::E => "E",
    }
}

impl Words {
    /// A whole number: « 2 780 ». In English too thousands are apart by a space, as the SI has it: a comma would read as a
    /// decimal one to those who know French figures, and to programs.
    pub(crate) fn thousands(&self, number: u32) -> String {
        self.number_text(f64::from(number), 0)
    }

    /// A percentage from a definition: « 90 % », « 47,5 % ».
    pub(crate) fn percent(&self, value: f64) -> String {
        self.with_unit(&self.plain(value), Unit::Percent)
    }

    /// A number from a definition with as many decimals as it has, two at most.
    pub(crate) fn plain(&self, value: f64) -> String {
        let decimals = (0..2).find(|d| is_whole(value * 10_f64.powi(*d))).unwrap_or(2);
        self.number_text(value, usize::try_from(decimals).unwrap_or(0))
    }

    /// A displayed number, with as many decimals as its step has.
    pub(crate) fn rounded(&self, value: f64, step: f64) -> String {
        self.number_text(value, decimals(step))
    }

    /// A number with its unit.
    pub(crate) fn with_unit(&self, number: &str, unit: Unit) -> String {
        match unit {
            Unit::Percent if self.is_french() => format!("{number}{NARROW}%"),
            Unit::Percent => format!("{number}%"),
            Unit::Points => format!("{number}/100"),
            Unit::Number { .. } => number.to_owned(),
        }
    }

    /// Digits with a decimal comma, or point, and thousands apart.
    fn number_text(&self, value: f64, decimals: usize) -> String {
        let written = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
        let mut text = String::new();
        if value < 0.0 && written.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
            text.push('−');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(NARROW);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(if self.is_french() { ',' } else { '.' });
            text.push_str(fraction);
        }
        text
    }
}

/// A place in a picture, to a hundredth of its unit.
pub(crate) fn coordinate(value: f64) -> String {
    let written = format!("{value:.2}");
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(crate) fn decimals(step: f64) -> usize {
    (0..3)
        .find(|decimals| is_whole(step * 10_f64.powi(*decimals)))
        .map_or(3, |d| usize::try_from(d).unwrap_or(0))
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

/// `2026-03-02` as « 2 mars 2026 », « 1er mars 2026 ».
pub(crate) fn date(words: &Words, iso: &str) -> Result<String, ReportError> {
    let (year, month, day) = parse_date(iso)?;
    let months: Vec<&str> = words.get("date.months").split(' ').collect();
    let month = months[usize::from(month) - 1];
    let day = if day == 1 { words.get("date.first").to_owned() } else { day.to_string() };
    Ok(format!("{day}\u{a0}{month} {year}"))
}

/// Year, month and day of an ISO date.
pub(crate) fn parse_date(iso: &str) -> Result<(i32, u8, u8), ReportError> {
    let parts: Vec<&str> = iso.split('-').collect();
    let parsed = match parts.as_slice() {
        [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
            year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok()).map(|((y, m), d)| (y, m, d))
        }
        _ => None,
    };
    parsed
        .filter(|(_, month, day)| (1..=12).contains(month) && (1..=31).contains(day))
        .ok_or_else(|| ReportError::Date { found: iso.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_french() {
        let words = Words::french();
        let rule = publication::Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };
        let say = |value, n: u32, unit| {
            let base = publication::Base { n, largest_share: f64::from(n).recip() };
            displayed(words, rule.display(value, unit, base).unwrap(), unit)
        };
        assert_eq!(say(32.0, 300, Unit::Percent), "32\u{202f}%");
        assert_eq!(say(0.0, 50, Unit::Percent), "au plus 5\u{202f}%");
        assert_eq!(say(100.0, 50, Unit::Percent), "au moins 95\u{202f}%");
        assert_eq!(say(30.0, 12, Unit::Percent), "entre 25 et 50\u{202f}%");
        let tools = Unit::Number { most: 18.0 };
        assert_eq!(say(7.31, 500, tools), "7,4");
        assert_eq!(say(5.0, 12, tools), "entre 4,5 et 9,0");
    }

    #[test]
    fn numbers_have_thousands_apart_and_a_decimal_comma() {
        let (thousands, plain) = (|n| Words::french().thousands(n), |value| Words::french().plain(value));
        assert_eq!(thousands(2780), "2\u{202f}780");
        assert_eq!(thousands(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(thousands(110), "110");
        assert_eq!(plain(1.25), "1,25");
        assert_eq!(plain(90.0), "90");
        assert_eq!(plain(-0.001), "0,00");
    }

    #[test]
    fn english_has_a_decimal_point_and_no_space_before_the_percent_sign() {
        let words = Words::of(crate::language::Language::English);
        assert_eq!(words.thousands(2780), "2\u{202f}780");
        assert_eq!(words.percent(47.5), "47.5%");
        assert_eq!(words.with_unit("32", Unit::Points), "32/100");
        assert_eq!(date(words, "2026-03-01").expect("a date"), "1\u{a0}March 2026");
    }

    #[test]
    fn dates_are_written_out_or_refused() {
        let words = Words::french();
        assert_eq!(date(words, "2026-03-01").expect("a date"), "1er\u{a0}mars 2026");
        assert_eq!(date(words, "2026-12-24").expect("a date"), "24\u{a0}décembre 2026");
        for wrong in ["", "2026-13-01", "24/12/2026", "2026-1-1"] {
            assert!(date(words, wrong).is_err(), "{wrong}");
        }
    }
}
