//! What is attacked: a publication as it would be displayed, and what an insider knows of it.

use std::collections::BTreeMap;

use audit::{Agreeing, Known, Release, Shown, Size};
use publication::{Cell, CellKey, Displayed, Domain, Publication, Published, Unit};
use questionnaire::{ChartForm, Edition};

use super::apart::Apart;
use super::decided::Decision;
use super::decision::Steps;
use super::sent::Sent;
use super::within::Within;
use crate::estimation::{DomainBase, Estimates};

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
    /// For each indicator, the question and category as which it is attacked.
    pub questions: &'a [Question],
    /// The true answers of everything that is attacked.
    pub agreeing: &'a Agreeing,
    /// Members of one network who are not in another.
    pub apart: &'a [Apart],
    /// Groups that two tables of a network cut out.
    pub within: &'a [Within],
    /// Answers that sent respondents to questions.
    pub sent: &'a Sent<'a>,
}

/// An edition as the attacker reads it.
pub(super) fn displayed(publication: &Publication) -> Release {
    let (cells, meta) = (publication::cells_csv(publication), publication::meta_json(publication));
    Release::read(&String::from_utf8_lossy(&cells), &String::from_utf8_lossy(&meta))
        .expect("what a publication writes is of the format that the attacker reads")
}

/// Code of those who have none in a breakdown.
pub(super) const BLANK: &str = "_Z";

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
pub(super) fn base_name(decision: &Decision, base: usize) -> String {
    decision.base_class[base].map_or_else(String::new, |class| format!("b{class}"))
}

/// These cells of the candidate as displayed.
pub(super) fn release<'a>(
    candidate: &Candidate<'_>,
    decision: &Decision,
    cells: impl Iterator<Item = (&'a CellKey, &'a Cell)>,
) -> Release {
    let Candidate { edition, estimates, units, n_min, tables, questions, .. } = candidate;
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
    let mut of_code: BTreeMap<&str, _> = BTreeMap::new();
    for (at, (indicator, question)) in edition.indicators.iter().zip(*questions).enumerate() {
        let mut asked = question.asked.clone();
        asked.base = base_name(decision, estimates.base_of[at]);
        of_code.insert(&indicator.code, (at, release.question(asked), question.category));
    }
    for (key, cell) in cells {
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

/// An indicator as it is attacked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The question, whose base is not named yet.
    asked: audit::Question,
    /// Which of its categories.
    pub category: usize,
}

impl Question {
    /// Code of the question.
    pub(super) fn code(&self) -> &str {
        &self.asked.code
    }
}

/// For each indicator, the question as which it is attacked. Indicators that are together one question of which everyone
/// of the base gave one answer are its categories.
pub(super) fn questions(edition: &Edition, estimates: &Estimates, units: &[Unit]) -> Vec<Question> {
    let sets = complete(edition, estimates);
    let code = |member: &usize| edition.indicators[*member].code.as_str();
    let of = |(at, unit): (usize, &Unit)| {
        let set = sets.iter().find(|(_, members)| members.contains(&at));
        match set {
            Some((set, members)) => Question {
                asked: audit::Question::complete(set, members.iter().map(code)),
                category: members.iter().position(|member| *member == at).unwrap_or_default(),
            },
            None => Question {
                asked: audit::Question {
                    range: unit.range(),
                    is_share: *unit == Unit::Percent,
                    ..audit::Question::yes_or_no(code(&at))
                },
                category: 0,
            },
        }
    };
    units.iter().enumerate().map(of).collect()
}

/// Sets of indicators of charts of parts of a whole, whose parts sum to it.
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
        apart.add_to(&mut known, decision);
    }
    known
}
