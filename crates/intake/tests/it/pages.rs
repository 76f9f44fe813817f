//! What every page has: headers, weight, language, one heading, labels.

use axum::http::HeaderMap;

use crate::harness::{Page, Site, answers, edition};

/// The largest page, style sheet and script included, in bytes.
const HEAVIEST: usize = 30 * 1024;

fn assert_headers(address: &str, headers: &HeaderMap) {
    let value = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("ASCII"));
    let policy = value("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
        "{address}"
    );
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{address}");
    assert_eq!(value("x-content-type-options"), "nosniff", "{address}");
    assert_eq!(value("referrer-policy"), "no-referrer", "{address}");
    assert!(headers.get("set-cookie").is_none() && headers.get("server").is_none(), "{address}");
    if address.starts_with("/style-") || address.starts_with("/script-") {
        assert!(value("cache-control").contains("immutable"));
    } else {
        assert_eq!(value("cache-control"), "no-store", "{address}");
    }
}

fn assert_well_made(address: &str, page: &Page, assets: usize) {
    let language = if address.starts_with("/en/") { "en" } else { "fr" };
    assert!(page.body.len() + assets <= HEAVIEST, "{address}: {} + {assets} bytes", page.body.len());
    assert_eq!(page.body.matches("<h1").count(), 1, "{address}");
    assert!(page.shows(&format!("<html lang=\"{language}\">")) && page.shows("<title>"), "{address}");
    // One script, from a file of ours.
    assert_eq!(page.body.matches("<script").count(), page.body.matches("<script src=\"/script-").count());
    assert!(!page.shows(" style=") && !page.shows("javascript:"), "{address}");
    // Whoever is stuck finds whom to write to.
    assert!(
        page.shows("<a href=\"mailto:contact@barometre.example\">contact@barometre.example</a>"),
        "{address}"
    );
    // No page moves on or refreshes by itself.
    assert!(!page.shows("http-equiv"), "{address}");
    // Every identifier once, and every reference to one that exists.
    let identifiers: Vec<&str> = attribute(&page.body, " id=\"");
    for identifier in &identifiers {
        assert_eq!(
            identifiers.iter().filter(|other| other == &identifier).count(),
            1,
            "{address}: {identifier}"
        );
    }
    for name in [" for=\"", " aria-describedby=\"", " aria-labelledby=\""] {
        for reference in attribute(&page.body, name).iter().flat_map(|references| references.split(' ')) {
            assert!(identifiers.contains(&reference), "{address}:{name}{reference}");
        }
    }
    // Every field has a label: around it, or pointing to it.
    for start in page.body.match_indices("<input").map(|(start, _)| start) {
        let tag = &page.body[start..start + page.body[start..].find('>').expect("a tag")];
        let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
        if is_choice {
            assert!(
                page.body[..start].ends_with("<label class=\"choice\">")
                    || page.body[..start].ends_with("\">"),
                "{address}: {tag}"
            );
        } else if !tag.contains("type=\"hidden\"") {
            let id = attribute(tag, " id=\"")[0];
            assert!(page.shows(&format!("for=\"{id}\"")), "{address}: {tag}");
        }
    }
}

fn attribute<'a>(html: &'a str, start: &str) -> Vec<&'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_page_is_light_labelled_and_has_its_headers() {
    let site = Site::open().await;
    let start = site.get("/").await;
    let sheet = attribute(&start.body, "rel=\"stylesheet\" href=\"")[0].to_owned();
    let style = site.get(&sheet).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert_headers(&sheet, &style.headers);
    let consent = site.get(&format!("{}/consentement", site.start().await)).await;
    let address = attribute(&consent.body, "<script src=\"")[0].to_owned();
    let script = site.get(&address).await;
    assert_headers(&address, &script.headers);
    let assets = site.weight(&sheet).await + site.weight(&address).await;

    for beginning in ["", "/en"] {
        let draft = site.start_in(beginning).await;
        // All conditions of the questionnaire that can hold together: every screen but a few is shown.
        let passed = site.fill_until(&draft, &answers(), "recapitulatif").await;
        assert!(passed.len() > 45, "{}", passed.len());
        let mut addresses: Vec<String> = [
            "/",
            "/confidentialite",
            "/accessibilite",
            "/avancement",
            "/hors-ligne",
            "/aucune-page",
            "/commencer",
        ]
        .map(|page| format!("{beginning}{page}"))
        .into();
        addresses.extend(passed.iter().cloned());
        addresses.extend(["reprendre", "recapitulatif", "retirer"].map(|page| format!("{draft}/{page}")));
        for address in &addresses {
            let page = site.get(address).await;
            assert_headers(address, &page.headers);
            assert_well_made(address, &page, assets);
        }
        // Errors, too: a blank form on every screen.
        for address in &passed {
            let page = site.post(address, &[]).await;
            assert_headers(address, &page.headers);
            if !page.body.is_empty() {
                assert_well_made(address, &page, assets);
            }
        }
        let draft = site.start_in(beginning).await;
        site.fill_until(&draft, &answers(), "recapitulatif").await;
        site.post(&format!("{draft}/envoyer"), &[]).await;
        for address in ["merci", "resultat", "retirer"].map(|page| format!("{draft}/{page}")) {
            let page = site.get(&address).await;
            assert_headers(&address, &page.headers);
            assert_well_made(&address, &page, assets);
        }
    }
}

#[tokio::test]
async fn a_title_says_the_question_the_section_and_the_step() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let page = site.get(&format!("{draft}/identifiant")).await;
    let steps = edition()
        .path(&questionnaire::Answers::new().with("cst_participation", questionnaire::Answer::text("oui")));
    let expected = format!(
        "Quel est l’identifiant de votre organisation\u{a0}? – Votre organisation – Étape 2 sur {} – {}",
        steps.screens.len(),
        edition().typeset().questionnaire.title
    );
    let title = page.element("<title>").replace("&#39;", "'").replace('\u{202f}', "\u{a0}");
    assert_eq!(title, expected);
    assert!(page.shows("<progress"));
}

#[tokio::test]
async fn the_first_button_of_a_screen_goes_on() {
    // The Enter key in a field presses the first submit button.
    let site = Site::open().await;
    let draft = site.consenting().await;
    for screen in ["identifiant", "consentement"] {
        let page = site.get(&format!("{draft}/{screen}")).await;
        let first = page.body.find("<button").expect("a button");
        assert!(page.body[first..].starts_with("<button class=\"main\" name=\"action\" value=\"suivant\""));
    }
}

#[tokio::test]
async fn a_simulated_edition_says_so_on_every_page() {
    let site = Site::with(|settings| settings.is_simulated = true).await;
    let draft = site.consenting().await;
    for address in [
        "/",
        "/confidentialite",
        "/aucune-page",
        &format!("{draft}/identifiant"),
        &format!("{draft}/retirer"),
    ] {
        assert!(
            site.get(address).await.shows("Édition de démonstration\u{a0}: réponses simulées"),
            "{address}"
        );
        let english = site.get(&format!("/en{address}")).await;
        assert!(english.shows("Demonstration edition: simulated answers"), "{address}");
    }
    assert!(!Site::open().await.get("/").await.shows("simulées"));
}

#[tokio::test]
async fn a_site_under_a_path_links_to_that_path_and_over_tls_asks_for_it_again() {
    let site = Site::with(|settings| settings.base_url = "https://asso.example/enquete/".to_owned()).await;
    let start = site.get("/").await;
    assert!(start.shows("action=\"/enquete/commencer\""));
    assert_eq!(start.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    assert!(site.post("/commencer", &[]).await.location().starts_with("/enquete/q/"));
    assert!(start.shows("href=\"/enquete/en/\"") && start.shows("href=\"/enquete/style-"));
    let english = site.get("/en/").await;
    assert!(english.shows("action=\"/enquete/en/commencer\"") && english.shows("href=\"/enquete/\""));
    assert!(english.shows("href=\"/enquete/style-"));
    assert!(site.post("/en/commencer", &[]).await.location().starts_with("/enquete/en/q/"));
    assert!(!Site::open().await.get("/").await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn the_confidentiality_promise_is_on_the_start_page_word_for_word() {
    let page = Site::open().await.get("/").await;
    let text = page.body.replace('\u{a0}', " ").replace('’', "'");
    assert!(text.contains(
        "Vos réponses servent uniquement à produire des statistiques. Elles ne sont transmises à personne — ni à \
         votre réseau, ni à vos financeurs — et sont conservées séparément de vos coordonnées. Vous pouvez les \
         consulter, les corriger ou les effacer à tout moment jusqu'à la clôture."
    ));
    assert!(text.contains("les résultats déjà publiés, qui sont anonymes, ne sont pas recalculés."));
}

#[tokio::test]
async fn the_confidentiality_promise_in_english_promises_the_same() {
    let page = Site::open().await.get("/en/").await;
    assert!(page.shows(
        "Your answers are used only to produce statistics. They are passed on to no one — neither your network nor \
         your funders — and are kept separately from your contact details. You can consult, correct or erase them at \
         any time until the collection closes."
    ));
    assert!(page.shows(
        "After publication, erasure removes your answers from our files; results that are already published, which \
         are anonymous, are not recalculated."
    ));
}

#[tokio::test]
async fn the_languages_the_notice_and_the_statement_are_in_the_same_place_on_every_page() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let drafts = ["identifiant", "reprendre", "retirer"].map(|page| format!("{draft}/{page}"));
    for address in ["/", "/confidentialite", "/accessibilite", "/avancement", "/aucune-page"]
        .into_iter()
        .chain(drafts.iter().map(String::as_str))
    {
        let page = site.get(address).await;
        let at = |text: &str| page.body.rfind(text).unwrap_or_else(|| panic!("{address} lacks {text}"));
        let order =
            [at("</main>"), at("class=\"languages\""), at("/confidentialite\""), at("/accessibilite\"")];
        assert!(order.is_sorted(), "{address}: {order:?}");
    }
}

#[tokio::test]
async fn the_statement_names_what_is_checked_and_whom_to_write_to() {
    let site = Site::open().await;
    let covered = intake::covered();
    let tested = covered.values().filter(|tests| !tests.is_empty()).count();
    assert!(
        tested * 10_000 > covered.len() * 9_508,
        "{tested} of {}: no less than what others claim",
        covered.len()
    );
    for address in ["/accessibilite", "/en/accessibilite"] {
        let page = site.get(address).await;
        assert!(
            page.status.is_success() && page.shows("href=\"mailto:contact@barometre.example\""),
            "{address}"
        );
        for number in covered.keys() {
            assert!(page.shows(&format!(">{number} ")), "{address} does not name {number}");
        }
        let rate = 100 * tested / covered.len();
        let said = page.body.replace('\u{a0}', " ").replace(" %", "%");
        assert!(
            said.contains(&format!("{rate}%")) && said.contains(&format!("<strong>{tested} ")),
            "{address}: the rate"
        );
        assert!(page.shows("106") && page.shows("defenseurdesdroits.fr"));
    }
}

/// The colours of the style sheet: light, then dark.
fn colours() -> [std::collections::BTreeMap<&'static str, &'static str>; 2] {
    let style = include_str!("../../style/style.css");
    let of = |text: &'static str| {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("--"));
        lines.filter_map(|line| line.trim_end_matches(';').split_once(": ")).collect()
    };
    let (light, rest) = style.split_once("@media (prefers-color-scheme: dark)").expect("dark colours");
    [of(light), of(rest.split_once("\n}\n").expect("their end").0)]
}

/// Relative luminance (WCAG 2).
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let whole: String = if digits.len() == 3 {
        digits.chars().flat_map(|digit| [digit, digit]).collect()
    } else {
        digits.to_owned()
    };
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&whole[at..at + 2], 16).expect("two digits")) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

#[test]
fn the_colours_of_controls_have_a_contrast_of_three_to_one() {
    let contrast = |a: &str, b: &str| {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    assert!((contrast("#fff", "#000") - 21.0).abs() < 1e-9);
    for colours in colours() {
        for (over, under) in [
            ("line", "ground"),
            ("line", "field"),
            ("accent", "ground"),
            ("accent", "field"),
            ("accent", "faint"),
            ("wrong", "field"),
            ("mark", "faint"),
            ("mark", "ground"),
            ("on-accent", "accent"),
        ] {
            let found = contrast(colours[over], colours[under]);
            assert!(found >= 3.0, "{over} on {under}: {found:.2}");
        }
        for (over, under) in
            [("text", "ground"), ("quiet", "ground"), ("quiet", "raised"), ("wrong", "wrong-ground")]
        {
            let found = contrast(colours[over], colours[under]);
            assert!(found >= 7.0, "{over} on {under}: {found:.2}");
        }
    }
}
