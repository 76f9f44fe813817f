//! `barometre simulate`: an extract of simulated responses, without a database and without a site.

use std::path::Path;
use std::thread;

use chrono::{Days, NaiveDate};
use extract::{Batch, Definitions, Extract, ExtractRecord, ManifestInput, RecordState, StateCounts, Writer};
use questionnaire::Edition;

use crate::arguments::SimulateArguments;
use crate::commands::{demo, freeze::SOFTWARE, say};
use crate::definition::{self, Kind};
use crate::error::CliError;
use crate::published::kept_files;
use crate::simulate::{Behaviour, Blocks, Simulated};

/// Days of the simulated collection.
const FIELD_DAYS: u64 = 60;

/// Writes the extract and says where.
pub(crate) fn run(arguments: &SimulateArguments) -> Result<(), CliError> {
    let definition =
        definition::load(Some(&arguments.edition), &arguments.surveys)?.of_kind(Kind::Barometer)?;
    let edition = &definition.edition;
    let parameters = demo::parameters(&definition)?;
    refuse_real(&arguments.out)?;
    let blocks = Blocks::new(edition, &parameters, arguments.responses, arguments.seed)?;
    let field = Field::of(edition);
    let definitions = Definitions::one(edition, kept_files(&definition.files));
    let mut writer = Writer::create(&arguments.out, definitions.clone())?;
    let mut states = StateCounts::default();
    let make = |block: usize| -> Result<(Batch, StateCounts), CliError> {
        let simulated = blocks.block(block)?;
        let mut states = StateCounts::default();
        let records = records(edition, field, Blocks::first(block), simulated, &mut states);
        Ok((Batch::new(&definitions, &records)?, states))
    };
    // As many blocks at a time as there are processors: memory is bounded, and the order that of the blocks.
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    let all: Vec<usize> = (0..blocks.len()).collect();
    for together in all.chunks(at_once) {
        let made: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = together.iter().map(|&block| scope.spawn(move || make(block))).collect();
            running.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        for made in made {
            let (batch, counted) =
                made.map_err(|_| CliError::Fault("a thread of the simulation panicked".to_owned()))??;
            writer.push(batch)?;
            states.submitted += counted.submitted;
            states.partial += counted.partial;
            states.refused += counted.refused;
        }
    }
    let input = ManifestInput {
        software: SOFTWARE.to_owned(),
        is_simulated: true,
        field_start: field.start,
        field_end: field.start + Days::new(FIELD_DAYS),
        states,
    };
    let manifest = writer.finish(&input)?;
    say(format!(
        "simulated extract of edition {}: {} rows ({} sent, {} stopped on the way; {} refused) in {}",
        manifest.edition,
        manifest.rows,
        states.submitted,
        states.partial,
        states.refused,
        arguments.out.display()
    ))
}

/// A simulation never takes the place of answers.
fn refuse_real(folder: &Path) -> Result<(), CliError> {
    if !folder.join(extract::MANIFEST_FILE).is_file() || Extract::open(folder)?.manifest().is_simulated {
        return Ok(());
    }
    Err(CliError::input(
        format!("`{}` holds an extract of real responses", folder.display()),
        "give another folder: simulated responses never replace answers",
    ))
}

/// When simulated organisations answer: nothing here reads a clock.
#[derive(Debug, Clone, Copy)]
struct Field {
    start: NaiveDate,
}

impl Field {
    /// From the first day of the year that the edition is named after.
    fn of(edition: &Edition) -> Self {
        let year = edition.questionnaire.edition.get(..4).and_then(|year| year.parse().ok());
        let start = year.and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1));
        Self { start: start.unwrap_or_default() }
    }

    fn day(self, position: usize) -> NaiveDate {
        self.start + Days::new(position as u64 % FIELD_DAYS)
    }
}

/// What is frozen of a block, the first of which has position `first` among all.
fn records(
    edition: &Edition,
    field: Field,
    first: usize,
    simulated: Vec<Simulated>,
    states: &mut StateCounts,
) -> Vec<ExtractRecord> {
    let mut records = Vec::with_capacity(simulated.len());
    for (position, simulated) in simulated.into_iter().enumerate() {
        let day = field.day(position);
        let (state, last_screen, organisation) = match simulated.behaviour {
            Behaviour::Refuses => {
                states.refused += 1;
                continue;
            }
            Behaviour::Drops { after } => {
                let screen = edition.questionnaire.screens[after].code.clone();
                (RecordState::Partial, Some(screen), position)
            }
            Behaviour::Duplicate { of } => (RecordState::Submitted, None, of),
            Behaviour::Complete | Behaviour::OutOfScope => (RecordState::Submitted, None, position),
        };
        match state {
            RecordState::Submitted => states.submitted += 1,
            RecordState::Partial => states.partial += 1,
        }
        let (answers, _) = edition.split_personal(&simulated.answers);
        records.push(ExtractRecord {
            // In the order of the file. There is nobody behind it to be recognised.
            organisation: format!("{:032x}", first + organisation),
            answers,
            state,
            last_screen,
            version: edition.questionnaire.version.clone(),
            started_on: day,
            submitted_on: (state == RecordState::Submitted).then_some(day),
            sequence: i64::try_from(position).expect("a block has some thousands of responses"),
        });
    }
    records
}
