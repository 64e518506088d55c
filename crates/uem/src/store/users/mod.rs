//! Enrollment users. Passwords are taken and forgotten: nothing here signs anybody in.

mod more;

use jiff::Timestamp;
use muster_model::ids::{UserId, Wrapped};
use muster_model::users::User;
use muster_model::words::SecurityType;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

pub(crate) use more::{details, has_devices, move_to, remove, set_details, times};

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// What a search wants; `None` matches everything.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// Part of the name.
    pub(crate) username: Option<&'a str>,
    /// Parts of the names.
    pub(crate) first_name: Option<&'a str>,
    pub(crate) last_name: Option<&'a str>,
    /// Part of the address.
    pub(crate) email: Option<&'a str>,
    /// A part of any name or of the address.
    pub(crate) text: Option<&'a str>,
    pub(crate) role: Option<&'a str>,
    pub(crate) active: Option<bool>,
    /// Members of this group.
    pub(crate) group: Option<i64>,
    /// Owned by one of these organization groups; none are no condition.
    pub(crate) owners: &'a [i64],
    pub(crate) order_by: Option<&'a str>,
    pub(crate) descending: bool,
}

/// The column that the API's word for an order means.
fn column(order_by: Option<&str>) -> &'static str {
    match order_by.unwrap_or_default().to_ascii_lowercase().as_str() {
        "username" => "u.username_folded",
        "firstname" => "u.first_name",
        "lastname" => "u.last_name",
        "email" => "u.email",
        "status" => "u.active",
        "role" => "u.role",
        _ => "u.id",
    }
}

const COLUMNS: &str = "u.id, u.uuid, u.username, u.first_name, u.last_name, u.email, u.active, u.security_type, \
    u.phone_number, u.mobile_number, u.department, u.title, u.role, u.organization_group_id, u.details, \
    (select count(*) from devices d where d.user_id = u.id and d.enrollment_status = 'Enrolled') as devices";

/// One page of the users that match, and how many match. A user of exactly the name comes first.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<User>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = wanted.username {
        // Folded here and there, because engines differ in which letters they fold.
        filter.contains("u.username_folded", &name.to_lowercase());
    }
    for (column, part) in
        [("u.first_name", wanted.first_name), ("u.last_name", wanted.last_name), ("u.email", wanted.email)]
    {
        if let Some(part) = part {
            filter.contains(column, part);
        }
    }
    if let Some(text) = wanted.text {
        let any = ["u.username", "u.first_name", "u.last_name", "u.email"]
            .map(|column| filter.group(|filter| filter.contains(column, text)));
        filter.and(format!("({})", any.join(" or ")));
    }
    if let Some(role) = wanted.role {
        let role = filter.arg(role);
        filter.and(format!("lower(u.role) = lower({role})"));
    }
    filter.one_of("u.organization_group_id", wanted.owners.iter().copied());
    filter.within("u.organization_group_id", scope);
    if let Some(active) = wanted.active {
        filter.equal("u.active", active);
    }
    if let Some(group) = wanted.group {
        let group = filter.arg(group);
        filter.and(format!(
            "exists (select 1 from user_group_members m where m.user_id = u.id and m.group_id = {group})"
        ));
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from users u{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let folded = wanted.username.map(str::to_lowercase);
    let exact = filter.exact_first("u.username_folded", folded.as_deref());
    let direction = if wanted.descending { " desc" } else { "" };
    let order = column(wanted.order_by);
    let sql =
        format!("select {COLUMNS} from users u{condition} order by {exact}{order}{direction}, u.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn one(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("u.id", id),
        Key::Uuid(uuid) => filter.equal("u.uuid", uuid),
    }
    filter.within("u.organization_group_id", scope);
    (format!("select {COLUMNS} from users u{}", filter.text()), filter)
}

/// The user of a key, if the scope has it.
pub(crate) async fn get(database: &Database, key: impl Into<Key>, scope: &Scope) -> Result<Option<User>, Error> {
    let (sql, filter) = one(key.into(), scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// The same inside a change.
pub(crate) async fn get_in(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<User>, Error> {
    let (sql, filter) = one(key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

impl From<UserId> for Key {
    fn from(id: UserId) -> Self {
        Self::Id(id.0)
    }
}

/// Id of the user with a name, whatever its case.
pub(crate) async fn id_of(tx: &mut Transaction, username: &str) -> Result<Option<UserId>, Error> {
    let folded = username.to_lowercase();
    let row = tx.fetch_optional("select id from users where username_folded = $1", args![folded]).await?;
    row.map(|row| row.get("id").map(UserId)).transpose()
}

/// Makes a user; `id`, `uuid`, `display_name` and the device count of `user` do not count.
pub(crate) async fn add(
    tx: &mut Transaction,
    user: &User,
    group: i64,
    now: Timestamp,
) -> Result<(UserId, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into users (id, uuid, username, username_folded, first_name, last_name, email, active, \
               security_type, phone_number, mobile_number, department, title, role, organization_group_id, \
               created_at, updated_at) select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
               $11, $12, $13, $14, $15, $15 from users returning id";
    let mut args = args![uuid];
    args.extend(columns(user));
    args.extend(args![group, now]);
    Ok((UserId(tx.fetch_one(sql, args).await?.get("id")?), uuid))
}

/// Writes every field of a user.
pub(crate) async fn write(tx: &mut Transaction, user: &User, group: i64, now: Timestamp) -> Result<(), Error> {
    let sql = "update users set username = $2, username_folded = $3, first_name = $4, last_name = $5, email = $6, \
               active = $7, security_type = $8, phone_number = $9, mobile_number = $10, department = $11, \
               title = $12, role = $13, organization_group_id = $14, updated_at = $15 where id = $1";
    let mut args = args![user.id.0.0];
    args.extend(columns(user));
    args.extend(args![group, now]);
    tx.execute(sql, args).await.map(|_| ())
}

pub(crate) async fn set_active(tx: &mut Transaction, id: UserId, active: bool, now: Timestamp) -> Result<(), Error> {
    let sql = "update users set active = $2, updated_at = $3 where id = $1";
    tx.execute(sql, args![id.0, active, now]).await.map(|_| ())
}

fn columns(user: &User) -> Vec<muster_store::Value> {
    args![
        user.user_name.as_str(),
        user.user_name.to_lowercase(),
        user.first_name.as_str(),
        user.last_name.as_str(),
        user.email.as_str(),
        user.status,
        user.security_type.as_str(),
        user.contact_number.as_str(),
        user.mobile_number.as_str(),
        user.department.as_str(),
        user.title.as_str(),
        user.role.as_str()
    ]
}

/// Details that the older routes show among a user's own fields.
const SHOWN: [&str; 16] = [
    "CustomAttribute1",
    "CustomAttribute2",
    "CustomAttribute3",
    "CustomAttribute4",
    "CustomAttribute5",
    "DeviceStagingEnabled",
    "DeviceStagingType",
    "EmailUserName",
    "EmployeeIdentifier",
    "ExternalId",
    "MessageTemplateId",
    "MessageType",
    "PasswordExpiryDate",
    "ProvisioningSku",
    "StagingMode",
    "Group",
];

fn read(row: &Row) -> Result<User, Error> {
    let text = |column: &str| row.get::<String>(column);
    let (first_name, last_name) = (text("first_name")?, text("last_name")?);
    let mut details = more::parse(&text("details")?);
    let display_name = match details.get("DisplayName").and_then(serde_json::Value::as_str) {
        Some(name) => name.to_owned(),
        None => format!("{first_name} {last_name}").trim().to_owned(),
    };
    details.retain(|name, _| SHOWN.contains(&name.as_str()));
    Ok(User {
        id: Wrapped(UserId(row.get("id")?)),
        uuid: Some(row.get("uuid")?),
        user_name: text("username")?,
        display_name,
        first_name,
        last_name,
        email: text("email")?,
        status: row.get("active")?,
        security_type: SecurityType::from(text("security_type")?.as_str()),
        contact_number: text("phone_number")?,
        mobile_number: text("mobile_number")?,
        department: text("department")?,
        title: text("title")?,
        role: text("role")?,
        location_group_id: row.get::<i64>("organization_group_id")?.to_string(),
        enrolled_devices_count: row.get::<i64>("devices")?.to_string(),
        other: details.into(),
    })
}
