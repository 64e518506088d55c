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
pub(crate) enum Verb {
    /// Add a tenant, or replace one; tests the way to it
    Add(Box<add::Args>),
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
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Add(args) => add::run(app, *args).await,
        Verb::List(args) => list::run(app, args).await,
        Verb::Use(args) => choose::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Remove(args) => remove::run(app, args).await,
    }
}
