//! What an organization group has for apps: space, the binding to Google's store.

use muster_model::error::code;
use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::apps;
use crate::store::objects::Key;

pub(super) fn routes(table: &mut Table) {
    table.serve("systemv1/AppContent_GetAppContentStorageInfo", needs(Apps, Read), storage).serve(
        "systemv1/AndroidWork_GetAndroidWorkSettings",
        needs(Apps, Read),
        android,
    );
}

/// Megabytes that one file of an app may have.
pub(super) const MOST_MEGABYTES: i64 = 2_048;
const CAPACITY_MEGABYTES: i64 = 102_400;

async fn group(context: &Context, key: Key, told: &str) -> Result<(i64, uuid::Uuid), Refusal> {
    let found = apps::group(context.database(), key, context.scope()).await?;
    let missing = || Refusal::new(404, code::GROUP_NOT_FOUND, format!("Organization group not found: {told}."));
    found.ok_or_else(missing)
}

async fn storage(context: Context, given: Given) -> Result<Said, Refusal> {
    let text = given.text("ogid");
    let id = text.parse::<i64>().map_err(|_| Refusal::bad(format!("'{text}' is no id of an organization group.")))?;
    group(&context, Key::Id(id), text).await?;
    let (capacity, most) = (CAPACITY_MEGABYTES.to_string(), MOST_MEGABYTES.to_string());
    Ok(Said::json(
        200,
        json!({
            "ApplicationCapacity": capacity, "ApplicationMaxFileSize": most, "ApplicationOverage": "0",
            "ContentCapacity": capacity, "ContentMaxFileSize": most, "ContentOverage": "0",
        }),
    ))
}

/// The whole tenant is bound to one enterprise of Google's.
async fn android(context: Context, given: Given) -> Result<Said, Refusal> {
    let (id, uuid) = group(&context, Key::Id(given.id("id")), given.text("id")).await?;
    let enterprise: String = uuid.simple().to_string().chars().take(9).collect();
    Ok(Said::json(
        200,
        json!({
            "AndroidWorkSetUpMode": "ManagedGooglePlayAccounts", "EnterpriseId": format!("LC{enterprise}"),
            "IsAmapiConfigured": false, "ServiceAccountAdminEmail": "android@example.com", "id": id, "uuid": uuid,
        }),
    ))
}
