//! What weights say of counts (procedure c3). An insider knows what the parts of a domain weigh, so that a weighted share
//! is a sum of counts by part: the least and the most respondents who can make it are a knapsack's, and where both are
//! the same number the count is told. Within a part all weigh the same, which is how an insider would reckon.

use crate::claim::{Claim, Kind, Severity};
use crate::digits::claim;
use crate::known::Known;
use crate::release::Release;
use crate::sheet::Sheet;
use crate::target::Field;

/// What is solved as a fraction of a respondent is off by no more.
const DUST: f64 = 1e-6;

/// One part of a domain: how many it has, what each weighs, and how many of them may have given the answer.
#[derive(Debug, Clone, Copy)]
struct Stratum {
    weight: f64,
    least: f64,
    most: f64,
}

/// Attacks every released domain by each of its partitions.
pub(crate) fn attack(release: &Release, field: &Field<'_>, sheet: &Sheet, known: &Known) -> Vec<Claim> {
    let structure = field.structure;
    let mut claims: Vec<Claim> = Vec::new();
    for (parent, children) in structure.families.iter().filter(|(parent, _)| field.is_released[*parent]) {
        let domain = &structure.domains[*parent];
        let Some(whole) = known.size(field.base, domain) else { continue };
        let parts: Option<Vec<_>> = children
            .iter()
            .map(|child| {
                Some((&structure.domains[*child], known.size(field.base, &structure.domains[*child])?))
            })
            .collect();
        let Some(parts) = parts else { continue };
        let parts: Vec<_> = parts.into_iter().filter(|(_, size)| size.n > 0).collect();
        for ((question, category), shown) in &sheet.shown {
            let question = &release.questions[*question];
            let Some((low, high)) = shown.get(domain).filter(|_| question.is_share) else { continue };
            let strata = parts.iter().map(|(part, size)| {
                let n = f64::from(size.n);
                let (least, most) =
                    shown.get(*part).map_or((0.0, n), |(low, high)| (low / 100.0 * n, high / 100.0 * n));
                Stratum { weight: size.weight / n, least: least.max(0.0), most: most.min(n) }
            });
            let total = whole.weight / 100.0;
            let Some((least, most)) = counts(strata.collect(), (low * total, high * total)) else { continue };
            let is_telling = least == most && (least <= 2 || least + 2 >= whole.n);
            let is_new = |known: &Claim| {
                !(known.group.0.iter().any(|(_, of)| of == domain)
                    && known.question.as_deref() == Some(&question.code)
                    && known.category.as_deref() == Some(&question.categories[*category]))
            };
            if is_telling && claims.iter().all(is_new) {
                let detail = format!("of {} respondents, by the weights of its parts", whole.n);
                let mut found =
                    claim(Kind::Count, Severity::Serious, (field.base, domain), (least, least), &detail);
                found.question = Some(question.code.clone());
                found.category = Some(question.categories[*category].clone());
                found.interval = Some((*low, *high));
                claims.push(found);
            }
        }
    }
    claims
}

/// The least and the most respondents whose weights sum to between `low` and `high`.
fn counts(mut strata: Vec<Stratum>, (low, high): (f64, f64)) -> Option<(u32, u32)> {
    let weigh = |strata: &[Stratum]| strata.iter().map(|part| part.least * part.weight).sum::<f64>();
    let least: f64 = strata.iter().map(|part| part.least).sum();
    // Many light ones for the most, few heavy ones for the least.
    strata.sort_by(|a, b| a.weight.total_cmp(&b.weight));
    let mut room = high - weigh(&strata);
    let mut most = least;
    for part in &strata {
        let more = (part.most - part.least).min(room.max(0.0) / part.weight);
        (most, room) = (most + more, room - more * part.weight);
    }
    let (mut fewest, mut lacking) = (least, low - weigh(&strata));
    for part in strata.iter().rev() {
        let more = (part.most - part.least).min(lacking.max(0.0) / part.weight);
        (fewest, lacking) = (fewest + more, lacking - more * part.weight);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a count")]
    let whole = ((fewest - DUST).ceil().max(0.0) as u32, (most + DUST).floor().max(0.0) as u32);
    (whole.0 <= whole.1).then_some(whole)
}
