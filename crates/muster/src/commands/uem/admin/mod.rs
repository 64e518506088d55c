//! `muster uem admin`: who may call a UEM, and how, while it is stopped. (A running one has the same by API, below
//! `/API/v1/console`.)

mod account;
mod certificate;
mod client;
mod key;
mod log;
mod role;
mod settings;

use std::sync::Arc;

use clap::{Args as Arguments, Subcommand};
use muster_store::SystemClock;
use muster_uem::Console;
use serde_json::Value;

use super::place::Place;
use crate::app::App;
use crate::error::{Failure, Outcome};
use crate::output::{Heading, Sheet};

/// Nouns of `uem admin`.
#[derive(Debug, Subcommand)]
pub(crate) enum Noun {
    /// Administrators and service accounts
    #[command(subcommand)]
    Account(account::Verb),
    /// Sets of rights that accounts have
    #[command(subcommand)]
    Role(role::Verb),
    /// API keys of services
    #[command(subcommand)]
    Key(key::Verb),
    /// OAuth clients
    #[command(subcommand)]
    Client(client::Verb),
    /// Client certificates of accounts
    #[command(subcommand)]
    Certificate(certificate::Verb),
    /// The API's settings of organization groups
    #[command(subcommand)]
    Settings(settings::Verb),
    /// Show who asked the API for what
    Log(log::Args),
}

/// Which UEM: one that was started before and is stopped now.
#[derive(Debug, Arguments)]
pub(crate) struct Stopped {
    #[command(flatten)]
    place: Place,
}

impl Stopped {
    async fn open(&self, app: &App) -> Result<Console, Failure> {
        Ok(Console::open(&self.place.data(app).await?, Arc::new(SystemClock)).await?)
    }
}

/// Runs one verb of a noun.
pub(super) async fn run(app: &mut App, noun: Noun) -> Outcome {
    match noun {
        Noun::Account(verb) => account::run(app, verb).await,
        Noun::Role(verb) => role::run(app, verb).await,
        Noun::Key(verb) => key::run(app, verb).await,
        Noun::Client(verb) => client::run(app, verb).await,
        Noun::Certificate(verb) => certificate::run(app, verb).await,
        Noun::Settings(verb) => settings::run(app, verb).await,
        Noun::Log(args) => log::run(app, &args).await,
    }
}

impl Noun {
    /// Whether it only shows rows, which a report may hold too.
    pub(super) fn lists(&self) -> bool {
        matches!(
            self,
            Self::Account(account::Verb::List(_))
                | Self::Role(role::Verb::List(_))
                | Self::Key(key::Verb::List(_))
                | Self::Client(client::Verb::List(_))
                | Self::Certificate(certificate::Verb::List(_))
                | Self::Log(_)
        )
    }
}

/// Shows rows of the console by these keys; one that starts with `+` is left out of tables.
fn show(app: &mut App, title: &str, keys: &[&str], rows: &[Value]) -> Result<(), Failure> {
    let mut sheet = Sheet::new(keys);
    for row in rows {
        sheet.push(keys.iter().map(|key| row[key.trim_start_matches('+')].clone()).collect());
    }
    app.list(&sheet, Heading::new(title))
}
