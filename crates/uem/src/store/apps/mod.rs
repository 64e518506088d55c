//! Apps: what there is, who gets it, and what became of it on devices.

pub(crate) mod assignments;
pub(crate) mod blocks;
pub(crate) mod devices;
pub(crate) mod reach;
pub(crate) mod removals;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// Uploaded by its owner.
pub(crate) const INTERNAL: &str = "Internal";
/// Free in a store.
pub(crate) const PUBLIC: &str = "Public";
/// Bought in a store, with licences.
pub(crate) const PURCHASED: &str = "Purchased";

/// One app in one version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct App {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) bundle_id: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    /// A platform's name, or `Any`.
    pub(crate) platform: String,
    pub(crate) group: i64,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) group_name: String,
    pub(crate) size_mb: i64,
    /// `Active`, `InActive` or `Retired`.
    pub(crate) status: String,
    /// Its package.
    pub(crate) blob: Option<i64>,
    /// Bought ones.
    pub(crate) licenses: i64,
    /// Members that callers gave, in the published spelling.
    pub(crate) body: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Devices that it is meant for.
    pub(crate) assigned: u64,
    /// Of those, the ones that have it.
    pub(crate) installed: u64,
    /// Smart groups that it is assigned to.
    pub(crate) assignments: u64,
}

/// A state of `device_apps` in which the device has the app.
pub(crate) const PRESENT: &str = "('Installed', 'PendingRemoval', 'RemovalHeld')";

fn columns(with_counts: bool) -> String {
    let counts = if with_counts {
        format!(
            "(select count(*) from device_apps x where x.app_id = a.id and x.assigned = 1) as assigned, \
             (select count(*) from device_apps x where x.app_id = a.id and x.assigned = 1 \
             and x.status in {PRESENT}) as installed"
        )
    } else {
        "0 as assigned, 0 as installed".to_owned()
    };
    format!(
        "a.id, a.uuid, a.name, a.bundle_id, a.version, a.kind, a.platform, a.organization_group_id, a.size_mb, \
         a.status, a.body, a.blob_id, a.licenses, a.created_at, a.updated_at, \
         (select g.uuid from organization_groups g where g.id = a.organization_group_id) as group_uuid, \
         (select g.name from organization_groups g where g.id = a.organization_group_id) as group_name, {counts}, \
         (select count(*) from app_assignments x where x.app_id = a.id) as assignments"
    )
}

fn read(row: &Row) -> Result<App, Error> {
    let body: String = row.get("body")?;
    Ok(App {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        bundle_id: row.get("bundle_id")?,
        version: row.get("version")?,
        kind: row.get("kind")?,
        platform: row.get("platform")?,
        group: row.get("organization_group_id")?,
        group_uuid: row.get("group_uuid")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        size_mb: row.get("size_mb")?,
        status: row.get("status")?,
        blob: row.get("blob_id")?,
        licenses: row.get("licenses")?,
        // Only this file writes bodies.
        body: serde_json::from_str(&body).unwrap_or_default(),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        assigned: row.get("assigned")?,
        installed: row.get("installed")?,
        assignments: row.get("assignments")?,
    })
}

/// Which apps are listed; the default is all that the scope has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) bundle_id: Option<&'a str>,
    /// Exactly this bundle id.
    pub(crate) bundle: Option<&'a str>,
    pub(crate) kinds: Vec<&'a str>,
    /// A platform's name; apps for every platform fit too.
    pub(crate) platform: Option<String>,
    pub(crate) status: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
    /// Owned by one of these groups.
    pub(crate) groups: Option<Vec<i64>>,
    pub(crate) assigned: Option<bool>,
    /// A column, and whether the order is turned around.
    pub(crate) order: Option<(&'static str, bool)>,
    pub(crate) without_counts: bool,
}

/// One page of the apps that are wanted, and how many there are. An app of exactly the name comes first.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<App>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = wanted.name {
        filter.contains("a.name", name);
    }
    if let Some(bundle_id) = wanted.bundle_id {
        filter.contains("a.bundle_id", bundle_id);
    }
    if let Some(bundle) = wanted.bundle {
        filter.equal("a.bundle_id", bundle);
    }
    filter.one_of("a.kind", wanted.kinds.iter().copied());
    if let Some(platform) = &wanted.platform {
        filter.one_of("a.platform", ["Any", platform.as_str()]);
    }
    if let Some(status) = wanted.status {
        filter.equal("a.status", status);
    }
    if let Some(category) = wanted.category {
        let category = filter.arg(category.to_lowercase());
        filter.and(format!(
            "exists (select 1 from app_categories c where c.app_id = a.id and c.name_folded = {category})"
        ));
    }
    match &wanted.groups {
        Some(groups) if groups.is_empty() => filter.and("1 = 0"),
        Some(groups) => filter.one_of("a.organization_group_id", groups.iter().copied()),
        None => {}
    }
    if let Some(assigned) = wanted.assigned {
        let not = if assigned { "" } else { "not " };
        filter.and(format!("{not}exists (select 1 from app_assignments x where x.app_id = a.id)"));
    }
    filter.within("a.organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from apps a{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("a.name", wanted.name);
    let order = wanted
        .order
        .map_or_else(String::new, |(column, down)| format!("{column}{}, ", if down { " desc" } else { "" }));
    let columns = columns(!wanted.without_counts);
    let sql = format!("select {columns} from apps a{condition} order by {exact}{order}a.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn one(key: Key, kind: Option<&str>, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("a.id", id),
        Key::Uuid(uuid) => filter.equal("a.uuid", uuid),
    }
    if let Some(kind) = kind {
        filter.equal("a.kind", kind);
    }
    filter.within("a.organization_group_id", scope);
    (format!("select {} from apps a{}", columns(true), filter.text()), filter)
}

/// The app of a key, if the scope has it; `kind` is what it has to be.
pub(crate) async fn get(
    database: &Database,
    key: impl Into<Key>,
    kind: Option<&str>,
    scope: &Scope,
) -> Result<Option<App>, Error> {
    let (sql, filter) = one(key.into(), kind, scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(
    tx: &mut Transaction,
    key: impl Into<Key>,
    kind: Option<&str>,
    scope: &Scope,
) -> Result<Option<App>, Error> {
    let (sql, filter) = one(key.into(), kind, scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// An app that is to be stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewApp {
    pub(crate) name: String,
    pub(crate) bundle_id: String,
    pub(crate) version: String,
    pub(crate) kind: &'static str,
    pub(crate) platform: String,
    pub(crate) group: i64,
    pub(crate) size_mb: i64,
    pub(crate) blob: Option<i64>,
    pub(crate) licenses: i64,
    pub(crate) body: Map<String, Value>,
}

/// Stores a new app; answers its id. The id of an app that is gone is not given away again, because devices may
/// still have to remove it.
pub(crate) async fn create(tx: &mut Transaction, new: &NewApp, now: Timestamp) -> Result<i64, Error> {
    let last = "select coalesce(max(last), 0) + 1 as next from (select max(id) as last from apps union all \
                select max(app_id) from device_apps union all select max(application_id) from commands) as used";
    let id: i64 = tx.fetch_one(last, args![]).await?.get("next")?;
    let sql = "insert into apps (id, uuid, name, bundle_id, version, kind, platform, organization_group_id, size_mb, \
               status, body, blob_id, licenses, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'Active', $10, $11, $12, $13, $13)";
    let body = Value::Object(new.body.clone()).to_string();
    let values = args![
        id,
        Uuid::new_v4(),
        new.name.as_str(),
        new.bundle_id.as_str(),
        new.version.as_str(),
        new.kind,
        new.platform.as_str(),
        new.group,
        new.size_mb,
        body,
        new.blob,
        new.licenses,
        now
    ];
    tx.execute(sql, values).await?;
    categorize(tx, id, &new.body).await?;
    Ok(id)
}

/// Stores what was changed of an app.
pub(crate) async fn save(tx: &mut Transaction, app: &App, now: Timestamp) -> Result<(), Error> {
    let sql = "update apps set name = $2, version = $3, status = $4, body = $5, licenses = $6, updated_at = $7, \
               blob_id = $8 where id = $1";
    let body = Value::Object(app.body.clone()).to_string();
    let values =
        args![app.id, app.name.as_str(), app.version.as_str(), app.status.as_str(), body, app.licenses, now, app.blob];
    tx.execute(sql, values).await?;
    categorize(tx, app.id, &app.body).await
}

/// Keeps the categories of a body where they can be searched.
async fn categorize(tx: &mut Transaction, app: i64, body: &Map<String, Value>) -> Result<(), Error> {
    tx.execute("delete from app_categories where app_id = $1", args![app]).await?;
    let named = body.get("CategoryList").and_then(|list| list.get("Category").or(Some(list)));
    for category in named.and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = category.get("Name").and_then(Value::as_str) {
            let sql = "insert into app_categories (app_id, name_folded) values ($1, $2) \
                       on conflict (app_id, name_folded) do nothing";
            tx.execute(sql, args![app, name.to_lowercase()]).await?;
        }
    }
    Ok(())
}

/// Removes an app with its files and assignments. Devices that have it are told to remove it first: see
/// [`reach::withdraw`].
pub(crate) async fn remove(tx: &mut Transaction, app: &App) -> Result<(), Error> {
    for table in ["app_assignments", "app_exclusions", "app_categories"] {
        tx.execute(format!("delete from {table} where app_id = $1"), args![app.id]).await?;
    }
    if let Some(blob) = app.blob {
        super::blobs::remove(tx, blob).await?;
    }
    if let Some(icon) = app.body.get("IconBlobUuId").and_then(Value::as_str) {
        tx.execute("delete from blobs where uuid = $1", args![icon]).await?;
    }
    tx.execute("delete from apps where id = $1", args![app.id]).await?;
    Ok(())
}

/// Ids of a group and all below it, or of all above it.
pub(crate) async fn family(database: &Database, group: i64, above: bool) -> Result<Vec<i64>, Error> {
    let step = if above { "t.parent_id = g.id" } else { "g.parent_id = t.id" };
    let sql = format!(
        "with recursive t(id, parent_id) as (select id, parent_id from organization_groups where id = $1 union all \
         select g.id, g.parent_id from organization_groups g join t on {step}) select id from t order by id"
    );
    database.fetch(sql, args![group]).await?.iter().map(|row| row.get("id")).collect()
}

/// Id and UUID of an organization group of the scope.
pub(crate) async fn group(
    database: &Database,
    key: impl Into<Key>,
    scope: &Scope,
) -> Result<Option<(i64, Uuid)>, Error> {
    let mut filter = Filter::default();
    match key.into() {
        Key::Id(id) => filter.equal("id", id),
        Key::Uuid(uuid) => filter.equal("uuid", uuid),
    }
    filter.within("id", scope);
    let sql = format!("select id, uuid from organization_groups{}", filter.text());
    let row = database.fetch_optional(sql, filter.args()).await?;
    row.map(|row| Ok((row.get("id")?, row.get("uuid")?))).transpose()
}

/// All versions of an internal app that a group owns, oldest first.
pub(crate) async fn versions(
    tx: &mut Transaction,
    bundle_id: &str,
    platform: &str,
    group: i64,
) -> Result<Vec<App>, Error> {
    let sql = format!(
        "select {} from apps a where a.bundle_id = $1 and a.platform = $2 and a.organization_group_id = $3 \
         and a.kind = 'Internal' order by a.id",
        columns(false)
    );
    tx.fetch(sql, args![bundle_id, platform, group]).await?.iter().map(read).collect()
}

/// Whether a file is the package or the icon of an app.
pub(crate) async fn uses(tx: &mut Transaction, blob: i64, uuid: Uuid) -> Result<bool, Error> {
    let mut filter = Filter::default();
    let id = filter.arg(blob);
    let named = filter.group(|filter| filter.contains("body", &uuid.to_string()));
    let sql = format!("select 1 as found from apps where blob_id = {id} or {named} limit 1");
    Ok(tx.fetch_optional(sql, filter.args()).await?.is_some())
}
