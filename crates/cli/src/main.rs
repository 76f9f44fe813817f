//! The command `barometre`: settings, wiring, and one file per command.
//!
//! Commands are the verbs of the statistical process model (GSBPM): design (`check`), collect (`invite`, `serve`, `key`, `revise`,
//! `close`, `freeze`, `purge`), process and analyse (`analyse`, `estimate`), disseminate (`report`, `publish`, `audit`, `verify`, `directory`). Each
//! reads what the one before wrote, in the data directory; `demo` runs them all on simulated organisations, of which
//! `simulate` writes an extract of any size, and which `load` lets into a running site. Data go to standard output, everything else to standard error. Exit codes: 0
//! done, 1 something in the input, 2 a fault of ours or of the machine.

mod annexes;
mod arguments;
mod cards;
mod commands;
mod comparability;
mod data;
mod definition;
mod error;
mod evolution;
mod extras;
mod live;
mod postman;
mod pseudonym;
mod published;
mod simulate;
mod site;
mod stores;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::arguments::{Arguments, Command};
use crate::error::CliError;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too; a pipe that closes while they are read is not a fault.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_new(&arguments.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return report(&CliError::Io { what: "the asynchronous runtime".to_owned(), source: error });
        }
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

async fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Compare(arguments) => commands::compare::run(&arguments),
        Command::Trend(arguments) => commands::trend::run(&arguments),
        Command::Import(command) => commands::import::run(&command),
        Command::Serve(arguments) => commands::serve::run(&arguments).await,
        Command::Invite(arguments) => commands::invite::run(&arguments).await,
        Command::Key(arguments) => commands::key::run(&arguments).await,
        Command::Revise(arguments) => commands::revise::run(&arguments).await,
        Command::Close(arguments) => commands::close::run(&arguments).await,
        Command::Purge(arguments) => commands::purge::run(&arguments).await,
        Command::Freeze(arguments) => commands::freeze::run(&arguments).await.map(|_| ()),
        Command::Analyse(arguments) => {
            let asked = arguments.revision.as_deref().zip(arguments.replaces.as_deref());
            let asked = asked.map(|(reason, extract)| commands::revision::Asked { reason, extract });
            commands::analyse::run(&arguments.edition, arguments.since.as_deref(), asked.as_ref()).map(|_| ())
        }
        Command::Estimate(arguments) => commands::estimate::run(&arguments),
        Command::Report(arguments) => {
            commands::report::run(&arguments.edition, arguments.base_url.as_deref(), false).map(|_| ())
        }
        Command::Publish(arguments) => commands::publish::run(&arguments).await,
        Command::Audit(arguments) => commands::audit::run(&arguments),
        Command::Verify(arguments) => commands::verify::run(&arguments),
        Command::Directory(arguments) => commands::directory::run(&arguments).await,
        Command::Load(arguments) => commands::load::run(&arguments).await,
        Command::Simulate(arguments) => commands::simulate::run(&arguments),
        Command::Demo(arguments) => commands::demo::run(&arguments).await,
        Command::Export(command) => commands::export::run(&command),
    }
}

/// Says what went wrong on standard error, and whose fault it is by the exit code.
fn report(error: &CliError) -> ExitCode {
    error.print();
    ExitCode::from(error.exit_code())
}
