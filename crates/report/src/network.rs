//! What is shown of one network: a filter of the open publication, beside its sector and all. Nothing here is computed
//! from anything but displayed values, and no figure is here that is not in the open tables.

pub(crate) mod said;

use publication::{Breakdown, Category, Domain, Indicator, Interval, NumberOf, Unit};

use crate::context::Context;
use crate::number::{self, Figure};
use crate::pdf::Membership;
use crate::typography::typeset;

/// Code of the breakdown by network.
pub(crate) const BREAKDOWN: &str = "reseau";
/// Breakdown by size that networks are crossed with: size explains much, and like is compared with like.
const SIZE: &str = "taille4";
/// Breakdowns by territory that networks may be crossed with.
const TERRITORIES: [&str; 3] = ["zone", "region", "departement"];
/// Key figures that a table by territory holds.
const BY_TERRITORY: usize = 6;

/// A network that may be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network<'a> {
    pub(crate) breakdown: &'a Breakdown,
    pub(crate) category: &'a Category,
}

impl Network<'_> {
    /// Its members who answered.
    pub(crate) fn domain(self) -> Domain {
        Domain::of(&self.breakdown.code, &self.category.code)
    }
}

/// What a table of a network is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Keys,
    /// Scores of the network alone: size explains too much of them to set them beside all.
    Scores,
    /// Scores among organisations of one size.
    ScoresBySize,
    Levels,
    Uses,
    /// Tools planned within three years.
    Planned,
    /// AI, data, security.
    Trust,
    Brakes,
    Funding,
    Needs,
    Support,
    Schemes,
    /// Schemes that were of use.
    SchemesUsed,
    Territory,
}

/// The tables of a network.
#[derive(Debug, Clone)]
pub(crate) struct NetworkTables {
    pub(crate) tables: Vec<NetworkTable>,
    /// Its members who answered, by size, territory and sector, where their number is displayed.
    pub(crate) profile: Vec<ProfilePart>,
    /// Of how many members these answered, where the network said how many it has.
    pub(crate) share: Option<String>,
}

impl NetworkTables {
    /// The tables of a subject, in order.
    pub(crate) fn of(&self, subject: Subject) -> impl Iterator<Item = &NetworkTable> {
        self.tables.iter().filter(move |table| table.subject == subject)
    }

    /// Whether scores can be set beside those of organisations of the same size, and what to say of it.
    pub(crate) fn size_note(&self) -> &'static str {
        if self.of(Subject::ScoresBySize).next().is_some() {
            "network.size_note"
        } else {
            "network.size_alone"
        }
    }
}

/// Whom a column is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) label: String,
    pub(crate) domain: Domain,
}

/// Members of a network by the categories of a breakdown: labels and numbers as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfilePart {
    pub(crate) title: String,
    pub(crate) rows: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub(crate) struct NetworkTable {
    pub(crate) subject: Subject,
    pub(crate) title: String,
    pub(crate) columns: Vec<Compared>,
    pub(crate) rows: Vec<NetworkRow>,
}

/// One indicator in each column.
#[derive(Debug, Clone)]
pub(crate) struct NetworkRow {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) figures: Vec<Figure>,
    /// Whether the first column is clearly above (`Some(true)`) or below the last.
    pub(crate) gap: Option<bool>,
    /// Where the first column's displayed value stands; below all where it is withheld.
    position: f64,
    /// How far it is from the last column's.
    distance: f64,
}

impl NetworkTable {
    /// The rows with an established gap, the largest displayed first.
    pub(crate) fn gaps(&self) -> Vec<&NetworkRow> {
        let mut rows: Vec<&NetworkRow> = self.rows.iter().filter(|row| row.gap.is_some()).collect();
        rows.sort_by(|one, other| other.distance.total_cmp(&one.distance));
        rows
    }
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

/// The tables of a network. Those without a row are left out.
pub(crate) fn tables(
    context: &Context<'_>,
    network: Network<'_>,
    membership: Option<&Membership>,
) -> NetworkTables {
    let publication = context.publication;
    let columns = compared(context, network);
    let mut tables = Vec::new();
    let mut push = |subject: Subject, title: String, indicators: &[&Indicator], columns: &[Compared]| {
        if !indicators.is_empty() {
            let mut rows: Vec<NetworkRow> =
                indicators.iter().map(|indicator| row(context, indicator, columns)).collect();
            if matches!(subject, Subject::Brakes | Subject::Needs) {
                // Ranked by what is displayed: equal figures stay in the order of the questions.
                rows.sort_by(|one, other| other.position.total_cmp(&one.position));
            }
            tables.push(NetworkTable { subject, title, columns: columns.to_vec(), rows });
        }
    };
    let say = |key: &str| context.say(key).to_owned();
    let keys: Vec<&Indicator> =
        publication.headline.iter().filter_map(|code| publication.indicator(code)).collect();
    let with = |prefixes: &[&str]| -> Vec<&Indicator> {
        let is_one = |code: &str| prefixes.iter().any(|prefix| code.starts_with(prefix));
        publication.indicators.iter().filter(|indicator| is_one(&indicator.code)).collect()
    };
    let scores: Vec<&Indicator> =
        publication.indicators.iter().filter(|indicator| indicator.unit == Unit::Points).collect();
    push(Subject::Keys, say("network.keys"), &keys, &columns);
    push(Subject::Scores, say("network.scores"), &scores, &columns[..1]);
    for (label, own, all) in crossed(context, network, SIZE) {
        let title = context.fill("network.scores_size", &[("size", &label)]);
        push(Subject::ScoresBySize, title, &scores, &[own, all]);
    }
    push(Subject::Levels, say("network.levels"), &with(&["NIVEAU_", "MAT_"]), &columns);
    let uses: Vec<&Indicator> =
        with(&["USG_"]).into_iter().filter(|indicator| indicator.unit == Unit::Percent).collect();
    push(Subject::Uses, say("network.uses"), &uses, &columns);
    push(Subject::Planned, say("network.planned"), &with(&["PREVU_"]), &columns);
    push(Subject::Trust, say("network.trust"), &with(&["IA_", "DON_", "RGPD_", "CYB_"]), &columns);
    push(Subject::Brakes, say("network.brakes"), &with(&["FREIN_"]), &columns);
    push(Subject::Funding, say("network.funding"), &with(&["FIN_"]), &columns);
    push(Subject::Needs, say("network.needs"), &with(&["BESOIN_", "PRIORITE_"]), &columns);
    push(Subject::Support, say("network.support"), &with(&["ACC_", "ATT_RESEAU"]), &columns);
    push(Subject::Schemes, say("network.schemes"), &with(&["DIS_NOTORIETE_"]), &columns);
    push(Subject::SchemesUsed, say("network.schemes_used"), &with(&["DIS_RECOURS_", "DIS_AUCUN"]), &columns);
    for territory in TERRITORIES {
        for (label, own, all) in crossed(context, network, territory) {
            let title = context.fill("network.territory", &[("place", &label)]);
            let few: Vec<&Indicator> = keys.iter().copied().take(BY_TERRITORY).collect();
            push(Subject::Territory, title, &few, &[own, all]);
        }
    }
    let share = membership.zip(network.category.n).map(|(membership, n)| {
        let members = context.words.thousands(membership.members);
        let source = context.foreign(&typeset(&membership.source));
        let n = number::number_shown(context.words, n);
        context.fill("network.share", &[("members", &members), ("source", &source), ("n", &n)])
    });
    NetworkTables { tables, profile: profile(context, network), share }
}

/// The network, its sector and all.
fn compared(context: &Context<'_>, network: Network<'_>) -> Vec<Compared> {
    let mut columns = vec![Compared { label: network.category.label.clone(), domain: network.domain() }];
    let sectors = &context.publication.network_sectors;
    if let Some(sector) = sectors.iter().find(|sector| sector.network == network.category.code) {
        let domain = Domain::of(&sector.breakdown, &sector.category);
        let label = context.fill("column.sector", &[("label", &context.domain_label(&domain))]);
        columns.push(Compared { label, domain });
    }
    columns.push(Compared { label: context.say("column.all").to_owned(), domain: Domain::All });
    columns
}

/// For each category of another breakdown in which members of the network are shown: its label, those members, and all
/// of that category.
fn crossed(context: &Context<'_>, network: Network<'_>, by: &str) -> Vec<(String, Compared, Compared)> {
    let Some(other) = context.publication.breakdown(by) else { return Vec::new() };
    let name = &network.category.label;
    other
        .categories
        .iter()
        .filter_map(|category| {
            let own = Domain::crossed(
                (&network.breakdown.code, &network.category.code),
                (&other.code, &category.code),
            );
            let NumberOf::Shown(_) = context.publication.number_of(&own) else { return None };
            let all = Domain::of(&other.code, &category.code);
            let column = |domain, whose: &str| Compared {
                label: context.fill("column.part", &[("whose", whose), ("part", &category.label)]),
                domain,
            };
            Some((category.label.clone(), column(own, name), column(all, context.say("column.all"))))
        })
        .collect()
}

/// How many members answered, by each breakdown that networks are crossed with.
fn profile(context: &Context<'_>, network: Network<'_>) -> Vec<ProfilePart> {
    let publication = context.publication;
    let crossings =
        publication.release.crossings.iter().filter(|crossing| crossing.breakdown == network.breakdown.code);
    let mut parts = Vec::new();
    for crossing in crossings {
        let Some(other) = publication.breakdown(&crossing.by) else { continue };
        let rows: Vec<(String, String)> = other
            .categories
            .iter()
            .map(|category| {
                let domain = Domain::crossed(
                    (&network.breakdown.code, &network.category.code),
                    (&other.code, &category.code),
                );
                let n = match publication.number_of(&domain) {
                    NumberOf::Shown(n) => number::number_shown(context.words, n),
                    NumberOf::Withheld => context.say("figure.nd").to_owned(),
                };
                (category.label.clone(), n)
            })
            .collect();
        if rows.iter().any(|(_, n)| n != context.say("figure.nd")) {
            parts.push(ProfilePart { title: other.label.clone(), rows });
        }
    }
    parts
}

fn row(context: &Context<'_>, indicator: &Indicator, columns: &[Compared]) -> NetworkRow {
    let position = |column: &Compared| {
        let published = context.publication.cell(&column.domain, &indicator.code).published()?;
        Some(published.value().position())
    };
    let ends = columns.first().and_then(position).zip(columns.last().and_then(position));
    NetworkRow {
        position: columns.first().and_then(position).unwrap_or(f64::NEG_INFINITY),
        distance: ends.map_or(0.0, |(own, all)| (own - all).abs()),
        code: indicator.code.clone(),
        label: indicator.label.clone(),
        figures: columns.iter().map(|column| context.figure(&column.domain, &indicator.code).1).collect(),
        gap: gap(context, columns, indicator),
    }
}

/// A gap is spoken of when the two displayed intervals do not touch, and neither figure is fragile.
fn gap(context: &Context<'_>, columns: &[Compared], indicator: &Indicator) -> Option<bool> {
    let interval = |column: &Compared| -> Option<Interval> {
        let published = context.publication.cell(&column.domain, &indicator.code).published()?;
        (!published.is_fragile()).then(|| published.interval())
    };
    let (own, all) = (interval(columns.first()?)?, interval(columns.last()?)?);
    if own.low > all.high {
        Some(true)
    } else if own.high < all.low {
        Some(false)
    } else {
        None
    }
}
