//! Two editions of one plan (procedure e): where the total moved by about one respondent, the difference of each answer is
//! that respondent's.

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
        let Some(old) = then.get(base) else { continue };
        for domain in &sheet.released {
            let (Some(new), Some(old)) = (size(sheet, known, base, domain), size(old, before, base, domain))
            else {
                continue;
            };
            if new.n.abs_diff(old.n) != 1 {
                continue;
            }
            let one = new.weight - old.weight;
            let (mut readable, mut all) = (0, 0);
            for ((question, category), shown) in &sheet.shown {
                let question = &release.questions[*question];
                let name = (question.code.as_str(), question.categories[*category].as_str());
                let (Some(now), Some(then)) =
                    (shown.get(domain), earlier.get(&name).and_then(|shown| shown.get(domain)))
                else {
                    continue;
                };
                all += 1;
                let unit = question.range.1 - question.range.0;
                let low = (now.0 * new.weight - then.1 * old.weight) / unit;
                let high = (now.1 * new.weight - then.0 * old.weight) / unit;
                let (gave, did_not) = (low <= one && one <= high, low <= 0.0 && 0.0 <= high);
                readable += usize::from(gave != did_not);
            }
            if all >= FEWEST && crate::count(readable) >= READABLE * crate::count(all) {
                let detail =
                    format!("{readable} of {all} answers are readable against edition {}", previous.edition);
                claims.push(claim(Kind::Years, Severity::Serious, (base, domain), (new.n, new.n), &detail));
            }
        }
    }
    claims
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
        Some(Size { n, weight })
    })
}
