//! Typography of texts that were typed on a keyboard.

use crate::edition::Edition;
use crate::model::Question;
use crate::texts;

/// A text with the apostrophes of print: definitions are typed with the straight one of keyboards.
#[must_use]
pub fn curly(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_letter = |index: Option<usize>| {
        index.and_then(|index| letters.get(index)).is_some_and(|letter| letter.is_alphanumeric())
    };
    letters
        .iter()
        .enumerate()
        .map(|(index, letter)| {
            let opens_quote = letters.get(index + 1) == Some(&'«');
            let is_apostrophe =
                is_letter(index.checked_sub(1)) && (is_letter(Some(index + 1)) || opens_quote);
            if *letter == '\'' && is_apostrophe { '’' } else { *letter }
        })
        .collect()
}

impl Edition {
    /// The same edition with the apostrophes of print in everything that respondents read in its language. What was typed
    /// stays as it was typed in its other languages, and in what is published.
    #[must_use]
    pub fn typeset(&self) -> Self {
        let mut edition = self.clone();
        texts::each(
            &mut edition.questionnaire,
            &mut edition.scoring,
            &mut edition.derived,
            &mut |_, text| {
                *text = curly(text);
            },
        );
        // Names of a list are the same in every language, and have apostrophes too.
        let listed = edition.questionnaire.questions.iter_mut().flat_map(Question::options_mut);
        listed.for_each(|option| option.label = curly(&option.label));
        edition.texts.values_mut().for_each(|text| *text = curly(text));
        edition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apostrophes_curl_inside_words_only() {
        assert_eq!(
            curly("L'ESS d'«ici», aujourd'hui : alert('x') 5' et l'«'»"),
            "L’ESS d’«ici», aujourd’hui : alert('x') 5' et l’«'»"
        );
    }
}
