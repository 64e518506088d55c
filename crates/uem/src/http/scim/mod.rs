//! SCIM 2: user groups and users as identity providers see them. A subset: groups are searched, made and changed,
//! users are read.

mod filter;
mod groups;

use jiff::Timestamp;
use muster_model::Stamp;
use serde_json::{Value, json};

use super::context::Context;
use super::given::Given;
use super::policy::Action::Read;
use super::policy::Resource::Users;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::objects::Key;
use crate::store::{organization_groups, user_groups, users};

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const GROUP_EXTENSION: &str = "urn:scim:schemas:extension:workspace:1.0:Group:GroupExtensions";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const USER_EXTENSION: &str = "urn:scim:schemas:extension:workspace:1.0:User:UserExtensions";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Resources of one page at most.
const MOST: usize = 1_000;

pub(super) fn routes(table: &mut Table) {
    groups::routes(table);
    table.serve("systemv2/ScimV2Users_GetUserByUuid", needs(Users, Read), user).serve(
        "systemv2/ScimV2ServiceProviderConfig_GetServiceProviderConfig",
        needs(Users, Read),
        configuration,
    );
}

fn meta(context: &Context, kind: &str, uuid: uuid::Uuid, created: Timestamp, changed: Timestamp) -> Value {
    json!({
        "resourceType": kind, "created": Stamp(created).to_string(), "lastModified": Stamp(changed).to_string(),
        "location": format!("{}/api/system/scim/v2/{kind}s/{uuid}", context.tenant.url),
        "version": format!("W/\"{}\"", changed.as_microsecond()),
    })
}

async fn user(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let missing = || Refusal::not_found(format!("Resource {uuid} not found."));
    let user = users::get(context.database(), uuid, context.scope()).await?.ok_or_else(missing)?;
    let (created, changed) = users::times(context.database(), user.id.0).await?;
    let groups: Vec<Value> = user_groups::of_user(context.database(), user.id.0)
        .await?
        .iter()
        .map(|(_, uuid, name)| json!({ "value": uuid, "display": name, "$ref": format!("../Groups/{uuid}") }))
        .collect();
    let owner: i64 = user.location_group_id.parse().unwrap_or_default();
    let owner = organization_groups::get(context.database(), Key::Id(owner), context.scope()).await?;
    let details = users::details(context.database(), user.id.0).await?;
    let mut shown = json!({
        "schemas": [USER, USER_EXTENSION], "id": uuid, "userName": user.user_name, "groups": groups,
        "externalId": details.get("ExternalId"), "meta": meta(&context, "User", uuid, created, changed),
    });
    shown[USER_EXTENSION] = json!({
        "domain": "Enrollment", "managedByOrganizationGroup": owner.map(|group| group.uuid),
        "createdBy": details.get("createdBy"), "lastModifiedBy": details.get("lastModifiedBy"),
        "lastActionType": details.get("lastActionType"), "lastActionSource": "API",
    });
    Ok(Said::json(200, shown))
}

async fn configuration(_: Context, _: Given) -> Result<Said, Refusal> {
    Ok(Said::json(
        200,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": { "supported": true }, "filter": { "supported": true, "maxResults": MOST },
            "sort": { "supported": true }, "changePassword": { "supported": false }, "etag": { "supported": false },
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        }),
    ))
}
