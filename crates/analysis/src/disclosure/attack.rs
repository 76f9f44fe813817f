//! The audit loop (`disclosure.md`, section 3.3, step 8): the candidate is attacked as an insider would, who knows the
//! exact number and weight of respondents of every domain, and what is found is repaired until nothing is.

use std::collections::{BTreeMap, BTreeSet};

use audit::{Claim, Known, Question, Release, Shown, Size};
use publication::{Cell, CellKey, Displayed, Domain, Publication, Published, Unit};
use questionnaire::{ChartForm, Edition};

use super::decided::Decision;
use super::decision::Steps;
use super::within::{self, Within};
use crate::error::AnalysisError;
use crate::estimation::near::NESTED;
use crate::estimation::{DomainBase, Estimates};

/// Rounds of attack and repair before giving up: each round makes something coarser or withholds it, so that there are
/// twice as many at most as there are domains; a handful is usual.
const ROUNDS: usize = 60;

/// Someone who tries to find out what is withheld. The claims are those that must be repaired.
pub trait Attacker: Sync {
    /// Attacks what is displayed as an insider would, who knows these sizes, and what was displayed before.
    fn inside(&self, release: &Release, known: &Known, previous: &[Release]) -> Vec<Claim>;

    /// Attacks what is displayed of one network as an insider would, who knows its members and what they weigh.
    fn network(&self, release: &Release, known: &Known) -> Vec<Claim>;

    /// Attacks as an outsider would, who finds out numbers of respondents. The true ones tell what is harmless.
    fn outside(&self, release: &Release, truth: &Known, previous: &[Release]) -> Vec<Claim>;
}

/// The attacker of the project: linear programs over everything displayed.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinearPrograms;

impl Attacker for LinearPrograms {
    fn inside(&self, release: &Release, known: &Known, previous: &[Release]) -> Vec<Claim> {
        let previous = with_nothing(previous);
        audit::attack(
            release,
            Some(known),
            &audit::Options { previous: &previous, ..audit::Options::default() },
        )
    }

    fn network(&self, release: &Release, known: &Known) -> Vec<Claim> {
        // Digits were read with everything else.
        audit::attack(release, Some(known), &audit::Options { digits: false, ..audit::Options::default() })
    }

    fn outside(&self, release: &Release, truth: &Known, previous: &[Release]) -> Vec<Claim> {
        let previous = with_nothing(previous);
        // Shares were tried with more knowledge.
        let options = audit::Options {
            truth: Some(truth),
            previous: &previous,
            shares: false,
            ..audit::Options::default()
        };
        audit::attack(release, None, &options)
    }
}

/// Nothing is known of the sizes of earlier editions but what they display.
fn with_nothing(previous: &[Release]) -> Vec<(&Release, Option<&Known>)> {
    previous.iter().map(|previous| (previous, None)).collect()
}

/// What is attacked.
pub(super) struct Candidate<'a> {
    pub edition: &'a Edition,
    pub estimates: &'a Estimates,
    pub units: &'a [Unit],
    pub n_min: u32,
    pub steps: Steps,
    /// What was published before, as displayed.
    pub previous: Vec<Release>,
    /// How the tables hang together, with the populations shown.
    pub tables: &'a publication::Release,
    /// Members of one network who are not in another.
    pub apart: &'a [Apart],
    /// Groups that two tables of a network cut out.
    pub within: &'a [Within],
}

/// An edition as the attacker reads it.
pub(super) fn displayed(publication: &Publication) -> Release {
    let (cells, meta) = (publication::cells_csv(publication), publication::meta_json(publication));
    Release::read(&String::from_utf8_lossy(&cells), &String::from_utf8_lossy(&meta))
        .expect("what a publication writes is of the format that the attacker reads")
}

/// Attacks and repairs until nothing serious is claimed; gives the cells.
pub(super) fn repair(
    candidate: &Candidate<'_>,
    decision: &mut Decision,
    attacker: &dyn Attacker,
    cells: &dyn Fn(&Decision) -> BTreeMap<CellKey, Cell>,
) -> Result<BTreeMap<CellKey, Cell>, AnalysisError> {
    let index: BTreeMap<audit::Domain, usize> = candidate
        .estimates
        .domains
        .iter()
        .enumerate()
        .map(|(at, found)| (named(&found.domain), at))
        .collect();
    let mut clean = within::Clean::default();
    for round in 0..ROUNDS {
        let made = cells(decision);
        if !candidate.steps.audit {
            return Ok(made);
        }
        let serious = claims(candidate, decision, attacker, &made, &mut clean);
        if serious.is_empty() {
            return Ok(made);
        }
        tracing::info!(round, claims = serious.len(), "the attacker claims; repairing");
        for domain in to_repair(&serious, decision, &index)? {
            decision.repair(domain);
        }
    }
    Err(AnalysisError::Unprotected { claim: "it finds something new after every repair".to_owned() })
}

/// What must be repaired, as an insider, in each network alone when that is nothing, and then as an outsider.
pub(super) fn claims(
    candidate: &Candidate<'_>,
    decision: &Decision,
    attacker: &dyn Attacker,
    cells: &BTreeMap<CellKey, Cell>,
    clean: &mut within::Clean,
) -> Vec<Claim> {
    let release = release(candidate, decision, cells, &|_, _| true);
    let known = known(candidate, decision);
    let previous = candidate.previous.as_slice();
    let serious = |claims: Vec<Claim>| claims.into_iter().filter(Claim::is_serious).collect::<Vec<_>>();
    let found = serious(attacker.inside(&release, &known, previous));
    let found =
        if found.is_empty() { within::claims(candidate, decision, attacker, cells, clean) } else { found };
    if found.is_empty() { serious(attacker.outside(&release, &known, previous)) } else { found }
}

/// For each claim, one of the released domains that make it possible: the one that serves most claims, then the least
/// important. The national figures are the last to go.
fn to_repair(
    claims: &[Claim],
    decision: &Decision,
    index: &BTreeMap<audit::Domain, usize>,
) -> Result<BTreeSet<usize>, AnalysisError> {
    let is_shown = |at: &usize| decision.everyone[*at];
    let mut open: Vec<BTreeSet<usize>> = Vec::new();
    for claim in claims {
        let binding = claim.binding.iter().filter_map(|bound| index.get(&bound.domain).copied());
        let about = claim.group.0.iter().filter_map(|(_, domain)| index.get(domain).copied());
        let mut found: BTreeSet<usize> = binding.filter(is_shown).collect();
        if found.is_empty() {
            found = about.filter(is_shown).collect();
        }
        if found.is_empty() {
            return Err(AnalysisError::Unprotected { claim: claim.to_string() });
        }
        open.push(found);
    }
    let mut repaired = BTreeSet::new();
    while !open.is_empty() {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for domain in open.iter().flatten() {
            *votes.entry(*domain).or_default() += 1;
        }
        // All respondents, then domains in the plan's order: of equal votes the last goes.
        let Some((domain, _)) =
            votes.into_iter().max_by_key(|(domain, votes)| (*domain > 0, *votes, *domain))
        else {
            break;
        };
        open.retain(|found| !found.contains(&domain));
        repaired.insert(domain);
    }
    Ok(repaired)
}

/// Code of those who have none in a breakdown.
const BLANK: &str = "_Z";

/// Those who are in no category of a breakdown, if any are.
fn without_answer(estimates: &Estimates, breakdown: &str) -> Option<Size> {
    let whole = &estimates.everyone[0];
    let (mut n, mut weight) = (whole.base.n, whole.weight);
    for (found, size) in estimates.domains.iter().zip(&estimates.everyone) {
        if matches!(&found.domain, Domain::Of { breakdown: of, .. } if of == breakdown) {
            n = n.saturating_sub(size.base.n);
            weight -= size.weight;
        }
    }
    (n > 0).then_some(Size::new(n, weight.max(0.0)))
}

/// A domain as the attacker names it.
pub(super) fn named(domain: &Domain) -> audit::Domain {
    domain
        .conditions()
        .into_iter()
        .fold(audit::Domain::all(), |named, (breakdown, code)| named.and(breakdown, code))
}

impl Decision {
    /// The bases that have a name of their own, each once.
    pub(super) fn named_bases(&self) -> impl Iterator<Item = (Option<usize>, String)> {
        let own = self.base_class.iter().enumerate().filter(|(base, class)| **class == Some(*base));
        own.map(|(base, _)| (Some(base), base_name(self, base)))
    }
}

/// Name of the base of an indicator: what has the same respondents has the same name, everyone's is empty.
fn base_name(decision: &Decision, base: usize) -> String {
    decision.base_class[base].map_or_else(String::new, |class| format!("b{class}"))
}

/// The candidate as displayed, of some domains.
pub(super) fn release(
    candidate: &Candidate<'_>,
    decision: &Decision,
    cells: &BTreeMap<CellKey, Cell>,
    is_kept: &dyn Fn(&Domain, &str) -> bool,
) -> Release {
    let Candidate { edition, estimates, units, n_min, tables, .. } = candidate;
    let mut release = Release::new(&edition.questionnaire.edition, *n_min);
    for breakdown in &edition.plan.breakdowns {
        let mut codes: Vec<&str> =
            breakdown.categories.iter().map(|category| category.code.as_str()).collect();
        if breakdown.variable.is_overlapping() {
            release.overlap(&breakdown.code, codes);
        } else {
            codes.extend(without_answer(estimates, &breakdown.code).map(|_| BLANK));
            release.partition(&breakdown.code, codes);
        }
        if let Some(within) = &breakdown.within {
            for (part, whole) in &within.parts {
                release.nested.insert(
                    (breakdown.code.clone(), part.clone()),
                    (within.breakdown.clone(), whole.clone()),
                );
            }
        }
    }
    release.subsets.clone_from(&edition.plan.subsets);
    let sets = complete(edition, estimates);
    let mut question_of = Vec::with_capacity(edition.indicators.len());
    for (at, indicator) in edition.indicators.iter().enumerate() {
        let base = base_name(decision, estimates.base_of[at]);
        let set = sets.iter().find(|(_, members)| members.contains(&at));
        let (question, category) = match set {
            Some((code, members)) => {
                let codes = members.iter().map(|member| edition.indicators[*member].code.as_str());
                let question = Question { base, ..Question::complete(code, codes) };
                (question, members.iter().position(|member| *member == at).unwrap_or_default())
            }
            None => (
                Question {
                    base,
                    range: units[at].range(),
                    is_share: units[at] == Unit::Percent,
                    ..Question::yes_or_no(&indicator.code)
                },
                0,
            ),
        };
        question_of.push((indicator.code.as_str(), release.question(question), category));
    }
    let of_code: BTreeMap<&str, _> = question_of
        .iter()
        .enumerate()
        .map(|(at, (code, question, category))| (*code, (at, *question, *category)))
        .collect();
    for (key, cell) in cells.iter().filter(|(key, _)| is_kept(&key.domain, &key.indicator)) {
        let Some((at, question, category)) = of_code.get(key.indicator.as_str()).copied() else { continue };
        let domain = release.domain(named(&key.domain));
        release.push(audit::Cell {
            channel: "open".to_owned(),
            table: key.domain.table(),
            domain,
            question,
            category,
            shown: cell.published().map(|cell| Shown {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "numbers of organisations are far under 2^53"
                )]
                pop: tables.population(&key.domain, &key.indicator).map(|n| n as f64),
                ..shown(cell, units[at])
            }),
        });
    }
    release
}

fn shown(cell: &Published, unit: Unit) -> Shown {
    let (value, n) = (cell.value(), cell.n());
    let (lo, hi) = value.bounds(unit.range());
    let text = match value {
        Displayed::AtMost { limit, .. } => format!("au plus {limit}"),
        Displayed::AtLeast { limit, .. } => format!("au moins {limit}"),
        Displayed::Band { from, to, .. } => format!("{from}-{to}"),
        Displayed::Point { value, .. } => value.to_string(),
    };
    let interval = cell.interval();
    Shown {
        text,
        lo,
        hi,
        step: Some(value.step()),
        n: Some((n.least(), n.most())),
        se: None,
        ci: Some((interval.low, interval.high)),
        pop: None,
    }
}

/// Indicators that are together one question of which everyone of the base gave one answer: charts of parts of a whole
/// whose parts sum to it.
fn complete(edition: &Edition, estimates: &Estimates) -> Vec<(String, Vec<usize>)> {
    let mut sets: Vec<(String, Vec<usize>)> = Vec::new();
    let charts = edition.plan.chapters.iter().flat_map(|chapter| &chapter.charts);
    for chart in charts.filter(|chart| chart.form == ChartForm::Stacked) {
        let position = |code: &String| edition.indicators.iter().position(|known| known.code == *code);
        let Some(members) = chart.indicators.iter().map(position).collect::<Option<Vec<_>>>() else {
            continue;
        };
        let is_new = !sets.iter().any(|(_, known)| known.iter().any(|member| members.contains(member)));
        let is_one_base =
            members.windows(2).all(|pair| estimates.base_of[pair[0]] == estimates.base_of[pair[1]]);
        let is_shares = members.iter().all(|member| edition.indicators[*member].unit == "%");
        let sum: f64 = members.iter().map(|member| estimates.estimates[*member][0].value).sum();
        if is_new && is_one_base && is_shares && members.len() > 1 && (sum - 1.0).abs() < 1e-9 {
            sets.push((chart.code.clone(), members));
        }
    }
    sets
}

/// What an insider knows: the exact number and weight of every domain in every base, and of the members of a network
/// who are not in another, when they are few.
pub(super) fn known(candidate: &Candidate<'_>, decision: &Decision) -> Known {
    let Candidate { edition, estimates, apart, .. } = candidate;
    let mut known = Known::new();
    let put = |known: &mut Known, base: &str, sizes: &[DomainBase]| {
        let planned =
            estimates.domains.iter().zip(sizes).zip(&decision.planned).filter(|(_, planned)| **planned);
        for ((found, size), _) in planned {
            let heaviest = size.base.largest_share * size.weight;
            let size = Size::new(size.base.n, size.weight).with_heaviest(heaviest);
            known.insert(base, named(&found.domain), size);
        }
    };
    put(&mut known, "", &estimates.everyone);
    for breakdown in &edition.plan.breakdowns {
        let is_overlapping = breakdown.variable.is_overlapping();
        if let Some(rest) = without_answer(estimates, &breakdown.code).filter(|_| !is_overlapping) {
            known.insert("", audit::Domain::of(&breakdown.code, BLANK), rest);
        }
    }
    for (base, class) in decision.base_class.iter().enumerate() {
        if *class == Some(base) {
            put(&mut known, &base_name(decision, base), &estimates.bases[base]);
        }
    }
    for apart in *apart {
        if !apart.networks.iter().all(|network| decision.planned[*network]) {
            continue;
        }
        if (1..=NESTED).contains(&(apart.size.n as usize)) {
            known.insert("", apart.domain.clone(), apart.size);
        }
        // Of questions that not everybody is asked, where the network's own figure says something about them.
        for (base, class) in decision.base_class.iter().enumerate() {
            let size = apart.in_bases[base];
            let is_told = *class == Some(base) && decision.is_released(base, apart.networks[0]);
            if is_told && (1..=NESTED).contains(&(size.n as usize)) {
                known.insert(&base_name(decision, base), apart.domain.clone(), size);
            }
        }
    }
    known
}

/// The members of a network who are not in another, when they are few.
pub(super) struct Apart {
    /// The network, and the other.
    networks: [usize; 2],
    domain: audit::Domain,
    size: Size,
    /// Those of them in each base.
    in_bases: Vec<Size>,
}

/// How many more than few are looked at: in the base of a question fewer may be left.
const LOOKED_AT: usize = 6 * NESTED;

/// All of them, whatever will be planned: found once, not in each round. `bases` has one bit per respondent.
pub(super) fn apart(edition: &Edition, estimates: &Estimates, bases: &[Vec<u64>]) -> Vec<Apart> {
    let size = |rows: &[usize]| {
        let n = u32::try_from(rows.len()).unwrap_or_default();
        let heaviest = rows.iter().map(|row| estimates.weights[*row]).fold(0.0, f64::max);
        Size::new(n, estimates.weight_of(rows)).with_heaviest(heaviest)
    };
    let mut found = Vec::new();
    for breakdown in edition.plan.breakdowns.iter().filter(|breakdown| breakdown.variable.is_overlapping()) {
        let networks: Vec<(&str, usize)> = estimates
            .domains
            .iter()
            .enumerate()
            .filter_map(|(at, found)| match &found.domain {
                Domain::Of { breakdown: of, category } if *of == breakdown.code => {
                    Some((category.as_str(), at))
                }
                _ => None,
            })
            .collect();
        for (one, at) in &networks {
            for (other, other_at) in &networks {
                let (rows, others) = (&estimates.domains[*at].rows, &estimates.domains[*other_at].rows);
                // One more than these says that they are many.
                let outside: Vec<usize> = rows
                    .iter()
                    .copied()
                    .filter(|row| others.binary_search(row).is_err())
                    .take(LOOKED_AT + 1)
                    .collect();
                if at != other_at && (1..=LOOKED_AT).contains(&outside.len()) && outside.len() < rows.len() {
                    let in_base = |bits: &Vec<u64>| {
                        let is_asked = |row: &&usize| bits[**row / 64] >> (**row % 64) & 1 == 1;
                        size(&outside.iter().filter(is_asked).copied().collect::<Vec<_>>())
                    };
                    found.push(Apart {
                        networks: [*at, *other_at],
                        domain: audit::Domain::of(&breakdown.code, &format!("{one}\\{other}")),
                        size: size(&outside),
                        in_bases: bases.iter().map(in_base).collect(),
                    });
                }
            }
        }
    }
    found
}
