//! What the script of the screens promises, in a browser: each answer saved as it is given, nothing lost without a
//! network, and two devices that do not overwrite each other silently.

use std::time::Duration;

use end_to_end::{Browser, Key, Server, until};
use questionnaire::Answer;
use store::Record;

use crate::definition;
use crate::kept;
use crate::keyboard::{self, Wanted};

/// How long the page and the server may take to speak with each other.
const WHILE: Duration = Duration::from_secs(30);

/// A questionnaire that was begun.
struct Begun {
    server: Server,
    browser: Browser,
    /// Token of its personal link.
    token: String,
}

impl Begun {
    async fn start() -> Self {
        let server = Server::start();
        let browser = Browser::start().await;
        browser.open(&server.url("/")).await;
        browser.tab_to("the button « Commencer »", |focus| focus.tag == "button").await;
        browser.press_and_load(Key::Enter).await;
        let path = browser.path().await;
        let token = path.split('/').nth(2).expect("the address holds the personal link").to_owned();
        Self { server, browser, token }
    }

    async fn record(&self) -> Record {
        kept::record(&self.server.database(), &self.token).await
    }

    fn url(&self, screen: &str) -> String {
        self.server.url(&format!("/q/{}/{screen}", self.token))
    }
}

/// Answers screen after screen up to this one.
async fn answer_until(browser: &Browser, wanted: &Wanted, stop: &str) {
    while screen(browser).await != stop {
        keyboard::fill(browser, wanted).await;
        browser.press_and_load(Key::Enter).await;
    }
}

/// What is typed, for an organisation without a number: its name is asked.
fn wanted() -> Wanted {
    let mut wanted = Wanted::of(&definition::answers());
    wanted.set("org_ident.type", "aucun");
    wanted.set("org_nom", "Les Canaris");
    wanted
}

async fn screen(browser: &Browser) -> String {
    browser.path().await.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Waits until the page says this where it says what is saved.
async fn says(browser: &Browser, words: &str) {
    until(&format!("the page to say `{words}`"), WHILE, async || {
        browser.text("#enregistre").await.contains(words).then_some(())
    })
    .await;
}

/// How many answers wait on the device.
async fn waiting(browser: &Browser) -> u64 {
    browser.look("return localStorage.length").await.as_u64().unwrap_or_default()
}

/// Goes to a field by the keyboard and types into it.
async fn type_into(browser: &Browser, name: &str, text: &str) {
    browser.tab_to(&format!("the field `{name}`"), |focus| focus.name == name).await;
    browser.type_text(text).await;
}

/// Goes to « Continuer » and presses it, without waiting for what follows.
async fn go_on(browser: &Browser) {
    browser.tab_to("« Continuer »", |focus| focus.kind == "submit" && focus.value == "suivant").await;
    browser.press(&[Key::Enter]).await;
}

async fn arrives(browser: &Browser, wanted: &str) {
    until(&format!("the screen `{wanted}`"), WHILE, async || (screen(browser).await == wanted).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_is_saved_as_it_is_given() {
    let begun = Begun::start().await;
    let browser = &begun.browser;
    answer_until(browser, &wanted(), "nom").await;
    let before = browser.look("return performance.timeOrigin").await;
    type_into(browser, "org_nom", "Les Canaris").await;
    says(browser, "Enregistré à").await;
    let name = Some(Answer::text("Les Canaris"));
    until("the name in the database", WHILE, async || {
        (begun.record().await.contacts.get("org_nom").cloned() == name).then_some(())
    })
    .await;
    assert_eq!(browser.look("return performance.timeOrigin").await, before, "the page was not loaded again");
    // The screen is not passed: who opens the link again finds it, with what was typed.
    browser.open(&begun.url("")).await;
    arrives(browser, "nom").await;
    assert!(keyboard::held(browser).await.contains(&("org_nom".to_owned(), "Les Canaris".to_owned())));
    assert_eq!(waiting(browser).await, 0);
    begun.server.assert_log_silent_on(&["Canaris", &begun.token]);
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_without_a_network_leaves_when_it_is_back() {
    let begun = Begun::start().await;
    let browser = &begun.browser;
    answer_until(browser, &wanted(), "nom").await;
    browser.be_online(false).await;
    type_into(browser, "org_nom", "Les Canaris").await;
    go_on(browser).await;
    says(browser, "Pas de réseau").await;
    assert_eq!((screen(browser).await.as_str(), waiting(browser).await), ("nom", 1));
    assert!(begun.record().await.contacts.get("org_nom").is_none());
    // The button that was pressed leads on by itself.
    browser.be_online(true).await;
    arrives(browser, "commune").await;
    assert_eq!(begun.record().await.contacts.get("org_nom"), Some(&Answer::text("Les Canaris")));
    assert_eq!(waiting(browser).await, 0, "nothing is left on the device");
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_without_a_network_outlives_the_page() {
    let begun = Begun::start().await;
    let browser = &begun.browser;
    answer_until(browser, &wanted(), "nom").await;
    browser.be_online(false).await;
    type_into(browser, "org_nom", "Les Canaris").await;
    says(browser, "Pas de réseau").await;
    // The page goes, as when a telephone closes it.
    browser.open_in_vain(&begun.url("")).await;
    browser.be_online(true).await;
    browser.open(&begun.url("")).await;
    until("the name in the database", WHILE, async || {
        begun.record().await.contacts.get("org_nom").map(|_| ())
    })
    .await;
    arrives(browser, "nom").await;
    until("the page to hold what was typed", WHILE, async || {
        let held = browser.look("return document.querySelector('[name=org_nom]')?.value ?? ''").await;
        (held.as_str() == Some("Les Canaris")).then_some(())
    })
    .await;
    assert_eq!(waiting(browser).await, 0, "nothing is left on the device");
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_on_one_question_are_both_told() {
    let begun = Begun::start().await;
    let one = &begun.browser;
    answer_until(one, &wanted(), "nom").await;
    let other = Browser::start().await;
    other.open(&begun.url("nom")).await;

    type_into(one, "org_nom", "Un").await;
    go_on(one).await;
    arrives(one, "commune").await;
    assert_eq!(one.count(".news").await, 0, "nobody else had answered yet");
    type_into(&other, "org_nom", "Deux").await;
    go_on(&other).await;
    arrives(&other, "commune").await;
    assert!(other.text(".news").await.contains("plus récente"), "{}", other.text("main").await);
    assert_eq!(begun.record().await.contacts.get("org_nom"), Some(&Answer::text("Deux")));

    // The first learns it as it saves its next screen, and is led to the question.
    keyboard::push(one, "precedent").await;
    until("the news", WHILE, async || (one.count(".news").await == 1).then_some(())).await;
    assert!(one.text(".news").await.contains("sur un autre appareil"), "{}", one.text(".news").await);
    assert!(keyboard::held(one).await.contains(&("org_nom".to_owned(), "Deux".to_owned())));
    other.close().await;
    begun.browser.close().await;
}
