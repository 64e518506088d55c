//! API keys. The text of one is in the answer that makes it, and nowhere else.

use jiff::{SignedDuration, Timestamp};
use muster_model::Stamp;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::limits::Counted;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Access;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, group_of, list_of, moment, number, words};
use crate::console::NewApiKey;
use crate::store::access::keys::{AccountType, Key};
use crate::store::access::log::UseOf;

/// For how long a key opens after it was rotated, unless the request says otherwise.
const OVERLAP_HOURS: i64 = 24;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("console/apikeys.list", needs(Access, Read), list)
        .serve("console/apikeys.add", needs(Access, Create), add)
        .serve("console/apikeys.get", needs(Access, Read), get)
        .serve("console/apikeys.rotate", needs(Access, Edit), rotate)
        .serve("console/apikeys.revoke", needs(Access, Delete), revoke)
        .serve("systemv1/RestApiSettingsV2_GetApiTenantKeysAsync", needs(Access, Read), published);
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    let keys = desk(&context).keys().await?;
    let shown: Vec<Value> = keys.iter().map(|key| shown(&context, key)).collect();
    Ok(Said::json(200, json!({ "ApiKeys": shown, "Total": shown.len() })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let key = desk(&context).key(given.id("id")).await?;
    Ok(Said::json(200, shown(&context, &key)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let account_type = match given.member_text("AccountType") {
        None => AccountType::Admin,
        Some(word) => AccountType::known(word).ok_or_else(|| {
            Refusal::invalid(format!("'{word}' is not an account type. Valid are: Admin, EnrollmentUser."))
        })?,
    };
    let expires_at = match given.member_text("ExpiresOn") {
        None => None,
        Some(text) => {
            let stamp: Stamp =
                text.parse().map_err(|_| Refusal::invalid(format!("'{text}' is not a point in time.")))?;
            Some(stamp.0)
        }
    };
    let (rights, networks) = (words(&given, "Permissions"), words(&given, "AllowedNetworks"));
    let new = NewApiKey {
        service: given.required_text("Service")?,
        account_type,
        group: group_of(&context, &given),
        admin: given.member_id("AccountId"),
        rights: &rights,
        networks: &networks,
        daily_quota: number(&given, "DailyQuota"),
        expires_at,
    };
    let (key, text) = desk(&context).add_key(&new).await?;
    Ok(Said::made_at(201, format!("/API/v1/console/apikeys/{}", key.id), made(&key, &text)))
}

async fn rotate(context: Context, given: Given) -> Result<Said, Refusal> {
    let hours = given.member_id("OverlapHours").unwrap_or(OVERLAP_HOURS).clamp(-1, 10_000);
    let (key, text) = desk(&context).rotate_key(given.id("id"), SignedDuration::from_hours(hours)).await?;
    Ok(Said::json(200, made(&key, &text)))
}

async fn revoke(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).revoke_key(given.id("id")).await?;
    Ok(Said::nothing(204))
}

/// Keys and clients of a group as the published API tells them. The text of a key is not known to anybody.
async fn published(context: Context, given: Given) -> Result<Said, Refusal> {
    let (desk, now, uuid) = (desk(&context), context.now(), given.uuid("organizationGroupUuid"));
    let no_group = |_| Refusal::no_group_of_uuid(uuid);
    let group = desk.group(&uuid.to_string()).await.map_err(no_group)?;
    let used = |kind, id| context.reception.days.used(Counted::Credential(kind, id), now);
    let keys: Vec<Value> = desk
        .keys()
        .await?
        .iter()
        .filter(|key| key.group == group && key.revoked_at.is_none())
        .map(|key| {
            json!({ "id": key.id, "uuid": key.uuid, "service_name": key.service,
                    "daily_quota_usage": used(UseOf::Key, key.id) })
        })
        .collect();
    let clients: Vec<Value> = desk
        .clients()
        .await?
        .iter()
        .filter(|client| client.group == group && client.revoked_at.is_none())
        .map(|client| {
            json!({ "id": client.id, "uuid": client.uuid, "oauth_client_name": client.name,
                    "oauth_client_id": client.client_id, "daily_quota_usage": used(UseOf::Client, client.id) })
        })
        .collect();
    Ok(Said::json(200, json!({ "id": group, "uuid": uuid, "api_keys": keys, "oauth_clients": clients })))
}

fn made(key: &Key, text: &str) -> Value {
    let until = key.previous.as_ref().map(|(_, until)| *until);
    json!({ "Id": key.id, "Uuid": key.uuid, "Service": key.service, "ApiKey": text, "RotatedUntil": moment(until) })
}

fn shown(context: &Context, key: &Key) -> Value {
    let (days, whose) = (&context.reception.days, Counted::Credential(UseOf::Key, key.id));
    let rotated: Option<Timestamp> = key.previous.as_ref().map(|(_, until)| *until);
    json!({
        "Id": key.id, "Uuid": key.uuid, "Service": key.service, "AccountType": key.account_type.as_str(),
        "LocationGroupId": key.group, "AccountId": key.admin, "Permissions": list_of(&key.rights),
        "AllowedNetworks": list_of(&key.networks), "DailyQuota": key.daily_quota,
        "DailyUsage": days.used(whose, context.now()), "ExpiresOn": moment(key.expires_at),
        "RevokedOn": moment(key.revoked_at), "RotatedUntil": moment(rotated),
        "LastUsedOn": moment(days.last(whose).or(key.last_used_at)), "CreatedBy": key.created_by,
        "CreatedOn": moment(Some(key.created_at)),
    })
}
