//! Identifiers that look real and pass the checks: SIRET with its keys, RNA number of the department.

use questionnaire::Commune;

use super::chance::Chance;
use super::parameters::IdentityParameters;

/// What makes a unit's identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    /// Seed of its random digits.
    pub(super) seed: u64,
    /// Number of the unit: no two units share it, so no two share an identifier.
    pub(super) number: usize,
    /// Its commune, as an index into the population's communes.
    pub(super) commune: usize,
}

/// The value of an identifier of this kind, for the kinds that have one.
pub(super) fn identifier(
    kind: &str,
    identity: Identity,
    commune: &Commune,
    parameters: &IdentityParameters,
) -> Option<String> {
    let mut chance = Chance::new(identity.seed, identity.number as u64);
    match kind {
        "siret" => Some(siret(&mut chance, identity.number, &parameters.siren_digits)),
        "rna" => Some(rna(&mut chance, identity.number, commune, parameters)),
        _ => None,
    }
}

/// Fourteen digits: a SIREN with its key, and an establishment number whose last digit is the key of the whole.
/// The number of the unit is inside the SIREN, so that two units never have the same.
fn siret(chance: &mut Chance, number: usize, first_digits: &[u32]) -> String {
    let mut digits = vec![first_digits[chance.index(first_digits.len())]];
    digits.push(chance.digit());
    digits.extend(format!("{number:06}").chars().rev().take(6).filter_map(|digit| digit.to_digit(10)));
    digits.push(luhn_key(&digits));
    let establishment = chance.index(4) + 1;
    digits.extend([0, 0, 0, u32::try_from(establishment).expect("one to four")]);
    digits.push(luhn_key(&digits));
    digits.iter().filter_map(|&digit| char::from_digit(digit, 10)).collect()
}

/// The digit that makes a number pass the check of Luhn (1960): from the right, every second digit is doubled, nines
/// are cast out, and the sum is a multiple of ten.
fn luhn_key(digits: &[u32]) -> u32 {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &digit)| if i % 2 == 0 { doubled(digit) } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

/// W, two characters for the department, one for the prefecture, six for the association.
fn rna(chance: &mut Chance, number: usize, commune: &Commune, parameters: &IdentityParameters) -> String {
    let department = commune.department.as_str();
    let prefix = parameters.rna_prefixes.get(department).map_or(&department[..2], String::as_str);
    let prefecture = chance.index(4) + 1;
    format!("W{prefix}{prefecture}{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_luhn_is_that_of_a_known_siret() {
        // SIRET 83908523000028.
        assert_eq!(luhn_key(&[8, 3, 9, 0, 8, 5, 2, 3]), 0);
        assert_eq!(luhn_key(&[8, 3, 9, 0, 8, 5, 2, 3, 0, 0, 0, 0, 2]), 8);
    }
}
