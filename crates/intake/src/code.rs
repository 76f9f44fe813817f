//! Short codes: twelve letters to write down on paper, which lead to a personal link.
//!
//! A code holds 60 bits. The store keeps its hash, and the token of the link such that only the code makes it readable:
//! whoever reads the database can neither show a code nor open a link.

use sha2::{Digest as _, Sha256};
use store::{CodeHash, SealedCode};

use crate::token::{ALPHABET, token, token_bytes};

/// Letters of a code, five bits each.
const LETTERS: usize = 12;

/// Letters of a group, as a code is written.
const GROUP: usize = 4;

/// A short code, as its letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code made of 16 unguessable bytes.
    #[must_use]
    pub fn of(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes);
        let letter = |position: usize| {
            let five = (number >> (5 * position)) & 31;
            char::from(ALPHABET[usize::try_from(five).expect("five bits are less than 32")])
        };
        Self((0..LETTERS).map(letter).collect())
    }

    /// Reads what somebody typed: in capitals or not, with or without the hyphens, with an O for a zero. `None` when it
    /// is no code.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let letters: String = typed
            .chars()
            .filter(|character| !character.is_whitespace() && !matches!(character, '-' | '–' | '.'))
            .map(|character| match character.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let is_code = letters.len() == LETTERS && letters.bytes().all(|byte| ALPHABET.contains(&byte));
        is_code.then_some(Self(letters))
    }

    /// As it is written: three groups of four letters.
    #[must_use]
    pub fn written(&self) -> String {
        let groups: Vec<&str> = (0..LETTERS / GROUP).map(|group| &self.0[group * GROUP..][..GROUP]).collect();
        groups.join("-")
    }

    /// What the store keeps for it.
    #[must_use]
    pub fn hash(&self) -> CodeHash {
        CodeHash(hexadecimal(&self.digest("code")))
    }

    /// The code as the store keeps it, for this token of a personal link; `None` when that is no token.
    #[must_use]
    pub fn seal(&self, token: &str) -> Option<SealedCode> {
        let sealed = self.mask(token_bytes(token)?);
        Some(SealedCode { code: self.hash(), sealed: hexadecimal(&sealed) })
    }

    /// The token that the code leads to.
    pub(crate) fn open(&self, sealed: &SealedCode) -> Option<String> {
        let number = u128::from_str_radix(&sealed.sealed, 16).ok()?;
        Some(token(self.mask(number.to_be_bytes())))
    }

    /// Puts a mask that follows from the code over these bytes, or takes it off.
    fn mask(&self, mut bytes: [u8; 16]) -> [u8; 16] {
        bytes.iter_mut().zip(self.digest("seal")).for_each(|(byte, mask)| *byte ^= mask);
        bytes
    }

    fn digest(&self, purpose: &str) -> [u8; 32] {
        Sha256::new().chain_update(purpose).chain_update([0]).chain_update(&self.0).finalize().into()
    }
}

/// What is not shown is not logged by mistake.
impl std::fmt::Debug for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Code")
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::of([0x5a; 16]);
        let written = code.written();
        assert_eq!(written.len(), LETTERS + 2);
        assert!(written.chars().all(|letter| letter == '-' || ALPHABET.contains(&(letter as u8))));
        for typed in
            [written.clone(), written.to_uppercase(), written.replace('-', " "), format!(" {written}\n")]
        {
            assert!(Code::read(&typed).is_some_and(|read| read == code), "{typed}");
        }
        assert!(Code::read("OIL0-0000-0000").is_some_and(|read| read.0 == "011000000000"));
        for typed in ["", "0000-0000-000", "0000-0000-00000", "0000-0000-000é", "0000-0000-000u"] {
            assert!(Code::read(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_code_opens_what_it_sealed_and_nothing_else_does() {
        let (code, link) = (Code::of([7; 16]), token([9; 16]));
        let sealed = code.seal(&link).expect("a token");
        assert_eq!(code.open(&sealed).as_deref(), Some(link.as_str()));
        assert_ne!(Code::of([8; 16]).open(&sealed).as_deref(), Some(link.as_str()));
        assert!(!sealed.sealed.contains(&link) && sealed.sealed.len() == 32 && sealed.code.0.len() == 64);
        assert_eq!(code.seal("not a token"), None);
        assert_eq!(format!("{code:?}"), "Code");
    }
}
