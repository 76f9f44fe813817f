//! When an edition may be published again.

use std::collections::BTreeMap;

use analysis::{AnalysisError, Context, analyse_against, refuse_few_changes};
use extract::{Extract, ExtractRecord};
use publication::Publication;
use questionnaire::Answer;

use crate::definition::edition;
use crate::sample::{Nobody, freeze, records};

fn published(records: &[ExtractRecord]) -> (Extract, Publication) {
    let context = Context {
        publisher: "SOGA".to_owned(),
        software: "barometre 0.1.0".to_owned(),
        definition: BTreeMap::new(),
    };
    let extract = freeze(edition(), records);
    let publication = analyse_against(&extract, edition(), &context, &Nobody, &[]).unwrap();
    (extract, publication)
}

/// Every file of a publication, with the names of a network left out.
fn files_without(publication: &Publication, network: &str) -> BTreeMap<String, String> {
    let dir = tempfile::tempdir().unwrap();
    publication::write(dir.path(), publication).unwrap();
    let entries = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| line.split(',').any(|field| field == network));
            (path.file_name().unwrap().to_string_lossy().into_owned(), lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

#[test]
fn a_network_of_nobody_and_one_of_seven_have_the_same_rows_in_every_file() {
    let with_members = |members: usize| {
        let mut records = records(edition(), 120, 53);
        let mut joined = 0;
        for record in &mut records {
            let Some(Answer::Networks(networks)) = record.answers.get("org_reseaux").cloned() else {
                continue;
            };
            let mut networks = networks;
            networks.codes.remove("cooptech");
            if joined < members {
                networks.codes.insert("cooptech".to_owned());
                joined += 1;
            }
            record.answers.set("org_reseaux", Some(Answer::Networks(networks)));
        }
        files_without(&published(&records).1, "cooptech")
    };
    let nobody = with_members(0);
    assert!(nobody["cells.csv"].lines().count() > 100, "it is planned");
    assert_eq!(nobody, with_members(7));
}

#[test]
fn rows_stand_in_the_order_of_codes_whatever_they_hold() {
    let text = String::from_utf8(publication::cells_csv(&published(&records(edition(), 120, 54)).1)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|known| known == name).unwrap();
    let (first, last) = (at("table_id"), at("indicator"));
    let mut orders: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        if &row[at("category")] == "_T" {
            let domain: Vec<String> = (first..last).map(|column| row[column].to_owned()).collect();
            orders.entry(domain).or_default().push(row[last].to_owned());
        }
    }
    let all: std::collections::BTreeSet<&Vec<String>> = orders.values().collect();
    assert_eq!(all.len(), 1, "indicators come in one order in every group");
    assert!(orders.values().next().unwrap().is_sorted());
}

#[test]
fn a_population_stands_beside_public_totals_alone_and_an_error_nowhere() {
    let (_, publication) = published(&records(edition(), 300, 55));
    let text = String::from_utf8(publication::cells_csv(&publication)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|known| known == name).unwrap();
    let mut shown: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        assert!(row[at("se")].is_empty(), "{row:?}");
        let pop = row[at("pop")].to_owned();
        if !pop.is_empty() {
            assert_eq!(&row[at("suppressed")], "0", "{row:?}");
            shown.insert((row[at("table_id")].to_owned(), row[at("d_employeur")].to_owned()), pop);
        }
    }
    let expected =
        [("employeur", "non", "1346000"), ("employeur", "oui", "153300"), ("ensemble", "_T", "1499300")];
    let found: Vec<(&str, &str, &str)> =
        shown.iter().map(|((table, code), pop)| (table.as_str(), code.as_str(), pop.as_str())).collect();
    assert_eq!(found, expected);
    let narrow =
        publication.indicators.iter().find(|known| known.code == "CRISE_ACCELERATION_RURAL").unwrap();
    assert_eq!(publication.release.population(&publication::Domain::All, &narrow.code), None);
}

#[test]
fn a_revision_is_refused_when_fewer_changed_than_a_shown_group_has() {
    let before = records(edition(), 120, 51);
    let (first, published_first) = published(&before);
    let revise = |changed: &[ExtractRecord]| {
        let (second, published_second) = published(changed);
        refuse_few_changes((&first, &second), edition(), [&published_first, &published_second])
    };
    let change = |most: usize| {
        let mut changed = before.clone();
        for record in changed.iter_mut().take(most) {
            let other = match record.answers.get("str_importance") {
                Some(Answer::Text(code)) if code == "important" => "indispensable",
                _ => "important",
            };
            record.answers.set("str_importance", Some(Answer::text(other)));
        }
        changed
    };
    assert!(revise(&before).is_ok(), "nobody changed");
    for changed in [change(1), change(10), before[1..].to_vec(), before[..110].to_vec()] {
        let refused = revise(&changed).unwrap_err();
        assert!(matches!(refused, AnalysisError::FewChanged { n_min: 11 }), "{refused}");
        assert!(!refused.to_string().contains("str_importance"), "it names no group and no question");
    }
    assert!(revise(&change(120)).is_ok(), "all changed: in every shown group as many as it has");
    let mut others = records(edition(), 120, 52);
    for record in &mut others {
        record.organisation = format!("other-{}", record.organisation);
    }
    assert!(revise(&others).is_ok(), "other organisations");
}
