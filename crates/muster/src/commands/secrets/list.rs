//! `muster secrets list`: which references are in use, how old their secrets are and how the last check went. Looks
//! at this machine only, and never at a secret.

use clap::Args as Arguments;
use muster_store::{Clock as _, SystemClock};

use super::inventory;
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::secrets::{Age, Facts, Ledger, Reference, changed_here};

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let ledger = Ledger::read(&app.places()?.state);
    let now = SystemClock.now();
    let mut sheet =
        Sheet::new(&["reference", "place", "used_by", "changed_at", "expires_at", "age", "checked_at", "check"]);
    for used in inventory::used(app)? {
        let known = ledger.get(&used.reference);
        let facts =
            Facts { changed_at: changed_here(&used.reference).or(known.changed_at), expires_at: known.expires_at };
        let kind = Reference::parse(&used.reference).map_or("", |reference| reference.kind());
        let check = known.ok.map(|ok| if ok { "ok" } else { "failed" });
        sheet.push(vec![
            used.reference.as_str().into(),
            kind.into(),
            used.by.join(", ").into(),
            moment(facts.changed_at),
            moment(facts.expires_at),
            Age::of(&facts, &app.file.secrets, now).as_str().into(),
            moment(known.checked_at),
            check.into(),
        ]);
    }
    app.list(&sheet, Heading::new("Secrets"))?;
    Ok(Exit::Success)
}

/// To the second.
pub(super) fn moment(at: Option<jiff::Timestamp>) -> serde_json::Value {
    at.map(|at| format!("{at:.0}")).into()
}
