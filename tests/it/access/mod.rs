//! Whether everyone can fill in the questionnaire: every page in every state, seen through other eyes.

pub(crate) mod published;
mod reader;
mod sheets;
mod states;
pub(crate) mod tour;
mod walk;

use std::collections::BTreeSet;

use end_to_end::{Browser, Key, Preference, Server, workspace};
use serde_json::Value;

use crate::definition;
use walk::Walk;

/// Most bytes of a screen with everything that it asks for.
const MOST_BYTES: u64 = 30_000;

/// What the head of an answer weighs, at most.
const HEADERS: u64 = 1_000;

/// More elements than any page of these has to tab through.
const MOST_TABS: usize = 120;

#[test]
fn no_page_in_any_state_has_an_axe_violation() {
    tour::seen().assert_none("axe");
}

#[test]
fn the_html_of_every_page_is_valid() {
    let pages = &tour::seen().html;
    assert!(pages.len() > 100, "{} pages", pages.len());
    let faults = tour::invalid(pages);
    assert!(faults.is_empty(), "{faults}");
    let broken = [("broken".to_owned(), "<!DOCTYPE html><html lang=\"fr\"><p><li>".to_owned())];
    assert!(!tour::invalid(&broken).is_empty(), "what looks for faults finds them");
}

#[test]
fn everything_to_press_is_44_pixels_high() {
    tour::seen().assert_none("small");
}

#[test]
fn no_page_scrolls_sideways_at_320_pixels_nor_with_text_twice_as_large() {
    tour::seen().assert_none("wide");
}

#[test]
fn a_page_is_read_upright_and_lying() {
    tour::seen().assert_none("lying");
}

#[test]
fn text_spaced_out_is_neither_cut_nor_wider_than_the_screen() {
    tour::seen().assert_none("spaced");
}

#[test]
fn in_forced_colours_what_is_chosen_is_still_seen() {
    tour::seen().assert_none("forced");
}

#[test]
fn without_style_sheet_every_page_reads_in_the_order_of_its_source() {
    tour::seen().assert_none("unordered");
}

#[test]
fn every_label_stands_beside_its_field() {
    tour::seen().assert_none("far");
}

/// What the focus is on: whether it is seen, and where it is in the page.
const FOCUS: &str = "const it = document.activeElement;
    if (!it || it === document.body) return null;
    const target = it.closest('label.choice') || it;
    const style = getComputedStyle(target);
    const box = target.getBoundingClientRect();
    const all = [...document.querySelectorAll('*')];
    return { at: all.indexOf(it), top: Math.round(box.top + scrollY), left: Math.round(box.left),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && box.bottom > 0 && box.top < innerHeight && box.right > 0,
        what: it.localName + ' ' + (it.name || it.id || it.innerText).slice(0, 40) }";

#[tokio::test(flavor = "multi_thread")]
async fn the_focus_is_always_seen_and_follows_the_order_of_the_page() {
    let server = Server::start();
    let edition = definition::edition();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let screens = ["identifiant", "commune", "reseaux", "niveaux", "cybersecurite", "reprendre", "retirer"];
    let mut addresses = vec!["/".to_owned(), "/accessibilite".to_owned()];
    addresses.extend(screens.map(|screen| walk.at(screen)));
    let browser = Browser::start().await;
    browser.prefer(Preference::Light).await;
    for address in addresses {
        browser.open(&server.url(&address)).await;
        browser.press(&[Key::Tab]).await;
        let first = browser.focus().await;
        assert_eq!(
            (first.tag.as_str(), first.href.ends_with("#contenu")),
            ("a", true),
            "{address}: the skip link is first"
        );
        let (mut last, mut count) = (-1, 0);
        loop {
            let found = browser.look(FOCUS).await;
            let at = found["at"].as_i64().unwrap_or(-1);
            // Past the last element the focus leaves the page, or begins again.
            if found.is_null() || (at <= last && count > 2) {
                break;
            }
            assert!(at > last, "{address}: the focus goes back to {found}");
            assert_eq!(found["seen"], Value::Bool(true), "{address}: the focus is not seen on {found}");
            (last, count) = (at, count + 1);
            assert!(count < MOST_TABS, "{address}: the focus does not leave the page");
            browser.press(&[Key::Tab]).await;
        }
        assert!(count > 3, "{address}: {count} elements have the focus");
        // Backwards as well: nothing holds the keyboard.
        browser.press(&[Key::Tab]).await;
    }
    // The skip link leads past what is repeated.
    browser.open(&server.url("/")).await;
    browser.press(&[Key::Tab, Key::Enter, Key::Tab]).await;
    assert_eq!(browser.focus().await.tag, "button", "after the skip link comes the first button of the page");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_announced_and_lead_to_their_field() {
    let server = Server::start();
    let edition = definition::edition();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let blank = Walk::start(&server, &edition, "");
    let cases = [
        (
            blank.at("consentement"),
            "document.querySelectorAll('input').forEach(it => it.checked = false);",
            "cst_participation",
        ),
        (
            walk.at("identifiant"),
            "document.querySelector('[name=\"org_ident.siret\"]').value = '123';",
            "org_ident",
        ),
        (walk.at("equipe"), "document.querySelector('[name=org_salaries]').value = 'x';", "org_salaries"),
        (walk.at("adresse"), "document.querySelector('[name=clo_email]').value = 'x';", "clo_email"),
        (
            walk.at("commune"),
            "document.querySelector('[name=\"org_commune.code_postal\"]').value = '00000';",
            "org_commune",
        ),
    ];
    let browser = Browser::start().await;
    for (address, typed, code) in cases {
        browser.open(&server.url(&address)).await;
        browser.leave_by(&format!("{typed} document.querySelector('button.main').click()")).await;
        let title = browser.look("return document.title").await;
        assert!(title.as_str().is_some_and(|title| title.starts_with("Erreur")), "{address}: {title}");
        let alert = browser
            .look("const it = document.querySelector('main [role=alert]'); return [it === document.activeElement, it.querySelectorAll('a').length]")
            .await;
        assert_eq!(alert[0], Value::Bool(true), "{address}: the summary of errors has the focus");
        assert!(alert[1].as_u64().is_some_and(|links| links >= 1), "{address}: it leads somewhere");
        let said = browser.text("main [role=alert] a").await;
        browser.press(&[Key::Tab, Key::Enter]).await;
        let field = browser
            .look(
                "const it = document.activeElement; const group = it.closest('[aria-invalid=true]');
                 const described = (group?.getAttribute('aria-describedby') ?? '').split(' ');
                 return { name: it.name ?? '', texts: described.map(id => document.getElementById(id)?.innerText ?? '').join(' ') }",
            )
            .await;
        let name = field["name"].as_str().unwrap_or_default();
        assert_eq!(name.split('.').next(), Some(code), "{address}: the link leads to the field: {field}");
        let texts = field["texts"].as_str().unwrap_or_default();
        assert!(
            texts.contains(&said) && texts.contains("Erreur"),
            "{address}: « {said} » is tied to the field: {texts}"
        );
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_slips_off_before_it_is_let_go_does_nothing() {
    let server = Server::start();
    let edition = definition::edition();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let browser = Browser::start().await;
    let cases = [
        ("statut", "button.main"),
        ("statut", ".choice"),
        ("recapitulatif", "button.main"),
        ("retirer", "button.danger"),
        ("reprendre", "main a.main"),
    ];
    for (page, target) in cases {
        let address = walk.at(page);
        browser.open(&server.url(&address)).await;
        let before = browser.look(WHOLE).await;
        browser.press_and_slip_off(target).await;
        assert_eq!(browser.look(WHOLE).await, before, "{page}: `{target}` acts before it is let go");
    }
    // Let go where it was pressed, it acts: what was tried above was the right thing.
    browser.open(&server.url(&walk.at("retirer"))).await;
    browser.leave_by("document.querySelector('button.danger').click()").await;
    assert!(browser.text("h1").await.contains("effacées"));
    browser.close().await;
}

/// What a page is, and what is ticked in it.
const WHOLE: &str = "return [location.href, performance.timeOrigin, document.title,
    [...document.querySelectorAll('input')].map(it => it.checked ? it.value : '').join()]";

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_sent_without_javascript() {
    let server = Server::start();
    let edition = definition::edition();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "commentaire");
    let browser = Browser::start().await;
    browser.allow_scripts(false).await;
    browser.open(&server.url(&walk.draft)).await;
    let windows = browser.look("return window.length").await;
    let answers = crate::keyboard::Wanted::of(&definition::answers());
    while !browser.path().await.ends_with("recapitulatif") {
        crate::keyboard::fill(&browser, &answers).await;
        browser.press_and_load(Key::Enter).await;
    }
    browser.tab_to("« Envoyer »", |focus| focus.tag == "button" && focus.text.starts_with("Envoyer")).await;
    browser.press_and_load(Key::Enter).await;
    assert!(browser.path().await.ends_with("/merci"));
    crate::keyboard::follow(&browser, "/resultat").await;
    assert!(browser.text("main").await.contains("Niveau"));
    assert_eq!(browser.look("return window.length").await, windows, "no window or frame was opened");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_with_everything_it_asks_for_is_under_30_kilobytes() {
    let server = Server::start();
    let edition = definition::edition();
    let mut walk = Walk::start(&server, &edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let script = "const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        return { bytes: entries.reduce((sum, it) => sum + Math.max(it.transferSize, it.encodedBodySize), 0),
            hosts: [...new Set(entries.map(it => new URL(it.name).host))], fonts: document.fonts.size,
            font: getComputedStyle(document.body).fontFamily, cookie: document.cookie }";
    let browser = Browser::start().await;
    // Every request is made anew, as by somebody who was never here.
    browser.command("Network.setCacheDisabled", &serde_json::json!({ "cacheDisabled": true })).await;
    // What works behind a screen is not in the page's own account: what shows screens without a network, and its notice.
    let packed = [("accept-encoding", "gzip")];
    let behind =
        ["/service.js", "/hors-ligne"].map(|file| server.http().send("GET", file, &packed, &[]).bytes.len());
    let behind = u64::try_from(behind.iter().sum::<usize>()).expect("a size") + 2 * HEADERS;
    let mut sent = Walk::start(&server, &edition, "");
    sent.until(&definition::answers(), "recapitulatif");
    sent.send();
    let others = [
        "/".to_owned(),
        "/reprendre".to_owned(),
        "/confidentialite".to_owned(),
        "/accessibilite".to_owned(),
        walk.at("reprendre"),
        walk.at("recapitulatif"),
        walk.at("retirer"),
        sent.at("merci"),
        sent.at("resultat"),
    ];
    let mut heaviest = (0, String::new());
    for address in walk.passed.iter().chain(&others) {
        browser.open(&server.url(address)).await;
        let found = browser.look(script).await;
        let is_screen = walk.passed.contains(address);
        let bytes = found["bytes"].as_u64().unwrap_or_default() + if is_screen { behind } else { 0 };
        assert!(bytes > 2_000, "{address} says what it weighs: {found}");
        assert!(bytes < MOST_BYTES, "{address} weighs {bytes} bytes");
        heaviest = heaviest.max((bytes, address.rsplit('/').next().unwrap_or_default().to_owned()));
        let host = server.url("").replace("http://", "");
        assert_eq!(found["hosts"], serde_json::json!([host]), "{address} asks others");
        assert_eq!(found["fonts"], 0, "{address} loads a font");
        assert!(
            found["font"].as_str().is_some_and(|font| font.starts_with("system-ui")),
            "{address}: {found}"
        );
        assert_eq!(found["cookie"], "", "{address} sets a cookie");
    }
    eprintln!("the heaviest page, `{}`, weighs {} bytes with all that comes with it", heaviest.1, heaviest.0);
    assert!(heaviest.0 > 0);
    browser.close().await;
}

/// Names of all tests of the workspace, as they stand in the sources.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![workspace().join("crates"), workspace().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources can be read") {
            let path = entry.expect("a folder says what it holds").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source is text");
                let parts = text.split("#[test]").skip(1).chain(text.split("#[tokio::test").skip(1));
                let name = |part: &str| part.split("fn ").nth(1)?.split('(').next().map(str::to_owned);
                names.extend(parts.filter_map(name));
            }
        }
    }
    names
}

#[test]
fn every_test_that_the_accessibility_statement_counts_exists() {
    let covered = intake::covered();
    assert!(covered.len() > 50, "{} criteria apply", covered.len());
    let tests = tests();
    assert!(tests.contains("no_page_in_any_state_has_an_axe_violation"), "tests are found");
    for (criterion, named) in covered {
        for test in named {
            assert!(tests.contains(test), "criterion {criterion} counts on `{test}`, which is no test");
        }
    }
}

#[test]
fn every_test_of_these_is_counted_by_the_accessibility_statement() {
    let counted: BTreeSet<&str> = intake::covered().into_values().flatten().collect();
    let sources = [include_str!("mod.rs"), include_str!("reader.rs"), include_str!("sheets.rs")];
    // What is about weight, and the size of what is pressed (WCAG 2.5.5, not RGAA), is of no criterion.
    let apart = [
        "a_screen_with_everything_it_asks_for_is_under_30_kilobytes",
        "everything_to_press_is_44_pixels_high",
    ];
    for part in sources.iter().flat_map(|source| {
        source.split("test").filter(|part| part.contains("\nfn ") || part.contains("\nasync fn "))
    }) {
        let Some(name) = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()) else { continue };
        let is_test =
            name.split('_').count() > 3 && !name.starts_with("every_test_") && !apart.contains(&name);
        assert!(
            !is_test || counted.contains(name),
            "no criterion of crates/intake/texts/rgaa.toml names `{name}`"
        );
    }
}
