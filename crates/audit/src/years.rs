//! Two editions of one plan (procedure e): where the total moved by about one respondent, the difference of each answer is
//! that respondent's.
//!
//! An insider knows the sizes of today. Where those of the edition before are not given, they are supposed: had one
//! respondent come or left since, would the figures of both editions say what they answered? What was displayed before
//! must allow it.

use std::collections::BTreeMap;

use crate::claim::{Claim, Kind, Severity};
use crate::digits::claim;
use crate::domain::Domain;
use crate::known::{Known, Size};
use crate::release::Release;
use crate::sheet::{Sheet, sheets};

/// Answers that must be readable for a claim, as a share of those shown in both editions.
const READABLE: f64 = 0.6;

/// Fewer answers than this in common prove nothing.
const FEWEST: usize = 3;

/// A displayed interval in the later edition and in the earlier one, and the width of the question's range.
type Pair = ((f64, f64), (f64, f64), f64);

/// Compares what both editions show, domain by domain.
pub(crate) fn attack(
    (release, known): (&Release, Option<&Known>),
    (previous, before): (&Release, Option<&Known>),
) -> Vec<Claim> {
    let (now, _) = sheets(release);
    let (then, _) = sheets(previous);
    let earlier = by_code(previous, &then);
    let mut claims = Vec::new();
    for (base, sheet) in &now {
        // A base may have another name in each edition: it is that of its questions.
        let codes = sheet.questions.iter().map(|question| release.questions[*question].code.as_str());
        let bases: Vec<&str> = codes
            .filter_map(|code| previous.questions.iter().find(|known| known.code == code))
            .map(|question| question.base.as_str())
            .collect();
        let Some((old_base, old)) = bases.first().and_then(|base| then.get_key_value(*base)) else {
            continue;
        };
        for domain in &sheet.released {
            let Some(new) = size(sheet, known, base, domain) else { continue };
            let supposed = match size(old, before, old_base, domain) {
                Some(size) => vec![(size, "")],
                None => supposed(new, old.numbers.get(domain).copied()),
            };
            let pairs = pairs(release, sheet, &earlier, domain);
            for (old, supposed) in supposed {
                let readable = pairs.iter().filter(|pair| is_readable(**pair, new, old)).count();
                if new.n.abs_diff(old.n) != 1
                    || pairs.len() < FEWEST
                    || crate::count(readable) < READABLE * crate::count(pairs.len())
                {
                    continue;
                }
                let all = pairs.len();
                let detail = format!(
                    "{readable} of {all} answers are readable against edition {}{supposed}",
                    previous.edition
                );
                claims.push(claim(Kind::Years, Severity::Serious, (base, domain), (new.n, new.n), &detail));
                break;
            }
        }
    }
    claims
}

/// The sizes that a domain had if one came or left since, where the number displayed then allows it; the mean respondent
/// weighed as much.
fn supposed(new: Size, displayed: Option<(u32, u32)>) -> Vec<(Size, &'static str)> {
    let Some((least, most)) = displayed.filter(|_| new.n > 1) else { return Vec::new() };
    [(new.n - 1, ", had one come"), (new.n + 1, ", had one left")]
        .into_iter()
        .filter(|(n, _)| (least..=most).contains(n))
        .map(|(n, supposed)| (Size::new(n, new.weight * f64::from(n) / f64::from(new.n)), supposed))
        .collect()
}

/// What both editions display of a domain, answer by answer.
fn pairs(
    release: &Release,
    sheet: &Sheet,
    earlier: &BTreeMap<(&str, &str), &Intervals>,
    domain: &Domain,
) -> Vec<Pair> {
    let pair = |((question, category), shown): (&(usize, usize), &Intervals)| {
        let question = &release.questions[*question];
        let name = (question.code.as_str(), question.categories[*category].as_str());
        let (now, then) = (*shown.get(domain)?, *earlier.get(&name)?.get(domain)?);
        Some((now, then, question.range.1 - question.range.0))
    };
    sheet.shown.iter().filter_map(pair).collect()
}

/// Whether the one respondent more (or fewer) certainly gave an answer, or certainly did not.
fn is_readable((now, then, range): Pair, new: Size, old: Size) -> bool {
    let one = new.weight - old.weight;
    let low = (now.0 * new.weight - then.1 * old.weight) / range;
    let high = (now.1 * new.weight - then.0 * old.weight) / range;
    let (gave, did_not) = (low <= one && one <= high, low <= 0.0 && 0.0 <= high);
    gave != did_not
}

type Intervals = BTreeMap<Domain, (f64, f64)>;

fn by_code<'a>(
    release: &'a Release,
    sheets: &'a BTreeMap<String, Sheet>,
) -> BTreeMap<(&'a str, &'a str), &'a Intervals> {
    let all = sheets.values().flat_map(|sheet| &sheet.shown);
    all.map(|((question, category), shown)| {
        let question = &release.questions[*question];
        ((question.code.as_str(), question.categories[*category].as_str()), shown)
    })
    .collect()
}

/// Size of a domain: known, or shown exactly.
fn size(sheet: &Sheet, known: Option<&Known>, base: &str, domain: &Domain) -> Option<Size> {
    known.and_then(|known| known.size(base, domain)).or_else(|| {
        let (n, _) = sheet.numbers.get(domain).copied().filter(|(least, most)| least == most)?;
        let weight = sheet.populations.get(domain).copied().unwrap_or_else(|| f64::from(n));
        Some(Size::new(n, weight))
    })
}
