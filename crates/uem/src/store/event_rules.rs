//! Event notification rules: who is told of what, and where.
//!
//! Rules of the published API and nothing else: what is sent because of them are rows of `deliveries`.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// A rule. The password is `None` where it is only shown.
#[derive(Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) group: i64,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) url: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) format: Format,
    pub(crate) active: bool,
    /// `DeviceEvents` of the API.
    pub(crate) events: Map<String, Value>,
}

/// A secret does not stand in logs.
impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// How notifications are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Json,
    Xml,
}

impl Format {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "Json",
            Self::Xml => "Xml",
        }
    }
}

impl From<&str> for Format {
    fn from(word: &str) -> Self {
        if word.eq_ignore_ascii_case("xml") { Self::Xml } else { Self::Json }
    }
}

impl Rule {
    /// Whether it wants to hear of a kind of change: a member of `DeviceEvents`, or of its `DeviceAttributes`.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        let attribute = || self.events.get("DeviceAttributes").and_then(|attributes| attributes.get(kind));
        self.events.get(kind).or_else(attribute).and_then(Value::as_bool).unwrap_or_default()
    }

    /// As callers see it, which is without its password.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "id": self.id, "uuid": self.uuid, "TargetName": self.name, "TargetUrl": self.url,
            "Username": self.username, "Format": self.format.as_str(), "IsActive": self.active,
            "organizationGroupId": self.group, "organizationGroupUuid": self.group_uuid,
            "DeviceEvents": self.events,
        })
    }

    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            group: row.get("organization_group_id")?,
            group_uuid: row.get("group_uuid")?,
            url: row.get("url")?,
            username: row.get("username")?,
            password: row.get("password")?,
            format: Format::from(row.get::<String>("format")?.as_str()),
            active: row.get("active")?,
            // Only this file writes it.
            events: serde_json::from_str(&row.get::<String>("events")?).unwrap_or_default(),
        })
    }
}

const COLUMNS: &str = "r.id, r.uuid, r.name, r.organization_group_id, g.uuid as group_uuid, r.url, r.username, \
    r.password, r.format, r.active, r.events";
const TABLES: &str = "event_rules r left join organization_groups g on g.id = r.organization_group_id";

fn known() -> Filter {
    let mut filter = Filter::default();
    filter.and("r.removed = 0");
    filter
}

fn one(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = known();
    match key {
        Key::Id(id) => filter.equal("r.id", id),
        Key::Uuid(uuid) => filter.equal("r.uuid", uuid),
    }
    filter.within("r.organization_group_id", scope);
    (format!("select {COLUMNS} from {TABLES}{}", filter.text()), filter)
}

/// The rule of a key, if the scope has it.
pub(crate) async fn get(database: &Database, key: Key, scope: &Scope) -> Result<Option<Rule>, Error> {
    let (sql, filter) = one(key, scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(Rule::read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(tx: &mut Transaction, key: Key, scope: &Scope) -> Result<Option<Rule>, Error> {
    let (sql, filter) = one(key, scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(Rule::read).transpose()
}

/// Which rules are listed.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) group: Option<i64>,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) active: Option<bool>,
    pub(crate) by_name: bool,
    pub(crate) descending: bool,
}

/// One page of the rules that match, and how many match.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Rule>, u64), Error> {
    let mut filter = known();
    if let Some(name) = wanted.name {
        filter.contains("r.name", name);
    }
    if let Some(group) = wanted.group {
        filter.equal("r.organization_group_id", group);
    }
    if let Some(group) = wanted.group_uuid {
        filter.equal("g.uuid", group);
    }
    if let Some(active) = wanted.active {
        filter.equal("r.active", active);
    }
    filter.within("r.organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from {TABLES}{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let direction = if wanted.descending { " desc" } else { "" };
    let order = if wanted.by_name { format!("lower(r.name){direction}, r.id") } else { format!("r.id{direction}") };
    let sql = format!("select {COLUMNS} from {TABLES}{condition} order by {order}{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(Rule::read).collect::<Result<_, _>>()?, total))
}

/// Every rule that is active, by id.
pub(crate) async fn active(tx: &mut Transaction) -> Result<Vec<Rule>, Error> {
    let sql = format!("select {COLUMNS} from {TABLES} where r.active = 1 and r.removed = 0 order by r.id");
    tx.fetch(sql, args![]).await?.iter().map(Rule::read).collect()
}

/// Stores a new rule; its id and UUID are given by this function.
pub(crate) async fn create(tx: &mut Transaction, mut rule: Rule, now: Timestamp) -> Result<Rule, Error> {
    let last = "select coalesce(max(id), 0) as last from event_rules";
    rule.id = tx.fetch_one(last, args![]).await?.get::<i64>("last")? + 1;
    rule.uuid = Uuid::new_v4();
    let columns = [
        "id",
        "uuid",
        "name",
        "organization_group_id",
        "url",
        "username",
        "password",
        "format",
        "active",
        "removed",
        "events",
        "created_at",
        "updated_at",
    ];
    let row = args![
        rule.id,
        rule.uuid,
        rule.name.as_str(),
        rule.group,
        rule.url.as_str(),
        rule.username.as_str(),
        rule.password.as_str(),
        rule.format.as_str(),
        rule.active,
        false,
        Value::Object(rule.events.clone()).to_string(),
        now,
        now
    ];
    tx.insert("event_rules", &columns, vec![row]).await?;
    Ok(rule)
}

/// Stores what was changed.
pub(crate) async fn save(tx: &mut Transaction, rule: &Rule, now: Timestamp) -> Result<(), Error> {
    let sql = "update event_rules set name = $2, organization_group_id = $3, url = $4, username = $5, password = $6, \
               format = $7, active = $8, events = $9, updated_at = $10 where id = $1";
    let arguments = args![
        rule.id,
        rule.name.as_str(),
        rule.group,
        rule.url.as_str(),
        rule.username.as_str(),
        rule.password.as_str(),
        rule.format.as_str(),
        rule.active,
        Value::Object(rule.events.clone()).to_string(),
        now
    ];
    tx.execute(sql, arguments).await.map(|_| ())
}

/// Takes a rule away, and with it what was still to be sent. Its secret goes, its id is never used again.
pub(crate) async fn remove(tx: &mut Transaction, id: i64, now: Timestamp) -> Result<(), Error> {
    let sql = "update event_rules set removed = 1, active = 0, password = '', updated_at = $2 where id = $1";
    tx.execute(sql, args![id, now]).await?;
    let sql = "delete from event_deliveries where rule_id = $1 and status = 'Pending'";
    tx.execute(sql, args![id]).await.map(|_| ())
}

/// Whether the group has a rule of that name already, other than this one.
pub(crate) async fn name_taken(tx: &mut Transaction, name: &str, group: i64, id: i64) -> Result<bool, Error> {
    let sql = "select 1 as found from event_rules where removed = 0 and lower(name) = lower($1) \
               and organization_group_id = $2 and id <> $3";
    Ok(tx.fetch_optional(sql, args![name, group, id]).await?.is_some())
}
