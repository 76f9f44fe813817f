//! Answers that depend on earlier ones and checks that refuse, on the small edition of `surveys/invalid/base`, which
//! has everything the language of definitions knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use questionnaire::{Answer, Answers, Edition, Files};

use crate::harness::{Site, collect};

/// What may be changed of the definition: file, text, and what takes its place.
type Change<'a> = (&'a str, &'a str, &'a str);

async fn site(changes: &[Change<'_>]) -> Site {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys/invalid/base");
    let mut files = BTreeMap::new();
    collect(&base.join("edition"), "", &mut files);
    for part in ["margins", "texts", "translations"] {
        collect(&base.join("edition").join(part), &format!("{part}/"), &mut files);
    }
    collect(&base.join("nomenclatures"), "nomenclatures/", &mut files);
    for (file, from, to) in changes {
        let text = files.get_mut(*file).expect("a file of the base");
        assert!(text.contains(from), "{file} has {from}");
        *text = text.replacen(from, to, 1);
    }
    let edition = Edition::parse("petite", "base", &Files::new(files)).expect("the base has no fault");
    Site::of(Arc::new(edition), |_| {}).await
}

fn answers() -> Answers {
    Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("salaries", Answer::Integer(0))
        .with("outils", Answer::multiple(["visio"]))
}

#[tokio::test]
async fn an_answer_that_is_not_offered_is_not_in_the_page_and_is_refused() {
    let site = site(&[]).await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "outils").await;
    let page = site.get(&format!("{draft}/outils")).await;
    assert!(page.shows("value=\"visio\"") && !page.shows("value=\"paie\""), "{}", page.body);
    let forged = site.post(&format!("{draft}/outils"), &[("outils", "visio"), ("outils", "paie")]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(forged.shows("Un logiciel de paie\u{a0}» ne correspond pas à vos réponses précédentes."));
    assert_eq!(site.record(&draft).await.answers.get("outils"), None, "nothing of it is kept");
}

#[tokio::test]
async fn every_kind_of_field_leaves_out_what_is_not_offered() {
    let site = site(&[
        (
            "questionnaire.toml",
            "{ code = \"cooperative\", label = \"Coopérative\" }",
            "{ code = \"cooperative\", label = \"Coopérative\", show_if = \"accord in {non}\" }",
        ),
        (
            "questionnaire.toml",
            "{ code = \"aucun\", label = \"Aucun réseau\" }",
            "{ code = \"aucun\", label = \"Aucun réseau\", show_if = \"salaries >= 1\" }",
        ),
        (
            "questionnaire.toml",
            "{ code = \"logiciel\", label = \"Un logiciel\", points = 100 }",
            "{ code = \"logiciel\", label = \"Un logiciel\", points = 100, show_if = \"salaries >= 1\" }",
        ),
        ("questionnaire.toml", "show_if = \"famille in {association}\"", "show_if = \"salaries >= 1\""),
    ])
    .await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "profil").await;
    let page = site.get(&format!("{draft}/profil")).await;
    assert!(page.shows("value=\"association\"") && !page.shows("value=\"cooperative\""), "a single choice");
    site.fill_until(&draft, &answers(), "ou").await;
    let page = site.get(&format!("{draft}/ou")).await;
    assert!(page.shows("value=\"siret\"") && !page.shows("value=\"rna\""), "an identifier");
    assert!(page.shows("value=\"ess_france\"") && !page.shows("Aucun réseau"), "networks");
    site.fill_until(&draft, &answers(), "taches-gerer").await;
    let page = site.get(&format!("{draft}/taches-gerer")).await;
    assert!(page.shows("value=\"papier\"") && !page.shows("value=\"logiciel\""), "a matrix");
}

#[tokio::test]
async fn a_check_that_refuses_is_said_beside_its_field_and_keeps_what_was_typed() {
    let site = site(&[]).await;
    let draft = site.start().await;
    let none = answers().with("outils", Answer::multiple(["aucun"]));
    site.fill_until(&draft, &none, "fin").await;
    let refused = site.post(&format!("{draft}/fin"), &[("heures", "12")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = "Vous ne pouvez pas passer dix heures sans aucun outil.";
    assert!(refused.element("<div class=\"error\" id=\"e-heures\"").contains(said), "{}", refused.body);
    assert!(refused.shows("href=\"#f-heures\"") && refused.shows("aria-invalid=\"true\""));
    assert_eq!(site.record(&draft).await.answers.get("heures"), Some(&Answer::Integer(12)));

    let agreed = site.post(&format!("{draft}/fin"), &[("heures", "9")]).await;
    assert_eq!(agreed.location(), format!("{draft}/recapitulatif"));
}

#[tokio::test]
async fn an_answer_changed_later_that_makes_a_check_refuse_is_told_where_it_is_put_right() {
    let site = site(&[]).await;
    let draft = site.start().await;
    let all = answers().with("heures", Answer::Integer(12));
    site.fill_until(&draft, &all, "recapitulatif").await;
    let changed = site.post(&format!("{draft}/outils"), &[("outils", "aucun")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let sent = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.shows("Vous ne pouvez pas passer dix heures sans aucun outil."));
    let page = site.get(&format!("{draft}/fin")).await;
    assert!(page.shows("id=\"e-heures\""), "the page says why it is shown again");
}

#[tokio::test]
async fn a_summary_shows_no_answer_that_is_not_offered_any_more() {
    let site = site(&[]).await;
    let draft = site.start().await;
    let all =
        answers().with("salaries", Answer::Integer(3)).with("outils", Answer::multiple(["visio", "paie"]));
    site.fill_until(&draft, &all, "principal").await;
    site.post(&format!("{draft}/profil"), &[("famille", "association"), ("salaries", "0")]).await;
    let sent = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.shows("La visioconférence") && !sent.shows("<dd>Un logiciel de paie"), "{}", sent.body);
}
