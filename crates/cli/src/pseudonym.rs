//! Pseudonyms of organisations: the same one for the same organisation, and nobody without the key can tell which.

use std::io::Write;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use questionnaire::{Answer, Answers};
use sha2::Sha256;
use store::TokenHash;

use crate::error::CliError;

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// The key, from a file beside the data and outside the database.
pub(crate) struct Pseudonyms([u8; KEY_LENGTH]);

impl Pseudonyms {
    /// Reads the key, after making one the first time.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|bytes: Vec<u8>| {
                    CliError::input(
                        format!("`{}` has {} bytes (expected {KEY_LENGTH})", path.display(), bytes.len()),
                        "restore it from a backup: with another key, a response frozen again is no longer recognised",
                    )
                })?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_LENGTH];
                getrandom::fill(&mut key)
                    .map_err(|error| CliError::Fault(format!("the system gives no randomness: {error}")))?;
                write_private(path, &key).map_err(CliError::io(path.display()))?;
                Ok(Self(key))
            }
            Err(error) => Err(CliError::io(path.display())(error)),
        }
    }

    /// The pseudonym, in this edition, of the organisation that gave these answers: by SIREN, else by RNA, else by
    /// normalised name and commune; one that gives none of these is one of its own, told apart by `record`.
    ///
    /// The edition is part of what is digested: following an organisation from year to year is another purpose,
    /// asked for by a consent of its own.
    pub(crate) fn of(&self, edition: &str, answers: &Answers, contacts: &Answers, record: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(edition.as_bytes());
        mac.update(&[0]);
        mac.update(identity(answers, contacts).unwrap_or_else(|| format!("record:{record}")).as_bytes());
        mac.finalize().into_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What stands in the store for the token of a sheet of paper: always the same for the same number, and nobody
    /// without the key can tell which sheet it is.
    pub(crate) fn paper(&self, edition: &str, number: &str) -> TokenHash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in ["paper", edition, number] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        TokenHash(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Pseudonyms {
    /// Sixteen bytes that nobody without the key can guess, always the same for the same purpose, edition and identity:
    /// a list that is sent again holds the same links again.
    pub(crate) fn secret(&self, purpose: &str, edition: &str, identity: &str) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [purpose, edition, identity] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let digest = mac.finalize().into_bytes();
        let mut secret = [0; 16];
        secret.copy_from_slice(&digest[..16]);
        secret
    }
}

/// What makes two responses those of one organisation (`questionnaire.md`, section 5).
fn identity(answers: &Answers, contacts: &Answers) -> Option<String> {
    // The whole identifier is among the contacts; the answers hold its kind alone.
    let (code, answer) =
        contacts.iter().chain(answers.iter()).find(|(_, answer)| matches!(answer, Answer::Identifier(_)))?;
    let Answer::Identifier(identifier) = answer else { return None };
    match (identifier.kind.as_str(), &identifier.value) {
        // The first nine of the fourteen digits are the SIREN: one organisation, whichever establishment answers.
        ("siret", Some(siret)) if siret.len() == 14 => return Some(format!("siren:{}", &siret[..9])),
        (kind, Some(value)) => return Some(format!("{kind}:{value}")),
        (_, None) => {}
    }
    let text = |answers: &Answers, code: &str| match answers.get(code) {
        Some(Answer::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let prefix = code.split('_').next().unwrap_or(code);
    let name = text(contacts, &format!("{prefix}_nom"))?;
    let commune = text(answers, &format!("{prefix}_commune"))?;
    let name = normalise(&name);
    if name.is_empty() { None } else { Some(format!("name:{commune}:{name}")) }
}

/// Lower case, without accents, punctuation or spaces: « L'Étoile – Sportive » is « letoilesportive ».
pub(crate) fn normalise(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.replace(['œ', 'Œ'], "oe")
        .nfkd()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Writes a file that only its owner may read, durably, and never over another one.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use questionnaire::Identifier;

    use super::*;

    fn siret(value: &str) -> Answers {
        let identifier = Identifier { kind: "siret".to_owned(), value: Some(value.to_owned()) };
        Answers::new().with("org_ident", Answer::Identifier(identifier))
    }

    #[test]
    fn two_establishments_of_one_organisation_share_a_pseudonym() {
        let pseudonyms = Pseudonyms([7; KEY_LENGTH]);
        let none = Answers::new();
        let one = pseudonyms.of("2026", &none, &siret("83908523000028"), "a");
        assert_eq!(one, pseudonyms.of("2026", &none, &siret("83908523000010"), "b"));
        assert_ne!(one, pseudonyms.of("2026", &none, &siret("35600000000048"), "a"));
        assert_ne!(one, pseudonyms.of("2027", &none, &siret("83908523000028"), "a"), "nor from year to year");
        assert!(!one.contains("839085230"));
        assert_ne!(
            one,
            Pseudonyms([8; KEY_LENGTH]).of("2026", &none, &siret("83908523000028"), "a"),
            "the key matters"
        );
    }

    #[test]
    fn a_name_is_recognised_through_case_accents_and_punctuation_in_one_commune() {
        let pseudonyms = Pseudonyms([7; KEY_LENGTH]);
        let none = Identifier { kind: "aucun".to_owned(), value: None };
        let of = |name: &str, commune: &str| {
            let answers = Answers::new()
                .with("org_ident", Answer::Identifier(none.clone()))
                .with("org_commune", Answer::text(commune));
            pseudonyms.of("2026", &answers, &Answers::new().with("org_nom", Answer::text(name)), "r")
        };
        assert_eq!(of("L'Étoile – Sportive", "35238"), of("l’etoile sportive", "35238"));
        assert_eq!(of("Cœur de ville", "35238"), of("COEUR DE VILLE", "35238"));
        assert_ne!(of("Cœur de ville", "35238"), of("Cœur de ville", "75056"));
    }

    #[test]
    fn a_sheet_has_one_token_by_key_edition_and_number() {
        let pseudonyms = Pseudonyms([7; KEY_LENGTH]);
        let one = pseudonyms.paper("2026", "P-0042");
        assert_eq!(one, pseudonyms.paper("2026", "P-0042"));
        assert_eq!(one.0.len(), 64);
        for other in [
            pseudonyms.paper("2026", "P-0043"),
            pseudonyms.paper("2027", "P-0042"),
            Pseudonyms([8; KEY_LENGTH]).paper("2026", "P-0042"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_secret_is_one_by_key_purpose_edition_and_identity() {
        let pseudonyms = Pseudonyms([7; KEY_LENGTH]);
        let one = pseudonyms.secret("invitation", "2026", "siren:839085230");
        assert_eq!(one, pseudonyms.secret("invitation", "2026", "siren:839085230"));
        for other in [
            pseudonyms.secret("code", "2026", "siren:839085230"),
            pseudonyms.secret("invitation", "2027", "siren:839085230"),
            pseudonyms.secret("invitation", "2026", "siren:839085231"),
            Pseudonyms([8; KEY_LENGTH]).secret("invitation", "2026", "siren:839085230"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn organisations_without_any_identity_are_told_apart() {
        let pseudonyms = Pseudonyms([7; KEY_LENGTH]);
        let none = Answers::new();
        assert_ne!(pseudonyms.of("2026", &none, &none, "a"), pseudonyms.of("2026", &none, &none, "b"));
    }
}
