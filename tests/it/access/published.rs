//! The published site through other eyes: every kind of page, in both languages, by day and by night.

use std::fs;
use std::path::Path;
use std::time::Duration;

use end_to_end::{Browser, Preference, Server, tool, workspace};
use serde_json::{Value, json};

use super::tour::{LOOK, invalid, judge, picture};
use crate::definition::EDITION;

/// Most bytes of a page.
const MOST_BYTES: u64 = 100_000;

/// Pages that are looked at, one of each kind.
const PAGES: [&str; 11] = [
    "index.html",
    "chapitres/qui-a-repondu.html",
    "chapitres/indice.html",
    "indicateurs/index.html",
    "indicateurs/IA_UTILISATRICES.html",
    "recherche.html",
    "comparaison-2022.html",
    "donnees.html",
    "methode.html",
    "reseaux/index.html",
    "embed/IA_UTILISATRICES.html",
];

/// Looks at a site that was published in this data directory.
pub(crate) fn assert_readable(data: &Path) {
    let site = data.join("publications").join(EDITION).join("site");
    let mut pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    // What an edition may lack: changes since the one before, networks.
    pages.extend(["evolutions.html".to_owned()].into_iter().filter(|page| site.join(page).is_file()));
    pages.extend(networks(&site).into_iter().take(1));
    let pages: Vec<String> = pages.iter().flat_map(|page| [page.clone(), format!("en/{page}")]).collect();
    let html: Vec<(String, String)> = pages
        .iter()
        .map(|page| {
            (page.replace('/', "-"), fs::read_to_string(site.join(page)).expect("a page of the site"))
        })
        .collect();
    assert_eq!(invalid(&html), "");
    assert_light(&site);
    let data = data.to_path_buf();
    let looked = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
        runtime.expect("a runtime can be made").block_on(look(&data, &pages))
    });
    let faults = looked.join().expect("the look comes to its end");
    assert!(faults.is_empty(), "{faults:#?}");
}

fn networks(site: &Path) -> Vec<String> {
    let entries = fs::read_dir(site.join("reseaux")).into_iter().flatten().flatten();
    let mut codes: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| format!("reseaux/{}/index.html", entry.file_name().to_string_lossy()))
        .collect();
    codes.sort();
    codes
}

/// Every page, whatever its kind.
fn assert_light(site: &Path) {
    let (mut folders, mut count) = (vec![site.to_path_buf()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                let bytes = entry.metadata().expect("a file has a size").len();
                assert!(bytes < MOST_BYTES, "{} weighs {bytes} bytes", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 400, "{count} pages");
}

async fn look(data: &Path, pages: &[String]) -> Vec<String> {
    let server = Server::start_simulated(data, &workspace().join("surveys"));
    let browser = Browser::start().await;
    let axe = fs::read_to_string(tool("axe-core/axe.min.js")).expect("a program is text");
    let source = json!({ "source": format!("{axe};{LOOK}") });
    browser.command("Page.addScriptToEvaluateOnNewDocument", &source).await;
    let mut faults = Vec::new();
    let mut note = |page: &str, what: &str, found: &Value| {
        let found = found.as_array().unwrap_or_else(|| panic!("{page}, {what}: {found}"));
        faults.extend(
            found.iter().map(|fault| format!("{page}, {what}: {}", fault.as_str().unwrap_or_default())),
        );
    };
    let at = |page: &str| server.url(&format!("/barometre/{EDITION}/{page}"));
    for page in pages {
        browser.screen(1280, 800).await;
        browser.prefer(Preference::Light).await;
        browser.open(&at(page)).await;
        note(page, "light", &judge(&browser, &Value::Null).await);
        picture(&browser, &format!("site-{page}"), "light").await;
        browser.prefer(Preference::Dark).await;
        note(page, "dark", &judge(&browser, &json!(["color-contrast", "link-in-text-block"])).await);
        picture(&browser, &format!("site-{page}"), "dark").await;
        browser.prefer(Preference::Light).await;
        browser.screen(320, 640).await;
        note(page, "telephone", &judge(&browser, &Value::Null).await);
        note(page, "320 pixels", &browser.look("return wide()").await);
    }
    the_script_helps(&browser, &at("indicateurs/IA_UTILISATRICES.html"), &at("recherche.html")).await;
    browser.close().await;
    faults
}

/// With the script of the site one breakdown is shown at a time, and the index is filtered without accents; without it both
/// are whole.
async fn the_script_helps(browser: &Browser, indicator: &str, index: &str) {
    const SHOWN: &str = "return [...document.querySelectorAll('[data-picker] > section')].filter(it => it.offsetHeight > 0).length";
    const ENTRIES: &str =
        "return [...document.querySelectorAll('[data-group] li')].filter(it => it.offsetHeight > 0).length";
    browser.screen(1280, 800).await;
    browser.open(indicator).await;
    // On a busy machine the driver may look before the script has run.
    let is_one = async || (browser.look(SHOWN).await == json!(1)).then_some(());
    end_to_end::until("one breakdown alone is shown", Duration::from_secs(30), is_one).await;
    let chosen = "const it = document.querySelector('[data-picker] select'); it.value = 'par-region';
         it.dispatchEvent(new Event('change')); return document.querySelector('#par-region').offsetHeight > 0";
    assert_eq!(browser.look(chosen).await, json!(true));
    browser.open(index).await;
    let has_field = async || {
        let height = browser.look("return document.querySelector('#mots').offsetHeight").await;
        (height != json!(0)).then_some(())
    };
    end_to_end::until("the index can be searched", Duration::from_secs(30), has_field).await;
    let all = browser.look(ENTRIES).await.as_u64().unwrap_or_default();
    assert!(all > 200, "{all} entries");
    let typed = "const it = document.querySelector('#mots'); it.value = 'VISIOCONFERENCE';
         it.dispatchEvent(new Event('input')); return document.querySelector('[role=status]').innerText";
    let said = browser.look(typed).await;
    let found = browser.look(ENTRIES).await.as_u64().unwrap_or_default();
    assert!((1..10).contains(&found), "{found} entries");
    assert!(said.as_str().is_some_and(|said| said.starts_with(&found.to_string())), "{said}");
    browser.allow_scripts(false).await;
    browser.open(indicator).await;
    let shown = browser.look(SHOWN).await.as_u64().unwrap_or_default();
    assert!(shown > 5, "{shown} breakdowns");
    browser.open(index).await;
    assert_eq!(browser.look(ENTRIES).await, json!(all));
    assert_eq!(browser.look("return document.querySelector('#mots').offsetHeight").await, json!(0));
    browser.allow_scripts(true).await;
}
