//! The questionnaire is revised while it is collected, by the commands of the README.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Add as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::thread;

use end_to_end::{Http, Server, barometre, form, workspace};
use questionnaire::{Answer, Answers, Edition, Files, Identifier};
use store::{DefinitionStore, RecordState, ResponseStore};
use store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::definition::{self, EDITION};
use crate::kept;

const BEFORE: &str = "[[section.screen]]\ncode = \"apports\"\n";
const NEW: &str = r#"[[section.screen]]
code = "veille"

[[section.screen.question]]
code = "str_veille"
type = "single"
dimension = "STR"
text = "Suivez-vous l'actualité du numérique ?"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]
optional = true

"#;
const ENGLISH: &str = "[question.str_apports]\n";
const NEW_ENGLISH: &str = r#"[question.str_veille]
text = "Do you follow news about digital technology?"

[question.str_veille.options]
oui = "Yes"
non = "No"

"#;
const INDICATOR: &str = r#"[[indicator]]
code = "VEILLE"
label = "Part des organisations qui suivent l'actualité du numérique"
dimension = "STR"
numerator = "str_veille in {oui}"
base = "asked(str_veille)"
base_label = "ensemble des répondantes"
unit = "%"

"#;
const FIRST: &str = "[[indicator]]\ncode = \"STR_IMPORTANT\"";

/// Definitions and data of one's own.
struct Office {
    folder: TempDir,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        copy(&workspace().join("surveys"), &office.surveys());
        office
    }

    fn surveys(&self) -> PathBuf {
        self.folder.path().join("surveys")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn database(&self) -> PathBuf {
        self.data().join("responses.sqlite")
    }

    fn serve(&self) -> Server {
        Server::start_on(&self.data(), &self.surveys())
    }

    /// Replaces a passage of a file of the edition.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.surveys().join("maturite-numerique").join(EDITION).join(file);
        let text = fs::read_to_string(&path).expect("the copy is text");
        assert_eq!(text.matches(from).count(), 1, "`{from}` is once in {file}");
        fs::write(path, text.replace(from, to)).expect("the copy can be written");
    }

    /// A command about the edition: what it said and its exit code.
    fn run(&self, command: &[&str]) -> (String, Option<i32>) {
        let output: Output = barometre()
            .args(command)
            .arg("--dir")
            .arg(self.data())
            .arg("--surveys")
            .arg(self.surveys())
            .output()
            .expect("the binary can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout) + &text(&output.stderr), output.status.code())
    }

    fn done(&self, command: &[&str]) -> String {
        let (said, code) = self.run(command);
        assert_eq!(code, Some(0), "{command:?}: {said}");
        said
    }

    /// Refused as a fault of the input.
    fn refused(&self, command: &[&str]) -> String {
        let (said, code) = self.run(command);
        assert_eq!(code, Some(1), "{command:?}: {said}");
        said
    }

    /// The edition as its folder says now.
    fn edition(&self) -> Edition {
        let folder = self.surveys().join("maturite-numerique").join(EDITION);
        let mut files = BTreeMap::new();
        for (path, prefix) in [
            (folder.clone(), ""),
            (folder.join("margins"), "margins/"),
            (folder.join("texts"), "texts/"),
            (folder.join("translations"), "translations/"),
            (self.surveys().join("nomenclatures"), "nomenclatures/"),
        ] {
            for entry in fs::read_dir(path).into_iter().flatten() {
                let path = entry.expect("a folder says what it holds").path();
                if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                    let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
                    let text = fs::read_to_string(&path).expect("a definition is text");
                    files.insert(format!("{prefix}{name}"), text);
                }
            }
        }
        Edition::parse("maturite-numerique", EDITION, &Files::new(files)).expect("the copy is well formed")
    }

    /// The versions that were published, in order.
    async fn published(&self) -> Vec<String> {
        let store = SqliteStore::open(&self.database()).await.expect("the file of responses opens");
        let found = store.definitions(EDITION).await.expect("the definitions can be read");
        store.close().await;
        found.into_iter().map(|definition| definition.version).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the copy can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("a folder says what it holds").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the copy can be written");
        }
    }
}

/// Somebody with a personal link and no browser.
struct Respondent {
    http: Http,
    token: String,
}

impl Respondent {
    fn new(http: Http) -> Self {
        let started = http.post("/commencer", b"");
        let token = started.location().split('/').nth(2).expect("the address holds the personal link");
        Self { http, token: token.to_owned() }
    }

    fn path(&self, page: &str) -> String {
        format!("/q/{}/{page}", self.token)
    }

    /// Gives these answers from the screen where the draft is, up to the screen before `stop`.
    fn answer(&self, edition: &Edition, answers: &Answers, stop: Option<&str>) {
        let resumed = self.http.get(&format!("/q/{}", self.token));
        let from = resumed.location().rsplit('/').next().expect("a screen").to_owned();
        let from = edition.questionnaire.screen_index(&from).unwrap_or(usize::MAX);
        for screen in edition.path(answers).screens.into_iter().filter(|screen| *screen >= from) {
            let code = edition.questionnaire.screens[screen].code.as_str();
            if Some(code) == stop {
                return;
            }
            let fields = intake::form_fields(edition, screen, answers);
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let reply = self.http.post(&self.path(code), &form(fields));
            assert_eq!(reply.status, 303, "{code} was not passed: {}", reply.body);
        }
    }

    fn send(&self) {
        assert_eq!(self.http.post(&self.path("envoyer"), b"").location(), self.path("merci"));
    }
}

/// A made-up organisation of one of the ten profiles that calibration wants, under a name of its own.
fn organisation(edition: &Edition, number: usize) -> Answers {
    let commune = |region: &str| {
        let mut communes = edition.nomenclatures.communes();
        let found = communes
            .find(|commune| (commune.region == "11") == (region == "idf") && !commune.post_codes.is_empty());
        Answer::text(&found.expect("every region has communes").code)
    };
    let profiles = [
        ("asso_1901", 5, "culture", "idf"),
        ("asso_1901", 3, "social", "hors"),
        ("scop", 12, "numerique", "idf"),
        ("scic", 8, "agri_alim", "hors"),
        ("mutuelle", 40, "banque_assurance", "idf"),
        ("fondation", 6, "sante", "hors"),
        ("asso_1901", 0, "sport", "hors"),
        ("asso_1901", 0, "droits", "idf"),
        ("asso_1901", 0, "humanitaire", "hors"),
        ("asso_1901", 0, "enseignement", "hors"),
    ];
    let (status, employees, sector, region) = profiles[number % profiles.len()];
    definition::answers()
        .with("org_ident", Answer::Identifier(Identifier { kind: "aucun".to_owned(), value: None }))
        .with("org_nom", Answer::Text(format!("Organisation {number}")))
        .with("org_statut", Answer::text(status))
        .with("org_salaries", Answer::Integer(employees))
        .with("org_secteur", Answer::text(sector))
        .with("org_commune", commune(region))
        // A figure of everyone, or of nobody, is not published.
        .with(
            "str_importance",
            Answer::text(if (number / 10).is_multiple_of(2) { "important" } else { "utile" }),
        )
        .with("str_veille", Answer::text(if number.is_multiple_of(3) { "oui" } else { "non" }))
}

/// These organisations fill in and send, four at a time.
fn fill(server: &Server, edition: &Edition, numbers: std::ops::Range<usize>) {
    let http = server.http();
    let numbers: Vec<usize> = numbers.collect();
    thread::scope(|scope| {
        for part in numbers.chunks(numbers.len().div_ceil(4)) {
            scope.spawn(move || {
                for &number in part {
                    let respondent = Respondent::new(http);
                    respondent.answer(edition, &organisation(edition, number), None);
                    respondent.send();
                }
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typing_error_and_a_new_question_are_published_while_people_answer_and_nothing_is_lost() {
    let office = Office::new();
    let server = office.serve();
    let before = office.edition();
    fill(&server, &before, 0..20);
    let half = Respondent::new(server.http());
    half.answer(&before, &organisation(&before, 20), Some("ia-usage"));
    let kept_before = kept::everything(&kept::record(&server.database(), &half.token).await);
    assert_eq!(office.published().await.len(), 1);
    assert!(office.done(&["revise", EDITION]).contains("there is nothing to publish"));

    office.edit("questionnaire.toml", "\"Le manque de temps\"", "\"Un manque de temps\"");
    office.edit("questionnaire.toml", BEFORE, &format!("{NEW}{BEFORE}"));
    office.edit("translations/en.toml", ENGLISH, &format!("{NEW_ENGLISH}{ENGLISH}"));
    office.edit("indicators.toml", FIRST, &format!("{INDICATOR}{FIRST}"));
    let after = office.edition();

    // Another server would ask by another questionnaire: it does not start, and says what to do.
    let said = office.refused(&["serve", EDITION, "--listen", "127.0.0.1:0"]);
    assert!(said.contains("20 responses and 1 drafts") && said.contains("barometre revise 2026"), "{said}");
    // Nor is anything frozen by it.
    let said = office.refused(&["freeze", EDITION, "--close"]);
    assert!(said.contains("put the files back"), "{said}");

    let table = office.done(&["revise", EDITION]);
    let line = |place: &str| {
        let found = table.lines().find(|line| line.contains(place));
        found.unwrap_or_else(|| panic!("no line on {place}: {table}")).to_owned()
    };
    assert!(table.contains("20 responses, 1 drafts") && !table.contains("harmful"), "{table}");
    assert!(line("frn_liste.temps").contains("“Le manque de temps” -> “Un manque de temps”"), "{table}");
    let columns: Vec<String> = line("str_veille").split_whitespace().take(4).map(str::to_owned).collect();
    assert_eq!(columns, ["harmless", "str_veille", "20", "1"], "{table}");
    assert_eq!(office.published().await.len(), 1, "nothing was published yet");

    assert!(office.done(&["revise", EDITION, "--apply"]).contains("published"));
    let versions = [before.questionnaire.version.clone(), after.questionnaire.version.clone()];
    assert_eq!(office.published().await, versions);

    // The server that was running takes it up by itself: the draft is asked the new question, and goes on.
    let resumed = server.http().get(&format!("/q/{}", half.token));
    assert_eq!(resumed.location(), half.path("veille"), "{}", server.log());
    assert_eq!(half.http.post(&half.path("veille"), &form([("str_veille", "oui")])).status, 303);
    let record = kept::record(&server.database(), &half.token).await;
    let expected = kept_before.with("str_veille", Answer::text("oui"));
    assert_eq!(kept::everything(&record), expected, "every answer is as it was");
    assert_eq!(half.http.get(&half.path("freins")).status, 303, "it was not reached yet");
    half.answer(&after, &organisation(&after, 20), None);
    half.send();
    fill(&server, &after, 21..61);
    let sent = kept::records(&server.database()).await;
    let under = |version: &str| sent.iter().filter(|record| record.version == version).count();
    assert_eq!((under(&versions[0]), under(&versions[1])), (20, 41));
    assert!(sent.iter().all(|record| record.state == RecordState::Submitted));
    drop(server);

    // A server that starts now asks by the folder, which is what was published.
    drop(office.serve());
    office.done(&["freeze", EDITION, "--close"]);
    let extract = office.data().join("extracts").join(EDITION);
    let manifest = fs::read_to_string(extract.join("manifest.json")).expect("a manifest");
    for (version, count) in [(&versions[0], 20), (&versions[1], 41)] {
        assert!(manifest.contains(&format!("\"{version}\": {count}")), "{manifest}");
    }
    let definitions = fs::read_to_string(extract.join("definitions.json")).expect("the definitions");
    assert!(definitions.contains("Le manque de temps") && definitions.contains("Un manque de temps"));
    office.done(&["analyse", EDITION]);
    let shown = respondents(&office.data().join("publications").join(EDITION).join("cells.csv"));
    let number = |code: &str| shown.get(code).unwrap_or_else(|| panic!("{code} is not shown: {shown:?}"));
    assert!(*number("STR_IMPORTANT") >= 55.0, "everyone was asked: {shown:?}");
    assert!(*number("VEILLE") <= 45.0, "only those asked are in its base: {shown:?}");
}

/// The number of respondents shown beside each figure of the whole.
fn respondents(cells: &Path) -> BTreeMap<String, f64> {
    let mut reader = csv::Reader::from_path(cells).expect("cells.csv can be read");
    let headers = reader.headers().expect("cells.csv has a first line").clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.unwrap_or_else(|| panic!("cells.csv has no column `{name}`: {headers:?}"))
    };
    let [indicator, n, high] = ["indicator", "n", "n_hi"].map(column);
    let mut shown = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("every line has every column");
        let is_whole =
            headers.iter().zip(&record).all(|(header, value)| !header.starts_with("d_") || value == "_T");
        let number = record[n].parse().or_else(|_| record[high].parse());
        if let (true, Ok(number)) = (is_whole, number) {
            shown.insert(record[indicator].to_owned(), number);
        }
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_harms_an_answer_is_refused_and_a_new_start_keeps_what_was_collected_apart() {
    let office = Office::new();
    let server = office.serve();
    let before = office.edition();
    let answers = definition::answers();
    let sent = Respondent::new(server.http());
    sent.answer(&before, &answers, None);
    sent.send();
    let draft = Respondent::new(server.http());
    draft.answer(&before, &answers, Some("apports"));
    let records = kept::records(&server.database()).await;

    // An option that both ticked is recoded.
    let Some(Answer::Multiple(ticked)) = answers.get("str_portage") else { panic!("str_portage is ticked") };
    let option = ticked.first().expect("something is ticked");
    let passage = format!("{{ code = \"{option}\", label = ");
    let text = fs::read_to_string(definition::folder().join("questionnaire.toml")).expect("text");
    let question = text.split("code = \"str_portage\"").nth(1).expect("the question");
    let line = question.lines().find(|line| line.contains(&passage)).expect("the option").to_owned();
    let recoded = line.replace(&format!("\"{option}\""), "\"autre_sens\"");
    office.edit("questionnaire.toml", &line, &recoded);
    let english = definition::folder().join("translations/en.toml");
    let english = fs::read_to_string(english).expect("text");
    let options = english.split("[question.str_portage.options]").nth(1).expect("its options");
    let label = options.lines().find(|line| line.starts_with(&format!("{option} = "))).expect("the option");
    office.edit(
        "translations/en.toml",
        &format!("{label}\n"),
        &label.replacen(option, "autre_sens", 1).add("\n"),
    );

    for attempt in [&["revise", EDITION][..], &["revise", EDITION, "--restart"]] {
        let table = office.done(attempt);
        let lines: Vec<&str> = table.lines().filter(|line| line.starts_with("harmful")).collect();
        assert_eq!(lines.len(), 2, "{table}");
        let columns: Vec<&str> = lines[0].split_whitespace().take(4).collect();
        assert_eq!(columns, ["harmful", &format!("str_portage.{option}"), "1", "1"], "{table}");
        assert!(lines[0].contains("it was chosen"), "{table}");
    }
    let said = office.refused(&["revise", EDITION, "--apply"]);
    assert!(said.contains("nothing was published: 2 of the changes"), "{said}");
    assert_eq!(office.published().await.len(), 1);
    assert_eq!(kept::records(&server.database()).await, records);
    // The running server goes on as before.
    assert_eq!(draft.http.get(&draft.path("apports")).status, 200);

    let said = office.done(&["revise", EDITION, "--apply", "--restart"]);
    let archive = said.split('`').find(|word| word.starts_with("2026-avant-")).expect("the archive is named");
    assert_eq!(office.published().await, [office.edition().questionnaire.version]);
    assert!(kept::records(&server.database()).await.is_empty(), "the edition is empty");
    let store = SqliteStore::open(&office.database()).await.expect("the file of responses opens");
    let counts = store.counts(archive).await.expect("the archive is counted");
    assert_eq!((counts.submitted, counts.drafts), (1, 1));
    assert_eq!(store.definitions(archive).await.expect("read").len(), 1);
    store.close().await;

    // Old links say what happened and can be withdrawn; the form is the new one.
    for respondent in [&sent, &draft] {
        let page = respondent.http.get(&format!("/q/{}", respondent.token));
        assert_eq!(page.status, 410);
        assert!(page.body.contains("La collecte a recommencé"), "{}", page.body);
    }
    assert_eq!(sent.http.post(&sent.path("retirer"), b"").status, 200);
    let again = Respondent::new(server.http());
    let new = office.edition();
    let answers = answers.with("str_portage", Answer::multiple(["autre_sens"]));
    again.answer(&new, &answers, None);
    again.send();
    office.done(&["freeze", EDITION, "--close"]);
    let manifest = office.data().join("extracts").join(EDITION).join("manifest.json");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    assert!(manifest.contains("\"rows\": 1,") && manifest.contains("\"withdrawn\": 0"), "{manifest}");
    let said = office.run(&["revise", EDITION, "--apply"]).0;
    assert!(said.contains("there is nothing to publish"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_answered_is_published_at_the_next_start_and_a_closed_edition_takes_nothing() {
    let office = Office::new();
    assert!(office.refused(&["revise", EDITION]).contains("never opened"));
    let first = office.edition().questionnaire.version;
    drop(office.serve());
    office.edit("questionnaire.toml", "\"Le manque de temps\"", "\"Un manque de temps\"");
    drop(office.serve());
    let second = office.edition().questionnaire.version;
    assert_eq!(office.published().await, [first, second.clone()]);

    office.done(&["close", EDITION]);
    office.edit("questionnaire.toml", "\"Un manque de temps\"", "\"Pas de temps\"");
    let said = office.refused(&["revise", EDITION, "--apply"]);
    assert!(said.contains("edition 2026 is closed"), "{said}");
    assert_eq!(office.published().await.last(), Some(&second));
    // Its pages are those of what was published.
    let server = office.serve();
    assert!(server.http().get("/").body.contains("La collecte est terminée"));
}
