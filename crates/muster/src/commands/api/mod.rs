//! Any operation of the API: list, show, call; by its name, or by method and path.

mod address;
mod answer;
mod call;
mod given;
mod list;
mod names;
mod show;

use clap::Subcommand;
use muster_model::Method;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `api`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// The operations: 979 published ones and those of the guide dialect
    List(list::Args),
    /// One operation: its parameters, its body, what it does, an example
    Show(show::Args),
    /// Call an operation by its name: a read at once, a change through a plan
    Call(call::Args),
    /// Call an operation by its path
    #[command(name = "GET", alias = "get")]
    Get(address::Args),
    /// Call an operation by its path
    #[command(name = "POST", alias = "post")]
    Post(address::Args),
    /// Call an operation by its path
    #[command(name = "PUT", alias = "put")]
    Put(address::Args),
    /// Call an operation by its path
    #[command(name = "PATCH", alias = "patch")]
    Patch(address::Args),
    /// Call an operation by its path
    #[command(name = "DELETE", alias = "delete")]
    Delete(address::Args),
}

impl Verb {
    /// Whether it does without a tenant, and so without a configuration that names one.
    pub(crate) fn calls(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Show(_))
    }

    /// Whether every page of an answer is read.
    pub(crate) fn reads_all(&self) -> bool {
        match self {
            Self::List(_) | Self::Show(_) => false,
            Self::Call(args) => args.flags.all,
            Self::Get(args) | Self::Post(args) | Self::Put(args) | Self::Patch(args) | Self::Delete(args) => {
                args.flags.all
            }
        }
    }
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args),
        Verb::Show(args) => show::run(app, args),
        Verb::Call(args) => call::run(app, args).await,
        Verb::Get(args) => address::run(app, Method::Get, args).await,
        Verb::Post(args) => address::run(app, Method::Post, args).await,
        Verb::Put(args) => address::run(app, Method::Put, args).await,
        Verb::Patch(args) => address::run(app, Method::Patch, args).await,
        Verb::Delete(args) => address::run(app, Method::Delete, args).await,
    }
}
