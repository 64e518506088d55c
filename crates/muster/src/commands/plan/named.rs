//! Which plan is meant: one of this state by its id, or one in a file, which is taken in first.

use std::path::Path;

use muster_engine::{Engine, Plan};

use crate::app::App;
use crate::error::{Exit, Failure};
use crate::input;
use crate::wiring;

/// Whether an argument names a file and not an id: ids have neither dots nor slashes.
pub(super) fn is_file(argument: &str) -> bool {
    argument.contains(['.', '/', '\\'])
}

/// The plan that an argument names.
pub(super) async fn plan(app: &App, engine: &Engine, argument: &str) -> Result<Plan, Failure> {
    if is_file(argument) {
        return import(app, engine, Path::new(argument)).await.map(|(plan, _)| plan);
    }
    Ok(engine.plan(argument).await?)
}

/// A plan of this state, or one in a file, which is only looked at.
pub(crate) async fn either(app: &App, argument: &str) -> Result<Plan, Failure> {
    if is_file(argument) {
        return read(Path::new(argument));
    }
    Ok(wiring::engine(app).await?.plan(argument).await?)
}

/// The plan in a file, if it is as it was written.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let text = input::read(path)?;
    Plan::from_document(&text).map_err(|why| {
        Failure::new(Exit::Usage, "E_PLAN_FILE", format!("{} cannot be taken as a plan", path.display()))
            .because(why)
            .hint("write it again: muster plan export PLAN FILE")
    })
}

/// Takes a plan in from a file. The second value says whether the guard here decided otherwise than the file.
pub(super) async fn import(app: &App, engine: &Engine, path: &Path) -> Result<(Plan, bool), Failure> {
    let given = read(path)?;
    let hash = given.hash.clone();
    let plan = engine.import(given, app.requester()).await?;
    let otherwise = plan.hash != hash;
    if otherwise {
        app.notes.line("The policy here decides otherwise than where the plan was made: it has another hash now.");
    }
    Ok((plan, otherwise))
}
