//! Apps: what there is, uploads, assignments, what became of them on devices, in both dialects.

mod android;
mod app_groups;
mod assignments;
mod blobs;
mod blocks;
mod create;
mod dependencies;
mod devices;
mod guide;
mod installs;
mod internal;
mod macos;
mod public;
mod purchased;
mod removals;
mod repository;
mod rules;
mod search;
mod settings;
mod shown;
mod states;
mod store_search;
mod stores;

use muster_model::catalog::facts::Place;
use muster_model::words::Platform;
use muster_store::Transaction;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::context::Context;
use super::given::Given;
use super::refusal::Refusal;
use super::table::Table;
use crate::store::apps;
use crate::store::apps::App;
use crate::store::objects::Key;
use crate::store::operations::{self, Subject};

pub(super) fn routes(table: &mut Table) {
    search::routes(table);
    internal::routes(table);
    assignments::routes(table);
    rules::routes(table);
    devices::routes(table);
    installs::routes(table);
    blobs::routes(table);
    create::routes(table);
    dependencies::routes(table);
    public::routes(table);
    blocks::routes(table);
    removals::routes(table);
    purchased::routes(table);
    app_groups::routes(table);
    macos::routes(table);
    android::routes(table);
    repository::routes(table);
    store_search::routes(table);
    states::routes(table);
    settings::routes(table);
    guide::routes(table);
}

/// How an app that is missing, or that the caller does not see, is answered (reference §5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// 401, as if credentials were wrong: version 1 routes.
    Unauthorized,
    /// 404: routes with a UUID.
    NotFound,
    /// 400: routes that change an app's state or remove it.
    Bad,
}

impl Missing {
    fn refusal(self, id: impl std::fmt::Display) -> Refusal {
        match self {
            Self::Unauthorized => Refusal::no_app(401, id),
            Self::NotFound => Refusal::no_app(404, id),
            Self::Bad => Refusal::bad(format!("Application not found or no access to it: {id}.")),
        }
    }
}

/// The app that a path names, by whatever its argument is called.
fn key(given: &Given) -> Key {
    let path = given.operation.parameters.iter().filter(|parameter| parameter.place == Place::Path);
    let named = path.map(|parameter| parameter.name.as_str()).find(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("app") || name == "id" || name == "uuid"
    });
    let name = named.unwrap_or("id");
    match given.text(name).parse::<i64>() {
        Ok(id) => Key::Id(id),
        Err(_) => Key::Uuid(given.uuid(name)),
    }
}

fn told(key: Key) -> String {
    match key {
        Key::Id(id) => id.to_string(),
        Key::Uuid(uuid) => uuid.to_string(),
    }
}

/// The app of a path; `kind` is what it has to be.
async fn named(context: &Context, given: &Given, kind: Option<&str>, missing: Missing) -> Result<App, Refusal> {
    let key = key(given);
    let app = apps::get(context.database(), key, kind, context.scope()).await?;
    app.ok_or_else(|| missing.refusal(told(key)))
}

/// As [`named`], inside a change.
async fn found(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
    kind: Option<&str>,
    missing: Missing,
) -> Result<App, Refusal> {
    let key = key(given);
    let app = apps::find(tx, key, kind, context.scope()).await?;
    app.ok_or_else(|| missing.refusal(told(key)))
}

/// Starts the operation that brings an app to its devices.
async fn publish(context: &Context, tx: &mut Transaction, app: i64) -> Result<operations::Operation, Refusal> {
    Ok(operations::start(tx, operations::APP_PUBLISH, Subject::App(app), context.now()).await?)
}

/// An organization group that the caller sees.
async fn group(context: &Context, key: impl Into<Key>) -> Result<(i64, Uuid), Refusal> {
    let key = key.into();
    let group = apps::group(context.database(), key, context.scope()).await?;
    group.ok_or_else(|| Refusal::no_group(told(key)))
}

/// A platform from its name or number; clients send both.
fn platform(text: &str) -> Option<Platform> {
    if text.eq_ignore_ascii_case("Unknown") { None } else { Platform::known(text) }
}

fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}
