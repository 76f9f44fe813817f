//! Each step of the protection is needed: switched off, an attacker finds something out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};

use analysis::{Attacker, Cleaned, Estimates, Insider, LinearPrograms, Weights, calibrate, clean, estimate};
use audit::{Claim, Kind, Known, Options, Release, Shown};
use extract::{Extract, ExtractRecord};
use publication::{Cell, CellKey, Domain, Publication};
use questionnaire::{Answer, Networks};

use super::definition::edition;
use super::sample::{Nobody, freeze, records};
use crate::disclosure::{Context, Protection, Steps, protect};

/// The attacker of the project, on some of the questions, what it had before it and found as an insider each time, and
/// what it knew of each network.
#[derive(Default)]
pub(super) struct OnSome(pub(super) Mutex<Vec<(Release, Known, usize)>>, Mutex<Vec<Known>>);

impl Attacker for OnSome {
    fn inside(&self, release: &Release, insider: &Insider<'_>, previous: &[Release]) -> Vec<Claim> {
        let some = of_some(release);
        let claims = LinearPrograms.inside(&some, insider, previous);
        self.0.lock().unwrap().push((some, insider.known.clone(), serious(&claims)));
        claims
    }

    fn network(&self, release: &Release, insider: &Insider<'_>) -> Vec<Claim> {
        self.1.lock().unwrap().push(insider.known.clone());
        LinearPrograms.network(&of_some(release), insider)
    }

    fn outside(&self, release: &Release, truth: &Known, previous: &[Release]) -> Vec<Claim> {
        LinearPrograms.outside(&of_some(release), truth, previous)
    }
}

fn serious(claims: &[Claim]) -> usize {
    claims.iter().filter(|claim| claim.is_serious()).count()
}

/// One question in eight, so that the tests stay short: what protects one protects the others.
fn of_some(release: &Release) -> Release {
    let codes: BTreeSet<&str> =
        release.cells().iter().map(|cell| release.question_of(cell.question).code.as_str()).collect();
    let kept: BTreeSet<&str> = codes.into_iter().step_by(8).collect();
    rewritten(release, |code, _, shown| kept.contains(code).then(|| shown.cloned()))
}

/// The release with other values shown; without the cells for which there is nothing. The code of a question is that of
/// its indicator, or of the category that is one.
pub(super) fn rewritten(
    release: &Release,
    other: impl Fn(&str, &audit::Domain, Option<&Shown>) -> Option<Option<Shown>>,
) -> Release {
    let mut made = Release::new(&release.edition, release.n_min);
    made.dimensions.clone_from(&release.dimensions);
    made.subsets.clone_from(&release.subsets);
    made.nested.clone_from(&release.nested);
    made.design_effect = release.design_effect;
    for cell in release.cells() {
        let (question, domain) = (release.question_of(cell.question), release.domain_of(cell.domain));
        if let Some(shown) = other(&question.code, domain, cell.shown.as_ref()) {
            let (domain, question) = (made.domain(domain.clone()), made.question(question.clone()));
            made.push(audit::Cell { domain, question, shown, ..cell.clone() });
        }
    }
    made
}

/// Puts an organisation into networks, out of all others of this list.
pub(super) fn join(record: &mut ExtractRecord, list: &[&str], codes: &[&str]) {
    let mut of: BTreeSet<String> = match record.answers.get("org_reseaux") {
        Some(Answer::Networks(networks)) => networks.codes.clone(),
        _ => BTreeSet::new(),
    };
    of.retain(|code| !list.contains(&code.as_str()));
    of.extend(codes.iter().map(|code| (*code).to_owned()));
    record.answers.set("org_reseaux", Some(Answer::Networks(Networks { codes: of, other: None })));
}

/// A network nested in another but one member, two networks apart by two members, and a small one nested in another but
/// one member, which are too small to be crossed.
fn with_traps(n: usize) -> Vec<ExtractRecord> {
    let mut records = records(edition(), n, 77);
    let list = ["cooptech", "la_zone", "fei", "unea", "edri", "acte"];
    for (index, record) in records.iter_mut().enumerate() {
        let codes: &[&str] = match index {
            0..=58 => &["cooptech", "la_zone"],
            59 => &["cooptech"],
            60..=118 => &["fei", "unea"],
            119 => &["fei"],
            120 => &["unea"],
            121..=145 => &["edri", "acte"],
            146 => &["edri"],
            _ => &[],
        };
        join(record, &list, codes);
    }
    with_a_heavy_respondent(&mut records);
    records
}

/// The sector of one size that the heavy trap fills.
fn heavy_cell() -> Domain {
    Domain::crossed(("secteur", "enseignement"), ("taille4", "t50"))
}

/// Ten organisations of families that are many among these made-up respondents and weigh little, and a heavy association,
/// are all of a sector and size.
fn with_a_heavy_respondent(records: &mut [ExtractRecord]) {
    let of_status = |record: &ExtractRecord, codes: &[&str]| matches!(record.answers.get("org_statut"), Some(Answer::Text(code)) if codes.contains(&code.as_str()));
    let large: Vec<usize> = (150..records.len()).filter(|at| employees(&records[*at]) >= 50).collect();
    let light = ["mutuelle", "fondation", "fonds_dotation", "sc_esus", "sc_ess", "autre_ess"];
    let take = |codes: &[&str], most: usize| -> Vec<usize> {
        large.iter().copied().filter(|at| of_status(&records[*at], codes)).take(most).collect()
    };
    let inside = [take(&light, 10), take(&["asso_1901"], 1)].concat();
    assert_eq!(inside.len(), 11, "the sample is large enough for the trap");
    for (at, record) in records.iter_mut().enumerate() {
        let is_other = employees(record) >= 50
            && matches!(record.answers.get("org_secteur"), Some(Answer::Text(code)) if code == "enseignement");
        if inside.contains(&at) {
            record.answers.set("org_secteur", Some(Answer::text("enseignement")));
        } else if is_other {
            record.answers.set("org_secteur", Some(Answer::text("culture")));
        }
    }
}

pub(super) fn employees(record: &ExtractRecord) -> i64 {
    match record.answers.get("org_salaries") {
        Some(Answer::Integer(count)) => *count,
        _ => 0,
    }
}

/// What every publication of the same answers is made from.
pub(super) struct Sample {
    extract: Extract,
    cleaned: Cleaned,
    weights: Weights,
    estimates: Estimates,
}

impl Sample {
    pub(super) fn of(records: &[ExtractRecord]) -> Self {
        let extract = freeze(edition(), records);
        let cleaned = clean(extract.frame().unwrap(), edition()).unwrap();
        let weights = calibrate(&cleaned, edition()).unwrap();
        let estimates = estimate(&cleaned, &weights, edition());
        Self { extract, cleaned, weights, estimates }
    }

    pub(super) fn published(
        &self,
        steps: Steps,
        attacker: &dyn Attacker,
        previous: &[Publication],
    ) -> Publication {
        let context = Context {
            publisher: "SOGA".to_owned(),
            software: "barometre".to_owned(),
            definition: BTreeMap::new(),
        };
        protect(&Protection {
            cleaned: &self.cleaned,
            weights: &self.weights,
            estimates: &self.estimates,
            edition: edition(),
            manifest: self.extract.manifest(),
            context: &context,
            attacker,
            previous,
            steps,
        })
        .unwrap()
    }

    pub(super) fn rows(&self, domain: &Domain) -> &[usize] {
        &self.estimates.domains.iter().find(|found| found.domain == *domain).unwrap().rows
    }

    fn network(&self, code: &str) -> &[usize] {
        self.rows(&Domain::of("reseau", code))
    }

    /// The exact value of an indicator in a domain, in percent, and the number of respondents behind it.
    pub(super) fn exact(&self, code: &str, domain: &audit::Domain) -> Option<(f64, u32)> {
        let indicator = edition().indicators.iter().position(|known| known.code == code)?;
        let at = self.estimates.domains.iter().position(|found| named(&found.domain) == *domain)?;
        let base = self.estimates.bases[self.estimates.base_of[indicator]][at].base;
        Some((100.0 * self.estimates.estimates[indicator][at].value, base.n))
    }
}

fn named(domain: &Domain) -> audit::Domain {
    domain
        .conditions()
        .into_iter()
        .fold(audit::Domain::all(), |named, (breakdown, code)| named.and(breakdown, code))
}

/// The answers with the traps on networks.
fn sample() -> &'static Sample {
    static MADE: OnceLock<Sample> = OnceLock::new();
    MADE.get_or_init(|| Sample::of(&with_traps(420)))
}

/// Its publication as the structure alone protects it.
fn protected() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| sample().published(Steps::default(), &Nobody, &[]))
}

/// What the attacker had before it in each round of the audit, and how much it found.
fn rounds() -> &'static [(Release, Known, usize)] {
    static MADE: OnceLock<Vec<(Release, Known, usize)>> = OnceLock::new();
    MADE.get_or_init(|| {
        let attacker = OnSome::default();
        sample().published(Steps::default(), &attacker, &[]);
        attacker.0.into_inner().unwrap()
    })
}

/// Whether the national question that everyone is asked is shown of a domain.
fn is_shown(publication: &Publication, domain: &Domain) -> bool {
    let key = CellKey { domain: domain.clone(), indicator: "STR_IMPORTANT".to_owned() };
    publication.cells.get(&key).is_some_and(|cell| matches!(cell, Cell::Published(_)))
}

/// What is shown, as equations over respondents: a basis with its pivots.
struct Shows(Vec<(usize, Vec<f64>)>);

impl Shows {
    fn of(sample: &Sample, publication: &Publication) -> Self {
        let mut shows = Self(Vec::new());
        let n = sample.cleaned.len();
        for found in sample.estimates.domains.iter().filter(|found| is_shown(publication, &found.domain)) {
            let vector = shows.reduce(column(&found.rows, n));
            let pivot = (0..n).max_by(|a, b| vector[*a].abs().total_cmp(&vector[*b].abs())).unwrap();
            if vector[pivot].abs() > 1e-6 {
                let scale = vector[pivot];
                shows.0.push((pivot, vector.into_iter().map(|entry| entry / scale).collect()));
            }
        }
        shows
    }

    fn reduce(&self, mut vector: Vec<f64>) -> Vec<f64> {
        for (pivot, row) in &self.0 {
            let factor = vector[*pivot];
            if factor.abs() > 1e-9 {
                for (entry, other) in vector.iter_mut().zip(row) {
                    *entry -= factor * other;
                }
            }
        }
        vector
    }

    /// Whether a group follows by adding and subtracting what is shown.
    fn tell(&self, sample: &Sample, group: &[usize]) -> bool {
        let column = column(group, sample.cleaned.len());
        !group.is_empty() && self.reduce(column).iter().all(|entry| entry.abs() < 1e-6)
    }
}

fn column(rows: &[usize], n: usize) -> Vec<f64> {
    let mut column = vec![0.0; n];
    for row in rows {
        column[*row] = 1.0;
    }
    column
}

fn without(one: &[usize], other: &[usize]) -> Vec<usize> {
    one.iter().copied().filter(|row| !other.contains(row)).collect()
}

/// Who is in one of two near networks and not in the other.
fn apart(sample: &Sample) -> Vec<Vec<usize>> {
    let pairs = [("cooptech", "la_zone"), ("fei", "unea"), ("unea", "fei"), ("edri", "acte")];
    let groups = pairs.map(|(one, other)| without(sample.network(one), sample.network(other)));
    groups.into_iter().filter(|group| group.len() == 1).collect()
}

fn is_small(group: &[usize]) -> bool {
    (1..edition().plan.n_min as usize).contains(&group.len())
}

/// How many of these groups are told by what is published without a step, and with all of them.
fn told(steps: Steps, groups: &dyn Fn(&Publication) -> Vec<Vec<usize>>) -> (usize, usize) {
    let sample = sample();
    let count = |publication: &Publication| {
        let shows = Shows::of(sample, publication);
        groups(publication).iter().filter(|group| shows.tell(sample, group)).count()
    };
    (count(&sample.published(steps, &Nobody, &[])), count(protected()))
}

#[test]
fn near_twins_are_published_together_and_tell_nothing_of_who_is_in_one_alone() {
    let (sample, publication) = (sample(), protected());
    let shows = Shows::of(sample, publication);
    for (one, other) in [("cooptech", "la_zone"), ("fei", "unea"), ("acte", "edri")] {
        let both = format!("{one}&{other}");
        assert!(is_shown(publication, &Domain::of("reseau", &both)), "{both}");
        assert!(!is_shown(publication, &Domain::of("reseau", one)));
        assert!(!is_shown(publication, &Domain::of("reseau", other)));
        let label = publication.domain_label(&Domain::of("reseau", &both));
        assert!(label.starts_with("Résultats communs"), "{label}");
    }
    let apart = apart(sample);
    assert_eq!(apart.len(), 4, "two nested but one, two apart by two");
    assert!(apart.iter().all(|group| !shows.tell(sample, group)));
}

#[test]
fn without_differences_two_near_networks_tell_about_who_is_in_one_alone() {
    let steps = Steps { differences: false, ..Steps::default() };
    let (found, left) = told(steps, &|_| apart(sample()));
    assert!(found >= 1 && left == 0, "{found}, {left}");
}

#[test]
fn without_regrouping_a_network_that_could_be_shown_with_its_twin_is_not_shown_at_all() {
    let steps = Steps { regroup: false, ..Steps::default() };
    let publication = sample().published(steps, &Nobody, &[]);
    for (one, other) in [("cooptech", "la_zone"), ("fei", "unea")] {
        let shown = [one, other].map(|code| is_shown(&publication, &Domain::of("reseau", code)));
        assert_eq!(shown.iter().filter(|shown| **shown).count(), 1, "{one} and {other}");
    }
}

#[test]
fn without_secondary_suppression_a_withheld_domain_follows_by_subtraction() {
    let small = |_: &Publication| -> Vec<Vec<usize>> {
        let domains = sample().estimates.domains.iter();
        domains.filter(|found| is_small(&found.rows)).map(|found| found.rows.clone()).collect()
    };
    let (found, left) = told(Steps { secondary: false, ..Steps::default() }, &small);
    assert!(found >= 1 && left == 0, "a threshold alone is broken: {found}, {left}");
}

#[test]
fn without_unions_a_few_withheld_respondents_follow_together() {
    // What is left of a group when the parts of it that are shown are taken away.
    let rests = |publication: &Publication| -> Vec<Vec<usize>> {
        let mut rests = Vec::new();
        for breakdown in &edition().plan.breakdowns {
            if breakdown.variable.is_overlapping() {
                continue;
            }
            let mut rest: Vec<usize> = (0..sample().cleaned.len()).collect();
            for category in &breakdown.categories {
                let domain = Domain::of(&breakdown.code, &category.code);
                if is_shown(publication, &domain) {
                    rest = without(&rest, sample().rows(&domain));
                }
            }
            rests.push(rest);
        }
        rests.retain(|rest| is_small(rest));
        rests
    };
    let (found, left) = told(Steps { unions: false, ..Steps::default() }, &rests);
    assert!(found >= 1 && left == 0, "{found}, {left}");
}

#[test]
fn without_the_primary_rule_small_domains_are_simply_shown() {
    // The rule of display refuses them all the same: nothing else can make a displayed value.
    let publication = sample().published(Steps { primary: false, ..Steps::default() }, &Nobody, &[]);
    for (key, cell) in &publication.cells {
        let is_small = sample().rows(&key.domain).len() < edition().plan.n_min as usize;
        assert!(!is_small || cell.published().is_none(), "{key:?}");
    }
}

#[test]
fn without_the_weight_of_the_heaviest_a_figure_that_is_mostly_one_answer_is_shown() {
    let sample = sample();
    let rows = sample.rows(&heavy_cell());
    assert_eq!(rows.len(), edition().plan.n_min as usize, "enough by their number");
    let heaviest = rows.iter().map(|row| sample.estimates.weights[*row]).fold(0.0, f64::max);
    let share = heaviest / sample.estimates.weight_of(rows);
    assert!(share > 2.0 / 11.0, "the heaviest counts for more than two of eleven: {share}");
    assert!(!is_shown(protected(), &heavy_cell()));
    // Secondary suppression would withhold it for its neighbours' sake: it is off in both.
    let alone = Steps { secondary: false, ..Steps::default() };
    let shown = |steps| is_shown(&sample.published(steps, &Nobody, &[]), &heavy_cell());
    assert!(!shown(alone) && shown(Steps { weights: false, ..alone }));
}

#[test]
fn the_audit_finds_what_the_structure_lets_through_and_ends_with_nothing() {
    // Few respondents and two networks of the same members.
    let mut records = records(edition(), 250, 3);
    for record in records.iter_mut().take(60) {
        join(record, &["cooptech", "la_zone"], &["cooptech", "la_zone"]);
    }
    let attacker = OnSome::default();
    Sample::of(&records).published(Steps::default(), &attacker, &[]);
    let found: Vec<usize> = attacker.0.into_inner().unwrap().iter().map(|(_, _, found)| *found).collect();
    assert!(found.len() > 1 && found[0] > 0, "the structure alone is not enough: {found:?}");
    assert_eq!(found.last(), Some(&0), "{found:?}");
    // Each network is then tried alone, with the groups that two of its tables cut out together.
    let is_small = |(domain, size): (&audit::Domain, audit::Size)| {
        domain.code("taille4").is_some() && domain.code("zone").is_some() && (1..11).contains(&size.n)
    };
    let tried = attacker.1.into_inner().unwrap();
    assert!(tried.iter().any(|known| known.domains("").any(is_small)), "{} networks", tried.len());
}

/// Serious claims of an insider, and of an outsider about numbers of respondents.
fn claims(release: &Release, known: &Known) -> (Vec<Claim>, Vec<Claim>) {
    let is_serious = |claims: Vec<Claim>| claims.into_iter().filter(Claim::is_serious).collect();
    let outside = Options { truth: Some(known), shares: false, ..Options::default() };
    let inside = Options { joint: false, integers: false, ..Options::default() };
    (
        is_serious(audit::attack(release, Some(known), &inside)),
        is_serious(audit::attack(release, None, &outside)),
    )
}

/// The last candidate of the audit with other values shown, made from the exact ones: the step of rounding, the value
/// and the number of respondents that stood behind it.
fn spoilt(other: impl Fn(&Shown, f64, f64, u32) -> Shown) -> (Release, &'static Known) {
    let (release, known, _) = rounds().last().unwrap();
    let spoilt = rewritten(release, |code, domain, shown| {
        let spoilt = shown.map(|shown| match (sample().exact(code, domain), shown.step) {
            (Some((value, n)), Some(step)) => other(shown, step, value, n),
            _ => shown.clone(),
        });
        Some(spoilt)
    });
    (spoilt, known)
}

#[test]
fn with_every_step_nothing_is_found_from_digits_ends_or_numbers() {
    let (release, known) = spoilt(|shown, _, _, _| shown.clone());
    let (inside, outside) = claims(&release, known);
    assert!(inside.is_empty() && outside.is_empty(), "{inside:?} {outside:?}");
}

#[test]
fn without_adaptive_precision_digits_give_counts_away() {
    let (release, known) = spoilt(|shown, _, value, _| Shown { n: shown.n, ..Shown::exact(value, 0) });
    let (inside, _) = claims(&release, known);
    assert!(inside.iter().any(|claim| claim.kind == Kind::Count), "{} claims", inside.len());
}

#[test]
fn without_merged_ends_a_small_group_inside_one_that_says_nothing_is_known() {
    let (release, known) = spoilt(|shown, step, value, _| {
        let rounded = (value / step).round() * step;
        let is_end = rounded <= step || rounded >= 100.0 - step;
        if !is_end || shown.text.contains('-') {
            return shown.clone();
        }
        let (lo, hi) = ((rounded - step / 2.0).max(0.0), (rounded + step / 2.0).min(100.0));
        Shown { text: rounded.to_string(), lo, hi, ..shown.clone() }
    });
    let (inside, _) = claims(&release, known);
    assert!(inside.iter().any(|claim| matches!(claim.kind, Kind::Share | Kind::AllOrNone)), "{inside:?}");
}

#[test]
fn without_classes_of_n_intervals_of_precision_give_numbers_away() {
    let (release, known) = spoilt(|shown, _, value, n| {
        let error = (value * (100.0 - value) / f64::from(n.max(1))).sqrt();
        let half = 1.96 * error;
        Shown { ci: Some((value - half, value + half)), ..shown.clone() }
    });
    let (_, outside) = claims(&release, known);
    assert!(outside.iter().any(|claim| claim.kind == Kind::Error), "{outside:?}");
}
