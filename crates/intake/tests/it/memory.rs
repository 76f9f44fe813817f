//! A store in memory that keeps the same promises as the real ones, and can be made to fail.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use questionnaire::Answers;
use store::{
    CodeHash, CorrectionStore, Counts, EarlierAnswers, EditionRecord, EditionState, Erasure, Invitation,
    InvitationStore, NewDraft, Record, RecordState, ResponseStore, Save, SealedCode, Sending, Standing,
    StoreError, Submission, TokenHash, Whole, Withdrawn, check_version, whole_seconds,
};

/// Everything that is kept.
#[derive(Default)]
struct Kept {
    editions: BTreeMap<String, EditionRecord>,
    records: BTreeMap<TokenHash, Record>,
    corrections: BTreeMap<TokenHash, Record>,
    earlier: BTreeMap<TokenHash, Vec<EarlierAnswers>>,
    invitations: BTreeMap<TokenHash, String>,
    codes: BTreeMap<CodeHash, (TokenHash, SealedCode)>,
}

/// The store. `is_away` makes everything fail, `is_full` makes writing fail.
#[derive(Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    /// The database cannot be reached.
    pub is_away: AtomicBool,
    /// The disk is full.
    pub is_full: AtomicBool,
    /// Everything panics.
    pub is_broken: AtomicBool,
    /// How many saves to come meet another tab's save first.
    pub rivals: AtomicUsize,
    /// How many changes were written.
    pub writes: AtomicUsize,
    /// How many times all records were read.
    pub scans: AtomicUsize,
    /// The database goes away while all records are read.
    pub is_torn: AtomicBool,
}

impl MemoryStore {
    fn read(&self) -> Result<std::sync::MutexGuard<'_, Kept>, StoreError> {
        assert!(!self.is_broken.load(Ordering::SeqCst), "a secret in /var/lib/barometre");
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("connection refused".to_owned()));
        }
        Ok(self.kept.lock().expect("no test panics with the lock"))
    }

    fn write(&self) -> Result<std::sync::MutexGuard<'_, Kept>, StoreError> {
        let kept = self.read()?;
        if self.is_full.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("database or disk is full".to_owned()));
        }
        self.writes.fetch_add(1, Ordering::SeqCst);
        Ok(kept)
    }

    /// Publishes another definition, as the office does from another process.
    pub fn publish(&self, edition: &str, version: &str) {
        let mut kept = self.kept.lock().expect("no test panics with the lock");
        kept.editions.get_mut(edition).expect("an edition").version = Some(version.to_owned());
    }

    /// Moves all records to another edition, as starting it again does.
    pub fn set_apart(&self, archive: &str) {
        let mut kept = self.kept.lock().expect("no test panics with the lock");
        for record in kept.records.values_mut() {
            archive.clone_into(&mut record.edition);
        }
    }

    /// All records, in the order of their tokens.
    pub fn all(&self) -> Vec<Record> {
        self.kept.lock().expect("no test panics with the lock").records.values().cloned().collect()
    }
}

impl Kept {
    /// The standing of a draft that is saved or sent at this instant.
    fn draft_standing(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<Standing, StoreError> {
        let (record, standing) = self.standing(token)?;
        let grace_until = self.editions.get(&record.edition).and_then(|edition| edition.grace_until);
        Ok(standing.for_drafts(grace_until, at))
    }

    fn standing(&self, token: &TokenHash) -> Result<(&Record, Standing), StoreError> {
        let record = self.records.get(token).ok_or(StoreError::Unknown)?;
        let standing = Standing {
            edition: record.edition.clone(),
            edition_state: self
                .editions
                .get(&record.edition)
                .map_or(EditionState::Closed, |edition| edition.state),
            state: record.state,
            revision: record.revision,
            receipt: record.receipt.clone(),
            edition_version: self.editions.get(&record.edition).and_then(|edition| edition.version.clone()),
        };
        Ok((record, standing))
    }

    fn erase(&mut self, token: &TokenHash, erasure: Erasure, at: DateTime<Utc>) {
        if let (Erasure::To(state), Some(record)) = (erasure, self.records.get_mut(token)) {
            record.state = state;
            record.answers = Answers::new();
            record.contacts = Answers::new();
            record.last_screen = None;
            record.updated_at = whole_seconds(at);
            self.corrections.remove(token);
            self.earlier.remove(token);
            self.codes.retain(|_, (of, _)| of != token);
        }
    }
}

#[async_trait]
impl ResponseStore for MemoryStore {
    async fn open_edition(
        &self,
        edition: &str,
        is_simulated: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write()?.editions.entry(edition.to_owned()).or_insert(EditionRecord {
            edition: edition.to_owned(),
            state: EditionState::Open,
            is_simulated,
            opened_at: whole_seconds(at),
            closed_at: None,
            grace_until: None,
            version: None,
        });
        Ok(())
    }

    async fn edition(&self, edition: &str) -> Result<Option<EditionRecord>, StoreError> {
        Ok(self.read()?.editions.get(edition).cloned())
    }

    async fn close_edition_until(
        &self,
        edition: &str,
        at: DateTime<Utc>,
        grace_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let mut kept = self.write()?;
        let closed = || StoreError::EditionClosed { edition: edition.to_owned() };
        let edition = kept.editions.get_mut(edition).ok_or_else(closed)?;
        edition.state = EditionState::Closed;
        edition.closed_at.get_or_insert(whole_seconds(at));
        edition.grace_until = grace_until.map(whole_seconds);
        Ok(())
    }

    async fn start(&self, draft: &NewDraft) -> Result<(), StoreError> {
        let mut kept = self.write()?;
        if kept.editions.get(&draft.edition).is_none_or(|edition| edition.state == EditionState::Closed) {
            return Err(StoreError::EditionClosed { edition: draft.edition.clone() });
        }
        let current = kept.editions.get(&draft.edition).and_then(|edition| edition.version.as_deref());
        check_version(&draft.edition, current, &draft.version)?;
        if kept.records.contains_key(&draft.token) {
            return Err(StoreError::Duplicate);
        }
        let record = Record {
            edition: draft.edition.clone(),
            token: draft.token.clone(),
            state: RecordState::Draft,
            version: draft.version.clone(),
            answers: Answers::new(),
            contacts: Answers::new(),
            last_screen: None,
            revision: 0,
            receipt: None,
            started_at: whole_seconds(draft.at),
            updated_at: whole_seconds(draft.at),
            submitted_at: None,
        };
        kept.records.insert(draft.token.clone(), record);
        Ok(())
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        Ok(self.read()?.records.get(token).cloned())
    }

    async fn save(&self, save: &Save) -> Result<i64, StoreError> {
        let mut kept = self.write()?;
        if self.rivals.load(Ordering::SeqCst) > 0 {
            self.rivals.fetch_sub(1, Ordering::SeqCst);
            kept.records.get_mut(&save.token).ok_or(StoreError::Unknown)?.revision += 1;
        }
        kept.draft_standing(&save.token, save.at)?.save(save.expected_revision, &save.version)?;
        let record = kept.records.get_mut(&save.token).ok_or(StoreError::Unknown)?;
        record.version.clone_from(&save.version);
        record.answers.clone_from(&save.answers);
        record.contacts.clone_from(&save.contacts);
        record.last_screen.clone_from(&save.last_screen);
        record.updated_at = whole_seconds(save.at);
        record.revision += 1;
        Ok(record.revision)
    }

    async fn submit(&self, submission: &Submission) -> Result<String, StoreError> {
        let mut kept = self.write()?;
        let standing = kept.draft_standing(&submission.token, submission.at)?;
        if let Some(receipt) = standing.submit(submission)? {
            return Ok(receipt);
        }
        let record = kept.records.get_mut(&submission.token).ok_or(StoreError::Unknown)?;
        record.state = RecordState::Submitted;
        record.version.clone_from(&submission.version);
        record.answers.clone_from(&submission.answers);
        record.contacts.clone_from(&submission.contacts);
        record.revision += 1;
        record.receipt = Some(submission.receipt.clone());
        record.updated_at = whole_seconds(submission.at);
        record.submitted_at = Some(whole_seconds(submission.at));
        Ok(submission.receipt.clone())
    }

    async fn send(&self, sending: &Sending) -> Result<String, StoreError> {
        let record = self.find(&sending.token).await?.ok_or(StoreError::Unknown)?;
        let submission = Submission {
            token: sending.token.clone(),
            expected_revision: sending.expected_revision,
            version: sending.version.clone(),
            answers: record.answers,
            contacts: record.contacts,
            receipt: sending.receipt.clone(),
            at: sending.at,
        };
        self.submit(&submission).await
    }

    async fn submit_whole(&self, whole: &Whole) -> Result<String, StoreError> {
        let Whole { edition, token, version, answers, contacts, last_screen, receipt, at } = whole.clone();
        let found = self.find(&token).await?.map(|record| record.state);
        match found {
            Some(RecordState::Draft) => return Err(StoreError::Duplicate),
            Some(_) => {}
            None => {
                self.start(&NewDraft { edition, token: token.clone(), version: version.clone(), at }).await?;
            }
        }
        let submission = Submission {
            token: token.clone(),
            expected_revision: 0,
            version,
            answers,
            contacts,
            receipt,
            at,
        };
        let receipt = self.submit(&submission).await?;
        if found.is_none()
            && let Some(record) = self.write()?.records.get_mut(&token)
        {
            record.last_screen = last_screen;
        }
        Ok(receipt)
    }

    async fn refuse(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.write()?;
        let erasure = kept.standing(token)?.1.refuse()?;
        kept.erase(token, erasure, at);
        Ok(())
    }

    async fn withdraw(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<Withdrawn, StoreError> {
        let mut kept = self.write()?;
        let erasure = kept.standing(token)?.1.withdraw();
        kept.erase(token, erasure, at);
        Ok(erasure.into())
    }

    fn records<'a>(&'a self, edition: &'a str) -> BoxStream<'a, Result<Record, StoreError>> {
        if let Err(error) = self.read() {
            return stream::iter([Err(error)]).boxed();
        }
        let mut records: Vec<Record> =
            self.all().into_iter().filter(|record| record.edition == edition).collect();
        records.sort_by(|a, b| (a.started_at, &a.token).cmp(&(b.started_at, &b.token)));
        self.scans.fetch_add(1, Ordering::SeqCst);
        let away = || Err(StoreError::Unavailable("connection reset".to_owned()));
        let torn = self.is_torn.load(Ordering::SeqCst).then(away);
        stream::iter(records.into_iter().map(Ok).chain(torn)).boxed()
    }

    async fn counts(&self, edition: &str) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for record in self.read()?.records.values().filter(|record| record.edition == edition) {
            match record.state {
                RecordState::Draft => counts.drafts += 1,
                RecordState::Submitted => counts.submitted += 1,
                RecordState::Refused => counts.refused += 1,
                RecordState::Withdrawn => counts.withdrawn += 1,
            }
        }
        Ok(counts)
    }
}

impl Kept {
    fn check_correction(&self, save: &Save) -> Result<(), StoreError> {
        let open = self.corrections.get(&save.token).map(|correction| correction.revision);
        self.standing(&save.token)?.1.save_correction(open, save.expected_revision, &save.version)
    }
}

#[async_trait]
impl CorrectionStore for MemoryStore {
    async fn correct(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.write()?;
        let (record, standing) = kept.standing(token)?;
        standing.correct()?;
        let correction = Record { updated_at: whole_seconds(at), ..record.clone() };
        kept.corrections.entry(token.clone()).or_insert(correction);
        Ok(())
    }

    async fn correction(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        Ok(self.read()?.corrections.get(token).cloned())
    }

    async fn save_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let mut kept = self.write()?;
        kept.check_correction(save)?;
        let record = kept.corrections.get_mut(&save.token).ok_or(StoreError::Unknown)?;
        put(record, save);
        Ok(record.revision)
    }

    async fn send_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let mut kept = self.write()?;
        kept.check_correction(save)?;
        kept.corrections.remove(&save.token);
        let record = kept.records.get_mut(&save.token).ok_or(StoreError::Unknown)?;
        let (version, answers) = (record.version.clone(), record.answers.clone());
        let submitted_at = record.submitted_at.unwrap_or(record.updated_at);
        record.revision = save.expected_revision;
        put(record, save);
        record.submitted_at = Some(record.updated_at);
        let earlier = kept.earlier.entry(save.token.clone()).or_default();
        let number = i64::try_from(earlier.len()).expect("few corrections") + 1;
        earlier.push(EarlierAnswers { number, version, answers, submitted_at });
        Ok(number + 1)
    }

    async fn drop_correction(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.write()?;
        if let Some(correction) = kept.corrections.remove(token) {
            let record = kept.records.get_mut(token).ok_or(StoreError::Unknown)?;
            record.revision = correction.revision + 1;
            record.updated_at = whole_seconds(at);
        }
        Ok(())
    }

    async fn earlier_answers(&self, token: &TokenHash) -> Result<Vec<EarlierAnswers>, StoreError> {
        Ok(self.read()?.earlier.get(token).cloned().unwrap_or_default())
    }
}

/// Puts saved answers into a record.
fn put(record: &mut Record, save: &Save) {
    record.version.clone_from(&save.version);
    record.answers.clone_from(&save.answers);
    record.contacts.clone_from(&save.contacts);
    record.last_screen.clone_from(&save.last_screen);
    record.updated_at = whole_seconds(save.at);
    record.revision += 1;
}

#[async_trait]
impl InvitationStore for MemoryStore {
    async fn invite(
        &self,
        edition: &str,
        invitations: &[Invitation],
        _: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut kept = self.write()?;
        let mut new = 0;
        for invitation in invitations {
            let before = kept.invitations.insert(invitation.token.clone(), edition.to_owned());
            new += u64::from(before.is_none());
            let code = (invitation.token.clone(), invitation.code.clone());
            kept.codes.insert(invitation.code.code.clone(), code);
        }
        Ok(new)
    }

    async fn invited(&self, token: &TokenHash) -> Result<Option<String>, StoreError> {
        Ok(self.read()?.invitations.get(token).cloned())
    }

    async fn give_code(
        &self,
        token: &TokenHash,
        code: &SealedCode,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write()?.codes.insert(code.code.clone(), (token.clone(), code.clone()));
        Ok(())
    }

    async fn code(&self, code: &CodeHash) -> Result<Option<SealedCode>, StoreError> {
        Ok(self.read()?.codes.get(code).map(|(_, sealed)| sealed.clone()))
    }
}
