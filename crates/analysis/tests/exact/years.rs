//! What an edition says beside the one before.

use std::sync::Mutex;

use analysis::{Attacker, Insider};
use audit::{Binding, Claim, Group, Kind, Known, Options, Release, Severity, Shown};
use extract::ExtractRecord;
use publication::{Domain, Publication};
use questionnaire::Answer;

use super::definition::edition;
use super::protection::{OnSome, Sample, employees, join, rewritten};
use super::sample::{Nobody, records};
use crate::disclosure::Steps;

const NETWORK: &str = "soga";

/// Associations with employees, which weigh nearly the same, and others; the first `members` of them are in the network.
fn with_members(n: usize, members: usize) -> Vec<ExtractRecord> {
    let mut records = records(edition(), n, 78);
    let mut joined = 0;
    for record in &mut records {
        let is_association =
            matches!(record.answers.get("org_statut"), Some(Answer::Text(code)) if code == "asso_1901");
        let joins = joined < members && is_association && employees(record) > 0;
        joined += usize::from(joins);
        join(record, &[NETWORK], if joins { &[NETWORK] } else { &[] });
    }
    assert_eq!(joined, members, "the sample is large enough");
    records
}

/// The finest step by which a figure of the network is shown, in points.
fn finest(publication: &Publication) -> f64 {
    let domain = Domain::of("reseau", NETWORK);
    let shown = publication.cells.iter().filter(|(key, _)| key.domain == domain).filter_map(|(key, cell)| {
        let unit = publication.indicator(&key.indicator)?.unit;
        Some(publication::points(cell.published()?.value(), unit))
    });
    shown.fold(f64::INFINITY, f64::min)
}

#[test]
fn a_group_is_shown_as_coarsely_as_before_until_it_has_grown_by_a_fifth() {
    let published = |members: usize, previous: &[Publication]| {
        Sample::of(&with_members(400, members)).published(Steps::default(), &Nobody, previous)
    };
    let steps = |publication: &Publication| finest(publication).to_string();
    let before = published(39, &[]);
    assert_eq!(steps(&before), "10");
    assert_eq!(steps(&published(41, &[])), "5", "by its number alone");
    let previous = [before];
    let later = published(41, &previous);
    assert_eq!(steps(&later), "10", "two more of at most 39");
    assert_eq!(steps(&published(48, &previous)), "5", "a fifth more");
    // And no finer the year after that.
    assert_eq!(steps(&published(42, &[later])), "10");
}

/// Somebody who claims something of the network so many times, whatever is done about it.
struct Insists(Mutex<usize>);

impl Attacker for Insists {
    fn inside(&self, _: &Release, _: &Insider<'_>, _: &[Release]) -> Vec<Claim> {
        let mut left = self.0.lock().unwrap();
        if *left == 0 {
            return Vec::new();
        }
        *left -= 1;
        let domain = audit::Domain::all().and("reseau", NETWORK);
        vec![Claim {
            kind: Kind::Number,
            severity: Severity::Serious,
            group: Group::one(domain.clone()),
            base: String::new(),
            question: None,
            category: None,
            interval: None,
            n: None,
            binding: vec![Binding { domain, weight: 1.0 }],
            detail: "it insists".to_owned(),
        }]
    }

    fn network(&self, _: &Release, _: &Insider<'_>) -> Vec<Claim> {
        Vec::new()
    }

    fn outside(&self, _: &Release, _: &Known, _: &[Release]) -> Vec<Claim> {
        Vec::new()
    }
}

#[test]
fn a_group_of_which_no_figure_is_left_has_no_number_either() {
    let mut withheld_by_coarseness = 0;
    for members in [11, 20, 39] {
        let sample = Sample::of(&with_members(400, members));
        for times in 0..=2 {
            let publication = sample.published(Steps::default(), &Insists(Mutex::new(times)), &[]);
            let categories = &publication.breakdown("reseau").unwrap().categories;
            let n =
                categories.iter().find(|category| category.code == NETWORK).and_then(|category| category.n);
            assert_eq!(n.is_some(), finest(&publication).is_finite(), "{members} after {times} repairs");
            withheld_by_coarseness += usize::from(times == 1 && n.is_none());
            if n.is_none() {
                break;
            }
        }
    }
    assert!(withheld_by_coarseness > 0, "the smallest has no coarser tier left");
}

/// The last candidate of the audit, what an insider knows of it, and the sample that it is of.
fn displayed(
    records: &[ExtractRecord],
    previous: &[Publication],
) -> (Sample, Publication, Release, Known, usize) {
    let sample = Sample::of(records);
    let attacker = OnSome::default();
    let publication = sample.published(Steps::default(), &attacker, previous);
    let (release, known, found) = attacker.0.into_inner().unwrap().pop().unwrap();
    (sample, publication, release, known, found)
}

/// With two decimals of the exact values.
fn without_rounding(sample: &Sample, release: &Release) -> Release {
    rewritten(release, |code, domain, shown| {
        let exact = shown.map(|shown| match sample.exact(code, domain) {
            Some((value, _)) => Shown { n: shown.n, ..Shown::exact(value, 2) },
            None => shown.clone(),
        });
        Some(exact)
    })
}

#[test]
fn who_came_between_two_editions_with_the_same_answers_is_read_only_where_nothing_is_rounded() {
    // The network has employers alone; one without employees joins it, whose weight no other member's depends on.
    let mut after = with_members(300, 45);
    let newcomer = after.iter().position(|record| employees(record) == 0).unwrap();
    let mut before = after.clone();
    before.remove(newcomer);
    join(&mut after[newcomer], &[NETWORK], &[NETWORK]);
    let (old, published, old_release, old_known, _) = displayed(&before, &[]);
    let (new, _, new_release, new_known, found) = displayed(&after, &[published]);
    assert_eq!(found, 0, "the audit has the edition before, and ends with nothing");
    let read = |now: &Release, then: &Release, before: Option<&Known>| -> Vec<String> {
        let options =
            Options { shares: false, digits: false, previous: &[(then, before)], ..Options::default() };
        let claims = audit::attack(now, Some(&new_known), &options);
        claims.iter().filter(|claim| claim.kind == Kind::Years).map(ToString::to_string).collect()
    };
    assert_eq!(read(&new_release, &old_release, Some(&old_known)), Vec::<String>::new());
    let (now, then) = (without_rounding(&new, &new_release), without_rounding(&old, &old_release));
    let told = read(&now, &then, Some(&old_known));
    assert!(told.iter().any(|claim| claim.contains(NETWORK)), "{told:?}");
    let told = read(&now, &then, None);
    assert!(!told.is_empty(), "who knows the sizes of today alone can suppose those of before");
}
