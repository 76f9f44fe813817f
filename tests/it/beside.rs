//! What stands beside a result: the means of a real publication, and the cards of the directory, from their real files.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use end_to_end::{Server, barometre, form, workspace};
use questionnaire::{Answer, Answers, Identifier, Networks};
use store::{NewDraft, ResponseStore as _, Submission, TokenHash};
use store_sqlite::SqliteStore;

use crate::access::tour::{self, Stop};
use crate::definition;

/// Where the store keeps the responses of the directory.
const COLLECTION: &str = "annuaire-ess-numerique-2026";

/// An actor of Rennes who agreed to a card.
fn actor() -> (Answers, Answers) {
    let identifier = |value: Option<&str>| {
        Answer::Identifier(Identifier { kind: "siret".to_owned(), value: value.map(str::to_owned) })
    };
    let networks = Answer::Networks(Networks { codes: ["aucun".to_owned()].into(), other: None });
    let mut common = Answers::new().with("ann_ident", identifier(None)).with("moy_reseaux", networks);
    for (code, option) in [
        ("ann_consentement", "oui"),
        ("ann_commune", "35238"),
        ("ann_statut", "asso_1901"),
        ("pil_utilite", "statuts"),
        ("pil_gouvernance", "une_voix"),
        ("act_coeur", "coeur"),
        ("act_licence", "toutes"),
        ("moy_effectifs", "s0"),
        ("moy_tete_reseau", "non"),
    ] {
        common = common.with(code, Answer::text(option));
    }
    for (code, options) in [
        ("pil_gestion", &["non_lucratif"][..]),
        ("fam_choix", &["communs"]),
        ("crt_communs", &["donnees", "gouvernance", "licence_ouverte"]),
        ("act_publics", &["b2c"]),
        ("act_territoire", &["region"]),
        ("pub_accord", &["fiche", "opendata"]),
    ] {
        common = common.with(code, Answer::multiple(options.iter().copied()));
    }
    let contacts = Answers::new()
        .with("ann_nom", Answer::text("Atelier des communs"))
        .with("ann_ident", identifier(Some("83908523000028")))
        .with("act_description", Answer::text("L'atelier ouvre des données en commun."))
        .with("pub_contact_prive", Answer::text("personne@prive.example"));
    (common, contacts)
}

/// The file of cards that `barometre directory` writes, once an editor has approved the one actor.
fn cards(folder: &Path) -> PathBuf {
    let at = DateTime::<Utc>::from_timestamp(1_780_000_000, 0).expect("an instant of 2026");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = SqliteStore::open(&folder.join("responses.sqlite")).await.expect("a store");
        store.open_edition(COLLECTION, false, at).await.expect("open");
        let token = TokenHash(format!("{:064x}", 1));
        let (edition, version) = (COLLECTION.to_owned(), "v".to_owned());
        let draft = NewDraft { edition, token: token.clone(), version: version.clone(), at };
        store.start(&draft).await.expect("start");
        let (answers, contacts) = actor();
        let receipt = store::receipt_from([1; 16]);
        let submission = Submission { token, expected_revision: 0, version, answers, contacts, receipt, at };
        store.submit(&submission).await.expect("submit");
        store.close().await;
    });
    let write = |cards: &str| {
        let output = barometre().args(["directory", "2026", "--dir"]).arg(folder).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(cards), "{cards}: {said}");
    };
    write("publishable: 1");
    let review = std::fs::read_to_string(folder.join("directory/2026-review.csv")).expect("a review");
    let decided = review.replace(",,,,,,,,", ",publier,2026-05-31,Rédaction,,,,vu avec l'acteur,");
    std::fs::write(folder.join("directory/2026-decisions.csv"), decided).expect("decisions");
    write("directory 2026: 1 cards");
    folder.join("directory/2026/annuaire.json")
}

/// Whoever has sent a response finds in its result the means of this publication and the actors of the department.
pub(crate) fn a_result_stands_beside(publication: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (directory, data) = (folder.path().join("directory"), folder.path().join("data"));
    std::fs::create_dir(&directory).expect("a folder");
    let cards = cards(&directory);
    let files = [publication, cards.as_path()].map(|path| path.display().to_string());
    let more = ["--benchmark", files[0].as_str(), "--actors", files[1].as_str()];
    let server = Server::start_with(&data, &workspace().join("surveys"), &more);
    let http = server.http();
    let edition = definition::edition();
    // Without an employee, as most are, so that there are enough to be compared with.
    let answers = definition::answers()
        .with("org_salaries", Answer::Integer(0))
        .with("org_commune", Answer::text("35238"));
    let started = http.post("/commencer", b"");
    let draft = started.location().rsplit_once('/').expect("a screen has an address").0.to_owned();
    let mut at = started.location().to_owned();
    while !at.ends_with("recapitulatif") {
        let code = at.rsplit('/').next().expect("a screen has a code");
        let screen =
            edition.questionnaire.screen_index(code).unwrap_or_else(|| panic!("`{at}` is no screen"));
        let fields = intake::form_fields(&edition, screen, &answers);
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        http.post(&at.clone(), &form(fields)).location().clone_into(&mut at);
    }
    assert_eq!(http.post(&format!("{draft}/envoyer"), b"").status, 303);
    let result = http.get(&format!("{draft}/resultat")).body;
    assert!(result.contains("Organisations de votre taille"), "the publication's means: {result}");
    assert!(result.contains("Atelier des communs"), "the actors of the department: {result}");
    assert!(
        !["Rédaction", "83908523000028", "prive.example"].iter().any(|kept| result.contains(kept)),
        "a name and its families alone"
    );
    let pages = [("", "beside"), ("/en", "en-beside")];
    let stops = pages.map(|(language, name)| Stop::at(name, &format!("{language}{draft}/resultat")));
    tour::assert_readable(&server, &stops);
}
