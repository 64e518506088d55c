//! Tenants that muster knows: where they are and how to sign in.

mod add;
mod choose;
mod list;
mod remove;
mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `context`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a tenant, or replace one; tests the way to it
    Add(add::Args),
    /// List the tenants
    List(list::Args),
    /// Choose the tenant that is used when none is named
    Use(choose::Args),
    /// Show one tenant, and where each value comes from
    Show(show::Args),
    /// Forget a tenant
    Remove(remove::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        Command::Add(args) => add::run(app, args).await,
        Command::List(args) => list::run(app, args).await,
        Command::Use(args) => choose::run(app, args).await,
        Command::Show(args) => show::run(app, args).await,
        Command::Remove(args) => remove::run(app, args).await,
    }
}
