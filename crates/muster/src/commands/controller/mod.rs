//! The controller: schedules, alerts and a dashboard for one tenant.

mod serve;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `controller`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Watch a tenant: compliance on a schedule, alerts, a dashboard
    Serve(serve::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Serve(args) => serve::run(app, args).await,
    }
}
