//! The proof that a form was opened by its personal link, against forms posted by other sites.
//!
//! It follows from the link's token, which no other site knows, so that it needs neither a cookie nor a place to be kept,
//! is the same on every server and never expires. Whoever sees it learns nothing of the token. `Sec-Fetch-Site` stays the
//! first barrier; this one holds where a browser does not send it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::fields::Fields;

/// The form field that holds the proof.
pub(crate) const PROOF: &str = "jeton";

/// Bytes of the proof.
const BYTES: usize = 16;

/// What the digest is for: another use of the token gives another digest.
const PURPOSE: &[u8] = b"barometre form 1";

fn mac(token: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(PURPOSE);
    mac
}

/// The proof that the forms of a personal link carry in their field `jeton`, for programs that post forms.
#[must_use]
pub fn form_token(token: &str) -> String {
    let digest = mac(token).finalize().into_bytes();
    digest.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// Takes the proof out of the form, and says whether it is that of the link. The comparison takes the same time
/// wherever the two differ.
pub(crate) fn take(token: &str, fields: &mut Fields) -> bool {
    let given = fields.take(PROOF);
    let [given] = given.as_slice() else { return false };
    let bytes: Option<Vec<u8>> = given
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes.is_some_and(|bytes| bytes.len() == BYTES && mac(token).verify_truncated_left(&bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdefghjkmnpqrs";

    fn is_proven(values: &[&str]) -> bool {
        let mut fields = Fields::default();
        for value in values {
            fields.push(PROOF, value);
        }
        take(TOKEN, &mut fields) && fields == Fields::default()
    }

    #[test]
    fn only_the_proof_of_the_link_proves() {
        let proof = form_token(TOKEN);
        assert_eq!(proof.len(), 32);
        assert!(is_proven(&[&proof]));
        let other = form_token("1123456789abcdefghjkmnpqrs");
        for wrong in [
            vec![],
            vec![""],
            vec![&other[..]],
            vec![&proof[..30]],
            vec![&proof, &proof],
            vec!["é"],
            vec!["+1"],
        ] {
            assert!(!is_proven(&wrong), "{wrong:?}");
        }
    }
}
