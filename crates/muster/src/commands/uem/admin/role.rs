//! `muster uem admin role`.

use clap::{Args as Arguments, Subcommand};

use super::Stopped;
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::prompt;

/// Verbs of `uem admin role`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List roles with their rights
    List(List),
    /// Make a role
    Add(Add),
    /// Remove a role that nobody has
    Remove(Remove),
}

/// No arguments but the UEM.
#[derive(Debug, Arguments)]
pub(crate) struct List {
    #[command(flatten)]
    at: Stopped,
}

const EXAMPLES: &str = "\
Example:
  muster uem admin role add Locksmith --right devices:read --right commands:send:DeviceLock --data uem";

/// What it is called, and what it allows.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Add {
    /// Name of the role
    #[arg(value_name = "NAME")]
    name: String,
    /// What it allows, such as devices:read, tags:* or commands:send:DeviceLock; can be given several times
    #[arg(long, value_name = "RIGHT", required = true)]
    right: Vec<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    /// Organization group that owns it, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    at: Stopped,
}

/// Which.
#[derive(Debug, Arguments)]
pub(crate) struct Remove {
    /// Name or id of the role
    #[arg(value_name = "ROLE")]
    role: String,
    #[command(flatten)]
    at: Stopped,
}

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => {
            let rows = args.at.open(app).await?.roles().await?;
            let keys = ["id", "name", "built_in", "+organization_group_id", "description", "+rights"];
            super::show(app, "Roles", &keys, &rows)?;
        }
        Verb::Add(args) => {
            let console = args.at.open(app).await?;
            let made = console.add_role(&args.name, &args.description, &args.right, args.group.as_deref()).await?;
            app.printer.document(&made, || format!("Made the role {}\n", args.name))?;
        }
        Verb::Remove(args) => {
            let console = args.at.open(app).await?;
            prompt::confirm(app, &format!("Remove the role {}?", args.role)).await?;
            console.remove_role(&args.role).await?;
            let document = serde_json::json!({"role": args.role, "state": "removed"});
            app.printer.document(&document, || format!("Removed the role {}\n", args.role))?;
        }
    }
    Ok(Exit::Success)
}
