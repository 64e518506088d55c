//! Devices before they enroll: who is told to bring which device, which devices are let in at all and which are not.
//!
//! A registration record is an object. Its token is good until it expires, which shows whenever the record is read;
//! once a device of its serial number is there, the record says that it has enrolled.

mod actions;
mod devices;
mod oem;
mod tokens;
mod upload;

use jiff::{SignedDuration, Timestamp};
use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Table;
use crate::store::enrolled_devices;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups::Group;
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    tokens::routes(table);
    actions::routes(table);
    upload::routes(table);
    devices::routes(table);
    oem::routes(table);
}

pub(super) const KIND: &str = "enrollment-token";

/// How long a token opens the door.
const LIFE: SignedDuration = SignedDuration::from_hours(72);

pub(super) const ACTIVE: &str = "RegistrationActive";
pub(super) const EXPIRED: &str = "RegistrationExpired";
pub(super) const ALLOWED: &str = "Allowed";
pub(super) const BLOCKED: &str = "Blocked";

/// Platforms by their ids.
const PLATFORMS: [(i64, &str); 10] = [
    (1, "WindowsMobile"),
    (2, "Apple"),
    (5, "Android"),
    (9, "WindowsPc"),
    (10, "AppleOsX"),
    (12, "WinRT"),
    (14, "AppleTv"),
    (15, "Qnx"),
    (16, "ChromeBook"),
    (21, "Linux"),
];

pub(super) fn platform(id: i64) -> Option<&'static str> {
    PLATFORMS.iter().find(|(known, _)| *known == id).map(|(_, word)| *word)
}

/// A text of a record.
pub(super) fn text<'a>(record: &'a Object, name: &str) -> &'a str {
    record.body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A record and what is true of it now.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) object: Object,
    /// `RegistrationActive`, `RegistrationExpired`, `Allowed`, `Blocked`, …
    pub(super) compliance: &'static str,
    /// `Registered` or `Enrolled`.
    pub(super) enrollment: &'static str,
}

/// Until when a token is good.
pub(super) fn expires_at(record: &Object) -> Option<Timestamp> {
    Timestamp::from_microsecond(record.body.get("expires_at")?.as_i64()?).ok()
}

async fn now_true(context: &Context, objects: Vec<Object>) -> Result<Vec<Record>, Refusal> {
    let serials: Vec<&str> = objects.iter().map(|object| text(object, "serial_number")).collect();
    let enrolled = enrolled_devices::serials(context.database(), &serials).await?;
    let now = context.now();
    let records = objects.into_iter().map(|object| {
        let is_over = expires_at(&object).is_some_and(|end| end <= now);
        let compliance = match object.state.as_str() {
            ACTIVE if is_over => EXPIRED,
            ACTIVE => ACTIVE,
            ALLOWED => ALLOWED,
            BLOCKED => BLOCKED,
            _ => EXPIRED,
        };
        let serial = text(&object, "serial_number").to_lowercase();
        let enrollment = if enrolled.contains(&serial) { "Enrolled" } else { "Registered" };
        Record { object, compliance, enrollment }
    });
    Ok(records.collect())
}

/// All records that the caller sees, or those of some organization groups.
pub(super) async fn all(context: &Context, groups: &[i64]) -> Result<Vec<Record>, Refusal> {
    let everything = Page::asked_or_all(None, None);
    let wanted = Wanted::default();
    let (mut found, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    if !groups.is_empty() {
        found.retain(|object| groups.contains(&object.group));
    }
    now_true(context, found).await
}

/// One record of an organization group, or 404 with the code of a missing token.
pub(super) async fn one(context: &Context, group: &Group, uuid: uuid::Uuid) -> Result<Record, Refusal> {
    let missing = || Refusal::new(404, 5220, format!("The enrollment token {uuid} is not found."));
    let found = objects::get(context.database(), KIND, uuid, context.scope()).await?;
    let object = found.filter(|object| object.group == group.id).ok_or_else(missing)?;
    now_true(context, vec![object]).await?.pop().ok_or_else(missing)
}

/// Makes a record. A serial number is registered once, and one that is blocked is not registered at all.
pub(super) async fn register(
    context: &Context,
    tx: &mut Transaction,
    group: &Group,
    state: &str,
    mut body: Map<String, Value>,
) -> Result<Object, Refusal> {
    let of = |body: &Map<String, Value>, name: &str| {
        body.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    };
    let name = ["friendly_name", "serial_number", "imei", "udid"].map(|name| of(&body, name));
    let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    for attribute in ["serial_number", "imei", "udid"] {
        let value = of(&body, attribute);
        if value.is_empty() {
            continue;
        }
        if let Some(known) = with_attribute(context, tx, attribute, &value).await? {
            let blocked = known.state == BLOCKED && state != BLOCKED;
            let word = if blocked { "is not let in" } else { "is registered already" };
            return Err(Refusal::bad(format!("A device of the {attribute} {value} {word}.")));
        }
    }
    if state == ACTIVE {
        let token = crate::secret::random().unwrap_or_default();
        let token: String = token.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        body.insert("token".to_owned(), json!(token.to_uppercase()));
        let end = context.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        body.insert("expires_at".to_owned(), json!(end.as_microsecond()));
    }
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: None,
        name: &name,
        state,
        body,
        created_by: &context.caller.name,
    };
    Ok(objects::create(tx, new, context.now()).await?)
}

async fn with_attribute(
    context: &Context,
    tx: &mut Transaction,
    attribute: &str,
    value: &str,
) -> Result<Option<Object>, Refusal> {
    let found = objects::with_member(tx, KIND, attribute, value, context.scope()).await?;
    Ok(found)
}
