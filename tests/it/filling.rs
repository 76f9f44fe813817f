//! What the script of the screens promises, in a browser: each answer saved as it is given, nothing lost without a
//! network, and two devices that do not overwrite each other silently.

use std::time::Duration;

use end_to_end::{Browser, Key, Proxy, Server, form, until};
use questionnaire::Answer;
use store::Record;

use crate::definition;
use crate::kept;
use crate::keyboard::{self, Wanted};

/// How long the page and the server may take to speak with each other.
const WHILE: Duration = Duration::from_secs(30);

/// The addresses of what a browser keeps.
const KEPT: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const found = [];
      for (const name of await caches.keys()) for (const it of await (await caches.open(name)).keys()) found.push(it.url);
      return found;
    })().then(done, error => done(['failed: ' + error]))";

/// Whether a page can be shown without a network: it is kept, and somebody is there to show it.
const IS_READY: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const link = location.pathname.replace(/(\\/q\\/[^/]+).*$/, '$1');
      const kept = await (await caches.open('barometre:' + link + '/')).match(link + '/' + arguments[0]);
      return Boolean(navigator.serviceWorker.controller && kept);
    })().then(done, () => done(false))";

/// How many things are kept, in any place of the browser.
const LEFT: &str = "const done = arguments[arguments.length - 1];
    (async () => (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length
      + localStorage.length)().then(done, () => done(-1))";

/// A questionnaire that was begun, behind a network that can be cut.
struct Begun {
    server: Server,
    network: Proxy,
    browser: Browser,
    /// Token of its personal link.
    token: String,
}

impl Begun {
    async fn start() -> Self {
        let server = Server::start();
        let network = Proxy::before(vec![format!("127.0.0.1:{}", server.port())]).await;
        let browser = Browser::start().await;
        browser.open(&format!("http://{}/", network.place())).await;
        browser.tab_to("the button « Commencer »", |focus| focus.tag == "button").await;
        browser.press_and_load(Key::Enter).await;
        let path = browser.path().await;
        let token = path.split('/').nth(2).expect("the address holds the personal link").to_owned();
        Self { server, network, browser, token }
    }

    async fn record(&self) -> Record {
        kept::record(&self.server.database(), &self.token).await
    }

    fn url(&self, screen: &str) -> String {
        format!("http://{}/q/{}/{screen}", self.network.place(), self.token)
    }

    /// Takes the network away, from the page and from all that works beside it; or gives it back.
    async fn cut(&self, is_cut: bool) {
        self.network.cut(is_cut);
        self.browser.be_online(!is_cut).await;
    }

    /// Waits until this screen can be shown without a network.
    async fn is_ready_for_no_network(&self, screen: &str) {
        until(&format!("`{screen}` to be kept"), WHILE, async || {
            let is_ready = self.browser.wait_for(IS_READY, screen.into()).await;
            (is_ready == serde_json::Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// Waits until the browser keeps nothing at all.
    async fn nothing_is_kept(&self) {
        until("nothing to be kept", WHILE, async || {
            (self.browser.wait_for(LEFT, serde_json::Value::Null).await == 0).then_some(())
        })
        .await;
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
    // What is answered here decides what follows: the button waits for the network.
    begun.is_ready_for_no_network("consentement").await;
    begun.cut(true).await;
    keyboard::fill(browser, &wanted()).await;
    go_on(browser).await;
    says(browser, "Pas de réseau").await;
    assert_eq!((screen(browser).await.as_str(), waiting(browser).await), ("consentement", 1));
    begun.cut(false).await;
    arrives(browser, "identifiant").await;

    // Here it does not: one goes on, and each screen waits for its turn.
    answer_until(browser, &wanted(), "nom").await;
    begun.is_ready_for_no_network("commune").await;
    begun.cut(true).await;
    type_into(browser, "org_nom", "Les Canaris").await;
    go_on(browser).await;
    arrives(browser, "commune").await;
    says(browser, "Pas de réseau").await;
    type_into(browser, "org_commune.code_postal", "35000").await;
    until("two screens to wait", WHILE, async || (waiting(browser).await == 2).then_some(())).await;
    keyboard::push(browser, "precedent").await;
    arrives(browser, "nom").await;
    let held = keyboard::held(browser).await;
    assert!(held.contains(&("org_nom".to_owned(), "Les Canaris".to_owned())), "{held:?}");
    assert!(begun.record().await.contacts.get("org_nom").is_none(), "nothing left without a network");
    begun.cut(false).await;
    until("both screens to leave", WHILE, async || (waiting(browser).await == 0).then_some(())).await;
    assert_eq!(begun.record().await.contacts.get("org_nom"), Some(&Answer::text("Les Canaris")));
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_without_a_network_outlives_the_page() {
    let begun = Begun::start().await;
    let browser = &begun.browser;
    answer_until(browser, &wanted(), "nom").await;
    begun.is_ready_for_no_network("nom").await;
    begun.cut(true).await;
    type_into(browser, "org_nom", "Les Canaris").await;
    says(browser, "Pas de réseau").await;
    // The page goes, as when a telephone closes it; the personal link opens a page that says what is kept where.
    browser.open(&begun.url("")).await;
    assert!(browser.text("h1").await.contains("Pas de réseau"), "{}", browser.text("main").await);
    assert!(browser.text("main").await.contains("gardé dans ce navigateur"));
    // A screen that was opened before is shown as it was left.
    browser.open(&begun.url("nom")).await;
    assert!(keyboard::held(browser).await.contains(&("org_nom".to_owned(), "Les Canaris".to_owned())));
    browser.open(&begun.url("")).await;
    // With the network, the page opens by itself.
    begun.cut(false).await;
    until("the name in the database", WHILE, async || {
        begun.record().await.contacts.get("org_nom").map(|_| ())
    })
    .await;
    until("the page to hold what was typed", WHILE, async || {
        let held = browser.look("return document.querySelector('[name=org_nom]')?.value ?? ''").await;
        (held.as_str() == Some("Les Canaris")).then_some(())
    })
    .await;
    assert_eq!(waiting(browser).await, 0, "nothing is left on the device");
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_keeps_is_of_one_link_and_is_erased_on_demand_and_with_the_response() {
    let begun = Begun::start().await;
    let browser = &begun.browser;
    answer_until(browser, &wanted(), "nom").await;
    begun.is_ready_for_no_network("nom").await;
    let kept = browser.wait_for(KEPT, serde_json::Value::Null).await;
    let kept: Vec<&str> =
        kept.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    let is_ours = |address: &&str| {
        let path = address.split('?').next().unwrap_or_default();
        let is_screen = path.contains(&format!("/q/{}/", begun.token));
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_shell = name == "hors-ligne";
        is_shell || (is_screen && definition::edition().questionnaire.screen_index(name).is_some())
    };
    assert!(kept.len() > 1 && kept.iter().all(is_ours), "{kept:?}");

    browser.open(&begun.url("reprendre")).await;
    browser.tab_to("« Effacer »", |focus| focus.text.starts_with("Effacer de cet appareil")).await;
    browser.press(&[Key::Enter]).await;
    until("the page to say so", WHILE, async || {
        browser.text("#appareil").await.contains("effacé de cet appareil").then_some(())
    })
    .await;
    begun.nothing_is_kept().await;
    assert_eq!(begun.record().await.answers.get("cst_participation"), Some(&Answer::text("oui")));

    // And with the response, once it is withdrawn.
    // While a browser still takes the worker of before away, a page may be left without one; the next page has one.
    let mut is_kept_again = false;
    for _ in 0..3 {
        browser.open(&begun.url("identifiant")).await;
        let ready = tokio::time::timeout(WHILE / 3, begun.is_ready_for_no_network("identifiant")).await;
        is_kept_again = ready.is_ok();
        if is_kept_again {
            break;
        }
    }
    assert!(is_kept_again, "a browser that erased keeps again what is opened after");
    browser.open(&begun.url("retirer")).await;
    browser.tab_to("« Effacer »", |focus| focus.tag == "button" && focus.text.starts_with("Effacer")).await;
    browser.press_and_load(Key::Enter).await;
    begun.nothing_is_kept().await;
    begun.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_keeps_nothing_of_a_response_that_was_sent() {
    let begun = Begun::start().await;
    let (browser, edition, answers) = (&begun.browser, definition::edition(), definition::answers());
    begun.is_ready_for_no_network("consentement").await;
    for screen in edition.path(&answers).screens {
        let code = &edition.questionnaire.screens[screen].code;
        let fields = intake::form_fields(&edition, screen, &answers);
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let saved = begun.server.http().post(&format!("/q/{}/{code}", begun.token), &form(fields));
        assert_eq!(saved.status, 303, "{code}");
    }
    browser.open(&begun.url("recapitulatif")).await;
    browser.tab_to("« Envoyer »", |focus| focus.tag == "button" && focus.text.starts_with("Envoyer")).await;
    browser.press_and_load(Key::Enter).await;
    assert_eq!(screen(browser).await, "merci");
    begun.nothing_is_kept().await;
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
