//! Documents: what an area keeps when it needs no table of its own (profiles, scripts, content, roles, …), and the
//! links between them and anything else that has a UUID.
//!
//! An object is owned by an organization group and has a name; everything else is its area's business and stands in
//! its body. Ids count up per kind.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::scope::Scope;

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) kind: String,
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) group: i64,
    /// What it belongs to, if it is a part of something.
    pub(crate) parent: Option<Uuid>,
    pub(crate) name: String,
    /// A word of its area: `Active`, `Draft`, …; empty where there is none.
    pub(crate) state: String,
    pub(crate) body: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: String,
}

/// A document that is to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewObject<'a> {
    pub(crate) kind: &'a str,
    pub(crate) group: i64,
    pub(crate) parent: Option<Uuid>,
    pub(crate) name: &'a str,
    pub(crate) state: &'a str,
    pub(crate) body: Map<String, Value>,
    pub(crate) created_by: &'a str,
}

/// How an object is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Id(i64),
    Uuid(Uuid),
}

impl From<i64> for Key {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl From<Uuid> for Key {
    fn from(uuid: Uuid) -> Self {
        Self::Uuid(uuid)
    }
}

/// Which objects of a kind are listed; the default is all that the scope has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) name_contains: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) parent: Option<Uuid>,
    pub(crate) state: Option<&'a str>,
    /// Owned by exactly this group.
    pub(crate) group: Option<i64>,
}

const COLUMNS: &str = "kind, id, uuid, group_id, parent, name, state, body, created_at, updated_at, created_by";

impl Object {
    fn read(row: &Row) -> Result<Self, Error> {
        let body: String = row.get("body")?;
        Ok(Self {
            kind: row.get("kind")?,
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            group: row.get("group_id")?,
            parent: row.get("parent")?,
            name: row.get("name")?,
            state: row.get("state")?,
            // Only this file writes bodies.
            body: serde_json::from_str(&body).unwrap_or_default(),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            created_by: row.get("created_by")?,
        })
    }
}

/// Stores a new object and answers it with its id and UUID.
pub(crate) async fn create(tx: &mut Transaction, new: NewObject<'_>, now: Timestamp) -> Result<Object, Error> {
    let uuid = Uuid::new_v4();
    let body = Value::Object(new.body.clone()).to_string();
    let sql = "insert into objects (kind, id, uuid, group_id, parent, name, name_folded, state, body, created_at, \
               updated_at, created_by) select $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10 \
               from objects where kind = $1 returning id";
    let arguments = args![
        new.kind,
        uuid,
        new.group,
        new.parent,
        new.name,
        new.name.to_lowercase(),
        new.state,
        body,
        now,
        new.created_by
    ];
    let id = tx.fetch_one(sql, arguments).await?.get("id")?;
    Ok(Object {
        kind: new.kind.to_owned(),
        id,
        uuid,
        group: new.group,
        parent: new.parent,
        name: new.name.to_owned(),
        state: new.state.to_owned(),
        body: new.body,
        created_at: now,
        updated_at: now,
        created_by: new.created_by.to_owned(),
    })
}

fn one(kind: &str, key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    filter.equal("kind", kind);
    match key {
        Key::Id(id) => filter.equal("id", id),
        Key::Uuid(uuid) => filter.equal("uuid", uuid),
    }
    filter.within("group_id", scope);
    (format!("select {COLUMNS} from objects{}", filter.text()), filter)
}

/// The object of a key, if the scope has it.
pub(crate) async fn get(
    database: &Database,
    kind: &str,
    key: impl Into<Key>,
    scope: &Scope,
) -> Result<Option<Object>, Error> {
    let (sql, filter) = one(kind, key.into(), scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(Object::read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(
    tx: &mut Transaction,
    kind: &str,
    key: impl Into<Key>,
    scope: &Scope,
) -> Result<Option<Object>, Error> {
    let (sql, filter) = one(kind, key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(Object::read).transpose()
}

fn wanted(kind: &str, wanted: &Wanted<'_>, scope: &Scope) -> Filter {
    let mut filter = Filter::default();
    filter.equal("kind", kind);
    if let Some(text) = wanted.name_contains {
        filter.contains("name", text);
    }
    if let Some(name) = wanted.name {
        filter.equal("name_folded", name.to_lowercase());
    }
    if let Some(parent) = wanted.parent {
        filter.equal("parent", parent);
    }
    if let Some(state) = wanted.state {
        filter.equal("state", state);
    }
    if let Some(group) = wanted.group {
        filter.equal("group_id", group);
    }
    filter.within("group_id", scope);
    filter
}

/// One page of the objects of a kind, by id, and how many there are in all.
pub(crate) async fn list(
    database: &Database,
    kind: &str,
    which: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Object>, u64), Error> {
    let filter = wanted(kind, which, scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from objects{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("select {COLUMNS} from objects{condition} order by id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(Object::read).collect::<Result<_, _>>()?, total))
}

/// The first object that is wanted, inside a change.
pub(crate) async fn first(
    tx: &mut Transaction,
    kind: &str,
    which: &Wanted<'_>,
    scope: &Scope,
) -> Result<Option<Object>, Error> {
    let filter = wanted(kind, which, scope);
    let sql = format!("select {COLUMNS} from objects{} order by id limit 1", filter.text());
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(Object::read).transpose()
}

/// The first object whose body has a member of exactly this text, inside a change.
pub(crate) async fn with_member(
    tx: &mut Transaction,
    kind: &str,
    member: &str,
    value: &str,
    scope: &Scope,
) -> Result<Option<Object>, Error> {
    let mut filter = Filter::default();
    filter.equal("kind", kind);
    // As JSON writes it; whether it is that member is seen below.
    filter.contains("body", &format!("{}:{}", json!(member), json!(value)));
    filter.within("group_id", scope);
    let sql = format!("select {COLUMNS} from objects{} order by id", filter.text());
    for row in &tx.fetch(sql, filter.args()).await? {
        let object = Object::read(row)?;
        let known = object.body.get(member).and_then(Value::as_str);
        if known.is_some_and(|known| known.eq_ignore_ascii_case(value)) {
            return Ok(Some(object));
        }
    }
    Ok(None)
}

/// Stores what was changed: name, group, parent, state and body.
pub(crate) async fn save(tx: &mut Transaction, object: &Object, now: Timestamp) -> Result<(), Error> {
    let sql = "update objects set group_id = $3, parent = $4, name = $5, name_folded = $6, state = $7, body = $8, \
               updated_at = $9 where kind = $1 and id = $2";
    let body = Value::Object(object.body.clone()).to_string();
    let arguments = args![
        object.kind.as_str(),
        object.id,
        object.group,
        object.parent,
        object.name.as_str(),
        object.name.to_lowercase(),
        object.state.as_str(),
        body,
        now
    ];
    tx.execute(sql, arguments).await?;
    Ok(())
}

/// Removes an object with its links, in both directions. Objects that belong to it are its area's business.
pub(crate) async fn remove(tx: &mut Transaction, object: &Object) -> Result<(), Error> {
    tx.execute("delete from object_links where from_uuid = $1 or to_uuid = $1", args![object.uuid]).await?;
    tx.execute("delete from objects where kind = $1 and id = $2", args![object.kind.as_str(), object.id]).await?;
    Ok(())
}

/// A link: what kind, to or from what, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    pub(crate) other: Uuid,
    pub(crate) body: Map<String, Value>,
    pub(crate) created_at: Timestamp,
}

/// Links two things, or changes what their link says; tells whether it is new.
pub(crate) async fn link(
    tx: &mut Transaction,
    kind: &str,
    from: Uuid,
    to: Uuid,
    body: Map<String, Value>,
    now: Timestamp,
) -> Result<bool, Error> {
    let known = "select 1 as found from object_links where kind = $1 and from_uuid = $2 and to_uuid = $3";
    let new = tx.fetch_optional(known, args![kind, from, to]).await?.is_none();
    let sql = "insert into object_links (kind, from_uuid, to_uuid, body, created_at) values ($1, $2, $3, $4, $5) \
               on conflict (kind, from_uuid, to_uuid) do update set body = excluded.body";
    tx.execute(sql, args![kind, from, to, Value::Object(body).to_string(), now]).await?;
    Ok(new)
}

/// Undoes a link; tells whether there was one.
pub(crate) async fn unlink(tx: &mut Transaction, kind: &str, from: Uuid, to: Uuid) -> Result<bool, Error> {
    let sql = "delete from object_links where kind = $1 and from_uuid = $2 and to_uuid = $3";
    Ok(tx.execute(sql, args![kind, from, to]).await? > 0)
}

/// Links that leave something, oldest first.
pub(crate) async fn links_from(database: &Database, kind: &str, from: Uuid) -> Result<Vec<Link>, Error> {
    let sql = "select to_uuid as other, body, created_at from object_links where kind = $1 and from_uuid = $2 \
               order by created_at, to_uuid";
    read_links(&database.fetch(sql, args![kind, from]).await?)
}

/// Links that lead to something, oldest first.
pub(crate) async fn links_to(database: &Database, kind: &str, to: Uuid) -> Result<Vec<Link>, Error> {
    let sql = "select from_uuid as other, body, created_at from object_links where kind = $1 and to_uuid = $2 \
               order by created_at, from_uuid";
    read_links(&database.fetch(sql, args![kind, to]).await?)
}

fn read_links(rows: &[Row]) -> Result<Vec<Link>, Error> {
    let read = |row: &Row| {
        let body: String = row.get("body")?;
        Ok(Link {
            other: row.get("other")?,
            body: serde_json::from_str(&body).unwrap_or_default(),
            created_at: row.get("created_at")?,
        })
    };
    rows.iter().map(read).collect()
}
