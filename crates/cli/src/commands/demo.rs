//! `barometre demo`: the whole river on simulated organisations.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use publication::{Displayed, Domain, Publication};

use crate::arguments::{DataArguments, DemoArguments};
use crate::commands::{analyse, freeze, report, say};
use crate::data::DataDirectory;
use crate::definition::{self, Definition, Kind};
use crate::error::CliError;
use crate::simulate::fill::{self, Filled};
use crate::simulate::{self, Parameters, Simulated};
use crate::{extras, site, stores};

/// Organisations that fill in at the same time.
const AT_ONCE: usize = 64;

/// Name of the file that says that a folder is a demonstration, and may be emptied.
const MARK: &str = "demonstration.txt";

/// Runs the river and serves what comes out.
pub(crate) async fn run(arguments: &DemoArguments) -> Result<(), CliError> {
    let started = Instant::now();
    let definition =
        definition::load(arguments.edition.as_deref(), &arguments.surveys)?.of_kind(Kind::Barometer)?;
    let code = definition.edition.questionnaire.edition.clone();
    let parameters = parameters(&definition)?;
    // Listening comes first: when an earlier demonstration still serves this folder, nothing of it is touched.
    let address = if arguments.no_serve { ([127, 0, 0, 1], 0).into() } else { arguments.listen };
    let (listener, address) = site::listen(address).await?;
    empty(&arguments.dir)?;
    let directory = DataDirectory::open(&arguments.dir)?;
    let mark = directory.path().join(MARK);
    std::fs::write(
        &mark,
        "Dossier de démonstration : réponses simulées, effacé par la démonstration suivante.\n",
    )
    .map_err(CliError::io(mark.display()))?;
    let data = DataArguments { dir: arguments.dir.clone(), database_url: None };
    let store = stores::open(&data, &directory).await?;

    let base_url = format!("http://{address}");
    let face = site::Face {
        base_url: base_url.clone(),
        is_simulated: true,
        extras: extras::load(&definition)?,
        mailbox: None,
        limits: intake::Limits::default(),
    };
    let router = site::router(&definition, &directory, Arc::clone(&store), face).await?;
    let server = tokio::spawn(site::serve(listener, router));

    let organisations =
        simulate::population(&definition.edition, &parameters, arguments.responses, arguments.seed)?;
    let filled = fill_all(&definition, &organisations, &base_url).await?;
    let definition = Arc::new(definition);
    let (manifest, _) = freeze::freeze(&definition, &directory, store.as_ref(), true).await?;

    // Computing and drawing are work for the processor: they leave the server's threads free to answer.
    let (publication, written) = {
        let (definition, directory, code) = (Arc::clone(&definition), directory.clone(), code.clone());
        tokio::task::spawn_blocking(move || {
            let spinner = spinner("calculs");
            let publication = analyse::analyse(&definition, &directory, None, None)?;
            spinner.set_message("graphiques, pages et PDF");
            let written = report::draw(&code, &directory, &report::place(&code, &directory, None)?)?;
            spinner.finish_and_clear();
            Ok::<_, CliError>((publication, written))
        })
        .await
        .map_err(|error| CliError::Fault(format!("the computation stopped: {error}")))??
    };
    let truth = simulate::truth(&definition.edition, &parameters)?;
    comparison(&publication, &truth)?;
    let counts = store.counts(&code).await?;
    say(format!(
        "\n{} organisations started, {} sent, {} refused, {} stopped on the way; {} rows frozen; {} s in all",
        organisations.len(),
        filled.sent,
        counts.refused,
        counts.drafts,
        manifest.rows,
        started.elapsed().as_secs()
    ))?;
    say(format!("responses    {}", directory.database().display()))?;
    say(format!("extract      {}", directory.extract(&code).display()))?;
    say(format!("publication  {}", directory.publication(&code).display()))?;
    say(format!("site         {}", written.index.display()))?;
    if let Some(pdf) = &written.pdf {
        say(format!("report       {}", pdf.display()))?;
    }
    if arguments.no_serve {
        server.abort();
        return Ok(());
    }
    say(format!("\nbarometer      {base_url}{}/", site::BAROMETER))?;
    say(format!("questionnaire  {base_url}/ (closed: `barometre serve` opens one to fill in)"))?;
    say("Ctrl-C to stop")?;
    server.await.map_err(|error| CliError::Fault(format!("the server stopped: {error}")))?
}

pub(crate) fn parameters(definition: &Definition) -> Result<Parameters, CliError> {
    let text = definition.files.text("simulation.toml").ok_or_else(|| {
        CliError::input(
            format!("`{}` has no simulation.toml", definition.folder.display()),
            "a simulation needs the parameters of the simulated population",
        )
    })?;
    Ok(Parameters::parse(text)?)
}

/// Empties the folder of an earlier demonstration; refuses any other folder with something in it.
fn empty(folder: &Path) -> Result<(), CliError> {
    let Ok(mut entries) = std::fs::read_dir(folder) else { return Ok(()) };
    if entries.next().is_none() {
        return Ok(());
    }
    if !folder.join(MARK).is_file() {
        return Err(CliError::input(
            format!("`{}` is not empty and is not an earlier demonstration", folder.display()),
            "choose another folder by `--dir`: a demonstration never mixes with real responses",
        ));
    }
    std::fs::remove_dir_all(folder).map_err(CliError::io(folder.display()))
}

#[derive(Default)]
struct FilledCounts {
    sent: usize,
}

/// Every organisation fills the questionnaire through the site, some dozens at a time.
async fn fill_all(
    definition: &Definition,
    organisations: &[Simulated],
    base_url: &str,
) -> Result<FilledCounts, CliError> {
    let client = fill::client().map_err(|error| fault(&error))?;
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} ({elapsed}, encore {eta})")
        .map_err(|error| CliError::Fault(error.to_string()))?;
    let progress = ProgressBar::new(organisations.len() as u64).with_style(style).with_message("remplissage");
    let mut counts = FilledCounts::default();
    let visits =
        organisations.iter().map(|simulated| fill::fill(&client, base_url, &definition.edition, simulated));
    let mut visits = futures::stream::iter(visits).buffer_unordered(AT_ONCE);
    while let Some(visit) = visits.next().await {
        if visit.map_err(|error| fault(&error))? == Filled::Sent {
            counts.sent += 1;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(counts)
}

fn fault(error: &fill::FillError) -> CliError {
    CliError::Fault(error.to_string())
}

fn spinner(message: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(200));
    spinner
}

/// Prints the figures published for 2022 beside the truth of the simulation and what the river made of it.
fn comparison(
    publication: &Publication,
    truth: &std::collections::BTreeMap<String, f64>,
) -> Result<(), CliError> {
    say(format!(
        "{:<28}{:>10}{:>10}{:>10}{:>12}{:>14}",
        "indicator", "2022 (%)", "truth", "weighted", "unweighted", "interval"
    ))?;
    let mut errors = (0.0, 0.0, 0_u32);
    for indicator in &publication.indicators {
        let Some(published) = indicator.published_2022 else { continue };
        let true_value = truth.get(&indicator.code).copied().unwrap_or(published);
        let cell = publication.cell(&Domain::All, &indicator.code);
        let weighted = cell.published().map(publication::Published::value);
        let interval = cell.published().map_or_else(String::new, |published| {
            let interval = published.interval();
            format!("{:.0} to {:.0}", interval.low, interval.high)
        });
        if let (Some(weighted), Some(unweighted)) = (weighted, indicator.unweighted) {
            errors.0 += (weighted.position() - true_value).abs();
            errors.1 += (unweighted.position() - true_value).abs();
            errors.2 += 1;
        }
        say(format!(
            "{:<28}{published:>10.0}{true_value:>10.1}{:>10}{:>12}{interval:>14}",
            indicator.code,
            shown(weighted),
            shown(indicator.unweighted),
        ))?;
    }
    if errors.2 > 0 {
        let n = f64::from(errors.2);
        say(format!(
            "mean distance to the truth: {:.1} points weighted, {:.1} unweighted ({} figures)",
            errors.0 / n,
            errors.1 / n,
            errors.2
        ))?;
    }
    Ok(())
}

fn shown(value: Option<Displayed>) -> String {
    match value {
        None => "nd".to_owned(),
        Some(Displayed::AtMost { limit, .. }) => format!("≤ {limit:.0}"),
        Some(Displayed::AtLeast { limit, .. }) => format!("≥ {limit:.0}"),
        Some(Displayed::Band { from, to, .. }) => format!("{from:.0}-{to:.0}"),
        Some(Displayed::Point { value, .. }) => format!("{value:.0}"),
    }
}
