//! `muster approvers remove`: nothing that they signed counts any more.

use clap::Args as Arguments;
use serde_json::json;

use crate::app::App;
use crate::commands::keys::KeyFlag;
use crate::error::{Exit, Outcome};
use crate::{prompt, wiring};

/// Whom.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Name of the approver
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) key: KeyFlag,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let key = args.key.read(app).await?;
    prompt::confirm(app, &format!("End the entry of {}, and whatever was signed with it?", args.name)).await?;
    wiring::engine(app).await?.remove_approver(&args.name, &key, &app.person()).await?;
    let document = json!({ "schema": 1, "name": args.name, "removed_by": key.name() });
    app.printer.document(&document, || format!("{} is no approver any more\n", args.name))?;
    Ok(Exit::Success)
}
