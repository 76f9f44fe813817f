//! What digits say of counts (procedure c).
//!
//! Shares of equally weighted respondents are fractions over their number. With enough digits only one number has a
//! fraction near each share shown (c1), and with the number known only one count is near a share (c2).

use crate::claim::{Binding, Claim, Group, Kind, Severity};
use crate::domain::Domain;
use crate::known::Known;
use crate::release::Release;
use crate::sheet::Sheet;

/// Numbers tried when none is shown.
const MOST: u32 = 60;

/// A number is claimed when less than this is the chance that another would have fitted too.
const CHANCE: f64 = 0.01;

/// Half-open roundings leave a bound undecided: it counts as inside.
const DUST: f64 = 1e-9;

/// One displayed share of a domain, from 0 to 1.
struct Share<'a> {
    question: &'a str,
    category: &'a str,
    low: f64,
    high: f64,
}

/// Attacks the released domains of one base.
pub(crate) fn attack(
    release: &Release,
    (base, sheet): (&str, &Sheet),
    known: Option<&Known>,
    truth: Option<&Known>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    for domain in &sheet.released {
        let shares = shares(release, sheet, domain);
        let shown = sheet.numbers.get(domain).copied();
        let exact = known
            .and_then(|known| known.size(base, domain))
            .map(|size| size.n)
            .or_else(|| shown.filter(|(least, most)| least == most).map(|(n, _)| n));
        if let Some(n) = exact {
            claims.extend(shares.iter().filter_map(|share| count(n, share, (base, domain))));
        } else {
            let (least, most) = shown.unwrap_or((release.n_min, MOST));
            let candidates = least..=most.min(least.saturating_add(1000));
            let Some(n) = number(candidates, &shares) else { continue };
            let true_n = truth.and_then(|truth| truth.size(base, domain)).map(|size| size.n);
            let severity =
                if true_n.is_none_or(|found| found == n) { Severity::Serious } else { Severity::Harmless };
            claims.push(claim(
                Kind::Number,
                severity,
                (base, domain),
                (n, n),
                "the only number that gives all its shares",
            ));
        }
    }
    claims
}

fn shares<'a>(release: &'a Release, sheet: &Sheet, domain: &Domain) -> Vec<Share<'a>> {
    sheet
        .shown
        .iter()
        .filter_map(|((question, category), shown)| {
            let question = &release.questions[*question];
            let (low, high) = shown.get(domain)?;
            question.is_share.then(|| Share {
                question: &question.code,
                category: &question.categories[*category],
                low: (low / 100.0).max(0.0),
                high: (high / 100.0).min(1.0),
            })
        })
        .collect()
}

/// The counts out of `n` that a share can stand for: least and most, none when there is no such count.
fn counts(n: u32, share: &Share<'_>) -> Option<(u32, u32)> {
    let of = f64::from(n);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n")]
    let (least, most) = (
        (share.low * of - DUST).ceil().max(0.0) as u32,
        (share.high * of + DUST).floor().clamp(0.0, of) as u32,
    );
    (least <= most).then_some((least, most))
}

/// The only number of which every share is a fraction, unless that may be by chance (c1).
fn number(candidates: impl Iterator<Item = u32>, shares: &[Share<'_>]) -> Option<u32> {
    let (mut fitting, mut by_chance) = (None, 0.0);
    for n in candidates {
        by_chance +=
            shares.iter().map(|share| ((share.high - share.low) * f64::from(n)).min(1.0)).product::<f64>();
        if shares.iter().all(|share| counts(n, share).is_some()) {
            if fitting.is_some() {
                return None;
            }
            fitting = Some(n);
        }
    }
    fitting.filter(|_| by_chance < CHANCE)
}

/// An answer that nearly none or nearly all of a known number gave (c2).
fn count(n: u32, share: &Share<'_>, (base, domain): (&str, &Domain)) -> Option<Claim> {
    let (count, most) = counts(n, share)?;
    let is_telling = count == most && (count <= 2 || count + 2 >= n);
    is_telling.then(|| {
        let mut claim = claim(
            Kind::Count,
            Severity::Serious,
            (base, domain),
            (count, count),
            &format!("of {n} respondents"),
        );
        claim.question = Some(share.question.to_owned());
        claim.category = Some(share.category.to_owned());
        claim.interval = Some((100.0 * share.low, 100.0 * share.high));
        claim
    })
}

pub(crate) fn claim(
    kind: Kind,
    severity: Severity,
    (base, domain): (&str, &Domain),
    n: (u32, u32),
    detail: &str,
) -> Claim {
    Claim {
        kind,
        severity,
        group: Group::one(domain.clone()),
        base: base.to_owned(),
        question: None,
        category: None,
        interval: None,
        n: Some(n),
        binding: vec![Binding { domain: domain.clone(), weight: 1.0 }],
        detail: detail.to_owned(),
    }
}
