//! The same questionnaire in two languages, over the same drafts.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use questionnaire::{Answer, Kind, curly};
use store::{RecordState, ResponseStore as _};

use crate::harness::{EDITION, Page, Site, answers, edition, edition_in_french_alone, files};

/// The address of a page in the other language.
fn other(address: &str) -> String {
    match address.strip_prefix("/en") {
        Some(french) => french.to_owned(),
        None => format!("/en{address}"),
    }
}

/// Where a page's language link leads.
fn switch(page: &Page) -> String {
    let nav = page.element("<nav class=\"languages\"");
    nav.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned()
}

fn is_in(page: &Page, language: &str) -> bool {
    page.shows(&format!("<html lang=\"{language}\">"))
}

#[tokio::test]
async fn the_whole_questionnaire_is_filled_in_english_and_every_answer_is_kept() {
    let site = Site::open().await;
    let start = site.get("/en/").await;
    assert!(start.shows("Where does your organisation stand") && start.shows("action=\"/en/commencer\""));
    let draft = site.start_in("/en").await;
    assert!(draft.starts_with("/en/q/"), "{draft}");
    let passed = site.fill_until(&draft, &answers(), "recapitulatif").await;
    assert!(passed.iter().all(|address| address.starts_with(&draft)));
    let summary = site.get(&format!("{draft}/recapitulatif")).await;
    assert!(summary.shows("Rennes (35)") && summary.shows("other: Réseau des réseaux"));
    assert!(summary.shows("SIRET (14 digits): 83908523000028"));
    let sent = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(sent.location(), format!("{draft}/merci"));

    let expected = edition().validate(&answers()).expect("valid answers");
    let record = site.record(&draft).await;
    let (common, contacts) = edition().split_personal(expected.answers());
    assert_eq!(record.state, RecordState::Submitted);
    assert_eq!((record.answers, record.contacts), (common, contacts));
    assert_eq!(record.version, edition().questionnaire.version);

    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows(record.receipt.as_deref().expect("a receipt")));
    assert!(receipt.shows("21\u{a0}November 2026 at 20:30, Paris time"));
    let result = site.get(&format!("{draft}/resultat")).await;
    assert!(result.shows("not a diagnosis") && result.shows("of the 12 criteria"));
}

#[tokio::test]
async fn changing_language_in_the_middle_keeps_every_answer() {
    let site = Site::open().await;
    let mut draft = site.start().await;
    // One way and back, then on in English: the button of a screen posts what it holds to the other language.
    for stop in ["secteur", "portage", "rgpd"] {
        site.fill_until(&draft, &answers(), stop).await;
        let page = site.get(&format!("{draft}/{stop}")).await;
        draft = other(&draft);
        let address = format!("{draft}/{stop}");
        assert!(page.shows(&format!(
            "<button form=\"ecran\" formaction=\"{address}\" name=\"action\" value=\"langue\""
        )));
        assert!(page.shows("<form id=\"ecran\""));
        let screen = edition().questionnaire.screen_index(stop).expect("a screen");
        let mut fields = intake::form_fields(&edition(), screen, &answers());
        fields.push(("action".to_owned(), "langue".to_owned()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let saved = site.post(&address, &fields).await;
        assert_eq!(saved.location(), address, "the same screen is shown");
        let question = edition().questionnaire.screens[screen].items[0].question;
        let code = &edition().questionnaire.questions[question].code;
        assert_eq!(site.record(&draft).await.answers.get(code), answers().get(code));
        assert!(site.get(&address).await.shows(" checked"));
    }
    assert!(draft.starts_with("/en/"));
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    let expected = edition().validate(&answers()).expect("valid answers");
    let (common, contacts) = edition().split_personal(expected.answers());
    let record = site.record(&draft).await;
    assert_eq!((record.answers, record.contacts), (common, contacts));
    assert!(site.get(&format!("{}/resultat", other(&draft))).await.shows("pas un diagnostic"));
}

#[tokio::test]
async fn asking_for_the_other_language_loses_nothing_that_was_typed() {
    let site = Site::open().await;
    let draft = other(&site.consenting().await);
    let wrong = [("org_ident.type", "siret"), ("org_ident.siret", "123"), ("action", "langue")];
    let page = site.post(&format!("{draft}/identifiant"), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        is_in(&page, "en")
            && page.shows("A SIRET has 14 digits. Check “123”.")
            && page.shows("value=\"123\"")
    );

    let blank =
        site.post(&format!("{draft}/identifiant"), &[("action", "langue"), ("puis", "recapitulatif")]).await;
    assert_eq!(blank.location(), format!("{draft}/identifiant?puis=recapitulatif"));

    site.fill_until(&draft, &answers(), "commune").await;
    let fields = [("org_commune.code_postal", "01400"), ("action", "langue")];
    let choosing = site.post(&format!("{draft}/commune"), &fields).await;
    assert!(is_in(&choosing, "en") && choosing.shows("value=\"01400\""));
    assert!(choosing.shows("Choose the municipality in the list, then continue."));

    site.fill_until(&draft, &answers(), "equipe").await;
    let many = [("org_salaries", "300000"), ("action", "langue")];
    let page = site.post(&format!("{draft}/equipe"), &many).await;
    assert!(page.shows("Write a number from 0 to 200,000. You wrote 300,000."), "{}", page.body);
    assert!(page.shows("From 0 to 200,000"));
    let french = site.post(&format!("{}/equipe", other(&draft)), &many).await;
    assert!(french.shows("Écrivez un nombre de 0 à 200\u{202f}000."), "{}", french.body);
}

#[tokio::test]
async fn asking_for_the_other_language_is_no_refusal() {
    let site = Site::open().await;
    let draft = other(&site.start().await);
    let fields = [("cst_participation", "non"), ("action", "langue")];
    let page = site.post(&format!("{draft}/consentement"), &fields).await;
    assert!(page.status.is_success() && is_in(&page, "en") && page.shows("value=\"non\" checked"));
    assert_eq!(site.record(&draft).await.state, RecordState::Draft);
    let refused = site.post(&format!("{draft}/consentement"), &fields[..1]).await;
    assert_eq!(refused.location(), draft);
    assert!(site.get(&draft).await.shows("only the number of refusals is counted"));
}

#[tokio::test]
async fn a_screen_that_could_not_be_saved_changes_language_without_losing_what_was_typed() {
    let site = Site::open().await;
    let draft = other(&site.consenting().await);
    let address = format!("{draft}/identifiant");
    let fields = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449"), ("action", "langue")];
    site.store.is_full.store(true, Ordering::SeqCst);
    let full = site.post(&address, &fields).await;
    assert!(full.shows("This screen was not saved") && full.shows("value=\"W751243449\""));
    site.store.is_away.store(true, Ordering::SeqCst);
    let away = site.post(&address, &fields).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.shows("This screen was not saved") && away.shows("type=\"hidden\" name=\"org_ident.rna\""));
    let again = format!("<button form=\"ecran\" formaction=\"{}\" lang=\"fr\">", other(&address));
    assert!(away.shows(&again), "{}", away.body);
    site.store.is_away.store(false, Ordering::SeqCst);
    site.store.is_full.store(false, Ordering::SeqCst);
    assert_eq!(site.post(&other(&address), &fields).await.location(), other(&address));
    let record = site.record(&draft).await;
    assert!(record.contacts.get("org_ident").or(record.answers.get("org_ident")).is_some());
}

#[tokio::test]
async fn every_page_leads_to_itself_in_the_other_language_and_back() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let sent = site.start().await;
    site.fill_until(&sent, &answers(), "recapitulatif").await;
    site.post(&format!("{sent}/envoyer"), &[]).await;
    let mut addresses: Vec<String> =
        ["/", "/confidentialite", "/avancement", "/commencer"].map(str::to_owned).into();
    addresses.extend(
        ["reprendre", "recapitulatif", "retirer", "retirer?refus"].map(|page| format!("{draft}/{page}")),
    );
    addresses.extend(["merci", "resultat"].map(|page| format!("{sent}/{page}")));
    for address in addresses {
        let page = site.get(&address).await;
        assert!(is_in(&page, "fr"), "{address}");
        assert_eq!(switch(&page), other(&address));
        assert!(page.shows("lang=\"en\" hreflang=\"en\">English</a>"), "{address}");
        let english = site.get(&switch(&page)).await;
        assert!(is_in(&english, "en") && english.status == page.status, "{address}");
        assert_eq!(switch(&english), address);
        assert!(english.shows("lang=\"fr\" hreflang=\"fr\">Français</a>"), "{address}");
    }
    assert!(is_in(&site.get("/en").await, "en"));
    // What does not exist has no other language: the link leads to the start.
    assert_eq!(switch(&site.get("/aucune-page").await), "/en/");
    assert_eq!(switch(&site.get("/en/aucune-page").await), "/");
    let link = site.get(&format!("{}/reprendre", other(&draft))).await;
    assert!(link.shows(&format!(">http://127.0.0.1:8080/en{draft}</textarea>")));
}

#[tokio::test]
async fn a_strange_address_is_not_repeated_as_a_link() {
    let site = Site::open().await;
    let long = format!("/en/q/{}/envoyer", "a".repeat(20_000));
    let not_found = StatusCode::NOT_FOUND;
    for (address, status) in [
        ("/en//autre.example/x", not_found),
        ("//autre.example/x", not_found),
        ("/en/q/a/b/c/d", not_found),
        ("/q/%22%3E%3Cscript%3E/envoyer", StatusCode::METHOD_NOT_ALLOWED),
        (&long, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let page = site.get(address).await;
        assert_eq!(page.status, status, "{address}");
        assert!(is_in(&page, if address.starts_with("/en/") { "en" } else { "fr" }), "{address}");
        assert!(page.body.len() < 4096, "{address}");
        assert!(!page.shows("\"//") && !page.shows("%22"), "{address}: {}", page.body);
    }
}

#[tokio::test]
async fn a_questionnaire_in_one_language_offers_no_other() {
    let site = Site::of(edition_in_french_alone().into(), |_| {}).await;
    let draft = site.start().await;
    for address in ["/", "/aucune-page", &format!("{draft}/consentement")] {
        let page = site.get(address).await;
        assert!(!page.shows("class=\"languages\"") && !page.shows("English"), "{address}");
    }
    assert_eq!(site.get("/en/").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&other(&format!("{draft}/consentement"))).await.status, StatusCode::NOT_FOUND);
}

/// Words that French has and English has not.
const TELLTALES: [&str; 32] = [
    "vous",
    "votre",
    "vos",
    "nous",
    "notre",
    "nos",
    "le",
    "les",
    "des",
    "du",
    "un",
    "une",
    "est",
    "sont",
    "et",
    "pas",
    "sur",
    "pour",
    "avec",
    "dans",
    "par",
    "aux",
    "que",
    "qui",
    "ce",
    "cette",
    "réponse",
    "réponses",
    "questionnaires",
    "étape",
    "aucun",
    "oui",
];

/// French that stays in English pages.
const NAMES: [&str; 2] = ["Osez l’IA", "Le Chat"];

/// What a page says: its texts, and those of its attributes that are read out.
fn said(page: &Page) -> Vec<String> {
    let mut said: Vec<String> = page
        .body
        .split('<')
        .filter(|piece| !piece.starts_with("textarea") && !piece.contains("lang=\"fr\""))
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text.trim().to_owned())
        .collect();
    let labels = page.body.split("aria-label=\"").skip(1).filter_map(|rest| rest.split('"').next());
    said.extend(labels.map(str::to_owned));
    said.retain(|text| !text.is_empty());
    said
}

/// Everything that a French page may say.
fn french_texts() -> BTreeSet<String> {
    fn strings(value: &toml::Value, into: &mut BTreeSet<String>) {
        match value {
            toml::Value::String(text) => drop(into.insert(curly(text.trim()))),
            toml::Value::Table(table) => table.iter().for_each(|(_, value)| strings(value, into)),
            toml::Value::Array(items) => items.iter().for_each(|value| strings(value, into)),
            _ => {}
        }
    }
    let files = files();
    let mut french = BTreeSet::new();
    let mut english = BTreeSet::new();
    for source in [include_str!("../../texts/fr.toml"), &files["texts/fr.toml"]] {
        strings(&source.parse::<toml::Table>().expect("TOML").into(), &mut french);
    }
    for source in
        [include_str!("../../texts/en.toml"), &files["texts/en.toml"], &files["translations/en.toml"]]
    {
        strings(&source.parse::<toml::Table>().expect("TOML").into(), &mut english);
    }
    let edition = edition();
    let questionnaire = &edition.questionnaire;
    let mut texts: Vec<&str> = vec![&questionnaire.title];
    texts.extend(questionnaire.dimensions.iter().map(|dimension| dimension.label.as_str()));
    texts.extend(questionnaire.sections.iter().map(|section| section.title.as_str()));
    texts.extend(questionnaire.screens.iter().filter_map(|screen| screen.title.as_deref()));
    texts.extend(questionnaire.checks.iter().map(|check| check.message.as_str()));
    texts.extend(edition.scoring.levels.iter().flat_map(|level| [level.label.as_str(), level.text.as_str()]));
    texts.extend(edition.scoring.criteria.iter().map(|&index| edition.derived[index].label.as_str()));
    for question in &questionnaire.questions {
        texts.push(&question.text);
        texts.extend(question.help.as_deref());
        texts.extend(question.rows().iter().map(|row| row.label.as_str()));
        // The names of networks are the same in every language.
        let is_listed = |code: &str| matches!(question.kind, Kind::Networks { .. }) && code != "aucun";
        let options = question.options().iter().filter(|option| !is_listed(&option.code));
        texts.extend(options.map(|option| option.label.as_str()));
    }
    french.extend(texts.into_iter().map(|text| curly(text.trim())));
    french.retain(|text| !english.contains(text) && text.chars().any(char::is_alphabetic));
    french
}

/// What a page says in French.
fn french_left(page: &Page, french: &BTreeSet<String>, names: &BTreeSet<String>) -> Vec<String> {
    let is_french = |text: &String| {
        let rest = NAMES.iter().fold(text.clone(), |rest, name| rest.replace(name, "")).to_lowercase();
        let mut words = rest.split(|letter: char| !letter.is_alphanumeric());
        !names.contains(text) && (french.contains(text) || words.any(|word| TELLTALES.contains(&word)))
    };
    said(page).into_iter().filter(is_french).collect()
}

#[tokio::test]
async fn no_french_is_left_on_an_english_page() {
    let french = french_texts();
    assert!(french.len() > 700 && french.contains("Continuer") && french.contains("Ne sait pas"));
    let networks = edition();
    let networks = networks.questionnaire.question("org_reseaux").expect("a question").options();
    let names: BTreeSet<String> =
        networks.iter().filter(|option| option.code != "aucun").map(|option| curly(&option.label)).collect();
    let left = |page: &Page| french_left(page, &french, &names);
    let check = |what: &str, page: &Page| {
        assert!(is_in(page, "en"), "{what}: {}", page.body);
        assert_eq!(left(page), Vec::<String>::new(), "{what}");
    };
    let typed =
        answers().with("clo_commentaire", Answer::text("Text")).with("org_nom", Answer::text("Name")).with(
            "org_reseaux",
            Answer::Networks(questionnaire::Networks { codes: ["aucun".to_owned()].into(), other: None }),
        );

    let site = Site::open().await;
    assert!(left(&site.get("/").await).len() > 15, "the net catches French");
    for address in
        ["/en", "/en/", "/en/confidentialite", "/en/avancement", "/en/aucune-page", "/en/commencer"]
    {
        check(address, &site.get(address).await);
    }
    let draft = site.start_in("/en").await;
    let passed = site.fill_until(&draft, &typed, "recapitulatif").await;
    for address in &passed {
        check(address, &site.get(address).await);
    }
    for address in &passed {
        let blank = site.post(address, &[]).await;
        if !blank.body.is_empty() {
            check(address, &blank);
        }
    }
    site.fill_until(&draft, &typed, "recapitulatif").await;
    for page in ["reprendre", "recapitulatif", "retirer", "retirer?refus"] {
        check(page, &site.get(&format!("{draft}/{page}")).await);
    }
    check("405", &site.get(&format!("{draft}/envoyer")).await);
    check("400", &site.post(&format!("{draft}/statut"), &[("canari", "1")]).await);
    check("413", &site.post_bytes(&format!("{draft}/statut"), vec![b'a'; 300_000]).await);
    check("403", &site.post_from_elsewhere(&format!("{draft}/statut"), "cross-site").await);
    check("off the path", &site.post(&format!("{draft}/nom"), &[("org_nom", "A")]).await);
    for failing in [&site.store.is_full, &site.store.is_away, &site.store.is_broken] {
        failing.store(true, Ordering::SeqCst);
        check("not saved", &site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await);
        check("not sent", &site.post(&format!("{draft}/envoyer"), &[]).await);
        failing.store(false, Ordering::SeqCst);
    }
    site.store.is_away.store(true, Ordering::SeqCst);
    check("away", &site.get("/en/").await);
    site.store.is_away.store(false, Ordering::SeqCst);

    let inconsistent = [("fin_depenses", "gt100k"), ("org_budget", "lt1k")];
    site.post(&format!("{draft}/budget"), &inconsistent[1..]).await;
    let warned = site.post(&format!("{draft}/depenses"), &inconsistent[..1]).await;
    assert!(warned.shows("Please check") && warned.shows("Your digital spending"));
    check("a warning", &warned);
    site.fill_until(&draft, &typed, "recapitulatif").await;

    site.post(&format!("{draft}/envoyer"), &[]).await;
    for page in ["merci", "resultat"] {
        check(page, &site.get(&format!("{draft}/{page}")).await);
    }
    check("sent before", &site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await);
    check("withdrawn", &site.post(&format!("{draft}/retirer"), &[]).await);
    check("gone", &site.get(&draft).await);
    let refusing = site.start_in("/en").await;
    site.post(&format!("{refusing}/consentement"), &[("cst_participation", "non")]).await;
    check("refused", &site.get(&refusing).await);
    let late = site.start_in("/en").await;
    let at = site.record(&late).await.updated_at;
    site.store.close_edition(EDITION, at).await.expect("closed");
    check("closed", &site.get("/en/").await);
    check("closed", &site.get(&late).await);
}
