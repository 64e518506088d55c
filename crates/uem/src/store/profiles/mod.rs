//! Configuration profiles: documents of payload sections that smart groups get, version by version.

pub(crate) mod assignments;
pub(crate) mod on_devices;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

pub(crate) const ACTIVE: &str = "Active";
pub(crate) const INACTIVE: &str = "Inactive";

/// What a profile is for.
pub(crate) const DEVICE: &str = "Device";
/// A resource that profiles of several platforms share: Wi-Fi, VPN, Exchange.
pub(crate) const RESOURCE: &str = "Resource";

/// A stored profile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) group: i64,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) group_name: String,
    /// As `devices.platform` has it.
    pub(crate) platform: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    /// `Auto`, `Optional`, `Interactive` or `Compliance`.
    pub(crate) assignment_type: String,
    /// `Device` or `User`.
    pub(crate) context: String,
    pub(crate) version: i64,
    /// Description, removal, schedule and the like, in the words of version 2.
    pub(crate) general: Map<String, Value>,
    /// Payloads by the name of their section.
    pub(crate) sections: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: String,
}

impl Profile {
    pub(crate) fn is_active(&self) -> bool {
        self.state == ACTIVE
    }

    fn read(row: &Row) -> Result<Self, Error> {
        // Only this file writes bodies.
        let mut body: Map<String, Value> = serde_json::from_str(&row.get::<String>("body")?).unwrap_or_default();
        let mut part = |name| match body.remove(name) {
            Some(Value::Object(part)) => part,
            _ => Map::new(),
        };
        Ok(Self {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            group: row.get("organization_group_id")?,
            group_uuid: row.get("group_uuid")?,
            group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
            platform: row.get("platform")?,
            kind: row.get("kind")?,
            state: row.get("state")?,
            assignment_type: row.get("assignment_type")?,
            context: row.get("context")?,
            version: row.get("version")?,
            general: part("general"),
            sections: part("sections"),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            created_by: row.get("created_by")?,
        })
    }
}

/// A profile that is to be stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewProfile {
    pub(crate) name: String,
    pub(crate) group: i64,
    pub(crate) platform: String,
    pub(crate) kind: &'static str,
    pub(crate) active: bool,
    pub(crate) assignment_type: String,
    pub(crate) context: String,
    pub(crate) general: Map<String, Value>,
    pub(crate) sections: Map<String, Value>,
}

/// Which profiles are listed; the default is all that the scope has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    /// Part of the name.
    pub(crate) name: Option<&'a str>,
    /// The very name.
    pub(crate) named: Option<&'a str>,
    pub(crate) platform: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    pub(crate) context: Option<&'a str>,
    /// Assignment types that are left out.
    pub(crate) without: Vec<&'a str>,
    /// Names of sections, of which it has at least one.
    pub(crate) payloads: Vec<&'a str>,
    /// Owned by this group or one below it.
    pub(crate) group: Option<i64>,
    /// Owned by exactly the group.
    pub(crate) only_group: bool,
    /// Assigned to a smart group that takes devices of this ownership.
    pub(crate) ownership: Option<&'a str>,
    pub(crate) modified_from: Option<Timestamp>,
    pub(crate) modified_till: Option<Timestamp>,
    pub(crate) order: Order,
    pub(crate) descending: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Id,
    Name,
    Platform,
    State,
    Kind,
    Modified,
}

const COLUMNS: &str = "p.id, p.uuid, p.name, p.organization_group_id, p.platform, p.kind, p.state, \
    p.assignment_type, p.context, p.version, p.body, p.created_at, p.updated_at, p.created_by, \
    g.uuid as group_uuid, g.name as group_name";
const TABLES: &str = "profiles p left join organization_groups g on g.id = p.organization_group_id";

/// Groups below a group, and it.
pub(crate) fn below(filter: &mut Filter, column: &str, group: i64) {
    let group = filter.arg(group);
    filter.and(format!(
        "{column} in (with recursive below (id) as (select {group} union all \
         select o.id from organization_groups o join below on o.parent_id = below.id) select id from below)"
    ));
}

fn filter(wanted: &Wanted<'_>, scope: &Scope) -> Filter {
    let mut filter = Filter::default();
    if let Some(name) = wanted.name {
        filter.contains("p.name", name);
    }
    if let Some(name) = wanted.named {
        let name = filter.arg(name.to_lowercase());
        filter.and(format!("lower(p.name) = {name}"));
    }
    let words = [("p.platform", wanted.platform), ("p.kind", wanted.kind), ("p.state", wanted.state)];
    for (column, word) in words.into_iter().chain([("p.context", wanted.context)]) {
        if let Some(word) = word {
            filter.equal(column, word);
        }
    }
    for kind in &wanted.without {
        let kind = filter.arg(*kind);
        filter.and(format!("p.assignment_type <> {kind}"));
    }
    if !wanted.payloads.is_empty() {
        let any: Vec<String> = wanted
            .payloads
            .iter()
            .map(|name| filter.group(|filter| filter.contains("p.payloads", &format!(",{name}"))))
            .collect();
        filter.and(format!("({})", any.join(" or ")));
    }
    if let Some(ownership) = wanted.ownership {
        let letter = filter.group(|filter| filter.contains("s.criteria", &format!("\"{ownership}\"")));
        filter.and(format!(
            "exists (select 1 from profile_assignments a join smart_groups s on s.id = a.smart_group_id \
             where a.profile_id = p.id and a.excluded = 0 \
             and (s.criteria like '%\"ownerships\":[]%' or {letter}))"
        ));
    }
    match wanted.group {
        Some(group) if wanted.only_group => filter.equal("p.organization_group_id", group),
        Some(group) => below(&mut filter, "p.organization_group_id", group),
        None => {}
    }
    for (sign, moment) in [(">=", wanted.modified_from), ("<=", wanted.modified_till)] {
        if let Some(moment) = moment {
            let moment = filter.arg(moment);
            filter.and(format!("p.updated_at {sign} {moment}"));
        }
    }
    filter.within("p.organization_group_id", scope);
    filter
}

/// One page of profiles, and how many there are in all.
pub(crate) async fn list(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Profile>, u64), Error> {
    let filter = filter(wanted, scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from profiles p{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let order = match wanted.order {
        Order::Id => "p.id",
        Order::Name => "lower(p.name)",
        Order::Platform => "p.platform",
        Order::State => "p.state",
        Order::Kind => "p.kind",
        Order::Modified => "p.updated_at",
    };
    let direction = if wanted.descending { "desc" } else { "asc" };
    let sql = format!("select {COLUMNS} from {TABLES}{condition} order by {order} {direction}, p.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(Profile::read).collect::<Result<_, _>>()?, total))
}

fn one(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("p.id", id),
        Key::Uuid(uuid) => filter.equal("p.uuid", uuid),
    }
    filter.within("p.organization_group_id", scope);
    (format!("select {COLUMNS} from {TABLES}{}", filter.text()), filter)
}

/// The profile of a key, if the scope has it.
pub(crate) async fn get(database: &Database, key: impl Into<Key>, scope: &Scope) -> Result<Option<Profile>, Error> {
    let (sql, filter) = one(key.into(), scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(Profile::read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<Profile>, Error> {
    let (sql, filter) = one(key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(Profile::read).transpose()
}

/// Whether a name is taken in a group for a platform.
pub(crate) async fn is_taken(
    tx: &mut Transaction,
    name: &str,
    platform: &str,
    group: i64,
    except: Option<i64>,
) -> Result<bool, Error> {
    let sql = "select 1 as found from profiles where lower(name) = $1 and platform = $2 \
               and organization_group_id = $3 and id <> $4";
    let arguments = args![name.to_lowercase(), platform, group, except.unwrap_or_default()];
    Ok(tx.fetch_optional(sql, arguments).await?.is_some())
}

/// Ids of profiles count from here, so that one taken for another id is noticed.
pub(crate) const FIRST: i64 = 1_301;

/// Stores a new profile; answers its id and UUID.
pub(crate) async fn create(
    tx: &mut Transaction,
    new: &NewProfile,
    created_by: &str,
    now: Timestamp,
) -> Result<(i64, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into profiles (id, uuid, name, organization_group_id, platform, kind, state, assignment_type, \
               context, version, payloads, body, created_at, updated_at, created_by) \
               select coalesce(max(id), $1) + 1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $12, $13 \
               from profiles returning id";
    let arguments = args![
        FIRST - 1,
        uuid,
        new.name.as_str(),
        new.group,
        new.platform.as_str(),
        new.kind,
        if new.active { ACTIVE } else { INACTIVE },
        new.assignment_type.as_str(),
        new.context.as_str(),
        names(&new.sections),
        json!({ "general": new.general, "sections": new.sections }).to_string(),
        now,
        created_by
    ];
    Ok((tx.fetch_one(sql, arguments).await?.get("id")?, uuid))
}

/// `,WifiList,Passcode`: the way in which a search finds them.
pub(crate) fn names(sections: &Map<String, Value>) -> String {
    let name = |(section, payload): (&String, &Value)| match payload.get("type").and_then(Value::as_str) {
        Some(kind) => format!(",{kind}"),
        None => format!(",{section}"),
    };
    sections.iter().map(name).collect()
}

/// Stores what was changed of a profile.
pub(crate) async fn save(tx: &mut Transaction, profile: &Profile, now: Timestamp) -> Result<(), Error> {
    let sql = "update profiles set name = $2, organization_group_id = $3, state = $4, assignment_type = $5, \
               context = $6, version = $7, payloads = $8, body = $9, updated_at = $10 where id = $1";
    let arguments = args![
        profile.id,
        profile.name.as_str(),
        profile.group,
        profile.state.as_str(),
        profile.assignment_type.as_str(),
        profile.context.as_str(),
        profile.version,
        names(&profile.sections),
        json!({ "general": profile.general, "sections": profile.sections }).to_string(),
        now
    ];
    tx.execute(sql, arguments).await?;
    Ok(())
}

/// Removes a profile with its assignments, from devices too.
pub(crate) async fn remove(tx: &mut Transaction, profile: &Profile) -> Result<(), Error> {
    for table in ["device_profiles", "profile_assignments"] {
        tx.execute(format!("delete from {table} where profile_id = $1"), args![profile.id]).await?;
    }
    tx.execute("delete from object_links where from_uuid = $1 or to_uuid = $1", args![profile.uuid]).await?;
    tx.execute("delete from profiles where id = $1", args![profile.id]).await?;
    Ok(())
}
