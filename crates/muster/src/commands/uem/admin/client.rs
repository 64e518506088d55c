//! `muster uem admin client`.

use clap::{Args as Arguments, Subcommand};
use muster_uem::ClientWish;
use serde_json::json;

use super::Stopped;
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::prompt;

/// Verbs of `uem admin client`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List OAuth clients
    List(List),
    /// Make an OAuth client, and show its secret once
    Add(Add),
    /// Let a client and its tokens open nothing more
    Revoke(Revoke),
}

/// No arguments but the UEM.
#[derive(Debug, Arguments)]
pub(crate) struct List {
    #[command(flatten)]
    at: Stopped,
}

/// What it is called, with which role, where.
#[derive(Debug, Arguments)]
pub(crate) struct Add {
    /// What it is called
    #[arg(value_name = "NAME")]
    name: String,
    /// Role, by name or id
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Organization group, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Only so many requests a day
    #[arg(long, value_name = "N")]
    daily_quota: Option<u64>,
    #[command(flatten)]
    at: Stopped,
}

/// Which.
#[derive(Debug, Arguments)]
pub(crate) struct Revoke {
    /// Its id or client id
    #[arg(value_name = "CLIENT")]
    client: String,
    #[command(flatten)]
    at: Stopped,
}

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => {
            let rows = args.at.open(app).await?.clients().await?;
            let keys = [
                "id",
                "client_id",
                "name",
                "organization_group_id",
                "role_id",
                "+daily_quota",
                "last_used_at",
                "revoked_at",
                "+created_by",
                "+created_at",
            ];
            super::show(app, "OAuth clients", &keys, &rows)?;
        }
        Verb::Add(args) => {
            let wish =
                ClientWish { name: args.name, role: args.role, group: args.group, daily_quota: args.daily_quota };
            let (id, secret) = args.at.open(app).await?.add_client(&wish).await?;
            app.printer.document(&json!({"name": wish.name, "client_id": id, "client_secret": secret}), || {
                format!("The client {} is {id}\nIts secret is {secret}\nIt is not shown again.\n", wish.name)
            })?;
        }
        Verb::Revoke(args) => {
            let console = args.at.open(app).await?;
            prompt::confirm(app, &format!("Revoke the OAuth client {}?", args.client)).await?;
            console.revoke_client(&args.client).await?;
            let document = json!({"client": args.client, "state": "revoked"});
            app.printer.document(&document, || format!("The client {} opens nothing more\n", args.client))?;
        }
    }
    Ok(Exit::Success)
}
