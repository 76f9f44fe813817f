//! Invitations and short codes.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use super::{EDITION, Fixture, at, close, draft, found, open, open_and_start, open_and_submit, token};
use crate::{CodeHash, Invitation, MOST_CODES, RespondentStore, SealedCode, StoreError};

fn code(number: u32) -> SealedCode {
    SealedCode { code: CodeHash(format!("{number:064x}")), sealed: format!("{number:032x}") }
}

fn invitation(number: u32) -> Invitation {
    Invitation { token: token(number), code: code(number) }
}

async fn sealed(store: &dyn RespondentStore, number: u32) -> Option<SealedCode> {
    store.code(&code(number).code).await.expect("a code can be read")
}

/// A letter sent twice holds the same link; only the first makes it an invitation.
pub async fn an_invitation_is_made_once_and_found(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    assert_eq!(store.invited(&token(1)).await.expect("read"), None);
    let first = [invitation(1), invitation(2)];
    assert_eq!(store.invite(EDITION, &first, at(1)).await.expect("invite"), 2);
    let again = [invitation(2), invitation(3), invitation(3)];
    assert_eq!(store.invite(EDITION, &again, at(2)).await.expect("invite"), 1);
    for number in 1..4 {
        assert_eq!(store.invited(&token(number)).await.expect("read").as_deref(), Some(EDITION));
        assert_eq!(sealed(store, number).await, Some(code(number)));
    }
    assert_eq!(store.find(&token(1)).await.expect("read"), None, "nothing is started by inviting");
    store.start(&draft(1)).await.expect("an invitation is started as any draft");
    assert!(matches!(store.start(&draft(1)).await, Err(StoreError::Duplicate)));
    assert_eq!(found(store, 1).await.edition, EDITION);
    assert_eq!(store.invited(&token(1)).await.expect("read").as_deref(), Some(EDITION));
}

/// Nobody is invited to what takes no answers.
pub async fn a_closed_edition_invites_nobody(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    close(store).await;
    for edition in [EDITION, "never opened"] {
        let refused = store.invite(edition, &[invitation(1)], at(10)).await;
        assert!(matches!(refused, Err(StoreError::EditionClosed { .. })));
    }
    assert_eq!(store.invited(&token(1)).await.expect("read"), None);
    assert_eq!(sealed(store, 1).await, None);
}

/// For a draft, a response or an invitation; not for a link that leads nowhere.
pub async fn a_code_leads_to_what_it_was_given_for(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    open_and_submit(store, 2).await;
    store.invite(EDITION, &[invitation(3)], at(1)).await.expect("invite");
    for number in 1..4 {
        store.give_code(&token(number), &code(10 + number), at(5)).await.expect("give");
        assert_eq!(sealed(store, 10 + number).await, Some(code(10 + number)));
    }
    assert!(matches!(store.give_code(&token(4), &code(14), at(5)).await, Err(StoreError::Unknown)));
    assert!(matches!(store.give_code(&token(1), &code(12), at(5)).await, Err(StoreError::Duplicate)));
    assert_eq!(sealed(store, 14).await, None);
}

/// Those asked for last are kept, and the one that was printed on the letter.
pub async fn the_oldest_codes_are_forgotten_and_the_letter_s_is_not(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    store.invite(EDITION, &[invitation(1)], at(1)).await.expect("invite");
    let most = u32::try_from(MOST_CODES).expect("a small number");
    for number in 0..=most {
        store.give_code(&token(1), &code(10 + number), at(5 + i64::from(number))).await.expect("give");
    }
    assert_eq!(sealed(store, 10).await, None);
    for number in 1..=most {
        assert_eq!(sealed(store, 10 + number).await, Some(code(10 + number)));
    }
    assert_eq!(sealed(store, 1).await, Some(code(1)));
}

/// Erased means that no code leads there any more, and that none is given.
pub async fn what_was_erased_has_no_code(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    open_and_submit(store, 2).await;
    for number in 1..3 {
        store.give_code(&token(number), &code(number), at(5)).await.expect("give");
    }
    store.refuse(&token(1), at(6)).await.expect("refuse");
    store.withdraw(&token(2), at(6)).await.expect("withdraw");
    for number in 1..3 {
        assert_eq!(sealed(store, number).await, None);
        let again = store.give_code(&token(number), &code(number), at(7)).await;
        assert!(matches!(again, Err(StoreError::Gone)));
    }
}
