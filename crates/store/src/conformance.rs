//! The suite that every store passes: one function per promise, named by it.
//!
//! A store's integration test calls it once:
//!
//! ```text
//! async fn make_store() -> MyFixture { … }
//! store::conformance_tests!(make_store);
//! ```

mod corrections;
mod definitions;
mod drafts;
mod editions;
mod erasure;
mod grace;
mod invitations;
mod reading;
mod retention;
mod submissions;

pub use corrections::*;
pub use definitions::*;
pub use drafts::*;
pub use editions::*;
pub use erasure::*;
pub use grace::*;
pub use invitations::*;
pub use reading::*;
pub use retention::*;
pub use submissions::*;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use questionnaire::{Answer, Answers};

use crate::{
    DefinitionStore, NewDraft, Record, RespondentStore, ResponseStore, RetentionStore, Save, StoreError,
    Submission, TokenHash, receipt_from,
};

/// A store of one's own for one test, and what only its backend can do.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// The store, empty at first.
    fn store(&self) -> &dyn RespondentStore;

    /// The same store, as the office sees it.
    fn office(&self) -> &dyn DefinitionStore;

    /// The same store, as whoever erases what is kept no longer sees it.
    fn retention(&self) -> &dyn RetentionStore;

    /// Closes the store and opens it again, as a restart does.
    async fn reopen(&mut self);

    /// Overwrites the answers of this record by text which is a JSON object and not an object of answers.
    async fn corrupt(&self, token: &TokenHash);

    /// The answers of this record as the database holds them, byte for byte.
    async fn kept_answers(&self, token: &TokenHash) -> Vec<u8>;

    /// Every value of every row, as text: where erased answers must not be found.
    async fn everything(&self) -> String;

    /// Removes what the test made. Not called when the test fails, so that it can be looked at.
    async fn dispose(self)
    where
        Self: Sized;
}

/// Declares one test per promise. `$make` is an async function that returns a [`Fixture`].
#[macro_export]
macro_rules! conformance_tests {
    ($make:path) => {
        $crate::conformance_tests! { @each $make;
            an_edition_is_found_as_it_was_opened
            an_edition_never_opened_is_absent_and_takes_nothing
            opening_an_edition_twice_changes_nothing
            opening_a_closed_edition_does_not_reopen_it
            closing_an_edition_twice_keeps_the_first_time
            an_empty_edition_has_no_record
            two_editions_are_kept_apart
            definitions_are_found_as_they_were_published
            publishing_what_is_asked_already_changes_nothing
            a_definition_weighed_against_another_one_is_refused
            a_closed_edition_takes_no_definition
            answers_under_a_version_not_asked_any_more_are_refused
            a_response_stays_under_the_version_it_was_sent_under
            a_definition_weighed_before_an_answer_came_is_refused
            a_publication_that_races_with_saves_has_one_order_with_them
            an_edition_started_again_keeps_what_was_apart
            an_archive_is_never_overwritten
            a_draft_is_found_as_it_was_started
            an_unknown_token_is_absent_and_takes_nothing
            a_token_starts_one_draft_only
            a_draft_is_not_started_after_closing
            a_save_replaces_the_answers_and_raises_the_revision
            a_save_from_a_stale_revision_is_a_conflict_and_changes_nothing
            of_twenty_saves_from_one_revision_one_succeeds
            a_save_after_closing_is_refused
            a_save_after_submission_is_refused
            contacts_can_be_taken_back
            a_submission_is_found_with_its_receipt
            a_second_submission_returns_the_first_receipt
            a_draft_is_sent_as_it_was_saved
            a_sending_is_refused_as_a_submission_is
            a_whole_response_is_found_as_it_came
            a_whole_response_that_comes_again_makes_one
            a_whole_response_is_refused_where_none_may_begin
            twenty_submissions_at_once_make_one_response
            a_submission_from_a_stale_revision_is_a_conflict
            a_submission_after_closing_is_refused
            a_replay_after_closing_returns_the_first_receipt
            a_receipt_is_given_to_one_response_only
            a_receipt_that_is_no_uuid_is_refused
            two_hundred_drafts_are_submitted_at_once
            a_submission_that_races_with_closing_is_kept_or_refused
            in_the_grace_a_draft_started_before_is_saved_and_sent_and_counted
            in_the_grace_nothing_is_started_and_nothing_is_corrected
            after_the_grace_nothing_is_taken
            closing_again_sets_the_grace_anew_and_keeps_the_time_of_closing
            two_hundred_writers_at_once_keep_their_own_unicode
            saves_and_submissions_of_one_draft_at_once_have_one_order
            a_change_that_is_refused_does_not_undo_those_that_came_with_it
            a_refusal_erases_the_draft
            refusing_twice_is_not_an_error
            a_submitted_response_cannot_be_refused
            a_withdrawal_erases_a_draft
            a_withdrawal_erases_a_response
            withdrawing_twice_is_not_an_error
            a_refusal_is_withdrawn_already
            erasing_is_possible_after_closing
            what_was_erased_takes_no_answer
            a_correction_begins_with_what_was_sent
            only_what_was_sent_can_be_corrected
            a_correction_counts_only_once_it_is_sent
            what_was_said_before_a_correction_is_kept
            of_twenty_sendings_of_a_correction_one_succeeds
            a_correction_from_a_stale_revision_is_a_conflict
            a_withdrawal_erases_all_that_was_ever_said
            a_correction_that_races_with_closing_is_sent_or_refused
            an_invitation_is_made_once_and_found
            a_closed_edition_invites_nobody
            a_code_leads_to_what_it_was_given_for
            the_oldest_codes_are_forgotten_and_the_letter_s_is_not
            what_was_erased_has_no_code
            drafts_are_erased_once_the_edition_is_over_and_responses_stay
            contacts_are_erased_and_answers_stay
            nothing_is_erased_of_an_edition_that_takes_drafts
            what_was_set_apart_is_erased_with_its_edition
            every_character_comes_back_as_it_was_sent
            a_megabyte_of_text_comes_back_as_it_was_sent
            every_kind_of_answer_comes_back_as_it_was_sent
            answers_are_kept_as_canonical_json
            instants_are_kept_in_whole_seconds
            records_come_in_the_order_they_were_started
            records_are_counted_by_state
            a_corrupt_row_is_named_and_quotes_no_answer
            a_corrupt_row_does_not_hide_the_others
            what_was_acknowledged_is_there_after_a_restart
        }
    };
    (@each $make:path; $($name:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let mut fixture = $make().await;
                $crate::conformance::$name(&mut fixture).await;
                $crate::conformance::Fixture::dispose(fixture).await;
            }
        )*
    };
}

/// The edition of most tests.
const EDITION: &str = "2026";

/// A token hash that no other number gives.
fn token(number: u32) -> TokenHash {
    TokenHash(format!("{number:064x}"))
}

/// A receipt that no other number gives.
fn receipt(number: u32) -> String {
    receipt_from(u128::from(number).to_be_bytes())
}

/// An instant so many seconds after the edition was opened.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026") + TimeDelta::seconds(seconds)
}

fn draft(number: u32) -> NewDraft {
    NewDraft { edition: EDITION.to_owned(), token: token(number), version: "v1".to_owned(), at: at(1) }
}

fn save(number: u32, expected_revision: i64) -> Save {
    Save {
        token: token(number),
        expected_revision,
        version: "v2".to_owned(),
        answers: Answers::new().with("q01", Answer::text("saved")),
        contacts: Answers::new().with("q62", Answer::text("saved@example.org")),
        last_screen: Some("identity".to_owned()),
        at: at(2),
    }
}

fn submission(number: u32, expected_revision: i64) -> Submission {
    Submission {
        token: token(number),
        expected_revision,
        version: "v3".to_owned(),
        answers: Answers::new().with("q01", Answer::text("submitted")).with("q02", Answer::Integer(12)),
        contacts: Answers::new().with("q62", Answer::text("submitted@example.org")),
        receipt: receipt(number),
        at: at(3),
    }
}

async fn open(store: &dyn ResponseStore) {
    store.open_edition(EDITION, false, at(0)).await.expect("an edition can be opened");
}

/// Opens the edition and starts this draft.
async fn open_and_start(store: &dyn ResponseStore, number: u32) {
    open(store).await;
    store.start(&draft(number)).await.expect("a draft can be started");
}

/// Opens the edition, starts this draft and submits it.
async fn open_and_submit(store: &dyn ResponseStore, number: u32) {
    open_and_start(store, number).await;
    store.submit(&submission(number, 0)).await.expect("a draft can be submitted");
}

async fn close(store: &dyn ResponseStore) {
    store.close_edition(EDITION, at(9)).await.expect("an edition can be closed");
}

async fn found(store: &dyn ResponseStore, number: u32) -> Record {
    store.find(&token(number)).await.expect("a record can be read").expect("the record exists")
}

async fn records(store: &dyn ResponseStore, edition: &str) -> Result<Vec<Record>, StoreError> {
    store.records(edition).try_collect().await
}
