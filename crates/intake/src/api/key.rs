//! Keys that make a request one, however often it is sent (`Idempotency-Key`).

use axum::http::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::problem::{Kind, Problem};

/// The header that holds the key.
const HEADER: &str = "idempotency-key";

/// The shortest key: a UUID without hyphens.
const SHORTEST: usize = 32;
/// The longest.
const LONGEST: usize = 128;

/// Reads the key of a request, with or without the quotes of a structured field.
pub(crate) fn read(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(HEADER).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if given.next().is_some() || !is_plain || !(SHORTEST..=LONGEST).contains(&key.len()) {
        let detail = format!(
            "Idempotency-Key must be one random key of {SHORTEST} to {LONGEST} letters, digits, hyphens or underscores, \
             for instance a UUID of version 4"
        );
        return Err(Problem::of(Kind::Malformed).saying(&detail));
    }
    Ok(Some(key.to_owned()))
}

/// What a key is for: to start a draft.
pub(crate) const START: &str = "barometre start 1";
/// To send a whole response: its token is another one than that of a draft started under the same key.
pub(crate) const WHOLE: &str = "barometre whole 1";

/// The bytes of the token that a request under this key gets: the same on every server, without anything to remember.
/// Whoever knows the key knows the token, and nobody else does.
pub(crate) fn token_bytes(purpose: &str, edition: &str, key: &str) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in [purpose, edition, key] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    std::array::from_fn(|place| digest[place])
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// The key of a request with these headers; `Err(())` when it is refused.
    fn of(values: &[&str]) -> Result<Option<String>, ()> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_str(value).expect("a header"));
        }
        read(&headers).map_err(|_| ())
    }

    #[test]
    fn a_key_is_long_enough_not_to_be_guessed() {
        let uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324";
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[uuid]), Ok(Some(uuid.to_owned())));
        assert_eq!(of(&[&format!("\"{uuid}\"")]), Ok(Some(uuid.to_owned())), "as a structured field");
        for wrong in
            [vec![""], vec!["1"], vec!["\""], vec![uuid, uuid], vec!["8e03978e 40d5 43e8 bc93 6894a57f9324"]]
        {
            assert_eq!(of(&wrong), Err(()), "{wrong:?}");
        }
    }

    #[test]
    fn each_key_each_edition_and_each_purpose_has_a_token_of_its_own() {
        let token = token_bytes(START, "2026", "a");
        assert_eq!(token, token_bytes(START, "2026", "a"));
        assert_ne!(token, token_bytes(START, "2026", "b"));
        assert_ne!(token, token_bytes(START, "2028", "a"));
        assert_ne!(token, token_bytes(WHOLE, "2026", "a"));
    }
}
