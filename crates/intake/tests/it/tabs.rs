//! Two devices, two tabs, several hands on one questionnaire.

use axum::http::StatusCode;
use questionnaire::Answer;

use crate::harness::{Page, Site, answers};

/// Opens a screen and gives what its page showed.
async fn opened(site: &Site, address: &str) -> String {
    site.get(address).await.hidden("etat").to_owned()
}

async fn after(site: &Site, saved: &Page) -> Page {
    site.get(saved.location()).await
}

const KEPT: &str = "a été donnée ou changée sur un autre appareil";
const REPLACED: &str = "La vôtre, plus récente, l’a remplacée";

#[tokio::test]
async fn the_later_screen_wins_for_its_question_and_both_are_told() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    let (statut, secteur) = (format!("{draft}/statut"), format!("{draft}/secteur"));
    let (first, second) = (opened(&site, &statut).await, opened(&site, &statut).await);
    let elsewhere = opened(&site, &secteur).await;

    let one = site.post(&statut, &[("org_statut", "scop"), ("etat", &first)]).await;
    assert!(!after(&site, &one).await.shows("class=\"news"), "nobody else answered");
    let other = site.post(&statut, &[("org_statut", "scic"), ("etat", &second)]).await;
    assert!(other.location().ends_with("?remplace=org_statut"), "{}", other.location());
    assert!(after(&site, &other).await.shows(REPLACED));
    assert_eq!(site.record(&draft).await.answers.get("org_statut"), Some(&Answer::text("scic")));

    // The first device learns it when it saves its next screen, whatever that is.
    let late = site.post(&secteur, &[("org_secteur", "sport"), ("etat", &elsewhere)]).await;
    let page = after(&site, &late).await;
    assert!(late.location().contains("ailleurs=org_statut") && page.shows(KEPT));
    assert!(page.shows(&format!("<a href=\"{statut}\">")), "it leads to the question");
    let record = site.record(&draft).await;
    assert_eq!(record.answers.get("org_statut"), Some(&Answer::text("scic")));
    assert_eq!(record.answers.get("org_secteur"), Some(&Answer::text("sport")));
}

#[tokio::test]
async fn the_same_answer_from_two_devices_is_no_news() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    let statut = format!("{draft}/statut");
    let (first, second) = (opened(&site, &statut).await, opened(&site, &statut).await);
    site.post(&statut, &[("org_statut", "scop"), ("etat", &first)]).await;
    let same = site.post(&statut, &[("org_statut", "scop"), ("etat", &second)]).await;
    assert_eq!(same.location(), format!("{draft}/secteur"));
}

#[tokio::test]
async fn a_field_that_nobody_touched_erases_no_answer_given_elsewhere() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "budget").await;
    let budget = format!("{draft}/budget");
    let blank = opened(&site, &budget).await;
    site.post(&budget, &[("org_budget", &first_option("org_budget"))]).await;
    let untouched = site.post(&budget, &[("org_budget", ""), ("etat", &blank)]).await;
    assert!(untouched.location().contains("ailleurs=org_budget"), "{}", untouched.location());
    let kept = Some(Answer::Text(first_option("org_budget")));
    assert_eq!(site.record(&draft).await.answers.get("org_budget").cloned(), kept);
    // Who sees the answer and takes it back does erase it.
    let seen = opened(&site, &budget).await;
    let erased = site.post(&budget, &[("org_budget", ""), ("etat", &seen)]).await;
    assert!(!erased.location().contains('?'));
    assert_eq!(site.record(&draft).await.answers.get("org_budget"), None);
}

fn first_option(code: &str) -> String {
    let edition = crate::harness::edition();
    edition.questionnaire.question(code).expect("a question").options()[0].code.clone()
}

#[tokio::test]
async fn a_wrong_answer_shows_the_news_beside_the_error() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "equipe").await;
    let equipe = format!("{draft}/equipe");
    let seen = opened(&site, &equipe).await;
    site.post(&format!("{draft}/statut"), &[("org_statut", "scic")]).await;
    let wrong = site.post(&equipe, &[("org_salaries", "douze"), ("etat", &seen)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.shows(KEPT) && wrong.shows("value=\"douze\""));
}

#[tokio::test]
async fn a_page_of_another_questionnaire_or_one_made_up_says_nothing_of_others() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    let statut = format!("{draft}/statut");
    for state in ["", "x", "......", &"é".repeat(300), &".".repeat(10_000)] {
        let saved = site.post(&statut, &[("org_statut", "scop"), ("etat", state)]).await;
        assert_eq!(saved.location(), format!("{draft}/secteur"), "{state}");
    }
    let page = site.get(&format!("{draft}/secteur?ailleurs=%3Cb%3E,inconnue&remplace=")).await;
    assert!(!page.shows("class=\"news") && !page.shows("<b>"));
}

#[tokio::test]
async fn what_a_page_showed_holds_no_answer_and_few_bytes() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let state = opened(&site, &format!("{draft}/statut")).await;
    assert!(state.len() < 400, "{}", state.len());
    assert!(!state.contains("83908523000028") && !state.contains("asso"));
}
