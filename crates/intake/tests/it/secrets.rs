//! What is never written to a log.

use std::sync::atomic::Ordering;

use questionnaire::Answer;

use crate::harness::{Site, answers};
use crate::log;

#[tokio::test]
async fn neither_tokens_nor_answers_reach_the_log() {
    let site = Site::open().await;
    let canaries = ["canari-nom", "canari-courriel", "canari-reseau", "canari-faux", "83908523000028"];
    let draft = site.consenting().await;
    site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    let answers = answers()
        .with(
            "org_ident",
            Answer::Identifier(questionnaire::Identifier { kind: "aucun".to_owned(), value: None }),
        )
        .with("org_nom", Answer::text("canari-nom"))
        .with("clo_email", Answer::text("canari-courriel@asso.example"))
        .with("clo_commentaire", Answer::text("canari-reseau"));
    site.fill_until(&draft, &answers, "equipe").await;
    site.post(&format!("{draft}/equipe"), &[("org_salaries", "canari-faux")]).await;
    site.post(&format!("{draft}/equipe"), &[("canari-faux", "canari-faux")]).await;
    site.store.is_full.store(true, Ordering::SeqCst);
    site.post(&format!("{draft}/equipe"), &[("org_salaries", "83908523000028")]).await;
    site.store.is_away.store(true, Ordering::SeqCst);
    site.post(&format!("{draft}/equipe"), &[("org_salaries", "83908523000028")]).await;
    site.store.is_away.store(false, Ordering::SeqCst);
    site.store.is_full.store(false, Ordering::SeqCst);
    site.fill_until(&draft, &answers, "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    site.get(&format!("{draft}/resultat?canari-faux")).await;

    let log = log::so_far();
    assert!(log.contains("/q/{token}/{screen}") && log.contains("a screen was not saved"), "{log}");
    let token = draft.rsplit('/').next().expect("a token");
    for secret in canaries.into_iter().chain([token, intake::token_hash(token).0.as_str()]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
