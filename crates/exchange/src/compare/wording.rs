//! Whether two texts say the same: identical, retouched (typography alone) or reworded.

use unicode_normalization::UnicodeNormalization;

/// How far two texts are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// The same characters.
    Identical,
    /// Spaces, apostrophes, quotation marks, dashes or final punctuation alone.
    Retouched,
    /// Other words.
    Reworded,
}

/// Compares two texts.
#[must_use]
pub fn distance(old: &str, new: &str) -> Distance {
    if old == new {
        Distance::Identical
    } else if essence(old) == essence(new) {
        Distance::Retouched
    } else {
        Distance::Reworded
    }
}

/// What is left of a text without typography. Accents and capitals stay: they can make another word.
fn essence(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            // `is_whitespace` knows the no-break spaces.
            c if c.is_whitespace() => plain.push(' '),
            '’' | '‘' | 'ʼ' | '`' | '´' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            '–' | '—' | '‐' | '‑' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            c => plain.push(c),
        }
    }
    // French sets a space before `: ; ! ? %` and inside quotation marks, English does not: neither says anything.
    let mut essence = String::with_capacity(plain.len());
    let mut characters = plain.chars().peekable();
    while let Some(c) = characters.next() {
        if c != ' ' {
            essence.push(c);
            continue;
        }
        let follows = characters.peek().copied().unwrap_or(' ');
        let is_idle = essence.is_empty()
            || essence.ends_with([' ', '"'])
            || matches!(follows, ' ' | ':' | ';' | '!' | '?' | '%' | '€' | '"' | '.' | ',');
        if !is_idle {
            essence.push(' ');
        }
    }
    let end = essence.trim_end_matches(['.', ':', ';', ' ', '!', '?', '*', ',']).len();
    // A question that becomes an order is another sentence, but not another word: « Your name? », « Your name ».
    essence.truncate(end);
    essence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_alone_is_a_retouch() {
        for (old, new) in [
            ("Avez-vous un site ?", "Avez-vous un site\u{a0}?"),
            ("Avez-vous un site ?", "Avez-vous un site"),
            ("L'outil", "L’outil"),
            ("« Oui »", "«\u{a0}Oui\u{a0}»"),
            ("\"Oui\"", "« Oui »"),
            ("2019-2024", "2019–2024"),
            ("e\u{301}tude", "étude"),
            ("a  b ", "a b"),
            ("etc…", "etc..."),
        ] {
            assert_eq!(distance(old, new), Distance::Retouched, "{old} / {new}");
            assert_eq!(distance(new, old), Distance::Retouched, "{new} / {old}");
        }
    }

    #[test]
    fn another_word_is_a_rewording() {
        for (old, new) in [
            ("un site", "un site web"),
            ("sur", "sûr"),
            ("10 %", "1 %"),
            ("salarié", "Salarié"),
            ("3.5", "35"),
            ("a b", "ab"),
            ("", "texte"),
        ] {
            assert_eq!(distance(old, new), Distance::Reworded, "{old} / {new}");
        }
        assert_eq!(distance("même", "même"), Distance::Identical);
    }
}
