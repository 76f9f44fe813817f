//! Two editions compared, decided about and set side by side.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use publication::{
    Base, CellKey, Counts, Domain, EditionInfo, Indicator, Method, Provenance, Publication, Rule,
    SCHEMA_VERSION, Unit,
};
use sha2::{Digest, Sha256};

use crate::sample::{edition_of, freeze_in, records};
use crate::{barometre, refused};

/// A text that the question `str_importance` alone has, and what it becomes in 2027.
const REWORDED: (&str, &str) = ("le numérique vous paraît-il…", "le numérique est-il, selon vous…");

/// The surveys of the repository and an edition 2027 in which one question has other words.
struct Surveys(tempfile::TempDir);

impl Surveys {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
        copy(&source, folder.path());
        let surveys = Self(folder);
        copy(&surveys.edition("2026"), &surveys.edition("2027"));
        let path = surveys.edition("2027").join("questionnaire.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(REWORDED.0).count(), 1);
        fs::write(path, text.replace(REWORDED.0, REWORDED.1)).unwrap();
        surveys
    }

    fn edition(&self, code: &str) -> PathBuf {
        self.0.path().join("maturite-numerique").join(code)
    }

    fn decide(&self, text: &str) {
        fs::write(self.edition("2027").join("comparability.toml"), text).unwrap();
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// Runs a command and gives back what it says on standard output.
    fn said(&self, arguments: &[&str]) -> String {
        let output = barometre(&[arguments, &["--surveys", self.path()]].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn decision(series: &str, verdict: &str) -> String {
    format!(
        "[[decision]]\nseries = \"{series}\"\nwith = \"2026\"\nverdict = \"{verdict}\"\n\
         reason = \"les mots changent, non le sens\"\ndecided_on = \"2027-03-01\"\nby = \"Conseil\"\n"
    )
}

#[test]
fn what_changed_is_shown_and_strict_waits_for_a_decision() {
    let surveys = Surveys::new();
    let said = surveys.said(&["compare", "2026", "2027"]);
    for words in
        ["2026 -> 2027: to decide", "STR_IMPORTANT", "reads str_importance: reworded", REWORDED.0, REWORDED.1]
    {
        assert!(said.contains(words), "{words:?} in {said}");
    }
    assert!(!said.contains("MAT_PROGRES"), "only what changed: {said}");
    refused(
        &["compare", "2026", "2027", "--strict", "--surveys", surveys.path()],
        &["3 series changed and nobody decided", "comparability.toml"],
    );
    surveys.decide(&decision("str_importance", "comparable"));
    let said = surveys.said(&["compare", "2026", "2027", "--strict"]);
    assert!(said.contains("comparable str_importance: les mots changent, non le sens (Conseil, 2027-03-01)"));
    let json = surveys.said(&["compare", "2026", "2027", "--json", "--language", "fr"]);
    assert!(json.contains("\"schema_version\": 1") && json.contains("\"verdict\": \"comparable\""), "{json}");
    assert!(json.contains("\"open\": []"), "{json}");
    refused(
        &["compare", "2026", "2026", "--language", "xx"],
        &["has no language `xx`", "expected one of fr"],
    );
}

#[test]
fn questionnaires_of_another_program_are_compared_too() {
    let fixtures = "crates/exchange/tests/fixtures/surveyjs";
    let (old, new) = (format!("{fixtures}/aia_v0.9.1.json"), format!("{fixtures}/aia_v0.10.0.json"));
    let output = barometre(&["compare", &old, &new, "--language", "fr"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(said.contains("texts in fr  115 identical, 0 retouched, 7 reworded"), "{said}");
    assert!(!said.contains("texts in en"));
    refused(&["compare", "README.md", "2026"], &["`README.md` is a `.md` file"]);
    refused(&["compare", "2026", "surveys/maturite-numerique/2026/questionnaire.toml"], &["`.toml` file"]);
}

#[test]
fn a_workbook_is_compared_with_its_edition_before_it_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("2026.xlsx");
    let book = book.to_str().unwrap();
    let output = barometre(&["export", "xlsform", "2026", "--out", book]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = barometre(&["compare", "2026", book, "--strict"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains(": identical\n"), "{said}");
    assert!(said.contains("193 -> 193; 193 in both: 193 identical"), "{said}");
    let survey = "crates/exchange/tests/fixtures/lss/associations_v6.lss";
    let said = String::from_utf8(barometre(&["compare", survey, survey]).stdout).unwrap();
    assert!(said.contains("11 -> 11; 11 in both: 11 identical"), "{said}");
    assert!(said.contains("not compared in"), "what is not carried over is not compared: {said}");
}

#[test]
fn the_check_names_a_wrong_decision_and_warns_of_a_useless_one() {
    let surveys = Surveys::new();
    let check = ["check", "2027", "--surveys", surveys.path()];
    surveys.decide(&decision("str_importence", "comparable"));
    refused(&check, &["comparability.toml:2:10", "`str_importence`", "unknown-code", "1 problem"]);
    surveys.decide(&decision("str_importance", "comparable").replace("2026", "2019"));
    refused(&check, &["`2019`", "unknown-edition"]);
    surveys.decide(&decision("str_importance", "comparable").replace("2026", "../2026"));
    refused(&check, &["`../2026`", "unknown-edition"]);
    surveys.decide(&decision("str_importance", "comparable").replace("reason", "# reason"));
    refused(&check, &["`reason`", "missing-key"]);
    surveys.decide(&decision("str_maturite", "comparable"));
    let output = barometre(&check);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`str_maturite` is identical since 2026: this decision changes nothing"), "{said}");
}

/// Two indicators, published at 43 % and about 57 % of 300.
fn publish(surveys: &Surveys, data: &Path, code: &str) {
    let rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };
    let folder = surveys.edition(code);
    let definition = ["questionnaire.toml", "indicators.toml"].map(|name| {
        let digest = Sha256::digest(fs::read(folder.join(name)).unwrap());
        (name.to_owned(), digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    let values = [("STR_IMPORTANT", 43.2), ("MAT_PROGRES", 57.1)];
    let indicators = values.map(|(code, _)| Indicator {
        code: code.to_owned(),
        label: format!("Part {code}"),
        dimension: "STR".to_owned(),
        unit: Unit::Percent,
        numerator: String::new(),
        base: String::new(),
        base_label: String::new(),
        denominator: None,
        questions: Vec::new(),
        target: None,
        comparable: None,
        published_2022: None,
        unweighted: None,
        no_answer: None,
        note: None,
    });
    let cells = values.map(|(code, value)| {
        let key = CellKey { domain: Domain::All, indicator: code.to_owned() };
        (key, rule.publish(value, Unit::Percent, Base { n: 300, largest_share: 0.01 }))
    });
    let publication = Publication {
        schema_version: SCHEMA_VERSION,
        edition: EditionInfo {
            survey: "maturite-numerique".to_owned(),
            edition: code.to_owned(),
            title: "Essai".to_owned(),
            publisher: "SOGA".to_owned(),
            field_start: "2026-01-05".to_owned(),
            field_end: "2026-03-06".to_owned(),
            is_simulated: false,
        },
        provenance: Provenance {
            software: "barometre".to_owned(),
            questionnaire: "00".to_owned(),
            definition: BTreeMap::from(definition),
            extract: "22".to_owned(),
        },
        counts: Counts { states: Vec::new(), excluded: Vec::new(), valid: 300 },
        method: Method {
            n_min: 11,
            n_fragile: 30,
            confidence: 0.95,
            design_effect: 1.0,
            n_effective: 300,
            weight_ratio: (1.0, 1.0),
            calibration: Vec::new(),
            not_weighted: Vec::new(),
            notes: Vec::new(),
        },
        dimensions: Vec::new(),
        indicators: indicators.to_vec(),
        breakdowns: Vec::new(),
        headline: Vec::new(),
        chapters: Vec::new(),
        profiles: Vec::new(),
        network_sectors: Vec::new(),
        references: Vec::new(),
        translations: BTreeMap::new(),
        wordings: BTreeMap::new(),
        quality: publication::Quality::default(),
        evolution: None,
        release: publication::Release::default(),
        cells: BTreeMap::from(cells),
    };
    publication::write(&data.join("publications").join(code), &publication).unwrap();
}

#[test]
fn figures_stand_side_by_side_only_where_the_gate_allows() {
    let surveys = Surveys::new();
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let arguments = ["trend", "2026", "2027", "--dir", dir, "--surveys", surveys.path()];
    refused(&arguments, &["there is no publication of edition 2026", "barometre analyse"]);
    publish(&surveys, data.path(), "2026");
    publish(&surveys, data.path(), "2027");

    let trend =
        |indicators: &[&str]| surveys.said(&[&["trend", "2026", "2027", "--dir", dir], indicators].concat());
    let all = trend(&[]);
    let (important, progress) = all.split_once("MAT_PROGRES").unwrap();
    assert!(important.contains("refused: `STR_IMPORTANT` changed since 2026 and nobody decided"), "{all}");
    assert!(important.contains("str_importance (reworded)"), "{all}");
    assert!(!important.contains('%'), "a refused figure is not shown: {important}");
    assert!(progress.contains("2026: 57 %") && progress.contains("2027: 57 %"), "{progress}");
    assert!(progress.contains("about 300 respondents"), "{progress}");

    surveys.decide(&decision("str_importance", "break"));
    assert!(trend(&["STR_IMPORTANT"]).contains("refused: the series of `STR_IMPORTANT` breaks after 2026"));
    surveys.decide(&decision("str_importance", "comparable"));
    let said = trend(&["STR_IMPORTANT"]);
    assert!(said.contains("2026: 43 %") && said.contains("note: les mots changent"), "{said}");
    surveys.decide(&format!("{}factor = 0.5\n", decision("STR_IMPORTANT", "rebase")));
    let said = trend(&["STR_IMPORTANT"]);
    assert!(
        said.contains("rebased by 0.5: 22 %"),
        "half of the displayed value, rounded to its step: {said}"
    );
    refused(&[&arguments[..], &["RIEN"]].concat(), &["there is no indicator `RIEN`"]);

    // A definition that changed after its publication says nothing of the published figures.
    let path = surveys.edition("2026").join("questionnaire.toml");
    fs::write(&path, format!("# \n{}", fs::read_to_string(&path).unwrap())).unwrap();
    refused(&arguments, &["publication of edition 2026 was made from another `questionnaire.toml`"]);
}

#[test]
fn an_analysis_says_what_changed_since_a_published_edition() {
    let surveys = Surveys::new();
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    for (year, code) in [(2026, "2026"), (2027, "2027")] {
        let edition = edition_of(surveys.0.path(), code);
        freeze_in(year, &edition, &records(&edition, 300), data.path());
    }
    let since = |code: &'static str| ["analyse", "2027", "--since", code, "--dir", dir];
    let refuse = |words: &[&str]| {
        refused(&[&since("2026")[..], &["--surveys", surveys.path()]].concat(), words);
    };
    refuse(&["there is no publication of edition 2026", "barometre analyse"]);
    surveys.said(&["analyse", "2026", "--dir", dir]);
    surveys.decide(&format!(
        "{}{}",
        decision("STR_IMPORTANT", "break"),
        decision("str_importance", "comparable")
    ));
    let said = surveys.said(&since("2026"));
    assert!(said.contains("since 2026: ") && said.contains(" 1 refused"), "{said}");

    let publication = publication::read(&data.path().join("publications/2027")).unwrap();
    let evolution = publication.evolution.as_ref().unwrap();
    let [kept_out] = &evolution.refused[..] else { panic!("{:?}", evolution.refused) };
    assert_eq!((kept_out.indicator.as_str(), kept_out.why), ("STR_IMPORTANT", publication::Why::Broken));
    assert_eq!(kept_out.reason.as_deref(), Some("les mots changent, non le sens"));
    assert!(evolution.series.iter().all(|series| series.indicator != "STR_IMPORTANT"));
    assert!(evolution.series.iter().any(|series| series.indicator == "RES_LIBRE"));
    // The same answers twice: nothing may be called a rise or a fall.
    let mut changes = evolution.series.iter().flat_map(|series| &series.changes);
    assert!(changes.all(|change| change.direction == publication::Direction::Stable));
    let digest = Sha256::digest(fs::read(data.path().join("publications/2026/cells.csv")).unwrap());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(publication.provenance.definition.get("2026/cells.csv"), Some(&digest));

    // A real edition beside a simulated one, and an edition beside a later one, are refused.
    publish(&surveys, data.path(), "2026");
    refuse(&["one is simulated and the other is not"]);
    surveys.said(&["analyse", "2027", "--dir", dir]);
    let backwards = ["analyse", "2026", "--since", "2027", "--dir", dir, "--surveys", surveys.path()];
    refused(&backwards, &["2027", "whose collection had ended"]);
}

#[test]
fn the_pages_of_earlier_editions_lead_to_a_new_one_unless_they_are_signed() {
    let surveys = Surveys::new();
    copy(&surveys.edition("2027"), &surveys.edition("2028"));
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let site = |code: &str| data.path().join("publications").join(code).join("site");
    let leads = |from: &str, to: &str| {
        let page = fs::read_to_string(site(from).join("index.html")).unwrap();
        page.contains(&format!("href=\"../{to}/index.html\""))
    };
    let report = |code: &str| {
        publish(&surveys, data.path(), code);
        surveys.said(&["report", code, "--dir", dir])
    };
    let said = report("2026");
    assert!(!said.contains("lead to"), "{said}");
    let said = report("2027");
    assert!(said.contains("the pages of edition 2026 lead to edition 2027 too"), "{said}");
    assert!(leads("2026", "2027") && leads("2027", "2026"));
    let said = surveys.said(&["report", "2027", "--dir", dir]);
    assert!(!said.contains("lead to"), "what leads there already is not drawn again: {said}");

    // Nobody but its signer could sign the site that would take the place of a signed one.
    fs::write(site("2026").join("manifest.json.minisig"), "a signature").unwrap();
    let said = report("2028");
    assert!(said.contains("the site of edition 2026 is signed and stays as it is"), "{said}");
    assert!(said.contains("the pages of edition 2027 lead to edition 2028 too"), "{said}");
    assert!(!leads("2026", "2028") && leads("2027", "2028") && leads("2028", "2026"));
    assert!(site("2026").join("manifest.json.minisig").is_file());
}
