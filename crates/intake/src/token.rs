//! Tokens of personal links: unguessable, of letters that can be read out on the telephone.

use sha2::{Digest as _, Sha256};
use store::TokenHash;

/// The system has no unguessable bytes to give.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed: {0}")]
pub struct TokenError(pub String);

/// Gives unguessable bytes.
pub trait Tokens: Send + Sync {
    /// Sixteen new bytes.
    ///
    /// # Errors
    /// When the source of randomness fails.
    fn draw(&self) -> Result<[u8; 16], TokenError>;
}

/// The operating system's cryptographic generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemTokens;

impl Tokens for SystemTokens {
    fn draw(&self) -> Result<[u8; 16], TokenError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| TokenError(error.to_string()))?;
        Ok(bytes)
    }
}

/// Crockford's alphabet in lower case: no i, l, o or u to be mistaken for 1, 0 or v.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a token: 128 bits, five a letter.
const TOKEN_LETTERS: usize = 26;

/// The token of a personal link, made of 16 unguessable bytes.
#[must_use]
pub fn token(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let letter = |position: usize| {
        let five = (number >> (5 * position)) & 31;
        char::from(ALPHABET[usize::try_from(five).expect("five bits are less than 32")])
    };
    (0..TOKEN_LETTERS).rev().map(letter).collect()
}

/// The bytes that a token was made of; `None` for what is no token.
pub(crate) fn token_bytes(token: &str) -> Option<[u8; 16]> {
    let five = |letter: u8| ALPHABET.iter().position(|&other| other == letter);
    let push =
        |number: u128, letter: u8| number.checked_mul(32)?.checked_add(u128::try_from(five(letter)?).ok()?);
    let number = token.bytes().try_fold(0, push).filter(|_| token.len() == TOKEN_LETTERS)?;
    Some(number.to_be_bytes())
}

/// Whether a path segment has the form of a token; others are not worth a question to the store.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LETTERS && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// What the store keeps of a token.
#[must_use]
pub fn token_hash(token: &str) -> TokenHash {
    let digest = Sha256::digest(token.as_bytes());
    TokenHash(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_keeps_all_128_bits() {
        assert_eq!(token([0; 16]), "0".repeat(26));
        assert_eq!(token([255; 16]), format!("7{}", "z".repeat(25)));
        assert!(is_token(&token([7; 16])));
        for bytes in [[0; 16], [255; 16], [7; 16]] {
            assert_eq!(token_bytes(&token(bytes)), Some(bytes));
        }
        for text in ["", "0", &"z".repeat(26), &"u".repeat(26)] {
            assert_eq!(token_bytes(text), None, "{text}");
        }
    }

    #[test]
    fn the_hash_is_sha_256_in_hexadecimal() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(token_hash("abc").0, of_abc);
    }
}
