//! The steps of a rotation. Each can be taken again after it was interrupted.

use std::sync::Arc;

use muster_engine::{
    Action, Draft, DraftItem, Engine, JobOptions, Secrets, Selection, Target, Task, TaskState, Tenant,
};
use muster_model::Stamp;
use muster_model::guide::{ApiKey, NewApiKey};
use muster_model::ids::ApiKeyId;
use muster_store::{Clock as _, SystemClock};

use super::Args;
use super::keep::Place;
use super::record::{Rotation, Step};
use crate::app::App;
use crate::commands::{change, secrets::set};
use crate::config;
use crate::error::{Exit, Failure, Outcome};
use crate::prompt;
use crate::secrets::{self, Ledger};
use crate::wiring::{self, Connected};

/// Keys that are made in vain before a person should look.
const ATTEMPTS: u32 = 3;
/// Readings of the list of keys that tell which one is ours.
const READINGS: u32 = 3;
const PURPOSE: &str = "secrets rotate";

/// What would be done, by the same way that does it.
pub(super) async fn preview(app: &mut App, args: &Args, open: Option<&Rotation>) -> Outcome {
    let connected = wiring::connect(app).await?;
    let mut items = Vec::new();
    let old = match open {
        Some(rotation) => rotation.old_key.map(|id| (id, rotation.context.clone())),
        None if args.key_from_stdin => None,
        None => {
            let old = old_key(app, args.key).await?;
            items.push(making(NewApiKey { service: format!("{} [new]", old.service), ..bounds(&old) }));
            Some((old.id, old.service))
        }
    };
    items.extend(old.map(|(id, service)| revoking(id, &service)));
    change::preview_only(app, &connected.tenant, draft(items), &change::View::default()).await
}

/// The key that the context uses. It is the one that is counted when the context calls; if others are used at the same
/// time, a few more calls tell.
pub(super) async fn old_key(app: &App, named: Option<i64>) -> Result<ApiKey, Failure> {
    let client = wiring::connect(app).await?.client;
    let no_operation = |error: muster_client::Error| {
        let missing = matches!(error.kind(), muster_client::Kind::NotFound | muster_client::Kind::Unsupported);
        let failure = Failure::from(error);
        if missing {
            failure.hint("make a key by hand in the tenant's console, and hand it in with --key-from-stdin")
        } else {
            failure
        }
    };
    let mut before = client.api_keys().await.map_err(no_operation)?;
    before.retain(|key| key.revoked_on.is_none());
    if let Some(id) = named {
        return before.into_iter().find(|key| key.id == ApiKeyId(id)).ok_or_else(|| {
            Failure::new(Exit::NotFound, "E_NOT_FOUND", format!("the tenant has no API key {id} that opens"))
        });
    }
    let mut maybe = before;
    for _ in 0..READINGS {
        let after = client.api_keys().await?;
        let used = |key: &ApiKey| {
            let now = after.iter().find(|other| other.id == key.id).and_then(|other| other.daily_usage);
            now > key.daily_usage
        };
        maybe.retain(used);
        for key in &mut maybe {
            key.daily_usage = after.iter().find(|other| other.id == key.id).and_then(|other| other.daily_usage);
        }
        if maybe.len() <= 1 {
            break;
        }
    }
    let seen: Vec<String> = maybe.iter().map(|key| format!("{} ({})", key.id, key.service)).collect();
    match maybe.len() {
        1 => maybe.pop().ok_or_else(|| Failure::internal("a list of one is empty")),
        0 => Err(Failure::new(
            Exit::NotFound,
            "E_NOT_FOUND",
            "the tenant does not list the API key that this context uses",
        )
        .hint("name it with --key ID")),
        _ => Err(Failure::usage("several API keys are used at this moment, and one of them is this context's")
            .candidates(seen)
            .hint("name it with --key ID")),
    }
}

/// What a key may do, for one that is to do the same.
pub(super) fn bounds(key: &ApiKey) -> NewApiKey {
    // A name that an earlier rotation made does not grow.
    let service = key.service.split(" [").next().unwrap_or(&key.service).to_owned();
    NewApiKey {
        service,
        account_type: key.account_type.clone(),
        location_group_id: key.location_group_id,
        account_id: key.account_id,
        permissions: key.permissions.clone(),
        allowed_networks: key.allowed_networks.clone(),
        daily_quota: key.daily_quota,
        expires_on: None,
    }
}

/// A key from a person: kept before it is used, like any other.
pub(super) async fn take(app: &App, rotation: &mut Rotation) -> Result<(), Failure> {
    let secret = set::given(app).await?;
    place(app, rotation).put(&secret).await?;
    rotation.step = Step::Made;
    Ok(())
}

/// Makes a key on the tenant, which is kept before anybody is told that there is one.
pub(super) async fn make(app: &App, engine: &Engine, rotation: &mut Rotation) -> Result<(), Failure> {
    let state = app.places()?.state;
    let keeper = Arc::new(place(app, rotation));
    let tenant = wiring::connect(app).await?.into_tenant(Secrets::kept_by(keeper));
    loop {
        let job = match rotation.job {
            Some(job) => job,
            None => {
                let key = NewApiKey {
                    service: rotation.service(),
                    expires_on: rotation.expires_at.map(Stamp),
                    ..rotation.bounds.clone().unwrap_or_default()
                };
                let plan = engine.propose(draft(vec![making(key)]), app.requester(), &tenant.name).await?;
                let question =
                    format!("Make another API key on {}, and keep it at {}?", tenant.name, rotation.new_reference);
                prompt::confirm(app, &question).await?;
                // Written down with the job, before the job runs.
                let job = engine.start(&plan, JobOptions::default()).await?;
                rotation.job = Some(job);
                rotation.write(&state)?;
                job
            }
        };
        die_here(app, rotation);
        let finished = change::run_job(app, engine, &tenant, &job).await?;
        let Some(task) = finished.tasks.first() else { return Err(Failure::internal("a job without a task")) };
        match task.state {
            TaskState::Done => {
                rotation.new_key = task.command_id.as_deref().and_then(|id| id.parse().ok());
                rotation.step = Step::Made;
                return Ok(());
            }
            TaskState::Failed => {
                let lost = made_in_vain(&tenant, rotation).await?;
                rotation.lost.extend(lost);
                rotation.attempt += 1;
                rotation.job = None;
                rotation.write(&state)?;
                // If nothing was made, the same would fail again.
                if lost.is_none() || rotation.attempt > ATTEMPTS || finished.interrupted {
                    return Err(not_made(task));
                }
                app.notes.line(format!("{}; making another one", task.reason));
            }
            _ => return Err(not_made(task)),
        }
    }
}

/// The key of this attempt, if the tenant made one: its text is lost.
async fn made_in_vain(tenant: &Tenant, rotation: &Rotation) -> Result<Option<ApiKeyId>, Failure> {
    let service = rotation.service();
    Ok(tenant.client.api_keys().await?.into_iter().find(|key| key.service == service).map(|key| key.id))
}

fn not_made(task: &Task) -> Failure {
    let exit = task.class.as_deref().map_or(Exit::Partial, crate::error::of_class);
    Failure::new(exit, "E_NOT_ROTATED", "no new API key was made; the context goes on with the old one")
        .because(task.reason.clone())
        .hint("muster secrets rotate goes on")
}

/// Lets the tenant see the new key, before anything depends on it.
pub(super) async fn try_out(app: &mut App, rotation: &mut Rotation) -> Result<(), Failure> {
    let tried = with_new(app, rotation).await;
    remember(app, rotation, tried.is_ok());
    let connected = tried.map_err(|failure| {
        failure.because("the new key was tried and did not open; the context goes on with the old one")
    })?;
    if let Some(id) = rotation.new_key {
        let keys = connected.client.api_keys().await?;
        if !keys.iter().any(|key| key.id == id && key.revoked_on.is_none()) {
            return Err(Failure::internal(format!("the tenant does not list the API key {id} that it made")));
        }
    }
    rotation.step = Step::Tried;
    Ok(())
}

/// The tenant as the context will reach it.
async fn with_new(app: &mut App, rotation: &Rotation) -> Result<Connected, Failure> {
    if let Some(entry) = app.file.contexts.get_mut(&rotation.context) {
        entry.tenant_code = Some(rotation.new_reference.clone());
    }
    let connected = wiring::connect(app).await?;
    connected.client.system_info().await?;
    Ok(connected)
}

fn remember(app: &App, rotation: &Rotation, ok: bool) {
    let Ok(places) = app.places() else { return };
    let (mut ledger, now) = (Ledger::read(&places.state), SystemClock.now());
    ledger.changed(&rotation.new_reference, now, rotation.expires_at);
    ledger.checked(&rotation.new_reference, now, None, ok);
    if let Err(failure) = ledger.write() {
        app.notes.line(format!("Not remembered: {}", failure.message));
    }
}

/// From here on every command uses the new key.
pub(super) fn switch(app: &mut App, rotation: &mut Rotation) -> Result<(), Failure> {
    config::edit(&app.places()?.config_file, |document| {
        config::put_tenant_code(document, &rotation.context, &rotation.new_reference);
    })?;
    if let Some(entry) = app.file.contexts.get_mut(&rotation.context) {
        entry.tenant_code = Some(rotation.new_reference.clone());
    }
    rotation.retire_at = Some(SystemClock.now().checked_add(rotation.overlap).unwrap_or(jiff::Timestamp::MAX));
    rotation.step = Step::Switched;
    Ok(())
}

/// Revokes the old key and those that were made in vain, by the new one.
pub(super) async fn retire(
    app: &mut App,
    engine: &Engine,
    rotation: &mut Rotation,
    confirm: Option<&str>,
) -> Result<(), Failure> {
    // If the new key does not open (any more), the old one is all that is left.
    let connected = with_new(app, rotation).await.map_err(|failure| failure.because("the old key was not revoked"))?;
    let Some(old) = rotation.old_key else {
        rotation.step = Step::Retired;
        return Ok(());
    };
    let keys = connected.client.api_keys().await?;
    let open: Vec<&ApiKey> = std::iter::once(&old)
        .chain(&rotation.lost)
        .filter_map(|id| keys.iter().find(|key| key.id == *id && key.revoked_on.is_none()))
        .filter(|key| Some(key.id) != rotation.new_key)
        .collect();
    if open.is_empty() {
        rotation.step = Step::Retired;
        return Ok(());
    }
    let items = open.iter().map(|key| revoking(key.id, &key.service)).collect();
    let plan = engine.propose(draft(items), app.requester(), &connected.tenant).await?;
    let names: Vec<String> = open.iter().map(|key| format!("{} ({})", key.id, key.service)).collect();
    let question = format!("Revoke on {}, for ever: API key {}", connected.tenant, names.join(", "));
    let asked = prompt::confirm_severe(app, (&question, "this cannot be undone"), &old.to_string(), confirm).await;
    asked.map_err(|failure| failure.because("until then the old key opens too"))?;
    // Whoever typed the id has seen exactly this plan.
    let plan = engine.confirm(&plan.id.to_string(), &app.person(), PURPOSE).await?;
    let job = engine.start(&plan, JobOptions::default()).await?;
    let tenant = connected.into_tenant(Secrets::default());
    let finished = change::run_job(app, engine, &tenant, &job).await?;
    if let Some(task) = finished.tasks.iter().find(|task| task.state != TaskState::Done) {
        return Err(Failure::new(Exit::Partial, "E_NOT_RETIRED", "the old API key may still open")
            .because(task.reason.clone())
            .hint("muster secrets rotate tries again"));
    }
    rotation.step = Step::Retired;
    Ok(())
}

/// Takes the old value away, if it is an earlier rotation's and nothing else refers to it.
pub(super) async fn tidy(app: &App, rotation: &Rotation) {
    let used = app.file.contexts.values().flat_map(config::ContextEntry::references);
    let used = used.into_iter().any(|(_, reference)| reference == rotation.old_reference);
    if used || rotation.by_hand || !secrets::is_beside(&rotation.old_reference) {
        return;
    }
    if let Err(failure) = secrets::forget(&rotation.old_reference, &app.surroundings()).await {
        app.notes.line(format!("{} still holds the old key: {}", rotation.old_reference, failure.message));
    }
}

fn place(app: &App, rotation: &Rotation) -> Place {
    let surroundings = app.surroundings();
    Place {
        reference: rotation.new_reference.clone(),
        expires_at: rotation.expires_at,
        environment: app.environment.clone(),
        settings: app.file.secrets.clone(),
        ask: surroundings.ask,
    }
}

fn draft(items: Vec<DraftItem>) -> Draft {
    Draft { purpose: PURPOSE.to_owned(), selection: Selection::Listed, items }
}

fn making(key: NewApiKey) -> DraftItem {
    let target = Target::ApiKey { id: None, service: key.service.clone() };
    DraftItem::new(target, Action::MakeApiKey { key }, "takes the place of the key in use")
}

fn revoking(id: ApiKeyId, service: &str) -> DraftItem {
    // Services may have several keys: the id tells which.
    let target = Target::ApiKey { id: Some(id), service: format!("{service} ({id})") };
    DraftItem::new(target, Action::RevokeApiKey, "another key took its place")
}

/// For the test that ends a rotation at every step: as if the power went.
pub(super) fn die_here(app: &App, rotation: &Rotation) {
    if cfg!(debug_assertions) {
        let here = format!("{}{}", rotation.step.as_str(), if rotation.job.is_some() { "+" } else { "" });
        if app.environment.get("MUSTER_TEST_DIE_AT") == Some(here) {
            std::process::abort();
        }
    }
}
