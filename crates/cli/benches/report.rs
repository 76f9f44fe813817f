//! How long a full edition takes, and a chart beside what matplotlib and ggplot2 take for the same.
//!
//! A simulated extract is analysed once; its networks are repeated until there are as many as asked, so that the packs of
//! a large edition are measured. Then, in one run: every chart as SVG, drawn by us and by each of the others that is
//! installed, from the same figures; the whole report (charts, pictures, pages, PDFs, downloads, packs) from nothing, again
//! from what was kept, and again after a text was changed.
//!
//! ```text
//! cargo bench -p cli --bench report                  # 3,000 responses, 200 networks
//! cargo bench -p cli --bench report -- 3000 20       # other numbers
//! ```

mod edition;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use publication::{Category, CellKey, ChartForm, Displayed, Domain, NetworkSector, Publication};
use report::{Annexes, Options, Place, Workshop};

use edition::{Outcome, context, definition, say, simulated};

const RESPONSES: usize = 3_000;
const NETWORKS: usize = 200;
/// Times that our charts are drawn, of which the least counts: the others draw each once, after a first one.
const RUNS: usize = 5;
/// The breakdown by network.
const NETWORK: &str = "reseau";

fn main() -> Outcome<()> {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let responses = asked.first().copied().unwrap_or(RESPONSES);
    let networks = asked.get(1).copied().unwrap_or(NETWORKS);
    let publication = with_networks(analysed(responses)?, networks);
    charts(&publication)?;
    whole(&publication)
}

/// Every chart as SVG, ours and those of others.
fn charts(publication: &Publication) -> Outcome<()> {
    let mut least = f64::INFINITY;
    let mut count = 0;
    for _ in 0..RUNS {
        let started = Instant::now();
        let drawn = report::charts(publication)?;
        least = least.min(started.elapsed().as_secs_f64());
        count = drawn.len();
    }
    let ours = least / count as f64;
    say(&format!(
        "charts (SVG), ours: {count} in {least:.3} s, {:.2} ms a chart, two widths each",
        ours * 1e3
    ))?;
    let folder = tempfile::tempdir()?;
    let table = folder.path().join("charts.csv");
    std::fs::write(&table, figures(publication)?)?;
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/charts");
    let python = std::env::var_os("BAROMETRE_PYTHON").unwrap_or_else(|| "python3".into());
    for (name, program, script) in
        [("matplotlib", python, "draw.py"), ("ggplot2", "Rscript".into(), "draw.R")]
    {
        let Ok(output) = Command::new(program).arg(scripts.join(script)).arg(&table).output() else {
            say(&format!("charts (SVG), {name}: not measured, it is not installed"))?;
            continue;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        let [seconds, drawn, _] = words.as_slice() else {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            if !output.status.success() {
                return Err(format!("{name} failed: {why}").into());
            }
            say(&format!("charts (SVG), {name}: not measured, it is not installed"))?;
            continue;
        };
        let (seconds, drawn) = (seconds.parse::<f64>()?, drawn.parse::<f64>()?);
        let theirs = seconds / drawn;
        say(&format!(
            "charts (SVG), {name}: {drawn} in {seconds:.3} s, {:.1} ms a chart, {:.0} times ours",
            theirs * 1e3,
            theirs / ours
        ))?;
    }
    Ok(())
}

/// The figures of every planned chart, as the scripts read them.
fn figures(publication: &Publication) -> Outcome<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["chart", "form", "title", "series", "category", "value", "low", "high"])?;
    for plan in publication.chapters.iter().flat_map(|chapter| &chapter.charts) {
        let form = if plan.form == ChartForm::Stacked { "stacked" } else { "bars" };
        let breakdown = plan.breakdown.as_deref().and_then(|code| publication.breakdown(code));
        let categories = breakdown.into_iter().flat_map(|found| {
            found
                .categories
                .iter()
                .map(|category| (category.label.clone(), Domain::of(&found.code, &category.code)))
        });
        let domains: Vec<(String, Domain)> =
            std::iter::once(("Ensemble".to_owned(), Domain::All)).chain(categories).collect();
        for (index, code) in plan.indicators.iter().enumerate() {
            let label = plan.labels.get(index).map_or(code.as_str(), String::as_str);
            for (category, domain) in &domains {
                let published = publication.cell(domain, code).published();
                let value = match published.map(publication::Published::value) {
                    Some(Displayed::Point { value, .. }) => value.to_string(),
                    _ => String::new(),
                };
                let interval = published.map(publication::Published::interval);
                let low = interval.map_or_else(String::new, |found| found.low.to_string());
                let high = interval.map_or_else(String::new, |found| found.high.to_string());
                // Without a breakdown the indicators are the categories.
                let (series, category) = if breakdown.is_none() && form == "bars" {
                    ("", label)
                } else {
                    (label, category.as_str())
                };
                writer.write_record([
                    &plan.code,
                    form,
                    &plan.title,
                    series,
                    category,
                    &value,
                    &low,
                    &high,
                ])?;
            }
        }
    }
    Ok(writer.into_inner()?)
}

/// The whole report: from nothing, from what was kept, and after a text was changed.
fn whole(publication: &Publication) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (site, cache) = (folder.path().join("site"), folder.path().join("cache"));
    let frozen: BTreeMap<String, Vec<u8>> =
        BTreeMap::from([(publication::CELLS_FILE.to_owned(), publication::cells_csv(publication))]);
    let mut changed = publication.clone();
    for chapter in &mut changed.chapters {
        chapter.text = Some("Un texte que l'on a corrigé.".to_owned());
    }
    for (what, publication) in [
        ("from nothing", publication),
        ("again", publication),
        ("after the texts of chapters changed", &changed),
    ] {
        let workshop = Workshop::new().keeping_in(&cache).beside(frozen.clone());
        let started = Instant::now();
        let written = report::write_in(
            publication,
            &Annexes::default(),
            &Place::default(),
            &site,
            Options::default(),
            &workshop,
        )?;
        let seconds = started.elapsed().as_secs_f64();
        say(&format!(
            "edition {what}: {} files in {seconds:.1} s {:?}",
            written.files.len(),
            workshop.tally()
        ))?;
    }
    Ok(())
}

/// The publication with as many networks as asked: those that are shown, over and over, under other codes.
fn with_networks(mut publication: Publication, wanted: usize) -> Publication {
    let Some(breakdown) = publication.breakdowns.iter().position(|found| found.code == NETWORK) else {
        return publication;
    };
    let shown: Vec<Category> = publication.breakdowns[breakdown]
        .categories
        .iter()
        .filter(|category| category.n.is_some())
        .cloned()
        .collect();
    if shown.is_empty() {
        return publication;
    }
    let mut more = Vec::new();
    for (index, model) in shown.iter().cycle().take(wanted.saturating_sub(shown.len())).enumerate() {
        let code = format!("copie-{index}");
        let of_model = |domain: &Domain| match domain {
            Domain::Of { breakdown, category } if breakdown == NETWORK && *category == model.code => {
                Some(Domain::of(NETWORK, &code))
            }
            Domain::Crossed { breakdown, category, by, part }
                if breakdown == NETWORK && *category == model.code =>
            {
                Some(Domain::crossed((NETWORK, &code), (by, part)))
            }
            _ => None,
        };
        let cells: Vec<_> = publication
            .cells
            .iter()
            .filter_map(|(key, cell)| {
                let domain = of_model(&key.domain)?;
                Some((CellKey { domain, indicator: key.indicator.clone() }, cell.clone()))
            })
            .collect();
        publication.cells.extend(cells);
        let sector = publication.network_sectors.iter().find(|sector| sector.network == model.code).cloned();
        publication
            .network_sectors
            .extend(sector.map(|sector| NetworkSector { network: code.clone(), ..sector }));
        more.push(Category { code, label: format!("{} ({index})", model.label), n: model.n });
    }
    publication.breakdowns[breakdown].categories.extend(more);
    publication
}

/// The publication of so many simulated responses.
fn analysed(responses: usize) -> Outcome<Publication> {
    let extract = extract::Extract::open(&simulated(responses)?)?;
    Ok(analysis::analyse(&extract, &definition()?, &context())?)
}
