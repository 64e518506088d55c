//! `muster uem admin key`.

use std::time::Duration;

use clap::{Args as Arguments, Subcommand};
use jiff::{SignedDuration, Timestamp};
use muster_uem::KeyWish;
use serde_json::json;

use super::Stopped;
use crate::app::App;
use crate::cli::duration;
use crate::error::{Exit, Failure, Outcome};
use crate::prompt;

/// Verbs of `uem admin key`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List API keys with their use
    List(List),
    /// Make an API key, and show it once
    Add(Add),
    /// Give a key another text; the old one opens for a while beside it
    Rotate(Rotate),
    /// Let a key open nothing more
    Revoke(Revoke),
}

/// No arguments but the UEM.
#[derive(Debug, Arguments)]
pub(crate) struct List {
    #[command(flatten)]
    at: Stopped,
}

const EXAMPLES: &str = "\
Example:
  muster uem admin key add reports --permission '*:read' --network 10.0.0.0/8 --expires-in 2160h --data uem";

/// For whom, and within which bounds.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Add {
    /// The service that calls with it
    #[arg(value_name = "SERVICE")]
    service: String,
    /// Organization group, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Account that the key signs in by itself
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// For enrollment users, not for administrators
    #[arg(long)]
    enrollment_user: bool,
    /// Only this, such as devices:read; can be given several times
    #[arg(long, value_name = "RIGHT")]
    permission: Vec<String>,
    /// Only from here, such as 10.0.0.0/8; can be given several times
    #[arg(long, value_name = "NETWORK")]
    network: Vec<String>,
    /// Only so many requests a day
    #[arg(long, value_name = "N")]
    daily_quota: Option<u64>,
    /// Only for so long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires_in: Option<Duration>,
    #[command(flatten)]
    at: Stopped,
}

/// Which, and for how long both open.
#[derive(Debug, Arguments)]
pub(crate) struct Rotate {
    /// Id of the key
    #[arg(value_name = "ID")]
    id: i64,
    /// How long the old text opens
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h")]
    overlap: Duration,
    #[command(flatten)]
    at: Stopped,
}

/// Which.
#[derive(Debug, Arguments)]
pub(crate) struct Revoke {
    /// Id of the key
    #[arg(value_name = "ID")]
    id: i64,
    #[command(flatten)]
    at: Stopped,
}

const KEYS: [&str; 15] = [
    "id",
    "service",
    "account_type",
    "organization_group_id",
    "+account_id",
    "permissions",
    "networks",
    "daily_quota",
    "used_today",
    "last_used_at",
    "expires_at",
    "revoked_at",
    "+rotated_until",
    "+created_by",
    "+created_at",
];

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => {
            let rows = args.at.open(app).await?.keys().await?;
            super::show(app, "API keys", &KEYS, &rows)?;
        }
        Verb::Add(args) => add(app, args).await?,
        Verb::Rotate(args) => {
            let overlap = signed(args.overlap)?;
            let text = args.at.open(app).await?.rotate_key(args.id, overlap).await?;
            app.printer.document(&json!({"id": args.id, "api_key": text}), || {
                format!("The API key {} is now {text}\nIt is not shown again.\n", args.id)
            })?;
        }
        Verb::Revoke(args) => {
            let console = args.at.open(app).await?;
            prompt::confirm(app, &format!("Revoke the API key {}?", args.id)).await?;
            console.revoke_key(args.id).await?;
            let document = json!({"id": args.id, "state": "revoked"});
            app.printer.document(&document, || format!("The API key {} opens nothing more\n", args.id))?;
        }
    }
    Ok(Exit::Success)
}

async fn add(app: &mut App, args: Add) -> Result<(), Failure> {
    let expires_at = match args.expires_in {
        Some(after) => Some(now().saturating_add(signed(after)?).unwrap_or(Timestamp::MAX)),
        None => None,
    };
    let wish = KeyWish {
        service: args.service,
        group: args.group,
        for_enrollment_users: args.enrollment_user,
        account: args.account,
        rights: args.permission,
        networks: args.network,
        daily_quota: args.daily_quota,
        expires_at,
    };
    let (id, text) = args.at.open(app).await?.add_key(&wish).await?;
    app.printer.document(&json!({"id": id, "service": wish.service, "api_key": text}), || {
        format!("The API key {id} of {} is {text}\nIt is not shown again.\n", wish.service)
    })
}

fn now() -> Timestamp {
    muster_store::Clock::now(&muster_store::SystemClock)
}

fn signed(length: Duration) -> Result<SignedDuration, Failure> {
    SignedDuration::try_from(length).map_err(|_| Failure::usage("that is too long"))
}
