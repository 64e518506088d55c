//! User groups and their members. A group is made by hand (`Custom`) or follows the directory.

mod members;
mod sync;

use jiff::Timestamp;
use muster_model::ids::UserGroupId;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(crate) use members::{Member, empty, join, leave, members, of_user};
pub(crate) use sync::{changes, merge, synchronize};

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// A group as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) owner: i64,
    pub(crate) members: u64,
    pub(crate) details: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Group {
    /// Whether its members come from the directory.
    pub(crate) fn is_directory(&self) -> bool {
        self.text("UserGroupType").eq_ignore_ascii_case("Directory")
    }

    /// A detail that is a text; empty if it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.details.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.details.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// Which groups are searched for.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// A part of the name.
    pub(crate) name: Option<&'a str>,
    /// The whole name.
    pub(crate) named: Option<&'a str>,
    /// Owned by one of these organization groups; none are no condition.
    pub(crate) owners: &'a [i64],
    pub(crate) directory: Option<bool>,
    pub(crate) uuid: Option<Uuid>,
    /// A word of the last synchronisation, and what became of it.
    pub(crate) sync_status: Option<&'a str>,
    pub(crate) merge_status: Option<&'a str>,
}

const COLUMNS: &str = "g.id, g.uuid, g.name, g.organization_group_id, g.details, g.created_at, g.updated_at, \
    (select count(*) from user_group_members m where m.group_id = g.id) as members";

fn read(row: &Row) -> Result<Group, Error> {
    let details: String = row.get("details")?;
    Ok(Group {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        owner: row.get("organization_group_id")?,
        members: row.get("members")?,
        // Only this folder writes details.
        details: serde_json::from_str(&details).unwrap_or_default(),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A member of the details, as JSON writes it.
fn has_detail(filter: &mut Filter, name: &str, value: &str) {
    filter.contains("g.details", &format!("\"{name}\":\"{value}\""));
}

/// One page of the groups that match, and how many there are. A group of exactly the name comes first.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Group>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = wanted.name {
        filter.contains("g.name", name);
    }
    if let Some(name) = wanted.named {
        let name = filter.arg(name);
        filter.and(format!("lower(g.name) = lower({name})"));
    }
    if let Some(uuid) = wanted.uuid {
        filter.equal("g.uuid", uuid);
    }
    match wanted.directory {
        None => {}
        Some(true) => has_detail(&mut filter, "UserGroupType", "Directory"),
        Some(false) => {
            let directory = filter.group(|filter| has_detail(filter, "UserGroupType", "Directory"));
            filter.and(format!("not ({directory})"));
        }
    }
    if let Some(word) = wanted.sync_status {
        has_detail(&mut filter, "SyncStatus", word);
    }
    if let Some(word) = wanted.merge_status {
        has_detail(&mut filter, "MergeStatus", word);
    }
    filter.one_of("g.organization_group_id", wanted.owners.iter().copied());
    filter.within("g.organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from user_groups g{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("g.name", wanted.name);
    let sql = format!("select {COLUMNS} from user_groups g{condition} order by {exact}g.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

impl From<UserGroupId> for Key {
    fn from(id: UserGroupId) -> Self {
        Self::Id(id.0)
    }
}

fn one(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("g.id", id),
        Key::Uuid(uuid) => filter.equal("g.uuid", uuid),
    }
    filter.within("g.organization_group_id", scope);
    (format!("select {COLUMNS} from user_groups g{}", filter.text()), filter)
}

/// The group of a key, if the scope has it.
pub(crate) async fn get(database: &Database, key: impl Into<Key>, scope: &Scope) -> Result<Option<Group>, Error> {
    let (sql, filter) = one(key.into(), scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<Group>, Error> {
    let (sql, filter) = one(key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// Whether an organization group has another user group of a name.
pub(crate) async fn name_taken(
    tx: &mut Transaction,
    owner: i64,
    name: &str,
    except: Option<i64>,
) -> Result<bool, Error> {
    let sql = "select id from user_groups where organization_group_id = $1 and lower(name) = lower($2) and id <> $3";
    Ok(tx.fetch_optional(sql, args![owner, name, except.unwrap_or_default()]).await?.is_some())
}

/// Makes a group without members.
pub(crate) async fn create(
    tx: &mut Transaction,
    name: &str,
    owner: i64,
    details: Map<String, Value>,
    now: Timestamp,
) -> Result<Group, Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into user_groups (id, uuid, name, organization_group_id, details, created_at, updated_at) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $5 from user_groups returning id";
    let text = Value::Object(details.clone()).to_string();
    let id = tx.fetch_one(sql, args![uuid, name, owner, text, now]).await?.get("id")?;
    let name = name.to_owned();
    Ok(Group { id, uuid, name, owner, members: 0, details, created_at: now, updated_at: now })
}

/// Stores what was changed: name, owner and details.
pub(crate) async fn save(tx: &mut Transaction, group: &Group, now: Timestamp) -> Result<(), Error> {
    let sql = "update user_groups set name = $2, organization_group_id = $3, details = $4, updated_at = $5 \
               where id = $1";
    let details = Value::Object(group.details.clone()).to_string();
    tx.execute(sql, args![group.id, group.name.as_str(), group.owner, details, now]).await.map(|_| ())
}

/// Removes a group; its members stay users.
pub(crate) async fn remove(tx: &mut Transaction, group: &Group) -> Result<(), Error> {
    tx.execute("delete from user_group_members where group_id = $1", args![group.id]).await?;
    tx.execute("delete from object_links where from_uuid = $1 or to_uuid = $1", args![group.uuid]).await?;
    tx.execute("delete from user_groups where id = $1", args![group.id]).await.map(|_| ())
}
