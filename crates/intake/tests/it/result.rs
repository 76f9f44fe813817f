//! The individual page of results.

use questionnaire::{Answer, Answers};

use crate::harness::{Page, Site, answers, edition};

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
    let edition = edition();
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
        let bars = under(&page, place).replace("&#39;", "'");
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
