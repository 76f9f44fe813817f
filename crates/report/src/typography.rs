//! French typography for texts that were typed with plain spaces and straight apostrophes.

use publication::Publication;

const NO_BREAK: char = '\u{a0}';
const NARROW: char = '\u{202f}';

/// A text with the spaces and apostrophes of French typography.
pub(crate) fn typeset(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: usize| letters.get(index).copied();
    let is_digit = |letter: Option<char>| letter.is_some_and(|found| found.is_ascii_digit());
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    let mut result = String::with_capacity(text.len() + 8);
    for (index, letter) in letters.iter().copied().enumerate() {
        let previous = index.checked_sub(1).and_then(at);
        let next = at(index + 1);
        let starts_thousands =
            || (1..=3).all(|ahead| is_digit(at(index + ahead))) && !is_digit(at(index + 4));
        result.push(match letter {
            ' ' if matches!(next, Some(';' | '!' | '?' | '%' | '€')) => NARROW,
            ' ' if matches!(next, Some(':' | '»')) || previous == Some('«') => NO_BREAK,
            ' ' if is_digit(previous) && starts_thousands() => NARROW,
            '\'' if is_letter(previous) && (is_letter(next) || next == Some('«')) => '’',
            other => other,
        });
    }
    result
}

/// The publication with every text that a reader reads in French typography.
pub(crate) fn typeset_publication(publication: &Publication) -> Publication {
    let mut set = publication.clone();
    let mut fix = |text: &mut String| *text = typeset(text);
    each_text(&mut set, &mut fix);
    if let Some(wording) = set.wordings.get_mut("fr") {
        for subject in wording.subjects.values_mut() {
            fix(&mut subject.singular);
            fix(&mut subject.plural);
        }
        for finding in wording.findings.values_mut() {
            fix(&mut finding.text);
            finding.topic.iter_mut().for_each(&mut fix);
        }
        for words in wording.breakdowns.values_mut() {
            fix(&mut words.by);
            words.rising.iter_mut().for_each(&mut fix);
        }
        wording.rankings.values_mut().for_each(&mut fix);
    }
    set
}

/// Calls `fix` with every text of a publication that a reader reads; codes, expressions, addresses and digests are none.
pub(crate) fn each_text(set: &mut Publication, mut fix: &mut dyn FnMut(&mut String)) {
    fix(&mut set.edition.title);
    fix(&mut set.edition.publisher);
    for count in set.counts.states.iter_mut().chain(&mut set.counts.excluded) {
        fix(&mut count.label);
    }
    set.method.not_weighted.iter_mut().for_each(&mut fix);
    set.method.notes.iter_mut().for_each(&mut fix);
    for group in &mut set.method.calibration {
        fix(&mut group.label);
        for margin in &mut group.margins {
            fix(&mut margin.label);
            fix(&mut margin.source);
            margin.rows.iter_mut().for_each(|row| fix(&mut row.label));
        }
    }
    set.dimensions.iter_mut().for_each(|dimension| fix(&mut dimension.label));
    for indicator in &mut set.indicators {
        fix(&mut indicator.label);
        fix(&mut indicator.base_label);
        indicator.questions.iter_mut().for_each(&mut fix);
        indicator.note.iter_mut().for_each(&mut fix);
        indicator.target.iter_mut().for_each(|target| fix(&mut target.source));
    }
    for breakdown in &mut set.breakdowns {
        fix(&mut breakdown.label);
        breakdown.categories.iter_mut().for_each(|category| fix(&mut category.label));
    }
    for chapter in &mut set.chapters {
        fix(&mut chapter.title);
        chapter.text.iter_mut().for_each(&mut fix);
        for chart in &mut chapter.charts {
            fix(&mut chart.title);
            chart.labels.iter_mut().for_each(&mut fix);
        }
    }
    if let Some(reliability) = &mut set.quality.reliability {
        fix(&mut reliability.label);
        for part in &mut reliability.parts {
            fix(&mut part.label);
            part.items.iter_mut().for_each(|item| fix(&mut item.question));
        }
    }
    if let Some(evolution) = &mut set.evolution {
        fix(&mut evolution.title);
        evolution.series.iter_mut().flat_map(|series| &mut series.notes).for_each(&mut fix);
        for refused in &mut evolution.refused {
            fix(&mut refused.label);
            refused.reason.iter_mut().for_each(&mut fix);
        }
    }
    for reference in &mut set.references {
        for text in [&mut reference.label, &mut reference.base, &mut reference.source, &mut reference.note] {
            fix(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_held_to_its_word() {
        assert_eq!(
            typeset("« Oui » : 32 % ; et ?"),
            "«\u{a0}Oui\u{a0}»\u{a0}: 32\u{202f}%\u{202f}; et\u{202f}?"
        );
    }

    #[test]
    fn apostrophes_curl_between_letters_only() {
        assert_eq!(typeset("l'ESS d'«ici» alert('x')"), "l’ESS d’«ici» alert('x')");
    }

    #[test]
    fn thousands_are_held_together_and_years_are_left_alone() {
        assert_eq!(typeset("moins de 1 000 €"), "moins de 1\u{202f}000\u{202f}€");
        assert_eq!(typeset("en 2022 2776 et 1 500 000"), "en 2022 2776 et 1\u{202f}500\u{202f}000");
        assert_eq!(typeset("de 10 à 49, 24 mois"), "de 10 à 49, 24 mois");
    }
}
