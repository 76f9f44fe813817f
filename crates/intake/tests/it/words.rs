//! A survey that says other things than a barometer: the directory of the repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use intake::Words;
use questionnaire::{Answer, Answers, Edition, Files, Identifier, Networks};
use store::RecordState;

use crate::harness::{Site, collect};

fn files() -> BTreeMap<String, String> {
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let folder = surveys.join("annuaire-ess-numerique/2026");
    let mut files = BTreeMap::new();
    for (inside, under) in [("", ""), ("texts", "texts/"), ("pages", "pages/")] {
        collect(&folder.join(inside), under, &mut files);
    }
    collect(&surveys.join("nomenclatures"), "nomenclatures/", &mut files);
    files
}

async fn site() -> (Site, Edition) {
    let files = files();
    let words = Words::parse([("fr", files["pages/fr.toml"].as_str())]).expect("texts of the catalogue");
    assert!(words.speaks("fr") && !words.speaks("en"));
    let edition = Edition::parse("annuaire-ess-numerique", "2026", &Files::new(files)).expect("sound");
    (Site::of(Arc::new(edition.clone()), |settings| settings.words = words).await, edition)
}

fn actor() -> Answers {
    Answers::new()
        .with("ann_consentement", Answer::text("oui"))
        .with("ann_nom", Answer::text("Atelier des communs"))
        .with(
            "ann_ident",
            Answer::Identifier(Identifier {
                kind: "siret".to_owned(),
                value: Some("83908523000028".to_owned()),
            }),
        )
        .with("ann_commune", Answer::text("35238"))
        .with("ann_statut", Answer::text("asso_1901"))
        .with("pil_utilite", Answer::text("statuts"))
        .with("pil_gouvernance", Answer::text("une_voix"))
        .with("pil_gestion", Answer::multiple(["non_lucratif"]))
        .with("fam_choix", Answer::multiple(["communs", "editeurs"]))
        .with("fam_principale", Answer::text("communs"))
        .with("crt_editeurs", Answer::multiple(["edition", "libre"]))
        .with("crt_communs", Answer::multiple(["logiciel", "gouvernance", "licence_ouverte"]))
        .with("act_description", Answer::text("Des logiciels libres écrits à plusieurs."))
        .with("act_coeur", Answer::text("coeur"))
        .with("act_publics", Answer::multiple(["b2ess"]))
        .with("act_territoire", Answer::multiple(["national"]))
        .with("act_licence", Answer::text("toutes"))
        .with("moy_effectifs", Answer::text("s0"))
        .with("moy_reseaux", Answer::Networks(Networks { codes: ["mednum".to_owned()].into(), other: None }))
        .with("moy_tete_reseau", Answer::text("non"))
        .with("pub_accord", Answer::multiple(["fiche"]))
        .with("pub_contact_prive", Answer::text("personne@prive.example"))
}

#[tokio::test]
async fn a_directory_promises_what_it_keeps_and_nothing_of_a_barometer() {
    let (site, _) = site().await;
    let draft = site.start().await;
    let pages = [
        site.get("/").await,
        site.get("/confidentialite").await,
        site.get(&format!("{draft}/retirer")).await,
    ];
    assert!(pages[0].shows("Faites connaître votre structure") && pages[0].shows("Environ 7 minutes"));
    assert!(
        pages[1].shows("votre consentement") && pages[1].shows("Social Good Accelerator est responsable")
    );
    assert!(pages[2].shows("elle disparaît de l’annuaire"));
    for page in &pages {
        assert_eq!(page.status, StatusCode::OK);
        for promise in ["produire des statistiques", "groupes d’au moins 11", "sont anonymes", "votre indice"]
        {
            assert!(!page.shows(promise), "{promise}");
        }
    }
    // What it does not say itself is the catalogue's.
    assert!(pages[0].shows("Commencer"));
}

#[tokio::test]
async fn the_directory_is_filled_in_to_its_receipt_and_has_no_individual_result() {
    let (site, edition) = site().await;
    let draft = site.start().await;
    let passed = site.fill_until(&draft, &actor(), "recapitulatif").await;
    assert!(passed.iter().any(|address| address.ends_with("/famille-principale")));
    assert!(!passed.iter().any(|address| address.ends_with("/telecoms")), "this family was not ticked");
    let sent = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(sent.location(), format!("{draft}/merci"));
    let record = site.record(&draft).await;
    let (common, contacts) = edition.split_personal(&actor());
    assert_eq!(record.state, RecordState::Submitted);
    assert_eq!((&record.answers, &record.contacts), (&common, &contacts));
    for apart in ["ann_nom", "ann_ident", "act_description", "pub_contact_prive"] {
        assert!(record.contacts.get(apart).is_some(), "{apart} is kept apart");
    }
    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows("après cette relecture") && !receipt.shows("resultat"));
    assert_eq!(site.get(&format!("{draft}/resultat")).await.location(), format!("{draft}/merci"));
}

#[test]
fn words_that_the_pages_do_not_have_are_refused_by_name() {
    let refused =
        |language: &str, text: &str| Words::parse([(language, text)]).expect_err("refused").to_string();
    assert!(refused("oc", "").contains("`oc`"));
    assert!(refused("fr", "[start]\ntitel = \"x\"").contains("titel"));
    assert!(refused("fr", "[start]\ntitle = 3").contains("string"));
    assert!(refused("fr", "[start").contains("`fr`"));
    assert!(!Words::default().speaks("fr"));
}
