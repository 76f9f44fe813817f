//! `barometre key`: paper returns, keyed in by the office.

use std::collections::BTreeSet;
use std::path::Path;

use exchange::paper::Words;
use exchange::paper::keying::{self, Fault, Format, Keyed};
use intake::{Clock as _, SystemClock, SystemTokens, Tokens as _};
use questionnaire::{Edition, Response};
use store::{
    EditionState, NewDraft, OfficeStore, RecordState, Save, StoreError, Submission, TokenHash, receipt_from,
};

use crate::arguments::KeyArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::error::CliError;
use crate::pseudonym::Pseudonyms;
use crate::{definition, published, stores};

/// Language of the people who key.
const LANGUAGE: &str = "fr";

/// Keys returns in, prints an empty one, or erases one.
pub(crate) async fn run(arguments: &KeyArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    let collection = definition.collection();
    let edition = definition.edition.clone();
    let words =
        Words::of(LANGUAGE).ok_or_else(|| CliError::Fault(format!("no catalogue of `{LANGUAGE}`")))?;
    if arguments.template {
        return say(keying::template(&edition, &words).trim_end());
    }
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let office = Office {
        store: stores::open(&arguments.data, &directory).await?,
        pseudonyms: Pseudonyms::open(&directory.pseudonym_key())?,
        edition: &edition,
        collection,
    };
    if let Some(number) = &arguments.withdraw {
        return office.withdraw(number).await;
    }
    let Some(file) = &arguments.file else {
        return Err(CliError::input("no file of returns is given", "`--template` prints an empty return"));
    };
    office.refuse_closed().await?;
    let keyed = read(&edition, &words, file)?;
    let mut faults: Vec<Fault> = keyed.iter().flat_map(|one| one.faults.clone()).collect();
    if let Some(second) = &arguments.verify {
        let again = read(&edition, &words, second)?;
        faults.extend(keying::compare(&edition, &words, &keyed, &again));
    }
    for one in &keyed {
        tell(one);
        faults.extend(office.earlier(one).await?);
    }
    for fault in &faults {
        eprintln!("{}", line(&fault.paper, fault.question.as_ref(), &fault.message));
    }
    let faulty: BTreeSet<&str> = faults.iter().map(|fault| fault.paper.as_str()).collect();
    if !faulty.is_empty() && !arguments.valid_only {
        return Err(CliError::input(
            format!(
                "{} of {} returns cannot be kept: nothing was stored",
                faulty.len(),
                count(&keyed, &faulty)
            ),
            "correct them, or add `--valid-only` to keep the others",
        ));
    }
    // Opens the edition if nothing was ever collected: a survey may be answered on paper alone.
    office.store.open_edition(office.code(), false, SystemClock.now()).await?;
    published::publish_first(office.store.as_ref(), &definition, SystemClock.now()).await?;
    let mut kept = 0;
    for one in keyed.iter().filter(|one| !faulty.contains(one.paper.as_str())) {
        if let Some(response) = &one.response {
            let done = office.keep(&one.paper, response).await?;
            say(format!("{}: {done}", one.paper))?;
            kept += 1;
        }
    }
    say(format!("{kept} of {} returns of edition {} are kept", count(&keyed, &faulty), office.code()))?;
    if faulty.is_empty() {
        return Ok(());
    }
    Err(CliError::input(
        format!("{} returns were left out", faulty.len()),
        "correct them and key the file again: what is kept already stays as it is",
    ))
}

/// How many sheets there are, those of a second keying alone included.
fn count(keyed: &[Keyed], faulty: &BTreeSet<&str>) -> usize {
    keyed.iter().map(|one| one.paper.as_str()).chain(faulty.iter().copied()).collect::<BTreeSet<_>>().len()
}

fn read(edition: &Edition, words: &Words, path: &Path) -> Result<Vec<Keyed>, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::io(path.display()))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = if is_json { Format::Json } else { Format::Toml };
    let returns = keying::parse(&text, format).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", path.display()),
            "`barometre key EDITION --template` prints an empty return",
        )
    })?;
    Ok(keying::check(edition, words, &returns))
}

/// Says what is not a fault and is worth a look at the sheet.
fn tell(keyed: &Keyed) {
    for question in &keyed.off_path {
        eprintln!(
            "{}",
            line(&keyed.paper, Some(question), "note: what is answered off the route is not kept")
        );
    }
    for (number, code, message) in &keyed.warnings {
        eprintln!("{}", line(&keyed.paper, Some(&(*number, code.clone())), &format!("warning: {message}")));
    }
}

fn line(paper: &str, question: Option<&(usize, String)>, message: &str) -> String {
    match question {
        Some((number, code)) => format!("{paper}, question {number} ({code}): {message}"),
        None => format!("{paper}: {message}"),
    }
}

/// Where returns are kept, and under which tokens.
struct Office<'a> {
    store: std::sync::Arc<dyn OfficeStore>,
    pseudonyms: Pseudonyms,
    edition: &'a Edition,
    /// The code under which the store keeps the responses.
    collection: String,
}

impl Office<'_> {
    fn code(&self) -> &str {
        &self.collection
    }

    fn token(&self, paper: &str) -> TokenHash {
        self.pseudonyms.paper(self.code(), paper)
    }

    /// An edition that is closed takes no paper either.
    async fn refuse_closed(&self) -> Result<(), CliError> {
        match self.store.edition(self.code()).await? {
            Some(record) if record.state == EditionState::Closed => Err(CliError::input(
                format!("edition {} is closed: no paper return can be kept any more", self.code()),
                "key returns in before `barometre close`",
            )),
            _ => Ok(()),
        }
    }

    /// What an earlier keying of this sheet makes wrong.
    async fn earlier(&self, keyed: &Keyed) -> Result<Option<Fault>, CliError> {
        let (Some(response), Some(record)) =
            (&keyed.response, self.store.find(&self.token(&keyed.paper)).await?)
        else {
            return Ok(None);
        };
        let message = match record.state {
            // The edition was started again since: what was kept is apart, and this number stays with it.
            _ if record.edition != self.code() => {
                "this number was kept before the edition was started again, and stays with what was collected then: give the sheet another number"
            }
            RecordState::Submitted if record.whole() != *response.answers() => {
                "this number was kept before with other answers, which stay as they are"
            }
            RecordState::Withdrawn => "the answers of this number were withdrawn and cannot come back",
            RecordState::Refused if response.path().ended_by.is_none() => {
                "this number was kept before as a refusal, which stays as it is"
            }
            RecordState::Submitted | RecordState::Refused | RecordState::Draft => return Ok(None),
        };
        Ok(Some(Fault { paper: keyed.paper.clone(), question: None, message: message.to_owned() }))
    }

    /// Keeps a return exactly as the site would: started, saved, sent. An interrupted keying goes on where it was.
    async fn keep(&self, paper: &str, response: &Response) -> Result<String, CliError> {
        let token = self.token(paper);
        let now = SystemClock.now();
        let version = self.edition.questionnaire.version.clone();
        let draft = NewDraft {
            edition: self.code().to_owned(),
            token: token.clone(),
            version: version.clone(),
            at: now,
        };
        match self.store.start(&draft).await {
            Ok(()) | Err(StoreError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
        let record = self.store.find(&token).await?.ok_or(StoreError::Unknown)?;
        if record.state == RecordState::Submitted {
            return Ok(format!("kept before, receipt {}", record.receipt.unwrap_or_default()));
        }
        if response.path().ended_by.is_some() {
            self.store.refuse(&token, now).await?;
            return Ok("a refusal, counted without answers".to_owned());
        }
        let (answers, contacts) = self.edition.split_personal(response.answers());
        let last = response.path().screens.last();
        let save = Save {
            token: token.clone(),
            expected_revision: record.revision,
            version: version.clone(),
            answers: answers.clone(),
            contacts: contacts.clone(),
            last_screen: last.map(|screen| self.edition.questionnaire.screens[*screen].code.clone()),
            at: now,
        };
        let expected_revision = self.store.save(&save).await?;
        let random = SystemTokens.draw().map_err(|error| CliError::Fault(error.to_string()))?;
        let submission = Submission {
            token,
            expected_revision,
            version,
            answers,
            contacts,
            receipt: receipt_from(random),
            at: now,
        };
        Ok(format!("kept, receipt {}", self.store.submit(&submission).await?))
    }

    /// Erases the answers of a sheet.
    async fn withdraw(&self, number: &str) -> Result<(), CliError> {
        let paper = number.trim().to_ascii_uppercase();
        match self.store.withdraw(&self.token(&paper), SystemClock.now()).await {
            Ok(store::Withdrawn::Erased) => say(format!("{paper}: the answers are erased")),
            Ok(store::Withdrawn::Already) => say(format!("{paper}: there was nothing left to erase")),
            Err(StoreError::Unknown) => Err(CliError::input(
                format!("no return of edition {} has the number `{paper}`", self.code()),
                "check the number on the sheet, and `--dir`",
            )),
            Err(error) => Err(error.into()),
        }
    }
}
