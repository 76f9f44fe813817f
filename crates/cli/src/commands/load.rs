//! `barometre load`: a simulated crowd fills a running site.

use std::sync::Arc;

use intake::Clock as _;
use load::{Crowd, Door, Ledger, Prepared, Report, Respondent, Target};
use questionnaire::Answers;
use store::OfficeStore;

use crate::arguments::LoadArguments;
use crate::commands::{demo, say};
use crate::data::DataDirectory;
use crate::definition::{self, Definition, Kind};
use crate::error::CliError;
use crate::simulate::{self, Behaviour};
use crate::stores;

/// Organisations that are drawn; when more come, they come again.
const MOST_DRAWN: usize = 3000;

/// Those drawn when no rate says how many will come.
const USUALLY_DRAWN: usize = 1000;

/// Complete drafts prepared for each second, when no rate says how many will be sent.
const USUALLY_SENT: f64 = 5000.0;

/// Fills, and says what came of it.
pub(crate) async fn run(arguments: &LoadArguments) -> Result<(), CliError> {
    let definition =
        definition::load(arguments.edition.as_deref(), &arguments.surveys)?.of_kind(Kind::Barometer)?;
    let door = door(arguments).await?;
    let store = if arguments.no_store { None } else { Some(store(arguments, &definition).await?) };
    let code = definition.collection();
    let seconds = arguments.duration.as_secs_f64();
    let will_come = arguments.rate.map_or(USUALLY_DRAWN, |rate| whole(rate * seconds));
    let parameters = demo::parameters(&definition)?;
    let drawn = will_come.clamp(1, MOST_DRAWN);
    let volunteers = simulate::population(&definition.edition, &parameters, drawn, arguments.seed)?;
    let respondents: Vec<Respondent> = volunteers
        .into_iter()
        .map(|simulated| {
            let stops_after = match simulated.behaviour {
                Behaviour::Drops { after } => Some(after),
                _ => None,
            };
            Respondent { answers: simulated.answers, stops_after }
        })
        .collect();
    let before = match &store {
        Some(store) => Ledger::read(store.as_ref(), &code).await?,
        None => Ledger::default(),
    };
    let crowd =
        Crowd { connections: arguments.connections, rate: arguments.rate, duration: *arguments.duration };
    let report = match store.as_ref().filter(|_| arguments.submit_only) {
        Some(store) => {
            let drafts = whole(arguments.rate.unwrap_or(USUALLY_SENT) * seconds);
            let prepared = prepare(&door, store.as_ref(), &definition, &respondents, drafts).await?;
            crowd.submit(&door, &prepared).await
        }
        None => crowd.fill(&door, &definition.edition, &respondents).await,
    };
    say(&report)?;
    match store {
        Some(store) => judge(store.as_ref(), &code, &before, &report).await,
        None => Ok(()),
    }
}

/// Where the site is: on this machine, unless told otherwise.
async fn door(arguments: &LoadArguments) -> Result<Door, CliError> {
    if arguments.rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
        return Err(CliError::input(
            format!("a rate of {} a second", arguments.rate.unwrap_or_default()),
            "expected a number above 0, for instance `--rate 20`",
        ));
    }
    let target = Target::resolve(&arguments.url).await?;
    if !target.is_loopback() && !arguments.elsewhere {
        return Err(CliError::input(
            format!("`{}` is not on this machine", arguments.url),
            "a load may bring a site down: add `--elsewhere` when it is yours and expects it",
        ));
    }
    let (pause, tries) = (*arguments.pause, arguments.tries.max(1));
    Ok(Door { target, pause, tries, is_kept: true })
}

/// The store of the site; never one that holds answers of real people.
async fn store(arguments: &LoadArguments, definition: &Definition) -> Result<Arc<dyn OfficeStore>, CliError> {
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let code = definition.collection();
    let hint = "`barometre serve --simulated` opens one to try, with a `--dir` or a `--database-url` of its own; give \
                the same here";
    match store.edition(&code).await? {
        Some(edition) if edition.is_simulated => Ok(store),
        Some(_) => Err(CliError::input(format!("edition {code} collects real responses"), hint)),
        None => Err(CliError::input(format!("edition {code} was never opened in this store"), hint)),
    }
}

/// Complete drafts of those who would go to the end.
async fn prepare(
    door: &Door,
    store: &dyn OfficeStore,
    definition: &Definition,
    respondents: &[Respondent],
    count: usize,
) -> Result<Vec<Prepared>, CliError> {
    let edition = &definition.edition;
    let is_complete = |answers: &&Answers| edition.path(answers).ended_by.is_none();
    let whole: Vec<Answers> = respondents
        .iter()
        .filter(|respondent| respondent.stops_after.is_none())
        .map(|respondent| &respondent.answers)
        .filter(is_complete)
        .cloned()
        .collect();
    let now = intake::SystemClock.now();
    Ok(load::prepare(door, store, &definition.collection(), edition, &whole, count, now).await?)
}

/// Holds what was acknowledged against the store; a response that is lost or there twice is a fault of ours.
async fn judge(
    store: &dyn OfficeStore,
    code: &str,
    before: &Ledger,
    report: &Report,
) -> Result<(), CliError> {
    let verdict = Ledger::read(store, code).await?.since(before, report);
    say(verdict)?;
    if verdict.is_kept() {
        Ok(())
    } else {
        Err(CliError::Fault("the store does not hold exactly what was acknowledged".to_owned()))
    }
}

/// A count of organisations: whole, and of at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1, and casts saturate")]
fn whole(count: f64) -> usize {
    count.ceil().max(1.0) as usize
}
