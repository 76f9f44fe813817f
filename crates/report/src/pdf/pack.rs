//! The pack of a network: eight to ten pages on its members who answered, beside their sector and all respondents. It
//! holds no figure that is not in the open tables.

use publication::{NumberOf, NumberShown};
use serde::Serialize;

use super::parts::{self, ChartData, Meta, Say, catalogue};
use super::{Manuscript, compose};
use crate::chart::{self, Chart};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::network::{Network, NetworkRow, NetworkTable, NetworkTables, Subject, said};
use crate::number;

const TEMPLATE: &str = include_str!("../../../../reports/templates/pdf/reseau.typ");

/// As many lines as a chart of half a page holds.
const MOST_LINES: usize = 10;

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    meta: Meta<'a>,
    say: Say<'a>,
    network: String,
    /// How many of its members answered, and when.
    members: String,
    sections: Vec<Section<'a>>,
}

#[derive(Serialize)]
struct Section<'a> {
    title: &'a str,
    parts: Vec<Part<'a>>,
}

/// A part of a section.
#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum Part<'a> {
    Text { text: String },
    List { items: Vec<String> },
    Warning { text: String },
    Compare(Comparison),
    Members { tables: Vec<Members> },
    Chart { chart: ChartData<'a> },
    Say { sentences: Vec<String> },
    Confidentiality,
}

/// A table of groups side by side.
#[derive(Serialize)]
struct Comparison {
    caption: String,
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    label: String,
    cells: Vec<Figure>,
    gap: Option<String>,
}

#[derive(Serialize)]
struct Figure {
    value: String,
    /// « n = 62, précision C, fragile ».
    note: String,
    is_fragile: bool,
}

/// Members by the categories of a breakdown.
#[derive(Serialize)]
struct Members {
    title: String,
    rows: Vec<(String, String)>,
}

/// The charts of a pack, drawn before the parts that name them.
struct Charts {
    scores: Option<Chart>,
    uses: Option<Chart>,
    brakes: Option<Chart>,
    schemes: Option<Chart>,
}

impl Charts {
    fn new(context: &Context<'_>, network: Network<'_>, tables: &NetworkTables) -> Result<Self, ReportError> {
        let draw = |table: Option<&NetworkTable>, only_gaps: bool| {
            let Some(table) = table else { return Ok(None) };
            let rows = if only_gaps { table.gaps() } else { table.rows.iter().collect() };
            let rows: Vec<&NetworkRow> = rows.into_iter().take(MOST_LINES).collect();
            let name = format!("reseau-{}-{:?}", file_name(&network.category.code), table.subject);
            chart::compared(context, &name, &table.title, &rows, &table.columns)
        };
        let first = |subject: Subject| tables.of(subject).next();
        // Size explains much: like is set beside like, in the size of most members, or nothing is set beside.
        let members = |table: &&NetworkTable| match context.publication.number_of(&table.columns[0].domain) {
            NumberOf::Shown(n) => n.least(),
            NumberOf::Withheld => 0,
        };
        let of_like = tables.of(Subject::ScoresBySize).max_by_key(members);
        Ok(Self {
            scores: draw(of_like.or_else(|| first(Subject::Scores)), false)?,
            // All the tools are in the table: the chart shows those that tell the network from the others.
            uses: draw(first(Subject::Uses), true)?,
            brakes: draw(first(Subject::Brakes), false)?,
            schemes: draw(first(Subject::Schemes), true)?,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Chart> {
        [&self.scores, &self.uses, &self.brakes, &self.schemes].into_iter().flatten()
    }
}

/// Composes the pack of a network. Equal publications give equal bytes.
pub(crate) fn pack(
    context: &Context<'_>,
    network: Network<'_>,
    tables: &NetworkTables,
) -> Result<Vec<u8>, ReportError> {
    let edition = &context.publication.edition;
    let own = catalogue(context);
    let charts = Charts::new(context, network, tables)?;
    let meta = Meta::new(context, "pack.document")?;
    let day = meta.day();
    let mut say = parts::say(context);
    say.extend([
        ("indicator", context.say("column.indicator")),
        ("category", context.say("column.category")),
        ("n", context.say("column.n")),
        ("gap", own.get("pack.gap")),
    ]);
    let n = network.category.n.map_or_else(String::new, |n| number::number_shown(context.words, n));
    let members = own.fill("pack.members", &[("n", &n), ("dates", &context.dates)]);
    let data = Data {
        say,
        network: context.fill("network.page_title", &[("label", &network.category.label)]),
        members,
        sections: sections(context, network, tables, &charts),
        meta,
    };
    let manuscript = Manuscript {
        identity: format!("{}/{}/network/{}", edition.survey, edition.edition, network.category.code),
        day,
        data: serde_json::to_vec(&data).expect("words and numbers are JSON"),
        pictures: charts.all().map(|chart| parts::picture(chart, false)).collect(),
    };
    compose(context, TEMPLATE, manuscript)
}

fn sections<'a>(
    context: &'a Context<'_>,
    network: Network<'_>,
    tables: &NetworkTables,
    charts: &'a Charts,
) -> Vec<Section<'a>> {
    let own = catalogue(context);
    let text = |key: &str| Part::Text { text: own.get(key).to_owned() };
    let of = |subject: Subject| tables.of(subject).map(|table| Part::Compare(comparison(context, table)));
    let drawn = |chart: &'a Option<Chart>| {
        chart.as_ref().map(|chart| Part::Chart { chart: parts::plain_chart(chart) })
    };
    let mut sections = Vec::new();
    let mut push = |title: &'static str, parts: Vec<Part<'a>>| {
        sections.push(Section { title: own.get(title), parts });
    };

    let mut who: Vec<Part<'_>> = Vec::new();
    who.extend(fragile(context, network.category.n));
    let share = tables.share.clone().unwrap_or_else(|| own.get("pack.share_unknown").to_owned());
    who.push(Part::Text { text: format!("{} {share}", own.get("pack.who_text")) });
    if !tables.profile.is_empty() {
        let tables = tables
            .profile
            .iter()
            .map(|part| Members { title: part.title.clone(), rows: part.rows.clone() })
            .collect();
        who.push(Part::Members { tables });
    }
    who.push(Part::Text { text: context.say("network.add_note").to_owned() });
    who.push(Part::Text { text: context.say("confidentiality.network").to_owned() });
    push("pack.who", who);

    let mut keys = vec![Part::Text { text: context.say("network.gap_note").to_owned() }];
    keys.extend(of(Subject::Keys));
    push("pack.keys", keys);

    let mut maturity = vec![Part::Text { text: context.say(tables.size_note()).to_owned() }];
    maturity.extend(drawn(&charts.scores));
    maturity.extend(of(Subject::ScoresBySize));
    maturity.extend(of(Subject::Levels));
    push("pack.maturity", maturity);

    let mut uses = gaps(context, tables, Subject::Uses);
    uses.extend(drawn(&charts.uses));
    uses.extend(of(Subject::Uses));
    uses.extend(of(Subject::Planned));
    push("pack.uses", uses);

    // A network that is too small for tables by size and by territory has room for these; the workbook has them for all.
    let is_short = of(Subject::ScoresBySize).chain(of(Subject::Territory)).next().is_none();
    let trust: Vec<Part<'_>> = of(Subject::Trust).collect();
    if is_short && !trust.is_empty() {
        push("pack.trust", trust);
    }

    let mut brakes = Vec::new();
    if let Some(chart) = drawn(&charts.brakes) {
        // A chart floats: without a text that holds the heading, it may stand on the page before.
        brakes.extend([text("pack.brakes_text"), chart]);
    }
    brakes.extend(of(Subject::Funding));
    brakes.extend(of(Subject::Needs));
    push("pack.brakes", brakes);

    let mut support: Vec<Part<'_>> = of(Subject::Support).collect();
    support.extend(gaps(context, tables, Subject::Schemes));
    support.extend(drawn(&charts.schemes));
    support.extend(of(Subject::Schemes));
    support.extend(of(Subject::SchemesUsed));
    push("pack.support", support);

    let mut territory: Vec<Part<'_>> = of(Subject::Territory).collect();
    if territory.is_empty() {
        territory.push(text("pack.no_territory"));
    }
    push("pack.territory", territory);

    push(
        "pack.say",
        vec![text("pack.say_text"), Part::Say { sentences: said::sentences(context, network, tables) }],
    );
    let method = vec![
        Part::Text { text: context.notice.clone() },
        Part::Text { text: context.say("confidentiality.precision").to_owned() },
        Part::List {
            items: ["pack.method_cells", "pack.method_gap", "pack.method_fragile", "pack.method_licence"]
                .map(|key| own.get(key).to_owned())
                .to_vec(),
        },
        Part::Confidentiality,
    ];
    push("pack.method", method);
    sections
}

/// The warning of a network that few answered for.
fn fragile<'a>(context: &Context<'_>, n: Option<NumberShown>) -> Option<Part<'a>> {
    let least = context.publication.method.n_fragile;
    let text = context.fill("network.fragile", &[("n", &least.to_string())]);
    n.is_some_and(|n| n.least() < least).then_some(Part::Warning { text })
}

/// The gaps that were established, up and down, the largest first, or the word that there is none.
fn gaps<'a>(context: &Context<'_>, tables: &NetworkTables, subject: Subject) -> Vec<Part<'a>> {
    let own = catalogue(context);
    let Some(table) = tables.of(subject).next() else { return Vec::new() };
    let list = |is_up: bool| -> Vec<String> {
        let rows = table.gaps().into_iter().filter(|row| row.gap == Some(is_up));
        rows.map(|row| {
            let (value, all) = (row.figures.first(), row.figures.last());
            let said = |figure: Option<&crate::number::Figure>| {
                figure.map_or_else(String::new, |figure| figure.value.clone())
            };
            own.fill("pack.gap_line", &[("label", &row.label), ("value", &said(value)), ("all", &said(all))])
        })
        .collect()
    };
    let mut parts = Vec::new();
    for (is_up, key) in [(true, "pack.above"), (false, "pack.below")] {
        let items = list(is_up);
        if !items.is_empty() {
            parts.push(Part::Text { text: own.get(key).to_owned() });
            parts.push(Part::List { items });
        }
    }
    if parts.is_empty() {
        parts.push(Part::Text { text: own.get("pack.no_gap").to_owned() });
    }
    parts
}

fn comparison(context: &Context<'_>, table: &NetworkTable) -> Comparison {
    Comparison {
        caption: table.title.clone(),
        columns: table.columns.iter().map(|column| column.label.clone()).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| Row {
                label: row.label.clone(),
                cells: row
                    .figures
                    .iter()
                    .map(|figure| {
                        let mut note = Vec::new();
                        if figure.is_shown {
                            note.extend([context.n(figure), context.precision(figure)]);
                        }
                        if figure.is_fragile {
                            note.push(context.say("figure.fragile").to_owned());
                        }
                        Figure {
                            value: figure.value.clone(),
                            note: note.join(", "),
                            is_fragile: figure.is_fragile,
                        }
                    })
                    .collect(),
                gap: row.gap.map(|is_up| {
                    context.say(if is_up { "network.gap_up" } else { "network.gap_down" }).to_owned()
                }),
            })
            .collect(),
    }
}
