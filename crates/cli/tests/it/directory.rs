//! `barometre directory` on a real store: from no response to cards, and back when an actor withdraws.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, Utc};
use questionnaire::{Answer, Answers, Identifier, Networks};
use store::{NewDraft, ResponseStore, Submission, TokenHash};
use store_sqlite::SqliteStore;

use crate::{barometre, refused};

/// Where the store keeps the responses of the directory.
const COLLECTION: &str = "annuaire-ess-numerique-2026";

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

fn token(number: u8) -> TokenHash {
    TokenHash(format!("{number:064x}"))
}

/// An association of the commons that agreed to everything: what the store keeps, and what it keeps apart.
fn answers(name: &str) -> (Answers, Answers) {
    let identifier = |value: Option<&str>| {
        Answer::Identifier(Identifier { kind: "siret".to_owned(), value: value.map(str::to_owned) })
    };
    let common = Answers::new()
        .with("ann_consentement", Answer::text("oui"))
        .with("ann_ident", identifier(None))
        .with("ann_commune", Answer::text("35238"))
        .with("ann_statut", Answer::text("asso_1901"))
        .with("pil_utilite", Answer::text("statuts"))
        .with("pil_gouvernance", Answer::text("une_voix"))
        .with("pil_gestion", Answer::multiple(["non_lucratif"]))
        .with("fam_choix", Answer::multiple(["communs"]))
        .with("crt_communs", Answer::multiple(["donnees", "gouvernance", "licence_ouverte"]))
        .with("act_coeur", Answer::text("coeur"))
        .with("act_publics", Answer::multiple(["b2c"]))
        .with("act_territoire", Answer::multiple(["region"]))
        .with("act_licence", Answer::text("toutes"))
        .with("moy_effectifs", Answer::text("s0"))
        .with("moy_reseaux", Answer::Networks(Networks { codes: ["aucun".to_owned()].into(), other: None }))
        .with("moy_tete_reseau", Answer::text("non"))
        .with("pub_accord", Answer::multiple(["fiche", "opendata"]));
    let contacts = Answers::new()
        .with("ann_nom", Answer::text(name))
        .with("ann_ident", identifier(Some("83908523000028")))
        .with("act_description", Answer::text(&format!("{name} ouvre des données en commun.")))
        .with("pub_contact_prive", Answer::text("personne@prive.example"));
    (common, contacts)
}

async fn start(store: &SqliteStore, number: u8) {
    let draft =
        NewDraft { edition: COLLECTION.to_owned(), token: token(number), version: "v".to_owned(), at: at() };
    store.start(&draft).await.unwrap();
}

async fn submit(store: &SqliteStore, number: u8, (answers, contacts): (Answers, Answers)) {
    start(store, number).await;
    let submission = Submission {
        token: token(number),
        expected_revision: 0,
        version: "v".to_owned(),
        answers,
        contacts,
        receipt: store::receipt_from([number; 16]),
        at: at(),
    };
    store.submit(&submission).await.unwrap();
}

#[track_caller]
fn said(arguments: &[&str]) -> String {
    let output = barometre(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn read(folder: &Path) -> String {
    let names = ["annuaire.json", "annuaire.csv"];
    names.iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect()
}

#[test]
fn a_directory_without_any_response_is_written_and_empty() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    for edition in [&["2026"][..], &[], &["surveys/annuaire-ess-numerique/2026"]] {
        let said = said(&[&["directory", "--dir", dir], edition].concat());
        assert!(said.contains("publishable: 0") && said.contains("directory 2026: 0 cards"), "{said}");
    }
    assert!(read(&folder.path().join("directory/2026")).contains("\"cards\": []"));
    assert!(!folder.path().join("directory/2026/annuaire.geojson").exists(), "no centre is known");
}

#[test]
fn cards_come_with_an_editor_s_decision_and_go_with_the_actor() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let with_store = |work: &dyn Fn(&SqliteStore)| {
        let store = runtime.block_on(SqliteStore::open(&folder.path().join("responses.sqlite"))).unwrap();
        work(&store);
    };
    with_store(&|store| {
        runtime.block_on(async {
            store.open_edition(COLLECTION, false, at()).await.unwrap();
            // A response to the barometer of the same year, in the same store: it is no actor of the directory.
            store.open_edition("2026", false, at()).await.unwrap();
            let draft =
                NewDraft { edition: "2026".to_owned(), token: token(99), version: "v".to_owned(), at: at() };
            store.start(&draft).await.unwrap();
            submit(store, 1, answers("Atelier des communs")).await;
            let (mut common, contacts) = answers("Doute permis");
            common.set("ann_statut", Some(Answer::text("sarl_sas")));
            submit(store, 2, (common, contacts)).await;
            let (mut common, contacts) = answers("Canari sans accord");
            common.set("pub_accord", None);
            submit(store, 3, (common, contacts)).await;
            let (mut common, contacts) = answers("Canari hors champ");
            common.set("act_coeur", Some(Answer::text("non")));
            submit(store, 4, (common, contacts)).await;
            start(store, 5).await;
            start(store, 6).await;
            store.refuse(&token(6), at()).await.unwrap();
            submit(store, 7, answers("Canari parti")).await;
            store.withdraw(&token(7), at()).await.unwrap();
        });
    });

    let first = said(&["directory", "2026", "--dir", dir]);
    for line in [
        "publishable: 1",
        "to review:   1",
        "refused:     3 (2 no agreement, 1 outside the scope, 0 not valid)",
        "not counted: 1 drafts, 1 withdrawn",
        "directory 2026: 0 cards",
    ] {
        assert!(first.contains(line), "{line}: {first}");
    }
    assert!(first.contains("Atelier des communs") && first.contains("Doute permis"));
    let review = folder.path().join("directory/2026-review.csv");
    let table = std::fs::read_to_string(&review).unwrap();
    for text in [&first, &table] {
        assert!(!text.contains("Canari") && !text.contains("prive.example"), "{text}");
    }
    let cards = folder.path().join("directory/2026");
    assert!(!read(&cards).contains("Atelier"), "nobody has decided yet");

    // An editor approves both, in a copy of the table.
    let filled: Vec<String> = table
        .lines()
        .map(|line| line.replacen(",,,,,,,,", ",publier,2026-05-31,Rédaction,,,,vu avec l'acteur,", 1))
        .collect();
    let decisions = folder.path().join("directory/2026-decisions.csv");
    std::fs::write(&decisions, filled.join("\r\n")).unwrap();
    let second = said(&["directory", "2026", "--dir", dir]);
    assert!(
        second.contains("directory 2026: 2 cards") && second.contains("approved by an editor: 2"),
        "{second}"
    );
    let text = read(&cards);
    assert!(
        text.contains("Atelier des communs") && text.contains("83908523000028") && text.contains("Rennes")
    );
    for private in ["Canari", "prive.example", "Rédaction", "vu avec", "une_voix"] {
        assert!(!text.contains(private), "{private}");
    }

    // The first actor withdraws: the card goes, and the decision is about nobody.
    with_store(&|store| {
        runtime.block_on(store.withdraw(&token(1), at())).unwrap();
    });
    let third = said(&["directory", "2026", "--dir", dir]);
    assert!(
        third.contains("directory 2026: 1 cards") && third.contains("no candidate of today: 1"),
        "{third}"
    );
    assert!(!read(&cards).contains("Atelier"));
    let everything = std::fs::read_to_string(&review).unwrap();
    assert!(!everything.contains("Atelier"));
}

#[test]
fn decisions_that_cannot_be_read_change_nothing_and_are_named_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    said(&["directory", "--dir", dir]);
    let table = folder.path().join("mine.csv");
    let path = table.to_str().unwrap();
    refused(&["directory", "--dir", dir, "--decisions", path], &["mine.csv"]);
    std::fs::write(
        &table,
        "fiche,version,decision,date,redacteur,familles,sous_categories,masquer,motif\na,b,oui,2026-05-31,R,,,,\n",
    )
    .unwrap();
    refused(&["directory", "--dir", dir, "--decisions", path], &["line 2", "`oui`", "publier, refuser"]);
    std::fs::write(&table, b"fiche,version\n\xff\xfe").unwrap();
    refused(&["directory", "--dir", dir, "--decisions", path], &["not UTF-8"]);
}

#[test]
fn a_directory_and_a_barometer_are_never_taken_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let here = "annuaire-ess-numerique/2026";
    for command in ["freeze", "analyse", "report", "publish"] {
        refused(&[command, here, "--dir", dir], &["defines a directory", "barometre directory"]);
    }
    refused(&["demo", "--no-serve", "--edition", here, "--dir", dir], &["defines a directory"]);
    refused(&["directory", "maturite-numerique/2026", "--dir", dir], &["defines a barometer"]);
    refused(&["directory", "1999", "--dir", dir], &["no edition `1999` of a directory"]);
    // The code alone is the barometer's, for every command that makes figures, and for the check.
    assert!(said(&["check", "2026"]).contains("62 questions"));
    assert!(said(&["check", here]).contains("35 questions"));
    refused(&["close", here, "--dir", dir], &[COLLECTION, "was never opened"]);
    refused(&["close", "--dir", dir], &["edition 2026 was never opened"]);
}

#[test]
fn the_latest_edition_is_never_that_of_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let edition = folder.path().join("surveys/annuaire/2099");
    std::fs::create_dir_all(&edition).unwrap();
    std::fs::write(edition.join("questionnaire.toml"), "").unwrap();
    let survey = |kind: &str| {
        let text = format!(
            "code = \"a\"\n{kind}title = \"A\"\npublisher = \"P\"\ncontact = \"c\"\ndescription = \"d\"\n"
        );
        std::fs::write(folder.path().join("surveys/annuaire/survey.toml"), text).unwrap();
    };
    let (surveys, dir) = (folder.path().join("surveys"), folder.path().join("data"));
    let arguments = ["close", "--surveys", surveys.to_str().unwrap(), "--dir", dir.to_str().unwrap()];
    survey("kind = \"directory\"\n");
    refused(&arguments, &["there is no edition `any edition`"]);
    survey("");
    refused(&arguments, &["2099 has"]);
    survey("kind = \"directories\"\n");
    refused(&arguments, &["survey.toml", "directories"]);
}

/// A server that ends with its test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, and the test has failed then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_questionnaire_of_a_directory_is_served_in_its_own_words_and_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_barometre"))
        .args(["serve", "annuaire-ess-numerique/2026", "--listen", "127.0.0.1:0", "--dir", dir])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_remove("BAROMETRE_DATABASE_URL")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let served = Served(child);
    let line = BufReader::new(output).lines().next().unwrap().unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().trim_end_matches('/');
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    connection.read_to_string(&mut page).unwrap();
    assert!(page.contains("Faites connaître votre structure"), "{page}");
    assert!(!page.contains("uniquement à produire des statistiques"), "{page}");
    drop(served);
    refused(&["close", "2026", "--dir", dir], &["edition 2026 was never opened"]);
    assert!(said(&["close", "annuaire-ess-numerique/2026", "--dir", dir]).contains(COLLECTION));
}

#[test]
fn a_directory_without_words_of_its_own_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let copied = folder.path().join("surveys");
    for part in ["nomenclatures", "annuaire-ess-numerique/2026", "annuaire-ess-numerique/2026/texts"] {
        std::fs::create_dir_all(copied.join(part)).unwrap();
        for entry in std::fs::read_dir(surveys.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, copied.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let survey = "annuaire-ess-numerique/survey.toml";
    std::fs::copy(surveys.join(survey), copied.join(survey)).unwrap();
    let arguments = ["check", "annuaire-ess-numerique/2026", "--surveys", copied.to_str().unwrap()];
    refused(&arguments, &["no `pages/fr.toml`", "privacy notice of its own"]);
    let pages = copied.join("annuaire-ess-numerique/2026/pages");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("fr.toml"), "[privacy]\ntitre = \"x\"\n").unwrap();
    refused(&arguments, &["titre"]);
    std::fs::write(pages.join("fr.toml"), "[privacy]\ntitle = \"Vos droits\"\n").unwrap();
    assert!(said(&arguments).contains("no problem"));
}
