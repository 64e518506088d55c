//! Registration records of an organization group: searched, made in two versions, read, removed.

use muster_model::Stamp;
use muster_model::ids::UserId;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Devices;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, ALLOWED, BLOCKED, Record, all, expires_at, one, platform, register, text};
use crate::store::objects;
use crate::store::organization_groups;
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/EnrollmentTokenV1_GetByCriteriaAsync", needs(Devices, Read), search)
        .serve("mdmv1/EnrollmentTokenV1_CreateAsync", needs(Devices, Create), create)
        .serve("mdmv1/EnrollmentTokenV1_GetByIdAsync", needs(Devices, Read), get)
        .serve("mdmv1/EnrollmentTokenV1_DeleteByIdAsync", needs(Devices, Delete), delete)
        .serve("mdmv2/EnrollmentTokenV2_CreateEnrollmentToken", needs(Devices, Create), create_v2);
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("ogUuid")).await?;
    let page = given.page()?;
    let groups = organization_groups::ids_below(context.database(), group.id).await?;
    let mut found = all(&context, &groups).await?;
    let fits = |asked: Option<&str>, value: &str| asked.is_none_or(|asked| asked.eq_ignore_ascii_case(value));
    found.retain(|record| {
        fits(given.asked("serial_number"), text(&record.object, "serial_number"))
            && fits(given.asked("imei"), text(&record.object, "imei"))
            && fits(given.asked("compliance_status"), record.compliance)
            && fits(given.asked("enrollment_status"), record.enrollment)
            && fits(given.asked("device_type"), text(&record.object, "platform"))
    });
    let first = page.number as usize * page.size as usize;
    let rows: Vec<Value> = found
        .iter()
        .skip(first)
        .take(page.size as usize)
        .map(|Record { object, compliance, enrollment }| {
            json!({
                "uuid": object.uuid, "serial_number": text(object, "serial_number"), "imei": text(object, "imei"),
                "platform": word_or_unknown(text(object, "platform")), "compliance_status": compliance,
                "enrollment_status": enrollment,
            })
        })
        .collect();
    let said = json!({ "tokens": rows, "page": page.number, "page_size": page.size, "total": found.len() });
    Ok(Said::list(said, rows.len() as u64))
}

fn word_or_unknown(platform: &str) -> &str {
    if platform.is_empty() { "Unknown" } else { platform }
}

/// The member in which a device's attribute is kept.
fn attribute(kind: &str) -> Result<&'static str, Refusal> {
    match kind {
        "SERIAL_NUMBER" => Ok("serial_number"),
        "IMEI" => Ok("imei"),
        "UDID" => Ok("udid"),
        _ => Err(Refusal::shape("The attribute_type must be one of IMEI, SERIAL_NUMBER, UDID.")),
    }
}

/// A record of a device that is let in, or is not, whoever brings it.
fn listed(said: &Value) -> Result<Map<String, Value>, Refusal> {
    let of = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let value = of("device_attribute");
    if value.is_empty() {
        return Err(Refusal::shape("The device_attribute field is required."));
    }
    let mut body = Map::from_iter([(attribute(of("attribute_type"))?.to_owned(), json!(value))]);
    if !of("ownership_type").is_empty() {
        body.insert("ownership_type".to_owned(), json!(of("ownership_type")));
    }
    Ok(body)
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("ogUuid")).await?;
    let state = match given.member_text("registration_type").unwrap_or("WHITELIST") {
        "WHITELIST" => ALLOWED,
        "BLACKLIST" => BLOCKED,
        other => {
            let message = format!("'{other}' is not a registration_type of this version: WHITELIST or BLACKLIST.");
            return Err(Refusal::bad(message));
        }
    };
    let mut tx = context.begin().await?;
    let made = register(&context, &mut tx, &group, state, listed(&given.body)?).await?;
    tx.commit().await?;
    let path = format!("{}/api/mdm/groups/{}/enrollment-tokens/{}", context.tenant.url, group.uuid, made.uuid);
    Ok(Said::made_at(201, path, Value::Null))
}

async fn create_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = super::super::organization_groups::named_uuid(&context, given.uuid("ogUuid")).await?;
    let part =
        |name: &'static str| given.member(name).ok_or_else(|| Refusal::shape(format!("The {name} field is required.")));
    let (state, body) = match given.member_text("registration_type").unwrap_or_default() {
        "WHITELIST" => (ALLOWED, listed(part("device_whitelist_record")?)?),
        "BLACKLIST" => (BLOCKED, listed(part("device_blacklist_record")?)?),
        "REGISTER_DEVICE" => (ACTIVE, registered(&context, part("device_registration_record")?).await?),
        other => return Err(Refusal::bad(format!("'{other}' is not a registration_type."))),
    };
    let mut tx = context.begin().await?;
    let made = register(&context, &mut tx, &group, state, body).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "token": made.body.get("token"), "uuid": made.uuid })))
}

/// A record of a device that a user is going to bring.
async fn registered(context: &Context, said: &Value) -> Result<Map<String, Value>, Refusal> {
    let mut body = said.as_object().cloned().unwrap_or_default();
    let uuid: uuid::Uuid =
        body.get("user_uuid").and_then(Value::as_str).unwrap_or_default().parse().unwrap_or_default();
    let missing = || Refusal::new(400, 12, format!("The enrollment user {uuid} is not found."));
    let user = users::get(context.database(), uuid, context.scope()).await?.ok_or_else(missing)?;
    if !user.status {
        return Err(Refusal::bad(format!("The user {} is not active.", user.user_name)));
    }
    body.insert("user_id".to_owned(), json!(user.id.0.0));
    body.insert("user_name".to_owned(), json!(user.user_name));
    if let Some(udid) = body.remove("device_udid") {
        body.insert("udid".to_owned(), udid);
    }
    if let Some(id) = body.get("platform_id").and_then(Value::as_i64) {
        let word = platform(id).ok_or_else(|| Refusal::bad(format!("There is no platform {id}.")))?;
        body.insert("platform".to_owned(), json!(word));
    }
    Ok(body)
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("ogUuid")).await?;
    let record = one(&context, &group, given.uuid("tokenUuid")).await?;
    let object = &record.object;
    let user = match object.body.get("user_id").and_then(Value::as_i64) {
        None => None,
        Some(id) => users::get(context.database(), UserId(id), context.scope()).await?,
    };
    let tags: Vec<&str> = object
        .body
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let user_info = user.map(|user| {
        json!({
            "name": user.display_name, "user_email_address": user.email, "contact_number": user.contact_number,
            "security_type": user.security_type.as_str(), "organization_group_name": group.name,
        })
    });
    let mut shown = Value::Object(object.body.clone());
    shown["friendly_name"] = json!(object.name);
    shown["organization_group_name"] = json!(group.name);
    shown["platform"] = json!(word_or_unknown(text(object, "platform")));
    shown["status"] = json!(record.compliance);
    shown["enrollment_status"] = json!(record.enrollment);
    shown["registration_date"] = json!(object.created_at.as_microsecond());
    shown["expiration_date"] = json!(expires_at(object).map(|end| Stamp(end).to_string()));
    shown["source"] = json!("API");
    shown["type"] = json!(if object.state == ACTIVE { "OneTimeUse" } else { "Unknown" });
    shown["tags"] = json!(tags);
    shown["user_info"] = json!(user_info);
    // The token itself was told when it was made.
    shown["token"] = Value::Null;
    Ok(Said::json(200, shown))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("ogUuid")).await?;
    let record = one(&context, &group, given.uuid("tokenUuid")).await?;
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &record.object).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
