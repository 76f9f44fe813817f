//! How much each network weighs on the key figures, and what non-respondents would have to be like to move them.
//!
//! Both read a [`Publication`], hence displayed values alone: they cannot tell anything that it does not. The figure of
//! all but one network is never computed from answers, since the difference of two figures of nearly everyone is a
//! figure of the few (`design/disclosure.md`, section 3.1).

use publication::{
    Band, Displayed, Domain, Influence, InfluenceRow, Publication, Published, Tipping, TippingRow, Unit,
};

/// By how many points the tipping table moves a figure.
const POINTS: f64 = 5.0;
/// Of the valid respondents, the share that must be in the base of a figure for a network's share of the whole to
/// stand for its share of the base.
const NEARLY_ALL: f64 = 0.9;

/// How far each key figure may move when the members of a network are left out.
///
/// With s the network's share of the respondents (its share of the weight is not displayed), p its figure and P that of all, the figure without it is
/// (P - s p) / (1 - s), which is s / (1 - s) (P - p) away from P. The band is that of the greatest distance that the
/// displayed s, p and P allow.
pub(crate) fn influence(publication: &Publication) -> Option<Influence> {
    let indicators: Vec<&str> = publication
        .headline
        .iter()
        .map(String::as_str)
        .filter(|code| {
            let all = publication.cell(&Domain::All, code).published();
            all.is_some_and(|all| {
                f64::from(all.n().most()) >= NEARLY_ALL * f64::from(publication.counts.valid)
            })
        })
        .collect();
    let mut rows = Vec::new();
    for breakdown in publication.breakdowns.iter().filter(|breakdown| breakdown.is_overlapping) {
        let Some(profile) = publication.profiles.iter().find(|profile| profile.breakdown == breakdown.code)
        else {
            continue;
        };
        for (category, row) in breakdown.categories.iter().zip(&profile.rows) {
            let (Some(n), Some(share)) = (category.n, row.sample) else { continue };
            // Without enough respondents outside there is no figure to compare with.
            if n.most() + publication.method.n_min > publication.counts.valid {
                continue;
            }
            let domain = Domain::of(&breakdown.code, &category.code);
            let bands = indicators.iter().map(|code| {
                let (own, all) = (publication.cell(&domain, code), publication.cell(&Domain::All, code));
                let range = publication.indicator(code)?.unit.range();
                Some(band(own.published()?, all.published()?, share, range))
            });
            rows.push(InfluenceRow {
                breakdown: breakdown.code.clone(),
                category: category.code.clone(),
                bands: bands.collect(),
            });
        }
    }
    let indicators: Vec<String> = indicators.into_iter().map(str::to_owned).collect();
    (!rows.is_empty() && !indicators.is_empty()).then_some(Influence { indicators, rows })
}

fn band(own: &Published, all: &Published, share: Displayed, range: (f64, f64)) -> Band {
    let (own, all) = (own.value().bounds(range), all.value().bounds(range));
    // In a base of nine tenths of the respondents the network may hold a little more than in the whole.
    let share = (share.bounds((0.0, 100.0)).1 / 100.0 / NEARLY_ALL).min(1.0);
    let distance = 100.0 * (own.1 - all.0).max(all.1 - own.0) / (range.1 - range.0);
    let moved = share / (1.0 - share) * distance;
    match moved {
        moved if moved < 1.0 => Band::UnderOne,
        moved if moved <= 2.0 => Band::UpToTwo,
        _ => Band::MoreThanTwo,
    }
}

/// The value among non-respondents that would move each key figure by five points.
///
/// With f the share of organisations that answered, the figure of all is f P + (1 - f) x for a value x among the
/// others, which is five points away from P when x is 5 / (1 - f) away.
pub(crate) fn tipping(publication: &Publication) -> Option<Tipping> {
    let population: f64 = publication.method.calibration.iter().map(|group| group.total).sum();
    let valid = f64::from(publication.counts.valid);
    if population <= valid {
        return None;
    }
    let response = valid / population;
    let away = POINTS / (1.0 - response);
    let rows = publication.headline.iter().filter_map(|code| {
        let indicator = publication.indicator(code)?;
        let Displayed::Point { value, .. } = publication.cell(&Domain::All, code).published()?.value() else {
            return None;
        };
        let inside = |value: f64| (0.0..=100.0).contains(&value).then(|| value.round());
        (!matches!(indicator.unit, Unit::Number { .. })).then(|| TippingRow {
            indicator: code.clone(),
            down: inside(value - away),
            up: inside(value + away),
        })
    });
    let rows: Vec<TippingRow> = rows.collect();
    (!rows.is_empty()).then(|| Tipping {
        points: POINTS,
        response_percent: hundredths(100.0 * response),
        rows,
    })
}

/// To two decimals, as it is written, and never nothing.
fn hundredths(percent: f64) -> f64 {
    ((percent * 100.0).round() / 100.0).max(0.01)
}

#[cfg(test)]
mod tests {
    use publication::{Base, Cell, Rule};

    use super::*;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    fn share(value: f64) -> Displayed {
        RULE.display(value, Unit::Percent, Base { n: 3000, largest_share: 0.001 }).unwrap()
    }

    fn cell(value: f64, n: u32) -> Cell {
        RULE.publish(value, Unit::Percent, Base { n, largest_share: 1.0 / f64::from(n) })
    }

    #[test]
    fn a_network_of_a_tenth_moves_a_figure_by_a_ninth_of_its_distance() {
        let all = cell(50.0, 3000);
        let share = share(9.0);
        let band = |own: f64| {
            band(cell(own, 250).published().unwrap(), all.published().unwrap(), share, (0.0, 100.0))
        };
        // The share is 9.5 / 0.9 = 10.6 % at most: 0.118 of the distance, to which the steps add one point.
        assert_eq!(band(57.0), Band::UnderOne);
        assert_eq!(band(58.0), Band::UpToTwo);
        assert_eq!(band(34.0), Band::MoreThanTwo);
        assert_eq!(band(35.0), Band::UpToTwo);
    }

    #[test]
    fn what_is_said_of_a_network_is_the_same_for_all_that_is_displayed_alike() {
        let all = cell(50.0, 3000);
        let share = share(0.4);
        let band = |own: f64, n: u32| {
            band(cell(own, n).published().unwrap(), all.published().unwrap(), share, (0.0, 100.0))
        };
        assert_eq!(band(26.0, 12), band(49.0, 18));
        assert_eq!(band(26.0, 12), Band::UnderOne);
    }
}
