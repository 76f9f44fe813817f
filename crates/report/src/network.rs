//! What is shown of one network: a filter of the open publication, beside its sector and all.

use publication::{Breakdown, Category, Domain, Indicator, Interval, Unit};

use crate::context::Context;
use crate::number::Figure;

/// Code of the breakdown by network.
pub(crate) const BREAKDOWN: &str = "reseau";

/// A network that may be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network<'a> {
    pub(crate) breakdown: &'a Breakdown,
    pub(crate) category: &'a Category,
}

/// The tables of a network's page.
#[derive(Debug, Clone)]
pub(crate) struct NetworkTables {
    /// Names of the columns of figures.
    pub(crate) columns: Vec<String>,
    pub(crate) tables: Vec<NetworkTable>,
}

#[derive(Debug, Clone)]
pub(crate) struct NetworkTable {
    pub(crate) title: String,
    pub(crate) rows: Vec<NetworkRow>,
}

/// One indicator in each column.
#[derive(Debug, Clone)]
pub(crate) struct NetworkRow {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) figures: Vec<Figure>,
    /// Whether the network is clearly above (`Some(true)`) or below all.
    pub(crate) gap: Option<bool>,
}

/// The networks that may be shown, in the breakdown's order.
pub(crate) fn shown<'a>(context: &Context<'a>) -> Vec<Network<'a>> {
    let Some(breakdown) = context.publication.breakdown(BREAKDOWN) else { return Vec::new() };
    breakdown
        .categories
        .iter()
        .filter(|category| category.n.is_some())
        .map(|category| Network { breakdown, category })
        .collect()
}

/// Key figures, scores and brakes of a network.
pub(crate) fn tables(context: &Context<'_>, network: Network<'_>) -> NetworkTables {
    let publication = context.publication;
    let own = Domain::of(&network.breakdown.code, &network.category.code);
    let sector = publication
        .network_sectors
        .iter()
        .find(|sector| sector.network == network.category.code)
        .map(|sector| Domain::of(&sector.breakdown, &sector.category));
    let mut columns = vec![network.category.label.clone()];
    let mut domains = vec![own];
    if let Some(sector) = sector {
        columns.push(context.fill("column.sector", &[("label", &context.domain_label(&sector))]));
        domains.push(sector);
    }
    columns.push(context.say("column.all").to_owned());
    domains.push(Domain::All);

    let headline = |indicator: &&Indicator| publication.headline.contains(&indicator.code);
    let scores = |indicator: &&Indicator| indicator.unit == Unit::Points;
    let brakes = |indicator: &&Indicator| indicator.code.starts_with("FREIN_");
    let mut tables = Vec::new();
    let keys: Vec<&Indicator> =
        publication.headline.iter().filter_map(|code| publication.indicator(code)).collect();
    push(context, &mut tables, "network.keys", &keys, &domains);
    let others: Vec<&Indicator> = publication.indicators.iter().filter(|i| !headline(i)).collect();
    let pick = |is_picked: &dyn Fn(&&Indicator) -> bool| -> Vec<&Indicator> {
        others.iter().copied().filter(|indicator| is_picked(indicator)).collect()
    };
    push(context, &mut tables, "network.scores", &pick(&scores), &domains);
    push(context, &mut tables, "network.brakes", &pick(&brakes), &domains);
    NetworkTables { columns, tables }
}

fn push(
    context: &Context<'_>,
    tables: &mut Vec<NetworkTable>,
    title: &str,
    indicators: &[&Indicator],
    domains: &[Domain],
) {
    if indicators.is_empty() {
        return;
    }
    let rows = indicators
        .iter()
        .map(|indicator| NetworkRow {
            code: indicator.code.clone(),
            label: indicator.label.clone(),
            figures: domains.iter().map(|domain| context.figure(domain, &indicator.code).1).collect(),
            gap: gap(context, domains, indicator),
        })
        .collect();
    tables.push(NetworkTable { title: context.say(title).to_owned(), rows });
}

/// A gap is spoken of when the two displayed intervals do not touch.
fn gap(context: &Context<'_>, domains: &[Domain], indicator: &Indicator) -> Option<bool> {
    let interval = |domain: &Domain| -> Option<Interval> {
        context.publication.cell(domain, &indicator.code).published().map(publication::Published::interval)
    };
    let (own, all) = (interval(domains.first()?)?, interval(domains.last()?)?);
    if own.low > all.high {
        Some(true)
    } else if own.high < all.low {
        Some(false)
    } else {
        None
    }
}
