//! The individual page of results.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use intake::{Actor, Benchmark, Clock as _, Extras, PrintError, Printer, Resources, Sheet, Shown};
use questionnaire::{Answer, Answers};
use store::ResponseStore as _;

use crate::harness::{EDITION, Page, Site, answers, edition, files};

/// The result of these answers.
async fn result(answers: &Answers) -> Page {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, answers, "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    site.get(&format!("{draft}/resultat")).await
}

/// The part of a page under a second-level heading.
fn under<'a>(page: &'a Page, heading: &str) -> &'a str {
    let start =
        page.body.find(&format!("<h2>{heading}")).unwrap_or_else(|| panic!("no {heading} in {}", page.body));
    let text = &page.body[start..];
    &text[..text.find("</section>").expect("the end of the section")]
}

#[tokio::test]
async fn the_index_and_the_scores_are_those_of_the_expression_language() {
    let page = result(&answers()).await;
    let edition = edition().typeset();
    let answers = answers();
    let facts = edition.facts(&answers);
    let value = |name: &str| facts.derived_number(edition.derived_index(name).expect("a score"));
    let index = value("indice").expect("an index");
    assert!(under(&page, "Votre niveau").contains(&format!("{index:.0} sur 100")));
    let level = edition.scoring.levels.iter().rfind(|level| index >= level.from).expect("a level");
    assert!(under(&page, "Votre niveau").contains(&level.label));
    for dimension in edition.questionnaire.dimensions.iter().filter(|dimension| dimension.is_scored) {
        let score = value(&format!("score_{}", dimension.code.to_lowercase())).expect("a score");
        let place = if dimension.is_in_index { "Vos six scores" } else { "À côté de l" };
        let bars = under(&page, place);
        let after =
            bars.split(&dimension.label).nth(1).unwrap_or_else(|| panic!("no {} in {bars}", dimension.label));
        assert!(after.starts_with(&format!("</span><span class=\"verdict\">{score:.0} sur 100")), "{after}");
    }
    let met =
        edition.scoring.criteria.iter().filter(|&&index| facts.derived_number(index) == Some(1.0)).count();
    assert!(page.shows(&format!("Vous remplissez {met} des 12 critères")));
}

#[tokio::test]
async fn the_security_base_is_told_measure_by_measure() {
    let page = result(&answers().with("cyb_mesures", Answer::multiple(["mfa", "antivirus"]))).await;
    let base = under(&page, "Sécurité");
    assert_eq!((base.matches("Oui").count(), base.matches("Non<").count()), (1, 2));
    let page = result(
        &Answers::new()
            .with("cst_participation", Answer::text("oui"))
            .with("org_ident", answers().get("org_ident").expect("an identifier").clone())
            .with("org_commune", Answer::text("35238"))
            .with("org_salaries", Answer::Integer(0)),
    )
    .await;
    let base = under(&page, "Sécurité");
    assert_eq!(base.matches("Sans réponse").count(), 3);
    assert!(page.shows("Vous avez laissé trop de questions sans réponse") && page.shows("non mesuré"));
    assert!(page.shows("Vous remplissez 0 des 12 critères") && !page.shows("Vos pistes"));
}

#[tokio::test]
async fn next_steps_are_the_unmet_items_with_most_points_in_the_weakest_dimensions() {
    // The first options are mostly the best ones; here data and strategy are made the weakest.
    let answers = answers()
        .with("str_strategie", Answer::text("aucune"))
        .with("str_portage", Answer::multiple(["reseau"]))
        .with("cyb_mesures", Answer::multiple(["charte"]))
        .with("rgp_mesures", Answer::multiple(["aucune"]))
        .with("don_analyse", Answer::text("aucune"));
    let page = result(&answers).await;
    let steps = under(&page, "Vos pistes");
    assert_eq!(steps.matches("<li>").count(), 3);
    let best = edition()
        .questionnaire
        .question("str_strategie")
        .expect("a question")
        .option("formalisee")
        .expect("it")
        .label
        .clone();
    assert!(steps.contains(&best), "{steps}");
    assert!(steps.contains("Stratégie et gouvernance"));
}

/// Prints sheets as the JSON-like text that Rust gives of them: what matters here is that they arrive.
struct Paper(std::sync::Mutex<Vec<Sheet>>);

#[async_trait::async_trait]
impl Printer for Paper {
    async fn print(&self, sheet: Sheet) -> Result<Vec<u8>, PrintError> {
        self.0.lock().expect("no other test").push(sheet);
        Ok(b"%PDF".to_vec())
    }
}

fn resources() -> Arc<Resources> {
    Arc::new(Resources::parse(&edition(), &files()["resources.toml"]).expect("the resources are well formed"))
}

/// Somebody at Rennes, sent, on a site that has everything.
async fn sent(extras: Extras) -> (Site, String) {
    let site = Site::open().await.with_extras(extras);
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    (site, draft)
}

#[tokio::test]
async fn each_step_comes_with_a_free_resource() {
    let weak = answers()
        .with("str_strategie", Answer::text("aucune"))
        .with("cyb_mesures", Answer::multiple(["charte"]))
        .with("don_analyse", Answer::text("aucune"));
    let site = Site::open().await.with_extras(Extras { resources: Some(resources()), ..Extras::default() });
    let draft = site.start().await;
    site.fill_until(&draft, &weak, "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    for (beginning, heading, begin) in [
        ("", "Vos pistes", "Pour commencer, gratuitement\u{a0}: "),
        ("/en", "Your next steps", "To begin, free of charge: "),
    ] {
        let page = site.get(&format!("{beginning}{draft}/resultat")).await;
        let steps = under(&page, heading);
        assert_eq!(steps.matches("<li>").count(), 3, "{steps}");
        assert_eq!(steps.matches(&format!("{begin}<a href=\"https://")).count(), 3, "{steps}");
    }
}

#[tokio::test]
async fn who_can_help_is_named_with_the_department_the_networks_and_the_actors_nearby() {
    let actor = |name: &str, department: &str| Actor {
        name: name.to_owned(),
        families: vec!["Logiciels".to_owned()],
        department: department.to_owned(),
    };
    let actors = [actor("Les Canaris", "35"), actor("Les Moineaux", "29")].into();
    let (site, draft) = sent(Extras { resources: Some(resources()), actors, ..Extras::default() }).await;
    let page = site.get(&format!("{draft}/resultat")).await;
    let help = under(&page, "Qui peut vous aider");
    for said in [
        "Ille-et-Vilaine, 35",
        "Bretagne",
        "info-dla.fr",
        "PANA",
        "Conseillers numériques",
        "Réseau des réseaux",
    ] {
        assert!(help.contains(said), "{said}: {help}");
    }
    assert!(help.contains("Les Canaris\u{a0}: Logiciels") && !help.contains("Moineaux"), "{help}");
    assert!(!help.contains('{'), "every place is filled: {help}");
}

#[tokio::test]
async fn a_result_is_compared_with_its_size_class_as_published_and_with_nothing_else() {
    let scores = |figures: &[(&str, Shown)]| -> BTreeMap<String, Shown> {
        figures.iter().map(|(name, shown)| ((*name).to_owned(), *shown)).collect()
    };
    let own = [
        ("indice", Shown::Point(47.0)),
        ("score_str", Shown::Band(25.0, 50.0)),
        ("score_eqp", Shown::AtLeast(95.0)),
    ];
    let benchmark = Benchmark {
        title: "Baromètre d'avant".to_owned(),
        edition: "2025".to_owned(),
        variable: "taille".to_owned(),
        // Twelve employees: the class of 10 to 19.
        means: [
            ("t10_19".to_owned(), scores(&own)),
            ("t0".to_owned(), scores(&[("score_usg", Shown::Point(88.0))])),
        ]
        .into(),
    };
    let (site, draft) = sent(Extras { benchmark: Some(Arc::new(benchmark)), ..Extras::default() }).await;
    let page = site.get(&format!("{draft}/resultat")).await;
    assert!(under(&page, "Votre niveau").contains("Organisations de votre taille\u{a0}: 47 en moyenne"));
    assert!(under(&page, "Votre niveau").contains("(10 à 19 salariés)"));
    assert!(under(&page, "Votre niveau").contains("Baromètre d’avant, 2025."));
    let english = site.get(&format!("/en{draft}/resultat")).await;
    assert!(under(&english, "Your level").contains("(10 to 19 employees)"));
    let scores = under(&page, "Vos six scores");
    assert!(scores.contains("entre 25 et 50 en moyenne") && scores.contains("au moins 95 en moyenne"));
    assert_eq!(scores.matches("en moyenne").count(), 2, "what was not published is not compared");
    assert_eq!(scores.matches("class=\"mark\"").count(), 2);
    assert!(!page.shows("88"));
    let (site, draft) = sent(Extras::default()).await;
    assert!(!site.get(&format!("{draft}/resultat")).await.shows("en moyenne"));
}

#[tokio::test]
async fn the_pdf_says_what_the_page_says() {
    let paper = Arc::new(Paper(std::sync::Mutex::default()));
    let extras =
        Extras { resources: Some(resources()), printer: Some(Arc::clone(&paper) as _), ..Extras::default() };
    let (site, draft) = sent(extras).await;
    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows(&format!("{draft}/recu.pdf")));
    let page = site.get(&format!("{draft}/resultat")).await;
    assert!(page.shows(&format!("{draft}/resultat.pdf")));
    for file in ["resultat.pdf", "recu.pdf"] {
        let pdf = site.get(&format!("{draft}/{file}")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert_eq!(pdf.headers["cache-control"], "no-store");
        assert_eq!(pdf.body, "%PDF");
    }
    let sheets = std::mem::take(&mut *paper.0.lock().expect("no other test"));
    let titles: Vec<&str> = sheets[0].sections.iter().map(|section| section.title.as_str()).collect();
    let on_page: Vec<String> = page
        .body
        .split("<h2>")
        .skip(1)
        .map(|rest| rest.split("</h2>").next().expect("the end").replace("&#39;", "'"))
        .collect();
    assert_eq!(on_page[..on_page.len() - 1], titles, "all sections but the links below");
    let number = site.record(&draft).await.receipt.expect("a receipt");
    assert!(format!("{:?}", sheets[1]).contains(&number));
    // Before it is sent there is nothing to print; without a press there is no button.
    let other = site.start().await;
    assert_eq!(site.get(&format!("{other}/resultat.pdf")).await.status, StatusCode::NOT_FOUND);
    let (site, draft) = sent(Extras::default()).await;
    assert!(!site.get(&format!("{draft}/merci")).await.shows("recu.pdf"));
    assert_eq!(site.get(&format!("{draft}/recu.pdf")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_drawn_in_the_result_is_said_in_words() {
    let (site, draft) = sent(Extras::default()).await;
    let page = site.get(&format!("{draft}/resultat")).await;
    let drawings: Vec<&str> = page.body.split("<svg").skip(1).collect();
    assert!(drawings.len() > 6);
    for drawing in drawings {
        assert!(
            drawing.starts_with(" class=\"bar\"") && drawing.contains("aria-hidden=\"true\""),
            "{drawing}"
        );
    }
    // Each bar stands after its figure, each sign beside its verdict.
    for row in page
        .body
        .split("<ul class=\"bars\">")
        .skip(1)
        .flat_map(|list| list.split("</ul>").next().expect("the end of the list").split("<li>").skip(1))
    {
        assert!(row.contains("sur 100</span>") || row.contains("non mesuré"), "{row}");
    }
    assert_eq!(
        page.body.matches("class=\"sign\" aria-hidden=\"true\"").count(),
        page.body.matches("class=\"sign\"").count()
    );
    assert_eq!(page.body.matches("class=\"sign\"").count(), 15, "twelve criteria, three measures");
}

#[tokio::test]
async fn a_result_leads_to_a_correction_while_there_can_be_one() {
    let (site, draft) = sent(Extras::default()).await;
    let asks = |page: &Page| {
        page.shows(&format!("action=\"{draft}/corriger\"")) && page.shows("Corriger ma réponse")
    };
    let result = format!("{draft}/resultat");
    let page = site.get(&result).await;
    assert!(asks(&page) && page.shows("demander à recevoir la publication"), "{}", page.body);
    site.post(&format!("{draft}/corriger"), &[]).await;
    assert!(!asks(&site.get(&result).await), "the one that was begun is taken up");
    site.post(&format!("{draft}/abandonner"), &[]).await;
    assert!(asks(&site.get(&result).await));
    site.store.close_edition(EDITION, site.clock.now()).await.expect("a store in memory");
    let closed = site.get(&result).await;
    assert!(!asks(&closed) && closed.shows("retirer"), "{}", closed.body);
}

#[test]
fn resources_name_every_fault_at_once() {
    let whole = &files()["resources.toml"];
    let broken = whole
        .replace("https://pix.fr", "http://pix.fr")
        .replace("\"eqp_connexion\"", "\"eqp_connection\"")
        .replace("fr = \"Un système de vote", "de = \"Un système de vote");
    let error = Resources::parse(&edition(), &broken).expect_err("four faults").to_string();
    for said in [
        "the address of `Pix` is `http://pix.fr`",
        "helps with `eqp_connection`, which no step is about",
        "no resource helps with `eqp_connexion`",
        "`Belenios` does not say in `fr` what it is about",
        "`Belenios` speaks `de`",
    ] {
        assert!(error.contains(said), "{said}: {error}");
    }
    let twice = whole.replace("items = [\"eqp_connexion\"]", "items = [\"eqp_connexion\", \"res_libre\"]");
    assert!(
        Resources::parse(&edition(), &twice).expect_err("one fault").to_string().contains("two resources")
    );
    assert!(Resources::parse(&edition(), "[[resource]]").is_err());
}
