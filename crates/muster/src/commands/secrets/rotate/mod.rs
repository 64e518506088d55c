//! `muster secrets rotate`: another API key for a context, without a moment in which none works.
//!
//! Each step is written down before it is taken, so a rotation that was interrupted anywhere goes on where it was:
//! make a key and keep it, try it, say so in the context, and after a while, in which both open, revoke the old one.
//! Making and revoking take the one way that every change takes: a plan, the guard, the journal.

mod keep;
mod record;
mod steps;

use std::time::Duration;

use clap::Args as Arguments;
use jiff::SignedDuration;
use muster_store::{Clock as _, SystemClock};

use record::{Rotation, Step};

use super::set;
use crate::app::App;
use crate::config;
use crate::error::{Exit, Failure, Outcome};
use crate::secrets::{self, Reference};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster secrets rotate                               makes a key, switches to it; again after a day: revokes the old one
  muster secrets rotate --to keyring:muster/prod      moves it to the keyring at the same time
  muster secrets rotate --key-from-stdin <new-key     with a key that was made by hand in the tenant's console";

/// How, and how fast.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where the new key is kept [default: beside the old one]
    #[arg(long, value_name = "REF")]
    pub(crate) to: Option<String>,
    /// How long the old key opens too
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration, default_value = "24h")]
    pub(crate) overlap: Duration,
    /// How long the new key is good [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) expires_in: Option<Duration>,
    /// Id of the key that the context uses now [default: found by using it]
    #[arg(long, value_name = "ID")]
    pub(crate) key: Option<i64>,
    /// Take a key that was made by hand instead of making one
    #[arg(long, conflicts_with_all = ["key", "expires_in"])]
    pub(crate) key_from_stdin: bool,
    /// Revoke the old key now, whatever is left of the overlap
    #[arg(long)]
    pub(crate) retire_now: bool,
    /// The old key's id, typed as proof of attention: what is revoked stays so
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let name = match (app.globals.context.clone(), app.environment.get("MUSTER_CONTEXT")) {
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => app.connection_name()?,
    };
    config::entry(&app.file, &name)?;
    // From here on the context stands as it is in the file: the environment must not replace its parts.
    app.globals.context = Some(name.clone());
    let state = app.places()?.state;
    let open = Rotation::read(&state, &name)?;
    if app.globals.dry_run {
        return steps::preview(app, &args, open.as_ref()).await;
    }
    let mut rotation = match open {
        Some(rotation) => {
            app.notes.line(format!("Going on with the rotation of {} (begun {:.0})", name, rotation.begun_at));
            rotation
        }
        None => begin(app, &args, &name).await?,
    };
    let (engine, _alone) = wiring::engine_alone(app).await?;
    loop {
        steps::die_here(app, &rotation);
        match rotation.step {
            Step::Making if rotation.by_hand => steps::take(app, &mut rotation).await?,
            Step::Making => steps::make(app, &engine, &mut rotation).await?,
            Step::Made => steps::try_out(app, &mut rotation).await?,
            Step::Tried => steps::switch(app, &mut rotation)?,
            Step::Switched => {
                let now = SystemClock.now();
                let retire_at = rotation.retire_at.unwrap_or(now);
                if now < retire_at && !args.retire_now {
                    return waits(app, &rotation);
                }
                steps::retire(app, &engine, &mut rotation, args.confirm.as_deref()).await?;
            }
            Step::Retired => break,
        }
        rotation.write(&state)?;
    }
    steps::tidy(app, &rotation).await;
    Rotation::remove(&state, &name)?;
    said(app, &rotation, "done")?;
    Ok(Exit::Success)
}

/// From when on a rotation of the context waits to revoke the key before.
pub(crate) fn due(app: &App, context: &str) -> Option<jiff::Timestamp> {
    let state = app.places().ok()?.state;
    Rotation::read(&state, context).ok()??.retire_at
}

/// A new rotation, with everything that can be found out before anything is changed.
async fn begin(app: &mut App, args: &Args, name: &str) -> Result<Rotation, Failure> {
    let entry = config::entry(&app.file, name)?;
    let old = entry.tenant_code.clone().ok_or_else(|| {
        Failure::config(format!("the context `{name}` has no API key to rotate"))
            .because("passwords and OAuth secrets are changed where they were made, and then put with `secrets set`")
    })?;
    let now = SystemClock.now();
    let new = match &args.to {
        Some(reference) if Reference::parse(reference)?.keeps() => reference.clone(),
        Some(reference) => return Err(secrets::cannot_keep(reference)),
        None => secrets::beside(&old, now).ok_or_else(|| {
            Failure::usage(format!("the new key cannot be kept beside {old}"))
                .because("that place is only read from")
                .hint("say where with --to REF, such as keyring:muster/NAME or sealed:PATH#NAME")
        })?,
    };
    if new == old || secrets::resolve(&new, &app.surroundings()).await.is_ok() {
        return Err(Failure::usage(format!("{new} holds a secret already"))
            .because("the old key has to stay until the new one is known to open")
            .hint("name another place"));
    }
    let overlap = SignedDuration::try_from(args.overlap).map_err(|_| Failure::usage("that overlap is too long"))?;
    let expires_at = args.expires_in.map(set::later).transpose()?;
    let mut rotation = Rotation::new(name, &old, &new, overlap, expires_at, now);
    rotation.by_hand = args.key_from_stdin;
    if !rotation.by_hand {
        let old = steps::old_key(app, args.key).await?;
        rotation.bounds = Some(steps::bounds(&old));
        rotation.old_key = Some(old.id);
    }
    Ok(rotation)
}

/// Both keys open, and there is nothing to do yet.
fn waits(app: &mut App, rotation: &Rotation) -> Outcome {
    said(app, rotation, "overlap")?;
    Ok(Exit::Success)
}

/// How it stands, without anything secret.
fn said(app: &mut App, rotation: &Rotation, state: &str) -> Result<(), Failure> {
    let document = serde_json::json!({
        "schema": 1,
        "context": rotation.context,
        "state": state,
        "reference": rotation.new_reference,
        "key": rotation.new_key,
        "old_reference": rotation.old_reference,
        "old_key": rotation.old_key,
        "retire_at": rotation.retire_at,
        "expires_at": rotation.expires_at,
    });
    app.printer.document(&document, || {
        let key = rotation.new_key.map(|id| format!("API key {id}")).unwrap_or_else(|| String::from("new API key"));
        let now = format!("{} uses the {key} at {}\n", rotation.context, rotation.new_reference);
        match (state, rotation.retire_at) {
            ("overlap", Some(moment)) => {
                format!("{now}The old one opens too. After {moment:.0}, muster secrets rotate revokes it\n")
            }
            _ if rotation.by_hand => format!("{now}Revoke the old one in the tenant's console\n"),
            _ => format!("{now}The old one opens nothing any more\n"),
        }
    })
}
