//! `muster approvers add`.

use clap::Args as Arguments;
use muster_engine::{PublicKey, Role};
use serde_json::json;

use crate::app::App;
use crate::commands::keys::KeyFlag;
use crate::error::{Exit, Outcome};
use crate::{prompt, wiring};

/// Who, and for what.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The public half of the key, as `muster keys new` shows it
    #[arg(value_name = "PUBLIC_KEY")]
    pub(crate) public_key: PublicKey,
    /// plans, templates, break-glass or approvers; may be given several times [default: plans; the first: all]
    #[arg(long, value_name = "ROLE", value_parser = role)]
    pub(crate) role: Vec<Role>,
    /// Another name of the same person: an account of a machine or of the tenant; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Vec<String>,
    #[command(flatten)]
    pub(crate) key: KeyFlag,
}

fn role(word: &str) -> Result<Role, String> {
    let words = Role::ALL.map(Role::as_str).join(", ");
    Role::known(word).ok_or_else(|| format!("the roles are {words}"))
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let is_first = engine.approvers().await?.is_empty();
    let roles = match (args.role.as_slice(), is_first) {
        ([], true) => Role::ALL.to_vec(),
        ([], false) => vec![Role::Plans],
        (roles, _) => roles.to_vec(),
    };
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let key = args.key.read(app).await?;
    let who = args.public_key.name().to_owned();
    prompt::confirm(app, &format!("Vouch as {} for {who}, for {}?", key.name(), names.join(", "))).await?;
    let added = engine.add_approver(args.public_key, &roles, &args.account, &key, &app.person()).await?;
    let document = json!({
        "schema": 1, "name": added.name(), "public_key": added.key.to_string(), "roles": added.roles,
        "accounts": added.accounts, "vouched_by": added.vouched_by,
    });
    app.printer.document(&document, || format!("{who} may approve: {}\n", names.join(", ")))?;
    if is_first {
        app.notes.line(format!("Everybody who comes after is vouched for. Note this key elsewhere:  {}", added.key));
    }
    Ok(Exit::Success)
}
