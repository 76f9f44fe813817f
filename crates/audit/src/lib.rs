//! The attacker of a publication: what can be found out, from what is displayed, about groups too small to show.
//!
//! A publication that withholds small cells is broken by arithmetic: a total minus its shown parts is the hidden part. The
//! attacker here does that arithmetic completely, by linear programs over everything displayed, as an outsider or as
//! an insider who knows the exact number and weight of respondents of every planned domain. Its claims are what a
//! protection has to repair, and each names the released domains that made it possible.
//!
//! ```
//! use audit::{Cell, Domain, Kind, Options, Question, Release, Shown, attack};
//!
//! // Twelve of twenty answered yes, and of the fifteen large ones among them all but one: the five others are told.
//! let mut release = Release::new("2026", 11);
//! release.partition("size", ["large", "small"]);
//! let question = release.question(Question::yes_or_no("website"));
//! for (domain, n, share) in [(Domain::all(), 20, 95.0), (Domain::of("size", "large"), 15, 93.3333)] {
//!     let domain = release.domain(domain);
//!     let shown = Shown::exact(share, 4).with_n(n);
//!     release.push(Cell { table: String::new(), channel: "open".into(), domain, question, category: 0, shown: Some(shown) });
//! }
//! let hidden = release.domain(Domain::of("size", "small"));
//! release.push(Cell { table: String::new(), channel: "open".into(), domain: hidden, question, category: 0, shown: None });
//! let claims = attack(&release, None, &Options::default());
//! assert!(claims.iter().any(|claim| claim.kind == Kind::Number && claim.n == Some((5, 5))));
//! ```
//!
//! What is modelled is `disclosure.md` 4.2: linked tables and differences (a, b), digits (c), standard errors and
//! intervals (d), two editions (e), coordinates of charts (f), and fields that should be empty (g).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod agreeing;
mod charts;
mod claim;
mod composition;
mod dense;
mod digits;
mod domain;
mod error;
mod frame;
mod known;
mod numbers;
mod precision;
mod program;
mod proof;
mod ratio;
mod release;
mod sheet;
mod structure;
mod tables;
mod target;
mod walk;
mod whole;
mod years;

pub use agreeing::Agreeing;
pub use charts::{attack_chart, numbers};
pub use claim::{Binding, Claim, Group, Kind, Severity};
pub use domain::Domain;
pub use error::AuditError;
pub use known::{Known, Size};
pub use release::{Breakdown, Cell, DomainId, Question, QuestionId, Release, Shown};

/// How to attack.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "procedures, each of which may be left out")]
pub struct Options<'a> {
    /// A share of a small group known within so many points is a claim.
    pub width: f64,
    /// Whether all the categories of a question are put in one program, where those alone left a group open.
    pub joint: bool,
    /// Whether groups whose weights are nearly equal are searched for whole numbers of respondents.
    pub integers: bool,
    /// Whether programs are solved for shares; without it, for numbers of respondents alone. What an outsider can tell
    /// of a share an insider can: who found nothing as the latter need not look as the former.
    pub shares: bool,
    /// Whether what displayed digits and errors say of counts is read (procedures c and d).
    pub digits: bool,
    /// Threads; the claims are the same for any number.
    pub threads: usize,
    /// Exact sizes, to tell claims about small groups from those that are harmless. An insider's own knowledge serves
    /// when absent.
    pub truth: Option<&'a Known>,
    /// Answers that agree with what is displayed, if any are known: most groups are proven open from there, which is
    /// quicker than to look for such answers. They change no claim.
    pub agreeing: Option<&'a Agreeing>,
    /// Editions and versions published before, and what is known about each.
    pub previous: &'a [(&'a Release, Option<&'a Known>)],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            width: 10.0,
            joint: true,
            integers: true,
            shares: true,
            digits: true,
            threads: 2,
            truth: None,
            agreeing: None,
            previous: &[],
        }
    }
}

/// Attacks what is displayed; with `known`, as an insider. The claims come in order: serious ones first, then by group,
/// question and category. Equal input gives equal claims.
#[must_use]
pub fn attack(release: &Release, known: Option<&Known>, options: &Options<'_>) -> Vec<Claim> {
    let (sheets, mut claims) = sheet::sheets(release);
    for (domain, question, telling) in &release.telling {
        claims.push(Claim {
            kind: Kind::Field,
            severity: Severity::Serious,
            group: Group::one(release.domain_of(*domain).clone()),
            base: String::new(),
            question: Some(release.question_of(*question).code.clone()),
            category: None,
            interval: None,
            n: None,
            binding: Vec::new(),
            detail: telling.clone(),
        });
    }
    // Bases are many and most are small: they are shared out, and the questions of a large one among those who are done.
    let mut structures: BTreeMap<BTreeSet<Domain>, Arc<structure::Structure>> = BTreeMap::new();
    let with_structure = |(base, sheet): (&'_ String, &'_ sheet::Sheet)| {
        let mut domains = sheet.domains.clone();
        domains.extend(
            known.into_iter().flat_map(|known| known.domains(base)).map(|(domain, _)| domain.clone()),
        );
        let found = structures.entry(domains);
        found
            .or_insert_with_key(|domains| Arc::new(structure::Structure::new(release, domains.clone())))
            .clone()
    };
    let found: Vec<Arc<structure::Structure>> = sheets.iter().map(with_structure).collect();
    let bases: Vec<(&str, &sheet::Sheet, &structure::Structure)> = sheets
        .iter()
        .zip(&found)
        .map(|((base, sheet), structure)| (base.as_str(), sheet, structure.as_ref()))
        .collect();
    claims.extend(tables::in_parallel(options.threads, &bases, |_, base| {
        tables::attack(release, *base, known, options)
    }));
    if options.digits {
        let truth = options.truth.or(known);
        for (base, sheet) in &sheets {
            claims.extend(digits::attack(release, (base, sheet), known, truth));
        }
        claims.extend(precision::attack(release, truth));
    }
    for (previous, before) in options.previous {
        claims.extend(years::attack((release, known), (previous, *before)));
    }
    in_order(&mut claims);
    claims
}

/// Serious claims first, then by what they are about.
fn in_order(claims: &mut Vec<Claim>) {
    claims.sort_by(|a, b| {
        let key = |claim: &Claim| (claim.severity, claim.kind, claim.group.clone(), claim.base.clone());
        let about = |claim: &Claim| (claim.question.clone(), claim.category.clone(), claim.detail.clone());
        (key(a), about(a)).cmp(&(key(b), about(b)))
    });
    claims.dedup();
}

/// A count as a number to compute with.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
