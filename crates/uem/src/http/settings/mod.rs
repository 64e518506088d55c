//! Settings of organization groups that the API reads or changes: push certificates, pinned certificates,
//! licenses, storage, who may enroll, and notices for administrators.

mod apns;
mod licenses;
mod notifications;
mod pinning;
mod restrictions;

use serde_json::json;

use super::context::Context;
use super::given::Given;
use super::organization_groups::seen;
use super::policy::Action::Read;
use super::policy::Resource::{Settings, Users};
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::organization_groups;
use crate::store::page::Page;
use crate::store::users::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    apns::routes(table);
    licenses::routes(table);
    notifications::routes(table);
    pinning::routes(table);
    restrictions::routes(table);
    table
        .serve("systemv2/TenantStorageSettingsV2_GetTenantStorageConfigurationAsync", needs(Settings, Read), storage)
        .serve("systemv2/AdvancedLdapSyncJobV2_EnrollmentUserDetailsAsync", needs(Users, Read), enrollment_user);
}

/// Megabytes; every group has the same.
async fn storage(context: Context, given: Given) -> Result<Said, Refusal> {
    seen(&context, given.uuid("ogUuid")).await?;
    Ok(Said::json(
        200,
        json!({
            "application_capacity_mb": 51_200, "application_max_file_size_mb": 200,
            "application_max_file_size_with_cdn_mb": 10_240, "application_overage_allowed_mb": 0,
            "content_capacity_mb": 5_120, "content_max_file_size_mb": 200, "content_overage_allowed_mb": 0,
            "file_encryption_enabled": true,
        }),
    ))
}

/// What the directory and the tenant know of one user of a group.
async fn enrollment_user(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("oguuid")).await?;
    let name = given.asked("user_name").unwrap_or_default();
    let owners = organization_groups::ids_below(context.database(), group.id).await?;
    let wanted = Wanted { username: Some(name), owners: &owners, ..Wanted::default() };
    let first = Page { number: 0, size: 1 };
    let (found, _) = users::search(context.database(), &wanted, first, context.scope()).await?;
    let user = found.into_iter().find(|user| user.user_name.eq_ignore_ascii_case(name));
    let missing = || Refusal::not_found(format!("The enrollment user {name} is not found."));
    let user = user.ok_or_else(missing)?;
    let mut shown = serde_json::Value::Object(users::details(context.database(), user.id.0).await?);
    for (name, value) in [
        ("enrollment_user_id", json!(user.id.0.0)),
        ("enrollment_user_uuid", json!(user.uuid)),
        ("user_name", json!(user.user_name)),
        ("first_name", json!(user.first_name)),
        ("last_name", json!(user.last_name)),
        ("display_name", json!(user.display_name)),
        ("full_name", json!(user.display_name)),
        ("email_address", json!(user.email)),
        ("phone_number", json!(user.contact_number)),
        ("mobile_phone", json!(user.mobile_number)),
        ("department", json!(user.department)),
        ("active", json!(user.status)),
        ("location_group_id", json!(user.location_group_id)),
    ] {
        shown[name] = value;
    }
    Ok(Said::json(200, shown))
}
