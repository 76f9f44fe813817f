//! Changes to the answers of drafts that came together, decided together.
//!
//! A store reads where all their records stand, in one statement and under their locks, asks [`decide`], and writes the
//! rows that it gives, all in one transaction. The order of the changes is that in which they came, also when several
//! are about one record.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use questionnaire::Answers;

use crate::{
    EditionState, RecordState, Save, Sending, Standing, StoreError, Submission, TokenHash, Whole,
    whole_seconds,
};

/// A save, a submission or a whole response, with its answers as they are kept: whoever asks for it writes them out, not the one task that
/// all wait for.
#[derive(Debug, Clone)]
pub struct Change {
    token: TokenHash,
    expected_revision: i64,
    version: String,
    /// `None` when they stay as they are.
    content: Option<Content>,
    at: DateTime<Utc>,
    kind: Kind,
}

/// Answers as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Canonical JSON.
    pub answers: String,
    /// Canonical JSON; `None` for no row.
    pub contacts: Option<String>,
}

impl Content {
    fn new(answers: &Answers, contacts: &Answers) -> Self {
        let contacts = (!contacts.is_empty()).then(|| contacts.to_json());
        Self { answers: answers.to_json(), contacts }
    }
}

#[derive(Debug, Clone)]
enum Kind {
    Save { last_screen: Option<String> },
    Submit { receipt: String },
    Whole { edition: String, last_screen: Option<String>, receipt: String },
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Saved: the new revision.
    Saved(i64),
    /// Submitted, now or before: the receipt.
    Submitted(String),
}

/// Where a record stands, with what only a change of its answers asks.
#[derive(Debug, Clone)]
pub struct Place {
    /// As for every change.
    pub standing: Standing,
    /// Until when a closed edition takes the drafts that were started before.
    pub grace_until: Option<DateTime<Utc>>,
    /// Whether there are contacts to erase.
    pub has_contacts: bool,
}

/// What an edition takes that was not started before.
#[derive(Debug, Clone)]
pub struct Takes {
    /// Whether it takes anything.
    pub state: EditionState,
    /// The version of the definition that it asks by, if one was published.
    pub version: Option<String>,
}

/// A row of `responses` as it is to be written, and its contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// For a row that is not there yet, its edition. It is started when it is updated, and nothing in the same batch
    /// changes it again.
    pub begun_in: Option<&'a str>,
    /// Draft or submitted.
    pub state: RecordState,
    /// Version of the questionnaire.
    pub version: &'a str,
    /// The answers; `None` when they stay as they are.
    pub content: Option<&'a Content>,
    /// Whether there may be a row of contacts already.
    pub had_contacts: bool,
    /// The last screen passed; `None` when it stays as it was.
    pub last_screen: Option<Option<&'a str>>,
    /// Revision.
    pub revision: i64,
    /// Receipt, for what is submitted.
    pub receipt: Option<&'a str>,
    /// In whole seconds.
    pub updated_at: DateTime<Utc>,
    /// In whole seconds, for what is submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

impl Change {
    /// Which record it is about.
    #[must_use]
    pub fn token(&self) -> &TokenHash {
        &self.token
    }

    /// The edition in which it starts a record, if it does.
    #[must_use]
    pub fn begins_in(&self) -> Option<&str> {
        match &self.kind {
            Kind::Whole { edition, .. } => Some(edition),
            Kind::Save { .. } | Kind::Submit { .. } => None,
        }
    }
}

impl From<&Save> for Change {
    fn from(save: &Save) -> Self {
        Self {
            token: save.token.clone(),
            expected_revision: save.expected_revision,
            version: save.version.clone(),
            content: Some(Content::new(&save.answers, &save.contacts)),
            at: save.at,
            kind: Kind::Save { last_screen: save.last_screen.clone() },
        }
    }
}

impl From<&Submission> for Change {
    fn from(submission: &Submission) -> Self {
        Self {
            token: submission.token.clone(),
            expected_revision: submission.expected_revision,
            version: submission.version.clone(),
            content: Some(Content::new(&submission.answers, &submission.contacts)),
            at: submission.at,
            kind: Kind::Submit { receipt: submission.receipt.clone() },
        }
    }
}

impl From<&Sending> for Change {
    fn from(sending: &Sending) -> Self {
        Self {
            token: sending.token.clone(),
            expected_revision: sending.expected_revision,
            version: sending.version.clone(),
            content: None,
            at: sending.at,
            kind: Kind::Submit { receipt: sending.receipt.clone() },
        }
    }
}

impl From<&Whole> for Change {
    fn from(whole: &Whole) -> Self {
        Self {
            token: whole.token.clone(),
            expected_revision: 0,
            version: whole.version.clone(),
            content: Some(Content::new(&whole.answers, &whole.contacts)),
            at: whole.at,
            kind: Kind::Whole {
                edition: whole.edition.clone(),
                last_screen: whole.last_screen.clone(),
                receipt: whole.receipt.clone(),
            },
        }
    }
}

/// What each change did or why it is refused, and the rows to write. A record that has no place is unknown, or not there
/// yet; `editions` are those in which records begin.
pub fn decide<'a>(
    changes: &'a [Change],
    places: &mut BTreeMap<TokenHash, Result<Place, StoreError>>,
    editions: &BTreeMap<String, Result<Takes, StoreError>>,
) -> (Vec<Result<Done, StoreError>>, BTreeMap<&'a TokenHash, Row<'a>>) {
    let mut rows = BTreeMap::new();
    let results = changes
        .iter()
        .map(|change| match places.get_mut(&change.token) {
            None => begin(change, places, editions, &mut rows),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(place)) => decide_one(change, place, &mut rows),
        })
        .collect();
    (results, rows)
}

/// Begins a record that is not there yet.
fn begin<'a>(
    change: &'a Change,
    places: &mut BTreeMap<TokenHash, Result<Place, StoreError>>,
    editions: &BTreeMap<String, Result<Takes, StoreError>>,
    rows: &mut BTreeMap<&'a TokenHash, Row<'a>>,
) -> Result<Done, StoreError> {
    let Kind::Whole { edition, last_screen, receipt } = &change.kind else { return Err(StoreError::Unknown) };
    let takes = match editions.get(edition) {
        None => return Err(StoreError::EditionClosed { edition: edition.clone() }),
        Some(takes) => takes.clone()?,
    };
    let standing = Standing {
        edition: edition.clone(),
        edition_state: takes.state,
        edition_version: takes.version,
        state: RecordState::Draft,
        revision: change.expected_revision,
        receipt: None,
    };
    standing.submit_as(&change.token, change.expected_revision, &change.version, receipt)?;
    let (at, revision) = (whole_seconds(change.at), standing.revision + 1);
    let row = Row {
        begun_in: Some(edition),
        state: RecordState::Submitted,
        version: &change.version,
        content: change.content.as_ref(),
        had_contacts: false,
        last_screen: Some(last_screen.as_deref()),
        revision,
        receipt: Some(receipt),
        updated_at: at,
        submitted_at: Some(at),
    };
    rows.insert(&change.token, row);
    // A second one in the same batch finds the first.
    let standing =
        Standing { state: RecordState::Submitted, revision, receipt: Some(receipt.clone()), ..standing };
    let has_contacts = change.content.as_ref().is_some_and(|content| content.contacts.is_some());
    places.insert(change.token.clone(), Ok(Place { standing, grace_until: None, has_contacts }));
    Ok(Done::Submitted(receipt.clone()))
}

fn decide_one<'a>(
    change: &'a Change,
    place: &mut Place,
    rows: &mut BTreeMap<&'a TokenHash, Row<'a>>,
) -> Result<Done, StoreError> {
    let standing = place.standing.for_drafts(place.grace_until, change.at);
    let receipt = match &change.kind {
        Kind::Save { .. } => {
            standing.save(change.expected_revision, &change.version)?;
            None
        }
        Kind::Whole { .. } if standing.state == RecordState::Draft => return Err(StoreError::Duplicate),
        Kind::Submit { receipt } | Kind::Whole { receipt, .. } => {
            let given =
                standing.submit_as(&change.token, change.expected_revision, &change.version, receipt)?;
            if let Some(given) = given {
                return Ok(Done::Submitted(given));
            }
            Some(receipt)
        }
    };
    let at = whole_seconds(change.at);
    let earlier = rows.get(&change.token).map(|row| (row.last_screen, row.content));
    let revision = place.standing.revision + 1;
    place.standing.revision = revision;
    let last_screen = match &change.kind {
        Kind::Save { last_screen } => Some(last_screen.as_deref()),
        Kind::Submit { .. } | Kind::Whole { .. } => earlier.and_then(|(last_screen, _)| last_screen),
    };
    if let Some(receipt) = receipt {
        place.standing.state = RecordState::Submitted;
        place.standing.receipt = Some(receipt.clone());
    }
    let row = Row {
        begun_in: None,
        state: place.standing.state,
        version: &change.version,
        // What was saved just before in the same batch is not in the database yet.
        content: change.content.as_ref().or(earlier.and_then(|(_, content)| content)),
        had_contacts: place.has_contacts,
        last_screen,
        revision,
        receipt: receipt.map(String::as_str),
        updated_at: at,
        submitted_at: receipt.map(|_| at),
    };
    rows.insert(&change.token, row);
    Ok(receipt.map_or(Done::Saved(revision), |receipt| Done::Submitted(receipt.clone())))
}

#[cfg(test)]
mod tests {
    use questionnaire::{Answer, Answers};

    use super::*;
    use crate::{EditionState, receipt_from};

    fn token() -> TokenHash {
        TokenHash("a".repeat(64))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).expect("an instant of 2026")
    }

    fn place(edition_state: EditionState) -> BTreeMap<TokenHash, Result<Place, StoreError>> {
        let standing = Standing {
            edition: "2026".to_owned(),
            edition_state,
            edition_version: None,
            state: RecordState::Draft,
            revision: 3,
            receipt: None,
        };
        let grace_until = (edition_state == EditionState::Closed).then(|| at(100));
        BTreeMap::from([(token(), Ok(Place { standing, grace_until, has_contacts: true }))])
    }

    fn save(expected_revision: i64, number: i64) -> Change {
        Change::from(&Save {
            token: token(),
            expected_revision,
            version: "v1".to_owned(),
            answers: Answers::new().with("q02", Answer::Integer(number)),
            contacts: Answers::new(),
            last_screen: Some(format!("s{number}")),
            at: at(number),
        })
    }

    fn submit(expected_revision: i64, number: i64) -> Change {
        Change::from(&Submission {
            token: token(),
            expected_revision,
            version: "v1".to_owned(),
            answers: Answers::new().with("q02", Answer::Integer(number)),
            contacts: Answers::new().with("q62", Answer::text("a@example.org")),
            receipt: receipt_from([7; 16]),
            at: at(number),
        })
    }

    #[test]
    fn changes_to_one_record_are_decided_in_their_order_and_written_once() {
        let changes = [save(3, 1), save(3, 2), save(4, 3), submit(5, 4), submit(0, 5), save(6, 6)];
        let mut places = place(EditionState::Open);
        let (results, rows) = decide(&changes, &mut places, &BTreeMap::new());
        let receipt = receipt_from([7; 16]);
        assert!(matches!(results[0], Ok(Done::Saved(4))));
        assert!(matches!(results[1], Err(StoreError::Conflict { expected: 3, found: 4 })));
        assert!(matches!(results[2], Ok(Done::Saved(5))));
        for sent in &results[3..5] {
            assert!(matches!(sent, Ok(Done::Submitted(given)) if *given == receipt));
        }
        assert!(matches!(results[5], Err(StoreError::AlreadySubmitted)));
        let row = &rows[&token()];
        let content = row.content.expect("new answers");
        assert_eq!((content.answers.as_str(), row.last_screen), (r#"{"q02":4}"#, Some(Some("s3"))));
        assert_eq!((row.revision, row.submitted_at, content.contacts.is_some()), (6, Some(at(4)), true));
        assert_eq!(rows.len(), 1);
    }

    #[test]
    fn a_draft_sent_as_it_is_keeps_what_was_saved_just_before() {
        let sending = |expected_revision| {
            Change::from(&Sending {
                token: token(),
                expected_revision,
                version: "v1".to_owned(),
                receipt: receipt_from([7; 16]),
                at: at(9),
            })
        };
        let alone = [sending(3)];
        let (results, rows) = decide(&alone, &mut place(EditionState::Open), &BTreeMap::new());
        assert!(matches!(results[0], Ok(Done::Submitted(_))));
        assert_eq!(
            (rows[&token()].content, rows[&token()].last_screen),
            (None, None),
            "nothing is written again"
        );
        let after_a_save = [save(3, 1), sending(3), sending(4)];
        let (results, rows) = decide(&after_a_save, &mut place(EditionState::Open), &BTreeMap::new());
        assert!(matches!(results[1], Err(StoreError::Conflict { expected: 3, found: 4 })));
        assert!(matches!(results[2], Ok(Done::Submitted(_))));
        let row = &rows[&token()];
        assert_eq!(row.content.map(|content| content.answers.as_str()), Some(r#"{"q02":1}"#));
        assert_eq!((row.state, row.last_screen, row.revision), (RecordState::Submitted, Some(Some("s1")), 5));
    }

    #[test]
    fn an_unknown_record_and_an_unreadable_one_are_told_apart() {
        let changes = [save(3, 1)];
        assert!(matches!(
            decide(&changes, &mut BTreeMap::new(), &BTreeMap::new()).0[0],
            Err(StoreError::Unknown)
        ));
        let mut gone = BTreeMap::from([(token(), Err(StoreError::Gone))]);
        assert!(matches!(decide(&changes, &mut gone, &BTreeMap::new()).0[0], Err(StoreError::Gone)));
    }

    #[test]
    fn a_closed_edition_takes_a_draft_until_the_end_of_its_grace() {
        for (number, is_taken) in [(99, true), (100, true), (101, false)] {
            let changes = [submit(3, number)];
            let (results, rows) = decide(&changes, &mut place(EditionState::Closed), &BTreeMap::new());
            assert_eq!((results[0].is_ok(), rows.len()), (is_taken, usize::from(is_taken)), "{number}");
        }
    }

    fn whole(receipt: [u8; 16], version: &str) -> Change {
        Change::from(&Whole {
            edition: "2026".to_owned(),
            token: token(),
            version: version.to_owned(),
            answers: Answers::new().with("q02", Answer::Integer(1)),
            contacts: Answers::new(),
            last_screen: Some("s9".to_owned()),
            receipt: receipt_from(receipt),
            at: at(1),
        })
    }

    fn takes(state: EditionState) -> BTreeMap<String, Result<Takes, StoreError>> {
        BTreeMap::from([("2026".to_owned(), Ok(Takes { state, version: Some("v1".to_owned()) }))])
    }

    #[test]
    fn a_whole_response_begins_once_also_within_a_batch() {
        let changes = [whole([1; 16], "v1"), whole([2; 16], "v1"), save(1, 3)];
        let (results, rows) = decide(&changes, &mut BTreeMap::new(), &takes(EditionState::Open));
        for sent in &results[..2] {
            assert!(matches!(sent, Ok(Done::Submitted(given)) if *given == receipt_from([1; 16])));
        }
        assert!(matches!(results[2], Err(StoreError::AlreadySubmitted)));
        let row = &rows[&token()];
        assert_eq!((row.begun_in, row.state, row.revision), (Some("2026"), RecordState::Submitted, 1));
        assert_eq!((row.last_screen, row.submitted_at), (Some(Some("s9")), Some(at(1))));
    }

    #[test]
    fn a_whole_response_needs_an_open_edition_its_version_and_a_token_of_its_own() {
        let of =
            |change: Change, places: &mut _, editions: &_| decide(&[change], places, editions).0.remove(0);
        let open = takes(EditionState::Open);
        let closed = of(whole([1; 16], "v1"), &mut BTreeMap::new(), &takes(EditionState::Closed));
        assert!(matches!(closed, Err(StoreError::EditionClosed { .. })));
        let nowhere = of(whole([1; 16], "v1"), &mut BTreeMap::new(), &BTreeMap::new());
        assert!(matches!(nowhere, Err(StoreError::EditionClosed { .. })));
        let outdated = of(whole([1; 16], "v0"), &mut BTreeMap::new(), &open);
        assert!(matches!(outdated, Err(StoreError::OutdatedVersion { .. })));
        let draft = of(whole([1; 16], "v1"), &mut place(EditionState::Open), &open);
        assert!(matches!(draft, Err(StoreError::Duplicate)));
        let mut gone = place(EditionState::Open);
        if let Some(Ok(place)) = gone.get_mut(&token()) {
            place.standing.state = RecordState::Withdrawn;
        }
        assert!(matches!(of(whole([1; 16], "v1"), &mut gone, &open), Err(StoreError::Gone)));
    }
}
