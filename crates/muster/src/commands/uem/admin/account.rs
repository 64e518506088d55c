//! `muster uem admin account`.

use clap::{Args as Arguments, Subcommand};
use muster_uem::AccountWish;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::Stopped;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::{prompt, secrets};

/// Verbs of `uem admin account`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List accounts with their roles
    List(List),
    /// Make an account, and show its password once
    Add(Add),
    /// Set a password, or make one and show it once
    Password(Password),
    /// Let an account sign in again
    Enable(One),
    /// Let an account no longer sign in
    Disable(One),
    /// End the lock that wrong passwords brought
    Unlock(One),
    /// Give an account a role
    Grant(Grant),
    /// Take a role from an account
    Withdraw(Grant),
    /// Remove an account, its keys and its certificates
    Remove(One),
}

/// No arguments but the UEM.
#[derive(Debug, Arguments)]
pub(crate) struct List {
    #[command(flatten)]
    at: Stopped,
}

/// Which account.
#[derive(Debug, Arguments)]
pub(crate) struct One {
    /// Name or id of the account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    #[command(flatten)]
    at: Stopped,
}

/// Who, with which role, where.
#[derive(Debug, Arguments)]
pub(crate) struct Add {
    /// Name to sign in with
    #[arg(value_name = "NAME")]
    name: String,
    /// Role, by name or id
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Organization group, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// A person's account, not a service's
    #[arg(long)]
    administrator: bool,
    /// Where the password is: env:NAME or file:PATH; without it one is made
    #[arg(long, value_name = "REF")]
    password: Option<String>,
    #[command(flatten)]
    at: Stopped,
}

/// Whose, and which.
#[derive(Debug, Arguments)]
pub(crate) struct Password {
    /// Name or id of the account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Where the password is: env:NAME or file:PATH; without it one is made
    #[arg(long, value_name = "REF")]
    password: Option<String>,
    #[command(flatten)]
    at: Stopped,
}

/// Which role, whose, where.
#[derive(Debug, Arguments)]
pub(crate) struct Grant {
    /// Name or id of the account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Role, by name or id
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Organization group in which the role holds [default: the account's own]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    at: Stopped,
}

const KEYS: [&str; 8] =
    ["id", "username", "kind", "organization_group_id", "active", "+locked_until", "roles", "+created_at"];

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => {
            let rows = args.at.open(app).await?.accounts().await?;
            super::show(app, "Accounts", &KEYS, &rows)?;
        }
        Verb::Add(args) => add(app, args).await?,
        Verb::Password(args) => {
            let given = secret(app, args.password.as_deref()).await?;
            let console = args.at.open(app).await?;
            let made = console.set_password(&args.account, given.as_deref()).await?;
            app.printer.document(&json!({"account": args.account, "password": made}), || match &made {
                Some(made) => format!("The password of {} is {made}\nIt is not shown again.\n", args.account),
                None => format!("The password of {} is changed\n", args.account),
            })?;
        }
        Verb::Enable(args) => {
            args.at.open(app).await?.set_active(&args.account, true).await?;
            done(app, &args.account, "enabled")?;
        }
        Verb::Disable(args) => {
            args.at.open(app).await?.set_active(&args.account, false).await?;
            done(app, &args.account, "disabled")?;
        }
        Verb::Unlock(args) => {
            args.at.open(app).await?.unlock(&args.account).await?;
            done(app, &args.account, "unlocked")?;
        }
        Verb::Grant(args) => {
            args.at.open(app).await?.set_role(&args.account, &args.role, args.group.as_deref(), true).await?;
            done(app, &args.account, "changed")?;
        }
        Verb::Withdraw(args) => {
            args.at.open(app).await?.set_role(&args.account, &args.role, args.group.as_deref(), false).await?;
            done(app, &args.account, "changed")?;
        }
        Verb::Remove(args) => {
            let console = args.at.open(app).await?;
            prompt::confirm(app, &format!("Remove the account {}?", args.account)).await?;
            console.remove_account(&args.account).await?;
            done(app, &args.account, "removed")?;
        }
    }
    Ok(Exit::Success)
}

async fn add(app: &mut App, args: Add) -> Result<(), Failure> {
    let password = secret(app, args.password.as_deref()).await?;
    let wish = AccountWish {
        username: args.name,
        password,
        administrator: args.administrator,
        role: args.role,
        group: args.group,
    };
    let made = args.at.open(app).await?.add_account(&wish).await?;
    app.printer.document(&made, || {
        let shown =
            made["password"].as_str().map(|password| format!("Its password is {password}\nIt is not shown again.\n"));
        format!("Made the account {}\n{}", wish.username, shown.unwrap_or_default())
    })
}

fn done(app: &mut App, account: &str, state: &str) -> Result<(), Failure> {
    app.printer.document(&json!({"account": account, "state": state}), || format!("{account} is {state}\n"))
}

/// A password never stands on a command line: others can read those.
async fn secret(app: &App, reference: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(reference) = reference else { return Ok(None) };
    secrets::check(reference)?;
    Ok(Some(app.secret(reference).await?.expose_secret().to_owned()))
}

/// The password of a file that is about to be written.
pub(super) async fn file_password(app: &App, reference: Option<&str>) -> Result<Option<String>, Failure> {
    secret(app, reference).await
}
