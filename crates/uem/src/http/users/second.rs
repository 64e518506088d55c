//! Version 2 of the user routes: camel case, UUIDs, and a change that touches only what it names.

use muster_model::users::User;
use muster_model::words::SecurityType;
use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Users;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{check, more};
use crate::store::objects::Key;
use crate::store::organization_groups;
use crate::store::page::Page;
use crate::store::users::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv2/UsersV2_CreateAsync", needs(Users, Create), create)
        .serve("systemv2/UsersV2_ReadAsync", needs(Users, Read), read)
        .serve("systemv2/UsersV2_UpdateAsync", needs(Users, Edit), update)
        .serve("systemv2/UsersV2_DeleteAsync", needs(Users, Delete), delete)
        .serve("systemv2/UsersV2_SearchUsersAsync", needs(Users, Read), search)
        .serve("systemv2/UsersV2_UserRolesAsync", needs(Users, Read), roles)
        .serve("systemv2/UsersV2_UserCategoriesAsync", needs(Users, Read), categories)
        .serve("systemv2/UsersV2_UserSecurityTypesAsync", needs(Users, Read), security_types);
}

/// The roles that an enrollment user may have; every tenant has the same.
const ROLES: [(&str, Uuid); 3] = [
    ("Full Access", uuid!("5f0f7d0e-0c3c-4a57-9d5d-5d6a3f1c0a01")),
    ("Basic Access", uuid!("5f0f7d0e-0c3c-4a57-9d5d-5d6a3f1c0a02")),
    ("External Access", uuid!("5f0f7d0e-0c3c-4a57-9d5d-5d6a3f1c0a03")),
];
const CATEGORIES: [(i64, &str); 3] = [(1, "Employee"), (2, "Contractor"), (3, "Guest")];
const SECURITY_TYPES: [&str; 2] = ["Directory", "Basic"];

/// Details and how this version calls them; those of both versions are stored under the older name.
const DETAILS: [(&str, &str); 23] = [
    ("CustomAttribute1", "customAttribute1"),
    ("CustomAttribute2", "customAttribute2"),
    ("CustomAttribute3", "customAttribute3"),
    ("CustomAttribute4", "customAttribute4"),
    ("CustomAttribute5", "customAttribute5"),
    ("DeviceStagingEnabled", "deviceStagingEnabled"),
    ("DeviceStagingType", "deviceStagingType"),
    ("DisplayName", "displayName"),
    ("EmailUserName", "emailUsername"),
    ("EmployeeIdentifier", "employeeIdentifier"),
    ("ExternalId", "externalId"),
    ("MessageType", "messageType"),
    ("aadMappingAttribute", "aadMappingAttribute"),
    ("androidSharedDeviceMode", "androidSharedDeviceMode"),
    ("androidSharedDeviceSystemAppsEnabled", "androidSharedDeviceSystemAppsEnabled"),
    ("costCenter", "costCenter"),
    ("enrollmentOrganizationGroupUuid", "enrollmentOrganizationGroupUuid"),
    ("enrollmentUserCategoryId", "enrollmentUserCategoryId"),
    ("fullName", "fullName"),
    ("messageTemplateUuid", "messageTemplateUuid"),
    ("middleName", "middleName"),
    ("userPrincipalName", "userPrincipalName"),
    ("domain", "domain"),
];

/// A member of the body, also when the two bodies spell it differently.
fn said<'a>(given: &'a Given, name: &str) -> Option<&'a Value> {
    let members = given.body.as_object()?;
    let found = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn details(context: &Context, given: &Given, source: &str) -> Result<Map<String, Value>, Refusal> {
    let mut details = Map::new();
    for (stored, name) in DETAILS {
        if let Some(value) = said(given, name) {
            details.insert(stored.to_owned(), value.clone());
        }
    }
    if let Some(category) = said(given, "enrollmentUserCategoryId").and_then(Value::as_i64)
        && !CATEGORIES.iter().any(|(id, _)| *id == category)
    {
        return Err(Refusal::invalid(format!("There is no user category {category}.")));
    }
    for (name, words) in [
        (
            "DeviceStagingType",
            &["StagingDisabled", "SingleUserStagingStandard", "SingleUserStagingAdvanced", "MultipleUserStaging"][..],
        ),
        ("MessageType", &["None", "Email", "SMS", "QrCode"][..]),
    ] {
        let Some(Value::String(word)) = details.get(name) else { continue };
        let known = words.iter().find(|known| known.eq_ignore_ascii_case(word));
        let known = known.ok_or_else(|| {
            Refusal::invalid(format!("'{word}' is not a valid {name}. Valid are: {}.", words.join(", ")))
        })?;
        details.insert(name.to_owned(), json!(known));
    }
    details.insert("lastModifiedBy".to_owned(), json!(&*context.caller.name));
    details.insert("lastActionType".to_owned(), json!(source));
    Ok(details)
}

/// A user with what the body says of it.
async fn merged(context: &Context, given: &Given, user: User) -> Result<User, Refusal> {
    let text = |name: &str, old: String| match said(given, name).and_then(Value::as_str) {
        Some(new) => new.trim().to_owned(),
        None => old,
    };
    let role = match said(given, "enrollmentRoleUuid").and_then(Value::as_str) {
        None => user.role,
        Some(uuid) => {
            let known = ROLES.iter().find(|(_, known)| known.to_string().eq_ignore_ascii_case(uuid));
            let (name, _) = known.ok_or_else(|| Refusal::invalid(format!("There is no enrollment role {uuid}.")))?;
            (*name).to_owned()
        }
    };
    let group = match said(given, "organizationGroupUuid").and_then(Value::as_str) {
        None => user.location_group_id,
        Some(uuid) => {
            let uuid = uuid.parse().unwrap_or_default();
            super::super::organization_groups::named_uuid(context, uuid).await?.id.to_string()
        }
    };
    let security_type = match said(given, "securityType").and_then(Value::as_str) {
        None => user.security_type,
        Some(word) => {
            let known = SECURITY_TYPES.iter().find(|known| known.eq_ignore_ascii_case(word));
            SecurityType::from(known.copied().unwrap_or(word))
        }
    };
    Ok(User {
        user_name: text("userName", user.user_name),
        first_name: text("firstName", user.first_name),
        last_name: text("lastName", user.last_name),
        email: text("emailAddress", user.email),
        contact_number: text("phoneNumber", user.contact_number),
        mobile_number: text("mobileNumber", user.mobile_number),
        department: text("department", user.department),
        status: said(given, "status").and_then(Value::as_bool).unwrap_or(user.status),
        role,
        location_group_id: group,
        security_type,
        ..user
    })
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let blank = User { status: true, role: super::ROLE.to_owned(), ..User::default() };
    let user = merged(&context, &given, blank).await?;
    if user.security_type == SecurityType::Basic && given.member_text("password").is_none() {
        return Err(Refusal::bad("The password field is required for a user of security type Basic."));
    }
    let mut details = details(&context, &given, "CREATE_USERS_V2")?;
    details.insert("createdBy".to_owned(), json!(&*context.caller.name));
    let mut tx = context.begin().await?;
    let group = check(&context, &mut tx, &user, None).await?;
    let (id, uuid) = users::add(&mut tx, &user, group, context.now()).await?;
    users::set_details(&mut tx, id, details).await?;
    tx.commit().await?;
    Ok(Said::made_at(201, format!("{}/api/system/users/{uuid}", context.tenant.url), Value::Null))
}

fn missing(uuid: Uuid) -> Refusal {
    Refusal::new(404, 12, format!("The enrollment user {uuid} is not found."))
}

async fn read(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let user = users::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    let details = users::details(context.database(), user.id.0).await?;
    let (created, updated) = users::times(context.database(), user.id.0).await?;
    let group: i64 = user.location_group_id.parse().unwrap_or_default();
    let group = organization_groups::get(context.database(), Key::Id(group), context.scope()).await?;
    let groups = crate::store::user_groups::of_user(context.database(), user.id.0).await?;
    let role = ROLES.iter().find(|(name, _)| *name == user.role).map(|(_, uuid)| uuid);
    let mut shown = json!({
        "uuid": user.uuid, "userName": user.user_name, "firstName": user.first_name, "lastName": user.last_name,
        "displayName": user.display_name, "fullName": user.display_name, "emailAddress": user.email,
        "phoneNumber": user.contact_number, "mobileNumber": user.mobile_number, "department": user.department,
        "status": user.status, "securityType": user.security_type.as_str(), "enrollmentRoleUuid": role,
        "organizationGroupUuid": group.map(|group| group.uuid), "enrolledDeviceCount": user.enrolled_devices_count,
        "userGroupCount": groups.len(), "createdDate": created.as_microsecond(),
        "lastModifiedDate": updated.as_microsecond(), "lastActionSource": "API",
    });
    for (stored, name) in DETAILS.iter().chain(&[
        ("createdBy", "createdBy"),
        ("lastModifiedBy", "lastModifiedBy"),
        ("lastActionType", "lastActionType"),
    ]) {
        if let Some(value) = details.get(*stored) {
            shown[*name] = value.clone();
        }
    }
    Ok(Said::json(200, shown))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let current = users::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    let user = merged(&context, &given, current).await?;
    let details = details(&context, &given, "UPDATE_USERS_V2")?;
    let id = user.id.0;
    let mut tx = context.begin().await?;
    let group = check(&context, &mut tx, &user, Some(id)).await?;
    users::write(&mut tx, &user, group, context.now()).await?;
    users::set_details(&mut tx, id, details).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let mut tx = context.begin().await?;
    let user = users::get_in(&mut tx, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    more::remove(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let top = seen(&context, given.asked_uuid("organization-group-uuid").unwrap_or_default()).await?;
    let below = organization_groups::below(context.database(), top.id).await?;
    let owners: Vec<i64> = below.iter().map(|placed| placed.group.id).collect();
    let wanted = Wanted { text: given.asked("searchtext"), owners: &owners, ..Wanted::default() };
    let page = Page::asked(None, None);
    let (found, _) = users::search(context.database(), &wanted, page, context.scope()).await?;
    // One user is published as the answer: the one of exactly the text, else the first that matches.
    let text = given.asked("searchtext").unwrap_or_default();
    let exact = found.iter().find(|user| user.user_name.eq_ignore_ascii_case(text));
    let user = exact.or(found.first()).ok_or_else(|| Refusal::new(404, 12, "No enrollment user matches."))?;
    let owner = below.iter().find(|placed| placed.group.id.to_string() == user.location_group_id);
    let (created, updated) = users::times(context.database(), user.id.0).await?;
    Ok(Said::json(
        200,
        json!({
            "enrollment_user_uuid": user.uuid, "user_name": user.user_name, "first_name": user.first_name,
            "last_name": user.last_name, "email_address": user.email, "phone_number": user.contact_number,
            "security_type": user.security_type.as_str(), "data_protection_status": 0,
            "location_group_name": owner.map(|placed| placed.group.name.as_str()),
            "createdDate": created.as_microsecond(), "lastModifiedDate": updated.as_microsecond(),
        }),
    ))
}

/// The group that the query names; what these lists hold is the same everywhere.
async fn asked_group(context: &Context, given: &Given) -> Result<(), Refusal> {
    seen(context, given.asked_uuid("organization-group-uuid").unwrap_or_default()).await.map(|_| ())
}

async fn roles(context: Context, given: Given) -> Result<Said, Refusal> {
    asked_group(&context, &given).await?;
    let roles = ROLES.map(|(name, uuid)| json!({ "role_name": name, "role_uuid": uuid }));
    Ok(Said::json(200, json!({ "Roles": roles })))
}

async fn categories(context: Context, given: Given) -> Result<Said, Refusal> {
    asked_group(&context, &given).await?;
    let categories = CATEGORIES.map(|(id, name)| json!({ "category_id": id, "category_name": name }));
    Ok(Said::json(200, json!({ "Categories": categories })))
}

async fn security_types(context: Context, given: Given) -> Result<Said, Refusal> {
    asked_group(&context, &given).await?;
    let types = SECURITY_TYPES.map(|word| json!({ "security_type": word, "label_key": format!("SecurityType{word}") }));
    Ok(Said::json(200, json!({ "security_types": types })))
}
