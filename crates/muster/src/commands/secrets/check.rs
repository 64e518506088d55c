//! `muster secrets check`: does every reference lead to a secret, and does the tenant take it?

use std::collections::BTreeMap;

use clap::Args as Arguments;
use jiff::Timestamp;
use muster_store::{Clock as _, SystemClock};

use super::inventory;
use super::list::moment;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Heading, Sheet};
use crate::secrets::{self, Age, Facts, Ledger};
use crate::wiring;

/// No arguments: all contexts, or the one that `--context` names.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let state = app.places()?.state;
    let (mut ledger, now) = (Ledger::read(&state), SystemClock.now());
    let mut sheet = Sheet::new(&["reference", "used_by", "status", "age", "changed_at", "expires_at", "detail"]);
    let (mut worst, mut tried) = (None::<Exit>, BTreeMap::new());
    let named = app.globals.context.clone();
    for used in inventory::used(app)? {
        let looked = secrets::look(&used.reference, &app.surroundings()).await;
        let mut refused = None;
        if looked.is_ok() {
            for context in &used.contexts {
                if !tried.contains_key(context) {
                    let outcome = enter(app, context).await;
                    tried.insert(context.clone(), outcome.err().map(|failure| (failure.exit, sentence(&failure))));
                }
                refused = refused.or_else(|| tried[context].clone());
            }
        }
        app.globals.context.clone_from(&named);
        let facts = looked.as_ref().ok().map(|found| found.facts.clone());
        let known = ledger.get(&used.reference);
        ledger.checked(&used.reference, now, facts.as_ref(), looked.is_ok() && refused.is_none());
        let facts = merged(facts, known.changed_at, known.expires_at);
        let age = Age::of(&facts, &app.file.secrets, now);
        let (status, detail, exit) = match (&looked, refused) {
            (Err(failure), _) => ("failed", sentence(failure), Some(failure.exit)),
            // Several secrets make one sign-in: which of them is wrong, the tenant does not say.
            (Ok(_), Some((exit, why))) => ("refused", why, Some(exit)),
            (Ok(_), None) if matches!(age, Age::Over(_)) => {
                ("over", String::from("it is beyond the time for which it was good"), Some(Exit::Authentication))
            }
            (Ok(_), None) if used.contexts.is_empty() => ("ok", String::from("it is there"), None),
            (Ok(_), None) => ("ok", String::from("the tenant takes it"), None),
        };
        worst = worst.or(exit);
        sheet.push(vec![
            used.reference.as_str().into(),
            used.by.join(", ").into(),
            status.into(),
            age.as_str().into(),
            moment(facts.changed_at),
            moment(facts.expires_at),
            detail.into(),
        ]);
    }
    ledger.write()?;
    app.list(&sheet, Heading::new("Secrets"))?;
    Ok(worst.unwrap_or(Exit::Success))
}

/// Signs in as a context does, as it stands in the file.
async fn enter(app: &mut App, context: &str) -> Result<(), Failure> {
    app.globals.context = Some(context.to_owned());
    let connected = wiring::connect(app).await?;
    connected.client.system_info().await?;
    Ok(())
}

/// What a place says of its secret, and what was remembered where it says nothing.
fn merged(said: Option<Facts>, changed_at: Option<Timestamp>, expires_at: Option<Timestamp>) -> Facts {
    let said = said.unwrap_or_default();
    Facts { changed_at: said.changed_at.or(changed_at), expires_at: said.expires_at.or(expires_at) }
}

fn sentence(failure: &Failure) -> String {
    match failure.why.first() {
        Some(why) => format!("{}: {why}", failure.message),
        None => failure.message.clone(),
    }
}
