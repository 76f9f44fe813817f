//! `barometre invite`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use intake::{Clock as _, Code, SystemClock, token, token_hash};
use questionnaire::read;
use store::Invitation;

use crate::arguments::InviteArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::error::CliError;
use crate::pseudonym::{Pseudonyms, normalise, write_private};
use crate::{definition, published, stores};

/// Columns of the list: the name, and what else it may be called.
const NAME: [&str; 2] = ["name", "nom"];
const EMAIL: [&str; 3] = ["email", "courriel", "e-mail"];
const IDENTIFIER: [&str; 5] = ["identifier", "identifiant", "siret", "siren", "rna"];

/// An organisation to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Organisation {
    name: String,
    email: String,
    identifier: String,
    /// What makes two lines those of one organisation.
    identity: String,
}

/// Invites the organisations of a list, and writes their links for the mail merge.
pub(crate) async fn run(arguments: &InviteArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    let collection = definition.collection();
    let base = arguments.base_url.trim_end_matches('/');
    if !(base.starts_with("https://") || base.starts_with("http://")) {
        return Err(CliError::input(
            format!("`{base}` is no address of a site"),
            "expected the address that respondents open, for instance `https://barometre.example`",
        ));
    }
    let organisations = organisations(&arguments.file)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let pseudonyms = Pseudonyms::open(&directory.pseudonym_key())?;
    let store = stores::open(&arguments.data, &directory).await?;
    store.open_edition(&collection, false, SystemClock.now()).await?;
    published::publish_first(store.as_ref(), &definition, SystemClock.now()).await?;

    let mut rows = Vec::new();
    let mut invitations = BTreeMap::new();
    for organisation in &organisations {
        let token = token(pseudonyms.secret("invitation", &collection, &organisation.identity));
        let code = Code::of(pseudonyms.secret("code", &collection, &organisation.identity));
        let sealed = code
            .seal(&token)
            .ok_or_else(|| CliError::Fault("a token that was just made is not one".to_owned()))?;
        rows.push([
            guarded(&organisation.name),
            guarded(&organisation.email),
            guarded(&organisation.identifier),
            format!("{base}/q/{token}"),
            code.written(),
        ]);
        invitations
            .insert(organisation.identity.clone(), Invitation { token: token_hash(&token), code: sealed });
    }
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from(format!("invitations-{collection}.csv")));
    // The file comes first: what was invited and cannot be written to would never be reached.
    write(&out, &rows)?;
    let invitations: Vec<Invitation> = invitations.into_values().collect();
    let new = store.invite(&collection, &invitations, SystemClock.now()).await?;
    say(format!(
        "{} organisations invited to edition {collection}, {new} of them for the first time: links and codes in {}",
        invitations.len(),
        out.display()
    ))?;
    let doubled = organisations.len() - invitations.len();
    if doubled > 0 {
        say(format!(
            "lines of an organisation that is in the list already, with the link it has: {doubled}"
        ))?;
    }
    Ok(())
}

/// Reads the list. Every line is checked before anything is done.
fn organisations(file: &Path) -> Result<Vec<Organisation>, CliError> {
    let bad = |message: String| {
        CliError::input(
            format!("`{}`: {message}", file.display()),
            "expected a CSV file with the columns name, email and, where known, identifier (SIRET, SIREN or RNA)",
        )
    };
    let text = std::fs::read(file).map_err(CliError::io(file.display()))?;
    let text = String::from_utf8(text)
        .map_err(|error| bad(format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to())))?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut lines =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = lines.headers().map_err(|error| bad(error.to_string()))?.clone();
    let column =
        |names: &[&str]| headers.iter().position(|header| names.contains(&header.to_lowercase().as_str()));
    let missing = |name: &str| {
        bad(format!("no column `{name}` among {}", headers.iter().collect::<Vec<_>>().join(", ")))
    };
    let name = column(&NAME).ok_or_else(|| missing("name"))?;
    let email = column(&EMAIL).ok_or_else(|| missing("email"))?;
    let identifier = column(&IDENTIFIER);
    let mut organisations = Vec::new();
    let mut faults = BTreeSet::new();
    for (index, line) in lines.records().enumerate() {
        let line = line.map_err(|error| bad(error.to_string()))?;
        let value = |column: usize| line.get(column).unwrap_or_default();
        match organisation(value(name), value(email), identifier.map(value).unwrap_or_default()) {
            Ok(organisation) => organisations.push(organisation),
            Err(fault) => {
                faults.insert((index + 2, fault));
            }
        }
    }
    if let Some((line, fault)) = faults.first() {
        return Err(bad(format!(
            "line {line}: {fault} ({} lines are wrong; nobody was invited)",
            faults.len()
        )));
    }
    if organisations.is_empty() {
        return Err(bad("it names no organisation".to_owned()));
    }
    Ok(organisations)
}

/// One line of the list, or what is wrong with it.
fn organisation(name: &str, email: &str, identifier: &str) -> Result<Organisation, String> {
    if !email.is_empty() && read::email(email).is_err() {
        return Err(format!("`{email}` is no e-mail address"));
    }
    let identity = if identifier.is_empty() {
        match (email, normalise(name)) {
            ("", name) if name.is_empty() => {
                return Err("neither a name, an e-mail address nor an identifier".to_owned());
            }
            ("", name) => format!("name:{name}"),
            (email, _) => format!("email:{}", email.to_lowercase()),
        }
    } else {
        identity(identifier).ok_or_else(|| format!("`{identifier}` is no SIRET, SIREN or RNA number"))?
    };
    let [name, email, identifier] = [name, email, identifier].map(str::to_owned);
    Ok(Organisation { name, email, identifier, identity })
}

/// The organisation of a number: its SIREN, whichever establishment it names, or its RNA.
fn identity(identifier: &str) -> Option<String> {
    if let Ok(siret) = read::siret(identifier) {
        return Some(format!("siren:{}", &siret[..9]));
    }
    if let Ok(rna) = read::rna(identifier) {
        return Some(format!("rna:{rna}"));
    }
    let digits: String = identifier.chars().filter(|character| !character.is_whitespace()).collect();
    let is_siren = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_siren.then(|| format!("siren:{digits}"))
}

/// A cell that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() }
}

/// Writes the links, for their owner alone: whoever holds them can answer for everybody. Never over another file.
fn write(out: &Path, rows: &[[String; 5]]) -> Result<(), CliError> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let fault = |error: csv::Error| CliError::Fault(error.to_string());
    lines.write_record(["name", "email", "identifier", "link", "code"]).map_err(fault)?;
    for row in rows {
        lines.write_record(row).map_err(fault)?;
    }
    lines.flush().map_err(CliError::io(out.display()))?;
    let bytes = lines.into_inner().map_err(|error| CliError::Fault(error.to_string()))?;
    write_private(out, &bytes).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::input(
            format!("`{}` exists already", out.display()),
            "name another file by `--out`; the same list gives the same links again",
        ),
        _ => CliError::io(out.display())(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_organisation_have_one_identity() {
        let of = |name, email, identifier| organisation(name, email, identifier).map(|found| found.identity);
        let siren = Ok("siren:839085230".to_owned());
        for identifier in ["83908523000028", "839 085 230 00028", "839085230", "839 085 230"] {
            assert_eq!(of("A", "a@asso.example", identifier), siren, "{identifier}");
        }
        assert_eq!(of("A", "", "w751243449"), Ok("rna:W751243449".to_owned()));
        assert_eq!(of("A", "A@Asso.example", ""), of("B", "a@asso.example", ""));
        assert_eq!(of("L'Étoile", "", ""), of("l’etoile", "", ""));
        assert_ne!(of("A", "a@asso.example", ""), of("A", "b@asso.example", ""));
        for (email, identifier) in [("not an address", ""), ("", "12"), ("", "83908523000029")] {
            assert!(of("A", email, identifier).is_err(), "{email} {identifier}");
        }
        assert!(of("", "", "").is_err());
    }

    #[test]
    fn a_name_that_looks_like_a_formula_is_text() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("Amis"), "Amis");
    }
}
