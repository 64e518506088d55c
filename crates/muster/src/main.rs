//! `muster`: automation of a Workspace ONE UEM fleet from the command line.
//!
//! This room turns what a person typed into settings and calls for the rooms below, and answers into text.
//! It is the only one that knows environment, files, secrets, stdout and exit codes, and it decides nothing
//! that a test of a lower room could not check.

mod account;
mod app;
mod cli;
mod commands;
mod config;
mod error;
mod input;
mod output;
mod prompt;
mod secrets;
mod telemetry;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::app::App;
use crate::cli::Cli;
use crate::config::Environment;
use crate::error::{Exit, Failure, Outcome};

fn main() -> ExitCode {
    leave_no_core();
    let environment = Environment::of_process();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::complain(&error, &environment),
    };
    // Everything below is needed by real work only: `--help` and `--version` never get here.
    let notes = app::notes(&cli.globals, &environment);
    let json = cli::wants_json(cli.globals.output, &environment);
    let exit = match run(cli, environment) {
        Ok(exit) => exit,
        Err(failure) => {
            if json {
                notes.line(failure.json());
            } else {
                notes.raw(&failure.text(notes.paint));
            }
            failure.exit
        }
    };
    ExitCode::from(exit.number())
}

/// A process that dies does not leave its memory behind, where secrets are.
fn leave_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Lower is always allowed.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

fn run(cli: Cli, environment: Environment) -> Outcome {
    telemetry::start(cli.globals.verbose, app::notes(&cli.globals, &environment));
    let mut app = App::new(cli.globals, environment, &cli.command)?;
    // A second provider in the process would be a bug of ours, not of the person at the keyboard.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    // Threads are for whoever has much to do at once; to a command that asks for a thing or two they only cost time.
    let mut runtime = if cli.command.is_brief() {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| Failure::internal("cannot start the runtime").because(error.to_string()))?;
    let outcome = runtime.block_on(commands::run(&mut app, cli.command));
    if app.globals.verbose > 0
        && let Some(calls) = app.calls()
    {
        app.notes.line(calls);
    }
    let finished = app.printer.finish();
    if app.brief
        && let Some(kept) = app.kept.take()
    {
        runtime.block_on(kept.leave());
    }
    // A question that nobody answered must not keep the process.
    runtime.shutdown_background();
    let exit: Exit = outcome?;
    finished.map(|()| exit)
}
