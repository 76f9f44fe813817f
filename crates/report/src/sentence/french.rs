//! French: « près de neuf organisations sur dix jugent le numérique important ».

use publication::{Subject, Unit};

use super::quantity::{Fraction, Quantity};
use super::{Language, Place};
use crate::chart::Shown;
use crate::words::Words;

pub(crate) struct French;

const NUMBERS: [&str; 11] =
    ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"];

fn words() -> &'static Words {
    Words::french()
}

/// « de » before a word, elided before a vowel.
fn de(word: &str) -> String {
    let is_vowel = |letter: char| "aeiouyéèêàâîïôûœAEIOUYÉÈÊÀÂÎÏÔÛŒ".contains(letter);
    if word.starts_with(is_vowel) { format!("d’{word}") } else { format!("de {word}") }
}

fn fraction(fraction: Fraction, subject: &Subject) -> String {
    if fraction.is_half() {
        return format!("la moitié des {}", subject.plural);
    }
    let bottom = NUMBERS[usize::from(fraction.bottom)];
    if fraction.top == 1 {
        let one = if subject.is_feminine { "une" } else { "un" };
        return format!("{one} {} sur {bottom}", subject.singular);
    }
    format!("{} {} sur {bottom}", NUMBERS[usize::from(fraction.top)], subject.plural)
}

/// « 45 % » or « 47 sur 100 ».
fn figure(value: f64, step: f64, unit: Unit) -> String {
    let text = words().rounded(value, step);
    match unit {
        Unit::Percent => format!("{text}\u{202f}%"),
        Unit::Points => format!("{text} sur 100"),
        Unit::Number { .. } => text,
    }
}

impl Language for French {
    fn quantity(&self, quantity: Quantity, subject: &Subject) -> String {
        let percent = |value| words().percent(value);
        let of = |text: String| format!("{text} des {}", subject.plural);
        match quantity {
            Quantity::AtMost(limit) => of(format!("au plus {}", percent(limit))),
            Quantity::AtLeast(limit) => of(format!("au moins {}", percent(limit))),
            Quantity::Between(from, to) => of(format!("entre {} et {}", words().plain(from), percent(to))),
            Quantity::Just(found) => fraction(found, subject),
            Quantity::Nearly(found) => format!("près {}", de(&fraction(found, subject))),
            Quantity::About(found) => format!("environ {}", fraction(found, subject)),
            Quantity::MoreThanHalf(value) => {
                format!("{} ({})", of("plus de la moitié".to_owned()), percent(value))
            }
            Quantity::Figure(value) => of(percent(value)),
            Quantity::Order(value) => of(format!("de l’ordre de {}", percent(value))),
        }
    }

    fn value(&self, shown: Shown, step: f64, unit: Unit) -> String {
        let figure = |value| figure(value, step, unit);
        match shown {
            Shown::AtMost(limit) => format!("au plus {}", figure(limit)),
            Shown::AtLeast(limit) => format!("au moins {}", figure(limit)),
            Shown::Band(from, to) => format!("entre {} et {}", words().rounded(from, step), figure(to)),
            Shown::Point(value) => figure(value),
        }
    }

    fn fragile(&self, sentence: &str) -> String {
        match sentence.strip_suffix(')') {
            Some(open) => format!("{open}, résultat fragile)"),
            None => format!("{sentence} (résultat fragile)"),
        }
    }

    fn leaders(&self, topics: &[String], value: &str, ranking: Option<&str>) -> String {
        let is_plural = topics.len() > 1
            || topics.iter().any(|topic| topic.starts_with("les ") || topic.starts_with("des "));
        let verb = if is_plural { "arrivent" } else { "arrive" };
        let ranking = ranking.map(|ranking| format!(" {ranking}")).unwrap_or_default();
        match topics {
            [first] => format!("{first} {verb} en tête{ranking} ({value})"),
            [first @ .., last] => {
                format!("{} et {last} {verb} en tête{ranking}, sans écart net", first.join(", "))
            }
            [] => String::new(),
        }
    }

    fn crowd(&self, count: usize, low: &str, high: &str, ranking: Option<&str>) -> String {
        let ranking = ranking.map(|ranking| format!(" {ranking}")).unwrap_or_default();
        if low == high {
            format!("en tête{ranking}, {count} réponses sans écart net ({high})")
        } else {
            format!("en tête{ranking}, {count} réponses sans écart net (de {low} à {high})")
        }
    }

    fn quoted(&self, label: &str) -> String {
        format!("«\u{a0}{label}\u{a0}»")
    }

    fn rising(&self, words: &str, subject: &Subject, predicate: &str) -> String {
        let (many, those) = if subject.is_feminine { ("nombreuses", "celles") } else { ("nombreux", "ceux") };
        format!("{words}, plus {many} sont {those} qui {predicate}")
    }

    fn range(&self, sentence: &str, low: &Place, high: &Place, by: &str, is_pair: bool) -> String {
        let ((low, low_at), (high, high_at)) = ((&low.value, &low.label), (&high.value, &high.label));
        if is_pair {
            return format!("{sentence}\u{a0}: {high} ({high_at}) contre {low} ({low_at})");
        }
        format!("{sentence}, de {low} ({low_at}) à {high} ({high_at}) {by}")
    }

    fn no_gap(&self, sentence: &str, by: &str) -> String {
        format!("{sentence}, sans écart net {by}")
    }

    fn by(&self, label: &str) -> String {
        format!("selon le critère «\u{a0}{label}\u{a0}»")
    }

    fn target(&self, sentence: &str, target: &str, year: i64, side: Option<bool>) -> String {
        match side {
            Some(false) => format!("{sentence}, en deçà de l’objectif de {target} pour {year}"),
            Some(true) => format!("{sentence}\u{a0}: l’objectif de {target} pour {year} est atteint"),
            None => format!("{sentence}, sans écart établi avec l’objectif de {target} pour {year}"),
        }
    }

    fn since(&self, sentence: &str, edition: &str, direction: super::Turn) -> String {
        match direction {
            super::Turn::Up => format!("{sentence}, en hausse depuis {edition}"),
            super::Turn::Down => format!("{sentence}, en baisse depuis {edition}"),
            super::Turn::Stable => format!("{sentence}, comme en {edition}"),
            super::Turn::Unclear => format!("{sentence}, sans évolution établie depuis {edition}"),
        }
    }

    fn changes(&self, edition: &str, up: usize, down: usize, all: usize) -> String {
        let plural = |count: usize| if count > 1 { "s" } else { "" };
        let of = format!("sur {all} chiffre{} comparé{}", plural(all), plural(all));
        match (up, down) {
            (0, 0) => format!("Depuis {edition}, aucune évolution établie {of}"),
            (up, 0) => format!("Depuis {edition}, {up} hausse{} établie{} {of}", plural(up), plural(up)),
            (0, down) => {
                format!("Depuis {edition}, {down} baisse{} établie{} {of}", plural(down), plural(down))
            }
            (up, down) => format!(
                "Depuis {edition}, {up} hausse{} et {down} baisse{} établies {of}",
                plural(up),
                plural(down)
            ),
        }
    }
}
