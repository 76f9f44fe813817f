//! One tour through every page in every state, by one browser; the tests read what was seen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use end_to_end::{Browser, Preference, Server, barometre, tool, workspace};
use questionnaire::{Answer, Answers};
use serde_json::{Value, json};

use super::states;
use super::walk::Walk;
use crate::definition;

/// What looks at a page, from inside it.
pub(super) const LOOK: &str = include_str!("look.js");

/// Where pictures go, when they are wanted: a folder.
const PICTURES: &str = "BAROMETRE_SCREENSHOTS";

/// What the tour found.
pub(super) struct Seen {
    /// Faults by what was looked for, then by page.
    faults: BTreeMap<&'static str, Vec<String>>,
    /// The pages as they came.
    pub(super) html: Vec<(String, String)>,
    /// How many looks there were, by what was looked for.
    looks: BTreeMap<&'static str, usize>,
}

impl Seen {
    /// Nothing seen yet.
    fn new() -> Self {
        Self { faults: BTreeMap::new(), html: Vec::new(), looks: BTreeMap::new() }
    }

    /// Refuses any fault of any kind.
    pub(super) fn assert_clean(&self) {
        let faults: Vec<&String> = self.faults.values().flatten().collect();
        assert!(faults.is_empty() && !self.looks.is_empty(), "{faults:#?}");
        assert_eq!(invalid(&self.html), "");
    }

    /// Refuses any fault of this kind.
    pub(super) fn assert_none(&self, kind: &str) {
        let looks = self.looks.get(kind).copied().unwrap_or_default();
        assert!(looks > 50, "only {looks} looks for `{kind}`");
        let faults = self.faults.get(kind).map(Vec::as_slice).unwrap_or_default();
        assert!(faults.is_empty(), "{} of {looks} looks: {faults:#?}", faults.len());
    }

    fn note(&mut self, kind: &'static str, page: &str, found: &Value) {
        *self.looks.entry(kind).or_default() += 1;
        let found = found.as_array().unwrap_or_else(|| panic!("{page}: {kind} found {found}"));
        let faults = found.iter().map(|fault| format!("{page}: {}", fault.as_str().unwrap_or_default()));
        self.faults.entry(kind).or_default().extend(faults);
    }
}

/// What the tour found; it is made once, whichever test asks first.
pub(super) fn seen() -> &'static Seen {
    static SEEN: LazyLock<Seen> = LazyLock::new(|| {
        let tour = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
            runtime.expect("a runtime can be made").block_on(tour())
        });
        tour.join().expect("the tour comes to its end")
    });
    &SEEN
}

/// A page, and what to do on it before looking.
pub(crate) struct Stop {
    name: String,
    address: String,
    script: Option<String>,
}

impl Stop {
    pub(crate) fn at(name: &str, address: &str) -> Self {
        Self { name: name.to_owned(), address: address.to_owned(), script: None }
    }

    /// A page on which something is then pressed.
    pub(super) fn pressing(name: &str, address: &str, selector: &str) -> Self {
        let script = format!("document.querySelector('{selector}').click()");
        Self { name: name.to_owned(), address: address.to_owned(), script: Some(script) }
    }

    /// A page on which this is then done.
    pub(crate) fn doing(name: &str, address: &str, script: &str) -> Self {
        Self { name: name.to_owned(), address: address.to_owned(), script: Some(script.to_owned()) }
    }

    /// A page whose form is then posted with these fields typed.
    pub(crate) fn posting(name: &str, address: &str, typed: &[(&str, &str)]) -> Self {
        let fields = serde_json::to_string(typed).expect("names and values are JSON");
        let script = format!(
            "const form = document.querySelector('main form');
             for (const [name, value] of {fields}) {{
               const fields = [...form.elements].filter(it => it.name === name);
               for (const it of fields) {{
                 if (it.type === 'radio' || it.type === 'checkbox') it.checked = it.value === value;
                 else it.value = value;
               }}
             }}
             form.requestSubmit(form.querySelector('button'));"
        );
        Self { name: name.to_owned(), address: address.to_owned(), script: Some(script) }
    }
}

/// Looks at these pages of a server in every way, and refuses any fault.
pub(crate) fn assert_readable(server: &Server, stops: &[Stop]) {
    // On a thread of its own: whoever asks may have a runtime already.
    std::thread::scope(|scope| {
        let looked = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
            runtime.expect("a runtime can be made").block_on(look(server, stops))
        });
        looked.join().expect("the look comes to its end").assert_clean();
    });
}

async fn look(server: &Server, stops: &[Stop]) -> Seen {
    let mut seen = Seen::new();
    let browser = ready().await;
    for stop in stops {
        visit(&mut seen, server, &browser, stop).await;
    }
    browser.close().await;
    seen
}

/// A browser that knows how to look.
async fn ready() -> Browser {
    let browser = Browser::start().await;
    let axe = std::fs::read_to_string(tool("axe-core/axe.min.js")).expect("a program is text");
    let source = json!({ "source": format!("{axe};{LOOK}") });
    browser.command("Page.addScriptToEvaluateOnNewDocument", &source).await;
    browser
}

async fn tour() -> Seen {
    let mut seen = Seen::new();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let server = Server::start_with(folder.path(), &workspace().join("surveys"), &states::OPTIONS);
    let edition = definition::edition();
    let browser = ready().await;
    for stop in stops(&server, &edition).into_iter().chain(states::stops(&server, &edition).await) {
        visit(&mut seen, &server, &browser, &stop).await;
    }
    states::come_too_fast(&server, &browser).await;
    visit(&mut seen, &server, &browser, &Stop::pressing("too-fast", "/", "main button")).await;
    states::come_at_leisure(&browser).await;
    // A collection that is over has pages of its own, and first a grace.
    let late = Walk::start(&server, &edition, "");
    let mut sent = Walk::start(&server, &edition, "");
    sent.until(&definition::answers(), "recapitulatif");
    sent.send();
    close(&server, &["--grace", "2days"]);
    for stop in [Stop::at("grace", "/"), Stop::at("grace-draft", &late.at("consentement"))] {
        visit(&mut seen, &server, &browser, &stop).await;
    }
    close(&server, &[]);
    for stop in [
        Stop::at("closed", "/"),
        Stop::at("closed-board", "/avancement"),
        Stop::at("closed-draft", &late.draft),
        Stop::at("closed-receipt", &sent.at("merci")),
        Stop::at("en-closed", "/en/"),
    ] {
        visit(&mut seen, &server, &browser, &stop).await;
    }
    browser.close().await;
    seen
}

/// Closes the edition of a server.
fn close(server: &Server, options: &[&str]) {
    let mut close = barometre();
    close.args(["close", definition::EDITION, "--dir"]).arg(server.data()).args(options);
    let closed =
        close.arg("--surveys").arg(workspace().join("surveys")).output().expect("the binary can be run");
    assert!(closed.status.success(), "{}", String::from_utf8_lossy(&closed.stderr));
}

/// Every kind of page, every screen filled in and empty, and every state that a screen can be in.
fn stops(server: &Server, edition: &questionnaire::Edition) -> Vec<Stop> {
    let mut stops: Vec<Stop> = [
        "/",
        "/confidentialite",
        "/accessibilite",
        "/avancement",
        "/hors-ligne",
        "/aucune-page",
        "/commencer",
    ]
    .iter()
    .flat_map(|page| [Stop::at(page, page), Stop::at(&format!("/en{page}"), &format!("/en{page}"))])
    .collect();

    // Every screen as it is found again, in French; then what lies after them.
    let mut whole = Walk::start(server, edition, "");
    let answers = definition::answers();
    whole.until(&answers, "recapitulatif");
    stops.extend(whole.passed.iter().map(|address| Stop::at(&named("fr-filled", address), address)));
    for page in ["recapitulatif", "reprendre", "retirer", "retirer?refus", "envoyer"] {
        stops.push(Stop::at(page, &whole.at(page)));
    }

    // Every screen that somebody sees who answers only what must be, in English and empty.
    let sparse = definition::folder().join("responses/valid/questions_obligatoires_seules.json");
    let sparse = std::fs::read_to_string(sparse).expect("an example is text");
    let sparse: Value = serde_json::from_str(&sparse).expect("an example is JSON");
    let sparse = Answers::from_json(&sparse["answers"].to_string()).expect("an example has answers");
    let mut empty = Walk::start(server, edition, "/en");
    empty.until(&sparse, "recapitulatif");
    stops.extend(empty.passed.iter().map(|address| Stop::at(&named("en-empty", address), address)));
    // Another one is sent: a response that was sent shows no screen any more.
    let mut scant = Walk::start(server, edition, "/en");
    scant.until(&sparse, "recapitulatif");
    scant.send();
    stops.push(Stop::at("en-receipt", &scant.at("merci")));
    stops.push(Stop::at("en-result-without-index", &scant.at("resultat")));

    stops.extend(errors(server, edition, &answers));
    stops.extend(long(server, edition, &answers));

    let mut sent = Walk::start(server, edition, "");
    sent.until(&answers, "recapitulatif");
    sent.send();
    stops.push(Stop::at("receipt", &sent.at("merci")));
    stops.push(Stop::at("result", &sent.at("resultat")));
    stops.push(Stop::at("en-result", &format!("/en{}", sent.at("resultat"))));
    stops.push(Stop::at("sent-withdraw", &sent.at("retirer")));

    stops.push(Stop::pressing("correction", &sent.at("merci"), "form[action$=corriger] button"));
    stops.push(Stop::at("correction-screen", &sent.at("statut")));
    stops.push(Stop::at("receipt-correcting", &sent.at("merci")));
    stops.push(Stop::pressing("code-given", &whole.at("reprendre"), "form[action$=code] button"));
    stops.push(Stop::at("code", "/reprendre"));
    stops.push(Stop::posting("code-unknown", "/reprendre", &[("code", "abcd efgh jkmn")]));
    let elsewhere = "?ailleurs=str_strategie,org_secteur&remplace=org_salaries";
    stops.push(Stop::at("answered-elsewhere", &whole.at(&format!("statut{elsewhere}"))));

    let leaving = Walk::start(server, edition, "");
    stops.push(Stop::posting("withdrawn", &leaving.at("retirer"), &[]));
    stops.push(Stop::at("gone", &leaving.draft));
    let refusing = Walk::start(server, edition, "");
    stops.push(Stop::posting("refused", &refusing.at("consentement"), &[("cst_participation", "non")]));
    stops
}

/// Answers that are refused, or looked at twice.
fn errors(server: &Server, edition: &questionnaire::Edition, answers: &Answers) -> Vec<Stop> {
    let blank = Walk::start(server, edition, "");
    let mut walk = Walk::start(server, edition, "");
    walk.until(answers, "recapitulatif");
    let at = |page: &str| walk.at(page);
    vec![
        Stop::at("fr-consent-empty", &blank.at("consentement")),
        Stop::posting("error-required", &blank.at("consentement"), &[]),
        Stop::posting(
            "error-siret",
            &at("identifiant"),
            &[("org_ident.type", "siret"), ("org_ident.siret", "123")],
        ),
        Stop::posting("error-number", &at("equipe"), &[("org_salaries", "beaucoup")]),
        Stop::posting("error-email", &at("adresse"), &[("clo_email", "pas une adresse")]),
        Stop::posting("error-post-code", &at("commune"), &[("org_commune.code_postal", "00000")]),
        Stop::posting("choose-commune", &at("commune"), &[("org_commune.code_postal", "35000")]),
        Stop::posting("warning", &at("depenses"), &[("fin_depenses", "gt100k")]),
        Stop::posting("en-error", &format!("/en{}", at("equipe")), &[("org_salaries", "-1")]),
    ]
}

/// A name without a space, a comment as long as it may be.
fn long(server: &Server, edition: &questionnaire::Edition, answers: &Answers) -> Vec<Stop> {
    let comment = "Anticonstitutionnellement".repeat(60);
    let mut walk = Walk::start(server, edition, "");
    let answers =
        answers.clone().with("clo_commentaire", Answer::text(comment.get(..900).unwrap_or_default()));
    walk.until(&answers, "recapitulatif");
    vec![
        Stop::at("long-text", &walk.at("commentaire")),
        Stop::at("long-summary", &walk.at("recapitulatif")),
        Stop::posting("long-error", &walk.at("equipe"), &[("org_salaries", &"9".repeat(120))]),
    ]
}

fn named(state: &str, address: &str) -> String {
    format!("{state}-{}", address.rsplit('/').next().unwrap_or_default())
}

/// Looks at one page in every way.
async fn visit(seen: &mut Seen, server: &Server, browser: &Browser, stop: &Stop) {
    let name = stop.name.as_str();
    browser.screen(360, 740).await;
    browser.prefer(Preference::Light).await;
    browser.open(&server.url(&stop.address)).await;
    if let Some(script) = &stop.script {
        browser.leave_by(script).await;
    } else {
        let path = stop.address.split('?').next().unwrap_or_default();
        assert_eq!(browser.path().await, path, "{name}: what is looked at is what was to be looked at");
    }
    // As it came, where asking once more gives the same; a browser mends what it reads.
    let html = if stop.script.is_none() {
        server.http().get(&stop.address).body
    } else {
        let html = browser.look("return document.documentElement.outerHTML").await;
        format!("<!DOCTYPE html>\n{}", html.as_str().unwrap_or_default())
    };
    if html.starts_with("<!DOCTYPE") {
        seen.html.push((name.to_owned(), html));
    }

    seen.note("axe", name, &judge(browser, &Value::Null).await);
    seen.note("small", name, &browser.look("return small()").await);
    seen.note("far", name, &browser.look("return far()").await);
    picture(browser, name, "light").await;

    browser.prefer(Preference::Dark).await;
    seen.note("axe", &format!("{name}, dark"), &judge(browser, &json!(["color-contrast"])).await);
    picture(browser, name, "dark").await;

    browser.prefer(Preference::Forced).await;
    seen.note("forced", name, &browser.look(FORCED).await);
    picture(browser, name, "forced").await;
    browser.prefer(Preference::Light).await;

    browser.screen(740, 360).await;
    seen.note("lying", name, &browser.look("return wide()").await);
    browser.screen(320, 640).await;
    seen.note("wide", name, &browser.look("return wide()").await);
    browser.look("document.documentElement.style.fontSize = '200%'").await;
    seen.note(
        "wide",
        &format!("{name}, text twice as large"),
        &browser.look("return [...wide(), ...cut()]").await,
    );
    pictures(browser, name, "large", &[320]).await;
    browser.screen(320, 640).await;
    browser.look("document.documentElement.style.fontSize = ''").await;
    browser.look(SPACED).await;
    seen.note("spaced", name, &browser.look("return [...wide(), ...cut()]").await);

    // Last, since what it takes away does not come back.
    browser
        .look(
            "document.querySelectorAll('link[rel=stylesheet], style').forEach(it => it.remove());
            document.adoptedStyleSheets = []",
        )
        .await;
    seen.note("unordered", name, &browser.look("return unordered()").await);
    seen.note("axe", &format!("{name}, without style sheet"), &judge(browser, &json!(BARE)).await);
}

/// What can be wrong of a page without its style sheet: what it says, not how it looks.
const BARE: [&str; 6] =
    ["label", "link-name", "button-name", "heading-order", "landmark-one-main", "page-has-heading-one"];

/// The spacing that a reader may ask for (WCAG 1.4.12).
const SPACED: &str = "const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }'
        + ' p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets.push(sheet);";

/// With colours chosen by the reader, what is ticked has a mark that is not a colour of ours, and controls have a line.
const FORCED: &str = "return [...document.querySelectorAll('.choice, main button, main input[type=text]')]
    .filter(it => it.getBoundingClientRect().height > 1)
    .filter(it => {
      const style = getComputedStyle(it);
      const ticked = it.matches('.choice:has(:checked)');
      const line = parseFloat(style.borderTopWidth) >= 1 && style.borderTopStyle !== 'none';
      const marked = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none';
      return !matchMedia('(forced-colors: active)').matches || !line || (ticked && !marked);
    }).map(it => it.innerText || it.name)";

pub(super) async fn judge(browser: &Browser, rules: &Value) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        judge(arguments[0]).then(done, error => done(['axe failed: ' + error]))";
    browser.wait_for(script, rules.clone()).await
}

/// Pictures of the whole page at the width of a telephone and of a desk, when pictures are wanted.
pub(super) async fn picture(browser: &Browser, name: &str, state: &str) {
    pictures(browser, name, state, &[360, 1280]).await;
    if std::env::var_os(PICTURES).is_some() {
        browser.screen(360, 740).await;
    }
}

/// Pictures of the whole page at these widths, when pictures are wanted.
async fn pictures(browser: &Browser, name: &str, state: &str, widths: &[u32]) {
    let Some(folder) = std::env::var_os(PICTURES).map(PathBuf::from) else { return };
    let name = name.trim_matches('/').replace(['/', '?'], "-");
    for &width in widths {
        browser.screen(width, 740).await;
        let height = browser.look("return document.documentElement.scrollHeight").await;
        let height = u32::try_from(height.as_u64().unwrap_or(740).clamp(740, 6000)).unwrap_or(740);
        browser.screen(width, height).await;
        let file = folder.join(format!("{name}-{width}-{state}.png"));
        std::fs::write(&file, browser.picture().await)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Checks pages against the rules of HTML with a program of its own.
pub(super) fn invalid(pages: &[(String, String)]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = json!({ "root": true, "extends": ["html-validate:standard", "html-validate:a11y"],
        // A button of a form sends it: that is what ours are for, and what the standard says of those without a type.
        "rules": { "no-implicit-button-type": "off" } });
    std::fs::write(folder.path().join(".htmlvalidate.json"), settings.to_string()).expect("a folder of ours");
    for (name, html) in pages {
        let file = format!("{}.html", name.replace(['/', '?', ' '], "-"));
        std::fs::write(folder.path().join(file), html).expect("a folder of ours");
    }
    let output = Command::new("node")
        .arg(tool("html-validate/bin/html-validate.mjs"))
        .args(["--formatter", "text", "--config"])
        .arg(folder.path().join(".htmlvalidate.json"))
        .arg(folder.path())
        .output()
        .unwrap_or_else(|error| panic!("node: {error} (Debian: apt-get install nodejs)"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        String::new()
    } else {
        format!("{said}{}", String::from_utf8_lossy(&output.stderr))
    }
}
