//! The whole way, and what must not be in its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use analysis::{AnalysisError, Context, analyse, analyse_against};
use extract::ExtractRecord;
use publication::{Cell, Displayed, Domain, Publication, Unit};
use questionnaire::{Answer, Networks};

use crate::definition::edition;
use crate::sample::{Nobody, freeze, records};

fn context() -> Context {
    Context {
        publisher: "SOGA".to_owned(),
        software: "barometre 0.1.0".to_owned(),
        definition: BTreeMap::from([("plan.toml".to_owned(), "00".to_owned())]),
    }
}

/// Made-up organisations of which exactly ten are members of the network returned.
fn with_a_network_of_ten(n: usize) -> (Vec<ExtractRecord>, String) {
    let edition = edition();
    let network = edition
        .plan
        .breakdowns
        .iter()
        .find(|breakdown| breakdown.variable.is_overlapping())
        .unwrap()
        .categories[3]
        .code
        .clone();
    let mut records = records(edition, n, 31);
    for (index, record) in records.iter_mut().enumerate() {
        let mut codes: BTreeSet<String> = match record.answers.get("org_reseaux") {
            Some(Answer::Networks(networks)) => networks.codes.clone(),
            _ => BTreeSet::new(),
        };
        codes.remove(&network);
        if index < 10 {
            codes.insert(network.clone());
        }
        record.answers.set("org_reseaux", Some(Answer::Networks(Networks { codes, other: None })));
    }
    (records, network)
}

fn published(records: &[ExtractRecord]) -> Publication {
    analyse(&freeze(edition(), records), edition(), &context()).unwrap()
}

/// One publication for the tests that only look at it: its tables are attacked before they are let out.
fn common() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| published(&with_a_network_of_ten(400).0))
}

fn files(publication: &Publication) -> (String, String) {
    let dir = tempfile::tempdir().unwrap();
    publication::write(dir.path(), publication).unwrap();
    assert_eq!(&publication::read(dir.path()).unwrap(), publication, "what is written is read back");
    let text = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    (text(publication::PUBLICATION_FILE), text(publication::CELLS_FILE))
}

#[test]
fn permuting_respondents_changes_no_byte() {
    let (mut records, _) = with_a_network_of_ten(400);
    records.reverse();
    records.swap(3, 77);
    assert!(files(&published(&records)) == files(common()));
}

#[test]
fn a_domain_of_ten_is_nowhere_in_the_files() {
    let (_, network) = with_a_network_of_ten(400);
    let publication = common();
    let domain = Domain::of("reseau", &network);
    for indicator in &publication.indicators {
        assert_eq!(publication.cell(&domain, &indicator.code), &Cell::Suppressed, "{}", indicator.code);
    }
    let breakdown = publication.breakdown("reseau").unwrap();
    assert!(breakdown.categories.iter().find(|category| category.code == network).unwrap().n.is_none());
    for row in
        publication.profiles.iter().flat_map(|profile| &profile.rows).filter(|row| row.category == network)
    {
        assert!(row.sample.is_none() && row.weighted.is_none());
    }
    assert!(publication.network_sectors.iter().all(|sector| sector.network != network));
    let (_, cells) = files(publication);
    let mut reader = csv::Reader::from_reader(cells.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|known| known == name).unwrap();
    let rows: Vec<csv::StringRecord> =
        reader.records().map(Result::unwrap).filter(|row| &row[at("d_reseau")] == network.as_str()).collect();
    assert_eq!(rows.len(), publication.indicators.len(), "and no crossing");
    for row in &rows {
        assert_eq!((&row[at("estimate")], &row[at("suppressed")]), ("nd", "1"));
        let told = at("step")..at("suppressed");
        assert!(told.into_iter().all(|column| row[column].is_empty()), "{row:?}");
    }
}

#[test]
fn indicators_of_a_domain_with_one_base_are_released_together_or_not_at_all() {
    let publication = common();
    let mut released: BTreeMap<(&Domain, &str), BTreeSet<bool>> = BTreeMap::new();
    for (key, cell) in &publication.cells {
        let indicator = publication.indicator(&key.indicator).unwrap();
        if indicator.unit == Unit::Percent {
            released.entry((&key.domain, &indicator.base)).or_default().insert(cell.published().is_some());
        }
    }
    assert!(released.values().all(|states| states.len() == 1));
    assert!(released.values().any(|states| states.contains(&false)), "some are withheld");
}

#[test]
fn every_indicator_is_planned_in_every_domain() {
    let publication = common();
    let mut planned: BTreeMap<&Domain, usize> = BTreeMap::new();
    for key in publication.cells.keys() {
        *planned.entry(&key.domain).or_default() += 1;
    }
    assert!(planned.values().all(|count| *count == publication.indicators.len()));
    assert!(planned.contains_key(&Domain::All));
    for breakdown in &publication.breakdowns {
        for category in &breakdown.categories {
            assert!(planned.contains_key(&Domain::of(&breakdown.code, &category.code)), "{}", category.code);
        }
    }
    assert_eq!(publication.indicators.len(), edition().indicators.len());
}

#[test]
fn no_figure_says_nobody_or_everybody() {
    let publication = common();
    for cell in publication.cells.values().filter_map(Cell::published) {
        if let Displayed::Point { value, step, .. } = cell.value() {
            assert!(value > step / 2.0, "{value}");
        }
    }
}

#[test]
fn the_publication_says_how_it_was_made() {
    let publication = common();
    assert_eq!(publication.counts.valid, 400);
    assert_eq!(
        publication.counts.states.iter().find(|count| count.code == "envoye").unwrap().shown,
        Some(400)
    );
    assert_eq!(
        publication.counts.states.iter().find(|count| count.code == "refuse").unwrap().shown,
        None,
        "four"
    );
    assert!(publication.edition.is_simulated);
    assert_eq!(publication.provenance.extract.len(), 64);
    assert_eq!(publication.method.calibration.len(), edition().plan.calibration.len());
    let design_effect = publication.method.design_effect;
    assert!(design_effect >= 1.0 && ((design_effect * 10.0).round() / 10.0 - design_effect).abs() < 1e-12);
    assert!(publication.method.not_weighted.iter().any(|label| label == "Territoire"));
    let tools = publication.indicator("USG_NB_OUTILS").unwrap();
    assert_eq!(tools.unit, Unit::Number { most: 18.0 });
    let important = publication.indicator("STR_IMPORTANT").unwrap();
    assert!(important.no_answer.is_some() && important.unweighted.is_some());
}

#[test]
fn an_extract_of_another_version_is_refused() {
    let extract = freeze(edition(), &records(edition(), 20, 1));
    let mut other = edition().clone();
    other.questionnaire.version = "another".to_owned();
    assert!(matches!(analyse(&extract, &other, &context()), Err(AnalysisError::OtherEdition { .. })));
}

#[test]
fn ten_responses_are_not_an_edition() {
    let extract = freeze(edition(), &records(edition(), 10, 1));
    let refused = analyse(&extract, edition(), &context());
    assert!(matches!(refused, Err(AnalysisError::TooFew { valid: 10, n_min: 11 })));
}

/// The sector said of a network whose members are so many of each of these sectors.
fn sector_of_a_network(sectors: &[(&str, usize)]) -> Option<String> {
    let (mut records, network) = with_a_network_of_ten(400);
    let members: usize = sectors.iter().map(|(_, n)| n).sum();
    let wanted = sectors.iter().flat_map(|(sector, n)| std::iter::repeat_n(*sector, *n));
    let mut wanted = wanted.collect::<Vec<_>>().into_iter();
    for (index, record) in records.iter_mut().enumerate() {
        let Some(Answer::Networks(networks)) = record.answers.get("org_reseaux") else { continue };
        let mut networks = networks.clone();
        networks.codes.remove(&network);
        if index < members {
            networks.codes.insert(network.clone());
            record.answers.set("org_secteur", wanted.next().map(Answer::text));
        }
        record.answers.set("org_reseaux", Some(Answer::Networks(networks)));
    }
    // The sector follows from what is displayed, attacked or not.
    let extract = freeze(edition(), &records);
    let publication = analyse_against(&extract, edition(), &context(), &Nobody, &[]).unwrap();
    publication.network_sectors.into_iter().find(|said| said.network == network).map(|said| said.category)
}

#[test]
fn a_network_is_of_a_sector_when_most_of_its_members_and_eleven_at_least_are() {
    assert_eq!(sector_of_a_network(&[("sport", 45), ("culture", 15)]).as_deref(), Some("sport"));
    assert_eq!(sector_of_a_network(&[("sport", 30), ("culture", 30)]), None, "half is not most");
    assert_eq!(
        sector_of_a_network(&[("sport", 33), ("culture", 27)]),
        None,
        "what is displayed leaves a doubt"
    );
    assert_eq!(
        sector_of_a_network(&[("sport", 11), ("culture", 4)]),
        None,
        "a network of fifteen is not crossed with sectors"
    );
}
