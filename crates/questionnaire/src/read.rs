//! Reading what people type: each function gives the normal form, or what is wrong.

use crate::response::ViolationCode;

/// SIREN of La Poste, whose establishments' SIRET do not obey Luhn's key: their digits sum to a multiple of 5.
const LA_POSTE: &str = "356000000";

/// A whole number, spaces (also non-breaking) left out.
///
/// # Errors
/// [`ViolationCode::NotInteger`].
pub fn integer(text: &str) -> Result<i64, ViolationCode> {
    compact(text).parse().map_err(|_| ViolationCode::NotInteger)
}

/// A SIRET: 14 digits with Luhn's key, spaces and dots left out.
///
/// # Errors
/// [`ViolationCode::SiretLength`] or [`ViolationCode::SiretKey`].
pub fn siret(text: &str) -> Result<String, ViolationCode> {
    let digits = compact(text).replace(['.', '-'], "");
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ViolationCode::SiretLength);
    }
    let sum: u32 = digits.bytes().map(|byte| u32::from(byte - b'0')).sum();
    if has_luhn_key(&digits) || (digits.starts_with(LA_POSTE) && sum.is_multiple_of(5)) {
        Ok(digits)
    } else {
        Err(ViolationCode::SiretKey)
    }
}

/// An RNA number: W, a digit, a digit or letter (overseas, Corsica), seven digits.
///
/// # Errors
/// [`ViolationCode::Rna`].
pub fn rna(text: &str) -> Result<String, ViolationCode> {
    let number = compact(text).to_ascii_uppercase();
    let bytes = number.as_bytes();
    let is_rna = bytes.len() == 10
        && bytes[0] == b'W'
        && bytes[1].is_ascii_digit()
        && bytes[2].is_ascii_alphanumeric()
        && bytes[3..].iter().all(u8::is_ascii_digit);
    if is_rna { Ok(number) } else { Err(ViolationCode::Rna) }
}

/// An e-mail address, checked as loosely as one can: something, one `@`, a domain with a dot, no space.
///
/// # Errors
/// [`ViolationCode::Email`].
pub fn email(text: &str) -> Result<String, ViolationCode> {
    let address = text.trim();
    let is_address = address.len() <= 254
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() >= 2
                && domain.split('.').all(|label| !label.is_empty())
        });
    if is_address { Ok(address.to_owned()) } else { Err(ViolationCode::Email) }
}

/// Whether the digits obey Luhn's key: every second digit from the right is doubled, and the sum of the digits
/// is a multiple of ten (H. P. Luhn, US patent 2 950 048, 1960).
#[must_use]
pub fn has_luhn_key(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if position % 2 == 0 { digit } else { (2 * digit) / 10 + (2 * digit) % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_with_its_key_is_accepted_however_it_is_spaced() {
        assert_eq!(siret("839 085 230 00028"), Ok("83908523000028".to_owned()));
        assert_eq!(siret("839\u{a0}085\u{202f}230 00028 "), Ok("83908523000028".to_owned()));
        assert_eq!(siret("83908523000029"), Err(ViolationCode::SiretKey));
        assert_eq!(siret("8390852300002"), Err(ViolationCode::SiretLength));
        assert_eq!(siret("8390852300002٨"), Err(ViolationCode::SiretLength));
    }

    #[test]
    fn la_poste_has_a_key_of_its_own() {
        // Sum of digits 3+5+6+4+9 + … must be a multiple of 5 where Luhn fails.
        assert!(!has_luhn_key("35600000000001") && siret("35600000000001").is_ok());
        assert_eq!(siret("35600000000002"), Err(ViolationCode::SiretKey));
    }

    #[test]
    fn an_rna_number_may_have_a_letter_overseas() {
        assert_eq!(rna("w751243449"), Ok("W751243449".to_owned()));
        assert_eq!(rna("W9R1000001"), Ok("W9R1000001".to_owned()));
        assert_eq!(rna("W75124344"), Err(ViolationCode::Rna));
        assert_eq!(rna("7512434490"), Err(ViolationCode::Rna));
    }

    #[test]
    fn an_address_needs_a_local_part_and_a_domain() {
        assert!(email(" nom.prénom@asso.example ").is_ok());
        for wrong in ["", "a", "@b.fr", "a@b", "a@b.", "a@@b.fr", "a b@c.fr", "a@b.fr\r\nBcc: x@y.z"] {
            assert_eq!(email(wrong), Err(ViolationCode::Email), "{wrong:?}");
        }
    }
}
