//! What is never written to a log.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use questionnaire::Answer;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Site, answers};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_tokens_nor_answers_reach_the_log() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

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

    let log = String::from_utf8(captured.0.lock().expect("the lock").clone()).expect("UTF-8");
    assert!(log.contains("/q/{token}/{screen}") && log.contains("a screen was not saved"), "{log}");
    let token = draft.rsplit('/').next().expect("a token");
    for secret in canaries.into_iter().chain([token, intake::token_hash(token).0.as_str()]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
