use std::collections::BTreeMap;
use std::fs;

use publication::{
    Base, Breakdown, Category, Cell, CellKey, Counts, Crossing, Dimension, Domain, EditionInfo, Indicator,
    Method, Provenance, Publication, PublicationError, Release, Rule, SCHEMA_VERSION, Unit, read, write,
};
use sha2::Digest;

const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.6, quantile: 1.96 };

fn indicator(code: &str, unit: Unit) -> Indicator {
    Indicator {
        code: code.to_owned(),
        label: format!("Part {code}"),
        dimension: "STR".to_owned(),
        unit,
        numerator: "a in {b}".to_owned(),
        base: "asked(a)".to_owned(),
        base_label: "ensemble des répondantes".to_owned(),
        denominator: None,
        questions: vec!["Qu’en pensez-vous\u{a0}?".to_owned()],
        target: None,
        comparable: None,
        published_2022: Some(87.0),
        unweighted: None,
        no_answer: None,
        note: None,
    }
}

/// Two breakdowns, three indicators, groups of every size and values of every kind.
fn publication(is_simulated: bool) -> Publication {
    let mut publication = Publication {
        schema_version: SCHEMA_VERSION,
        edition: EditionInfo {
            survey: "essai".to_owned(),
            edition: "2026".to_owned(),
            title: "Essai".to_owned(),
            publisher: "SOGA".to_owned(),
            field_start: "2026-01-05".to_owned(),
            field_end: "2026-03-06".to_owned(),
            is_simulated,
        },
        provenance: Provenance {
            software: "barometre 0.1.0".to_owned(),
            questionnaire: "00".to_owned(),
            definition: BTreeMap::from([("plan.toml".to_owned(), "11".to_owned())]),
            extract: "22".to_owned(),
        },
        counts: Counts { states: Vec::new(), excluded: Vec::new(), valid: 300 },
        method: Method {
            n_min: 11,
            n_fragile: 30,
            confidence: 0.95,
            design_effect: 1.6,
            n_effective: 190,
            weight_ratio: (0.31, 2.9),
            calibration: Vec::new(),
            not_weighted: Vec::new(),
            notes: Vec::new(),
        },
        dimensions: vec![Dimension { code: "STR".to_owned(), label: "Stratégie".to_owned() }],
        indicators: vec![
            indicator("PART", Unit::Percent),
            indicator("SCORE", Unit::Points),
            indicator("NOMBRE", Unit::Number { most: 18.0 }),
        ],
        breakdowns: ["famille", "reseau"]
            .map(|code| Breakdown {
                code: code.to_owned(),
                label: code.to_owned(),
                is_overlapping: code == "reseau",
                categories: vec![Category { code: "a".to_owned(), label: "A".to_owned(), n: None }],
            })
            .to_vec(),
        headline: vec!["PART".to_owned()],
        chapters: Vec::new(),
        profiles: Vec::new(),
        network_sectors: Vec::new(),
        references: Vec::new(),
        translations: BTreeMap::new(),
        wordings: BTreeMap::new(),
        quality: publication::Quality::default(),
        evolution: None,
        release: Release {
            crossings: vec![Crossing { breakdown: "reseau".to_owned(), by: "famille".to_owned() }],
            ..Release::default()
        },
        cells: BTreeMap::new(),
    };
    let domains = [
        (Domain::All, 300),
        (Domain::of("famille", "a"), 15),
        (Domain::of("reseau", "a"), 10),
        (Domain::crossed(("reseau", "a"), ("famille", "a")), 0),
    ];
    for (domain, n) in domains {
        for (value, definition) in [99.5, 0.0, 7.3].into_iter().zip(&publication.indicators) {
            let cell =
                RULE.publish(value, definition.unit, Base { n, largest_share: 1.0 / f64::from(n.max(1)) });
            let key = CellKey { domain: domain.clone(), indicator: definition.code.clone() };
            publication.cells.insert(key, cell);
        }
    }
    publication
}

#[test]
fn what_is_written_is_read_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    for is_simulated in [false, true] {
        let publication = publication(is_simulated);
        write(dir.path(), &publication).unwrap();
        assert_eq!(read(dir.path()).unwrap(), publication);
    }
}

#[test]
fn cells_are_written_as_displayed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &publication(false)).unwrap();
    let cells = fs::read_to_string(dir.path().join("cells.csv")).unwrap();
    let expected = "\
channel,table_id,edition,d_famille,d_reseau,indicator,category,estimate,step,lo,hi,n,n_step,n_lo,n_hi,se,ci_lo,ci_hi,pop,suppressed
open,ensemble,2026,_T,_T,NOMBRE,_T,7.4,0.2,7.3,7.5,300,10,295,304,,5.4,9,,0
open,ensemble,2026,_T,_T,PART,_T,au moins 99,1,98.5,100,300,10,295,304,,95,100,,0
open,ensemble,2026,_T,_T,SCORE,_T,au plus 1,1,0,1.5,300,10,295,304,,0,5,,0
open,famille,2026,a,_T,NOMBRE,_T,4.5-9,4.5,4.5,9,11-19,,11,19,,0.9,14.4,,0
open,famille,2026,a,_T,PART,_T,75-100,25,75,100,11-19,,11,19,,35,100,,0
open,famille,2026,a,_T,SCORE,_T,0-25,25,0,25,11-19,,11,19,,0,65,,0
open,reseau,2026,_T,a,NOMBRE,_T,nd,,,,,,,,,,,,1
open,reseau,2026,_T,a,PART,_T,nd,,,,,,,,,,,,1
open,reseau,2026,_T,a,SCORE,_T,nd,,,,,,,,,,,,1
open,reseau_x_famille,2026,a,a,NOMBRE,_T,nd,,,,,,,,,,,,1
open,reseau_x_famille,2026,a,a,PART,_T,nd,,,,,,,,,,,,1
open,reseau_x_famille,2026,a,a,SCORE,_T,nd,,,,,,,,,,,,1
";
    assert_eq!(cells, expected);
}

#[test]
fn a_simulated_edition_says_so_in_both_files() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &publication(true)).unwrap();
    let cells = fs::read_to_string(dir.path().join("cells.csv")).unwrap();
    assert!(cells.lines().skip(1).all(|line| line.starts_with("simulation,")));
    let json = fs::read_to_string(dir.path().join("publication.json")).unwrap();
    assert!(json.contains("\"simulated\": true"));
}

#[test]
fn a_changed_cell_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &publication(false)).unwrap();
    let path = dir.path().join("cells.csv");
    let cells = fs::read_to_string(&path).unwrap();
    fs::write(&path, cells.replace("75-100", "50-75")).unwrap();
    assert!(matches!(read(dir.path()), Err(PublicationError::Tampered { .. })));
}

#[test]
fn another_version_of_the_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &Publication { schema_version: 99, ..publication(false) }).unwrap();
    let error = read(dir.path()).unwrap_err();
    assert!(matches!(error, PublicationError::Version { found: 99, .. }), "{error}");
}

#[test]
fn a_suppressed_cell_reads_like_a_cell_that_was_not_planned() {
    let publication = publication(false);
    assert_eq!(publication.cell(&Domain::of("reseau", "a"), "PART"), &Cell::Suppressed);
    assert_eq!(publication.cell(&Domain::of("reseau", "b"), "PART"), &Cell::Suppressed);
}

#[test]
fn what_no_rule_could_have_displayed_is_refused_even_with_its_digest() {
    let digest = |bytes: &[u8]| -> String {
        sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    for (from, to, why) in [
        ("PART,_T,75-100,25,75,100", "PART,_T,82.4,0.1,82.3,82.5", "a finer step than the class allows"),
        ("PART,_T,75-100,25,75,100", "PART,_T,70-95,25,70,95", "not a quarter"),
        ("11-19,,11,19", "12-12,,12,12", "an exact number of respondents"),
        (",,35,100,,0", ",,41.3,98.2,,0", "an interval that is not a function of the display"),
        ("25,75,100,11-19,,11,19,,35", "25,75,100,11-19,,11,19,4.2,35", "a standard error"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &publication(false)).unwrap();
        let path = dir.path().join("cells.csv");
        let cells = fs::read_to_string(&path).unwrap();
        let changed = cells.replace(from, to);
        assert_ne!(cells, changed, "{why}");
        let json = fs::read_to_string(dir.path().join("publication.json")).unwrap();
        let json = json.replace(&digest(cells.as_bytes()), &digest(changed.as_bytes()));
        fs::write(&path, changed).unwrap();
        fs::write(dir.path().join("publication.json"), json).unwrap();
        let error = read(dir.path()).unwrap_err();
        assert!(matches!(error, PublicationError::Malformed { .. }), "{why}: {error}");
    }
}

#[test]
fn the_other_files_say_nothing_of_what_is_withheld() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &publication(false)).unwrap();
    let text = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    let domains = text("domains.csv");
    assert_eq!(
        domains,
        "\
channel,table_id,edition,d_famille,d_reseau,label,n,n_lo,n_hi,suppressed
open,ensemble,2026,_T,_T,,300,295,304,0
open,famille,2026,a,_T,A,11-19,11,19,0
open,reseau,2026,_T,a,A,nd,,,1
open,reseau_x_famille,2026,a,a,\"A, A\",nd,,,1
"
    );
    assert_eq!(text("indicators.csv").lines().count(), 4);
    let meta: serde_json::Value = serde_json::from_str(&text("meta.json")).unwrap();
    assert_eq!(meta["n_min"], 11);
    assert_eq!(meta["dims"]["reseau"]["type"], "overlap");
    assert_eq!(meta["dims"]["famille"]["values"][0], "a");
    assert_eq!(meta["indicators"]["NOMBRE"]["max"], 18.0);
    let package: serde_json::Value = serde_json::from_str(&text("datapackage.json")).unwrap();
    let listed = package["resources"].as_array().unwrap().len();
    assert_eq!(listed, 6, "every file but these two descriptions");
    assert!(text("LISEZMOI.md").contains("Vos réponses restent confidentielles"));
    let publication: serde_json::Value = serde_json::from_str(&text("publication.json")).unwrap();
    assert_eq!(publication["files"].as_object().unwrap().len(), 7);
}

#[test]
fn nothing_outside_this_crate_makes_a_displayed_value() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
