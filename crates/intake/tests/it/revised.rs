//! The questionnaire is revised while people answer.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::http::StatusCode;
use questionnaire::{Answer, Edition};
use store::RecordState;

use crate::harness::{EDITION, Site, answers, edition, edition_with};

const BEFORE: &str = "[[section.screen]]\ncode = \"apports\"\n";
const NEW: &str = r#"[[section.screen]]
code = "veille"

[[section.screen.question]]
code = "str_veille"
type = "single"
dimension = "STR"
text = "Suivez-vous l'actualité du numérique ?"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]
optional = true

"#;
const ENGLISH: &str = "[question.str_apports]\n";
const NEW_ENGLISH: &str = r#"[question.str_veille]
text = "Do you follow news about digital technology?"

[question.str_veille.options]
oui = "Yes"
non = "No"

"#;

/// With a new optional question before the screen `apports`.
fn revised() -> Arc<Edition> {
    static REVISED: LazyLock<Arc<Edition>> = LazyLock::new(|| {
        Arc::new(edition_with(&[
            ("questionnaire.toml", BEFORE, &format!("{NEW}{BEFORE}")),
            ("translations/en.toml", ENGLISH, &format!("{NEW_ENGLISH}{ENGLISH}")),
        ]))
    });
    Arc::clone(&REVISED)
}

/// The server that takes up where this one is, by the revised definition.
fn restarted(site: &Site) -> Site {
    let earlier = BTreeMap::from([(edition().questionnaire.version.clone(), edition())]);
    site.store.publish(EDITION, &revised().questionnaire.version);
    site.asking(revised(), earlier)
}

#[tokio::test]
async fn a_server_that_asks_by_an_earlier_definition_saves_nothing_and_keeps_what_was_typed() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let before = site.record(&draft).await;
    site.store.publish(EDITION, &revised().questionnaire.version);
    let fields = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449")];
    let address = format!("{draft}/identifiant");
    let page = site.post(&address, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.shows("Le questionnaire vient d’être mis à jour"), "{}", page.body);
    assert!(page.shows("type=\"hidden\" name=\"org_ident.rna\" value=\"W751243449\""), "{}", page.body);
    assert_eq!(site.record(&draft).await, before);
    assert_eq!(site.post("/commencer", &[]).await.status, StatusCode::CONFLICT);

    // The button of that page, once the server has read the new definition.
    let next = restarted(&site).post(&address, &fields).await;
    assert_eq!(next.location(), format!("{draft}/commune"));
    let after = site.record(&draft).await;
    assert_eq!(after.version, revised().questionnaire.version);
    assert!(after.contacts.get("org_ident").is_some());
}

#[tokio::test]
async fn a_response_that_is_sent_to_an_outdated_server_is_still_a_draft_and_says_so() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.store.publish(EDITION, &revised().questionnaire.version);
    let page = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.shows("mis à jour") && page.shows(&format!("href=\"{draft}\"")), "{}", page.body);
    assert_eq!(site.record(&draft).await.state, RecordState::Draft);
}

#[tokio::test]
async fn a_draft_is_shown_the_question_that_was_added_behind_it_and_then_goes_on_where_it_was() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "ia-usage").await;
    let site = restarted(&site);
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/veille"));
    // Not answering is an answer: it was asked.
    let next = site.post(&format!("{draft}/veille"), &[]).await;
    assert_eq!(next.location(), format!("{draft}/apports"));
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/ia-usage"), "where it was left");
    let record = site.record(&draft).await;
    assert_eq!(record.version, revised().questionnaire.version);
    assert_eq!(record.answers.get("str_portage"), answers().get("str_portage"), "nothing is lost");
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    assert_eq!(site.post(&format!("{draft}/envoyer"), &[]).await.location(), format!("{draft}/merci"));
    assert_eq!(site.record(&draft).await.state, RecordState::Submitted);
}

#[tokio::test]
async fn a_draft_that_waits_to_be_sent_is_asked_the_new_question_first() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let site = restarted(&site);
    assert_eq!(site.post(&format!("{draft}/envoyer"), &[]).await.location(), format!("{draft}/veille"));
    site.post(&format!("{draft}/veille"), &[("str_veille", "oui")]).await;
    assert_eq!(site.post(&format!("{draft}/envoyer"), &[]).await.location(), format!("{draft}/merci"));
    assert_eq!(site.record(&draft).await.answers.get("str_veille"), Some(&Answer::text("oui")));
}

#[tokio::test]
async fn a_page_opened_before_the_revision_is_saved_and_the_new_question_comes_next() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "ia-usage").await;
    let site = restarted(&site);
    let next = site.post(&format!("{draft}/ia-usage"), &[("ia_usage", "non")]).await;
    let shown = site.get(next.location()).await;
    assert_eq!(shown.location(), format!("{draft}/veille"));
    assert_eq!(site.record(&draft).await.answers.get("ia_usage"), Some(&Answer::text("non")));
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/veille"), "it is not passed over");
}

#[tokio::test]
async fn a_response_sent_before_the_revision_keeps_its_result() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    let (before, sent) = (site.get(&format!("{draft}/resultat")).await, site.record(&draft).await);
    let site = restarted(&site);
    assert_eq!(site.get(&format!("{draft}/resultat")).await.body, before.body);
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/merci"));
    assert_eq!(site.record(&draft).await, sent);
}

#[tokio::test]
async fn a_response_set_apart_says_so_and_can_be_withdrawn() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let sent = site.start().await;
    site.fill_until(&sent, &answers(), "recapitulatif").await;
    site.post(&format!("{sent}/envoyer"), &[]).await;
    site.store.set_apart("2026-avant-20261122T000000Z");
    for link in [&draft, &sent] {
        for page in ["", "/consentement", "/merci", "/recapitulatif"] {
            let page = site.get(&format!("{link}{page}")).await;
            assert_eq!(page.status, StatusCode::GONE);
            assert!(page.shows("La collecte a recommencé") && page.shows(&format!("{link}/retirer")));
        }
        assert_eq!(site.post(&format!("{link}/retirer"), &[]).await.status, StatusCode::OK);
        assert_eq!(site.record(link).await.state, RecordState::Withdrawn);
    }
}
