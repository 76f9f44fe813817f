//! One organisation, one telephone, one keyboard: from the first screen to the result, every answer compared.

use std::collections::BTreeSet;

use end_to_end::{Browser, Key, Server};
use questionnaire::{Answer, Answers, Edition};
use store::RecordState;

use crate::definition;
use crate::kept;
use crate::keyboard::{self, Wanted};

/// Most bytes of a page with its style sheet.
const MOST_BYTES: u64 = 30_000;

/// A SIRET whose last digit is wrong, and the same put right, as a hand types them.
const WRONG_SIRET: &str = "839 085 230 00029";
const SIRET: &str = "839 085 230 00028";

/// The name of an organisation that has no number; it is typed first and must not stay.
const NAME: &str = "Les Canaris de l’Œuvre";

/// Where the respondent stops for today.
const PAUSE: &str = "portage";

/// Where the answers look inconsistent, which is said once and never refused.
const WARNED: &str = "depenses";

/// The code of the screen shown.
async fn screen(browser: &Browser) -> String {
    browser.path().await.rsplit('/').next().unwrap_or_default().to_owned()
}

async fn expect_screen(browser: &Browser, wanted: &str) {
    let found = screen(browser).await;
    assert_eq!(found, wanted, "the page says: {}", browser.text("main").await);
}

/// What is typed on the way, and what was seen of the questionnaire.
struct Journey {
    wanted: Wanted,
    /// Names of the fields that got the focus.
    met: BTreeSet<String>,
    /// Codes of the screens answered for good.
    passed: BTreeSet<String>,
}

impl Journey {
    /// Fills a screen and goes on; looks at it first as a telephone would show it.
    async fn answer(&mut self, browser: &Browser) {
        browser.assert_fits(MOST_BYTES).await;
        self.met.extend(keyboard::fill(browser, &self.wanted).await);
        browser.press_and_load(Key::Enter).await;
    }

    /// Answers screen after screen up to this one. Answers that look inconsistent are confirmed.
    async fn answer_until(&mut self, browser: &Browser, stop: &str) {
        loop {
            let here = screen(browser).await;
            if here == stop {
                return;
            }
            self.answer(browser).await;
            if here == WARNED {
                expect_screen(browser, WARNED).await;
                assert_eq!(browser.count(".warning").await, 1, "inconsistent answers are shown");
                keyboard::push(browser, "suivant").await;
            }
            assert_ne!(screen(browser).await, here, "{here} was not passed: {}", browser.text("main").await);
            self.passed.insert(here);
        }
    }

    /// Every screen but the one of the name was seen, and every field typed.
    fn assert_complete(&self, edition: &Edition) {
        let codes = edition.questionnaire.screens.iter().map(|screen| screen.code.clone());
        let asked: BTreeSet<String> = codes.filter(|code| code != "nom").collect();
        assert_eq!(self.passed, asked);
        let untyped: Vec<&str> = self.wanted.names().filter(|name| !self.met.contains(*name)).collect();
        assert!(untyped.is_empty(), "no screen showed {untyped:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_questionnaire_is_filled_by_keyboard_on_a_telephone_and_every_answer_is_kept() {
    let server = Server::start();
    let answers = definition::answers();
    let mut wanted = Wanted::of(&answers);
    wanted.set("org_commune.code_postal", "01400");
    wanted.set("org_ident.siret", SIRET);
    let mut journey = Journey { wanted, met: BTreeSet::new(), passed: BTreeSet::new() };

    let browser = Browser::start().await;
    browser.open(&server.url("/")).await;
    browser.assert_fits(MOST_BYTES).await;
    browser.tab_to("the button « Commencer »", |focus| focus.tag == "button").await;
    browser.press_and_load(Key::Enter).await;
    let token =
        browser.path().await.split('/').nth(2).expect("the address holds the personal link").to_owned();
    expect_screen(&browser, "consentement").await;
    journey.answer_until(&browser, "identifiant").await;
    change_ones_mind(&browser, &mut journey).await;
    journey.answer_until(&browser, PAUSE).await;
    let link = stop_for_today(&browser, &mut journey).await;
    browser.close().await;

    let browser = Browser::start().await;
    browser.open(&link).await;
    expect_screen(&browser, "apports").await;
    // What was ticked on the other device is there, and stays.
    keyboard::push(&browser, "precedent").await;
    expect_screen(&browser, PAUSE).await;
    let held = keyboard::held(&browser).await;
    let ticked: BTreeSet<String> = held.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(answers.get("str_portage"), Some(&Answer::Multiple(ticked)));
    // In English and back, too.
    for language in ["en", "fr"] {
        keyboard::push(&browser, "langue").await;
        expect_screen(&browser, PAUSE).await;
        assert_eq!(browser.look("return document.documentElement.lang").await, language);
        assert_eq!(keyboard::held(&browser).await, held, "changing language changed the answers");
        browser.assert_fits(MOST_BYTES).await;
    }
    keyboard::push(&browser, "suivant").await;
    expect_screen(&browser, "apports").await;
    journey.answer_until(&browser, "recapitulatif").await;
    journey.assert_complete(&definition::edition());

    read_again(&browser).await;
    let draft = kept::record(&server.database(), &token).await;
    assert_eq!(draft.state, RecordState::Draft, "nothing is sent yet");
    browser.tab_to("« Envoyer »", |focus| focus.tag == "button" && focus.text.starts_with("Envoyer")).await;
    browser.press_and_load(Key::Enter).await;
    expect_screen(&browser, "merci").await;
    browser.assert_fits(MOST_BYTES).await;
    compare(&server, &answers, &browser.text("dd.number").await).await;

    result(&browser).await;
    browser.close().await;
    // The requests are logged, by their pattern; what they carried is not.
    assert!(server.log().contains("/q/{token}/envoyer"), "the log is read: {}", server.log());
    let typed = ["83908523000028", "839 085", NAME, "Canaris", "journal.canari", "vaste", "ateliers num"];
    server.assert_log_silent_on(&typed);
    server.assert_log_silent_on(&[&token]);
}

/// The summary shows what was typed, and nothing that is off the path.
async fn read_again(browser: &Browser) {
    browser.assert_fits(2 * MOST_BYTES).await;
    let summary = browser.text("main").await;
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for shown in ["journal.canari@exemple.org", SIRET, "Châtillon-sur-Chalaronne", "ligne <b>&amp;</b>"] {
        assert!(squeezed(&summary).contains(&squeezed(shown)), "the summary lacks « {shown} »: {summary}");
    }
    assert!(!summary.contains(NAME), "the summary shows an answer that is off the path");
}

/// Every stored answer is the one that was typed; there is one record, and its receipt is the one shown.
async fn compare(server: &Server, answers: &Answers, receipt: &str) {
    let records = kept::records(&server.database()).await;
    assert_eq!(records.len(), 1, "one person, one record");
    let record = &records[0];
    assert_eq!(record.state, RecordState::Submitted);
    assert_eq!(record.receipt.as_deref(), Some(receipt), "the receipt shown is the one kept");
    let kept = kept::everything(record);
    for (code, typed) in answers.iter() {
        assert_eq!(kept.get(code), Some(typed), "the answer to `{code}`");
    }
    assert_eq!(&kept, answers, "nothing is kept that was not typed");
    let apart: Vec<&str> = record.contacts.iter().map(|(code, _)| code).collect();
    assert_eq!(
        apart,
        ["clo_commentaire", "clo_email", "org_ident", "org_reseaux"],
        "what identifies somebody is kept apart"
    );
}

/// Says that there is no number and types the name; then goes back twice, finds both as they were, gives a number that
/// is wrong, is told so beside the field, and puts it right.
async fn change_ones_mind(browser: &Browser, journey: &mut Journey) {
    let right = journey.wanted.clone();
    journey.wanted.set("org_ident.type", "aucun");
    journey.wanted.set("org_nom", NAME);
    expect_screen(browser, "identifiant").await;
    journey.answer(browser).await;
    expect_screen(browser, "nom").await;
    journey.answer(browser).await;

    expect_screen(browser, "commune").await;
    keyboard::push(browser, "precedent").await;
    expect_screen(browser, "nom").await;
    assert!(keyboard::held(browser).await.contains(&("org_nom".to_owned(), NAME.to_owned())));
    keyboard::push(browser, "precedent").await;
    expect_screen(browser, "identifiant").await;
    assert!(keyboard::held(browser).await.contains(&("org_ident.type".to_owned(), "aucun".to_owned())));

    journey.wanted = right.clone();
    journey.wanted.set("org_ident.siret", WRONG_SIRET);
    journey.answer(browser).await;
    expect_screen(browser, "identifiant").await;
    assert_eq!(browser.count("#e-org_ident p").await, 1, "one error, beside the field");
    assert!(
        browser.look("return document.title").await.as_str().is_some_and(|title| title.starts_with("Erreur"))
    );
    let invalid = browser.look("return document.querySelector('input[aria-invalid=true]').value").await;
    assert_eq!(invalid.as_str(), Some(WRONG_SIRET), "what was typed is kept as it was typed");
    journey.wanted = right;
    journey.answer(browser).await;
    journey.passed.insert("identifiant".to_owned());

    // The name is not asked of an organisation that has a number.
    expect_screen(browser, "commune").await;
    journey.answer(browser).await;
    expect_screen(browser, "commune").await;
    assert!(
        browser.count("input[type=radio][name=org_commune]").await > 1,
        "the communes of the post code are listed"
    );
}

/// Answers one more screen, saves it and asks for the personal link.
async fn stop_for_today(browser: &Browser, journey: &mut Journey) -> String {
    browser.assert_fits(MOST_BYTES).await;
    journey.met.extend(keyboard::fill(browser, &journey.wanted).await);
    journey.passed.insert(PAUSE.to_owned());
    keyboard::push(browser, "plus_tard").await;
    expect_screen(browser, "reprendre").await;
    browser.assert_fits(MOST_BYTES).await;
    let link = browser.look("return document.querySelector('#lien').value").await;
    link.as_str().expect("the page shows the personal link").to_owned()
}

/// Opens the result from the receipt.
async fn result(browser: &Browser) {
    keyboard::follow(browser, "/resultat").await;
    expect_screen(browser, "resultat").await;
    browser.assert_fits(MOST_BYTES).await;
    assert_eq!(browser.text("h1").await, "Les résultats de votre organisation");
    let page = browser.text("main").await;
    assert!(page.contains("Niveau"), "the result says the level: {page}");
    assert_eq!(browser.count("main section:nth-of-type(2) ul.bars > li").await, 6, "six scores");
    let criteria = "return document.querySelectorAll('ul.criteria')[0].children.length";
    assert_eq!(browser.look(criteria).await, 12, "the twelve criteria of digital intensity");
}
