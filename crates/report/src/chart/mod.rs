//! Charts: the plan of a chart and the publication go in, an SVG comes out, in two widths, with its table and its
//! words. Nothing here reads anything but displayed values.
//!
//! The grammar follows the chart guidance of the Office for National Statistics: the title says the finding and the
//! subtitle what was asked of whom, labels stand on their marks rather than in a legend, axes of bars begin at zero, and
//! a shade is never alone to tell (shape, hatching or a figure says it too). Scores are bars, not a radar: the area
//! of a radar grows with the square of what it shows, and with the order of its axes.

mod bars;
mod compared;
mod data;
mod dots;
mod draw;
mod frame;
mod funnel;
mod heatmap;
mod histogram;
mod map;
mod profile;
mod regions;
mod scene;
mod shade;
mod share;
mod shown;
mod slope;
mod stacked;
mod trend;
mod waffle;

pub(crate) use compared::compared;
pub(crate) use data::{Beside, ChartData};
use draw::png;
pub(crate) use funnel::funnel;
pub(crate) use profile::{PROFILE, profile};
pub(crate) use share::share;
pub(crate) use shown::{Shown, shown};

use publication::{ChartForm, ChartPlan, Domain, Indicator};

use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::workshop::Kind;
use data::Layout;
use frame::Frame;
use scene::Scene;

/// Width of a chart for paper and wide screens, in pixels.
const WIDE: f64 = 760.0;
/// Width of a chart for a telephone.
const NARROW: f64 = 344.0;

/// A chart, drawn.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// File name without ending.
    pub(crate) name: String,
    /// Its short name; the finding is on the chart.
    pub(crate) title: String,
    /// What it shows, in words.
    pub(crate) description: String,
    pub(crate) wide: Drawing,
    pub(crate) narrow: Drawing,
    /// The figures of a planned chart, for the table beside it.
    pub(crate) data: Option<ChartData>,
    /// The rows of a profile.
    pub(crate) profile: Option<profile::ProfileTable>,
}

/// An SVG and its size.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    pub(crate) svg: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Draws a planned chart; `None` when the publication has none of its indicators.
pub(crate) fn planned(context: &Context<'_>, plan: &ChartPlan) -> Result<Option<Chart>, ReportError> {
    let Some(data) = ChartData::new(context, plan) else { return Ok(None) };
    let description = data.description(context);
    let draw = |width: f64| {
        let mut frame = Frame::open(context, width, data.name.as_deref(), &data.title, &data.subtitle);
        match data.layout {
            Layout::Bars { has_targets } => bars::draw(context, &mut frame, &data, has_targets),
            Layout::Stacked => stacked::draw(context, &mut frame, &data),
            Layout::Dots => dots::draw(&mut frame, &data),
            Layout::Heatmap => heatmap::draw(context, &mut frame, &data),
            Layout::Map => map::draw(context, &mut frame, &data),
            Layout::Histogram => histogram::draw(&mut frame, &data),
            Layout::Waffle => waffle::draw(&mut frame, &data),
            Layout::Slope => slope::draw(context, &mut frame, &data),
            Layout::Trend => trend::draw(context, &mut frame, &data),
        }
        frame.close(&data.notes)
    };
    let name = file_name(&plan.code);
    let wide = drawing(context, &name, &draw(WIDE), &data.title, &description)?;
    let narrow = drawing(context, &name, &draw(NARROW), &data.title, &description)?;
    // Pages call a chart by its short name: its finding is on it.
    let title = plan.title.clone();
    Ok(Some(Chart { name, title, description, wide, narrow, data: Some(data), profile: None }))
}

/// Draws an indicator by the first breakdown that shows at least two of its figures, or alone; `None` when nothing of it is
/// published.
pub(crate) fn of_indicator(
    context: &Context<'_>,
    indicator: &Indicator,
) -> Result<Option<Chart>, ReportError> {
    let publication = context.publication;
    let is_shown = |domain: &Domain| publication.cell(domain, &indicator.code).published().is_some();
    if !is_shown(&Domain::All) {
        return Ok(None);
    }
    let breakdown =
        publication.breakdowns.iter().filter(|breakdown| !breakdown.is_overlapping).find(|found| {
            let categories = found.categories.iter();
            categories.filter(|category| is_shown(&Domain::of(&found.code, &category.code))).count() > 1
        });
    let plan = ChartPlan {
        code: format!("indicateur-{}", indicator.code),
        title: indicator.label.clone(),
        form: if breakdown.is_some() { ChartForm::Dots } else { ChartForm::Bars },
        indicators: vec![indicator.code.clone()],
        labels: vec![indicator.label.clone()],
        breakdown: breakdown.map(|breakdown| breakdown.code.clone()),
    };
    planned(context, &plan)
}

fn drawing(
    context: &Context<'_>,
    chart: &str,
    scene: &Scene,
    title: &str,
    description: &str,
) -> Result<Drawing, ReportError> {
    let description = if context.publication.edition.is_simulated {
        format!("{}. {description}", context.say("simulated.chart"))
    } else {
        description.to_owned()
    };
    let language = context.words.language;
    let inputs = [language.as_bytes(), title.as_bytes(), description.as_bytes(), &scene.bytes()];
    let svg = context.workshop.keep(Kind::Chart, &inputs, || {
        draw::svg(scene, language, title, &description)
            .map(String::into_bytes)
            .map_err(|message| ReportError::Chart { chart: chart.to_owned(), message })
    })?;
    let svg = String::from_utf8(svg).expect("what was kept whole is what was drawn, a text");
    Ok(Drawing { svg, width: scene.width, height: scene.height })
}

/// A chart as pixels, `scale` for one of the SVG.
pub(crate) fn picture(context: &Context<'_>, chart: &Chart, scale: u8) -> Result<Vec<u8>, ReportError> {
    let svg = &chart.wide.svg;
    context.workshop.keep(Kind::Picture, &[svg.as_bytes(), &[scale]], || {
        png(svg, scale).map_err(|message| ReportError::Chart { chart: chart.name.clone(), message })
    })
}
