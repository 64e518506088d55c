//! Administrators come, change and go, and get roles and lose them.

use serde_json::{Value, json};

use super::super::console::desk;
use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{Whom, admin, details, grant_of, grants_of, group_of, refused, said, said_text};
use crate::console::NewAccount;
use crate::store::access::admins::{AccountKind, Admin, Grant};

/// Makes an administrator of what a body says.
pub(super) async fn make(context: &Context, given: &Given) -> Result<i64, Refusal> {
    let required = |name: &'static str| {
        said_text(given, name).ok_or_else(|| Refusal::bad(format!("The {name} field is required.")))
    };
    let group = group_of(context, given).await?.unwrap_or(context.caller.group);
    let grants = grants_of(context, given, group).await?;
    if grants.is_empty() {
        return Err(Refusal::bad("At least one role is required."));
    }
    let is_directory = said(given, "IsActiveDirectoryUser").and_then(Value::as_bool).unwrap_or_default();
    let password = said(given, "Password").and_then(Value::as_str).filter(|text| !text.is_empty());
    if password.is_none() && !is_directory {
        return Err(Refusal::bad("The Password field is required."));
    }
    let new = NewAccount {
        username: required("UserName")?,
        password,
        kind: AccountKind::Administrator,
        first_name: required("FirstName")?,
        last_name: required("LastName")?,
        email: required("Email")?,
        group,
        grants: &grants,
        details: details(given),
    };
    desk(context).add_account(&context.reception.gate.passwords, &new).await.map_err(refused)
}

pub(super) async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = make(&context, &given).await?;
    Ok(Said::json(200, json!({ "Value": id })))
}

pub(super) async fn add_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    add(context, given).await
}

/// Changes what a body says of an administrator; its roles are replaced if it names any.
pub(super) async fn change(context: &Context, given: &Given, before: Admin) -> Result<(), Refusal> {
    let text = |name: &str, old: &str| said_text(given, name).unwrap_or(old).to_owned();
    let group = group_of(context, given).await?.unwrap_or(before.group);
    let grants = grants_of(context, given, group).await?;
    let mut changed = Admin {
        username: text("UserName", &before.username),
        first_name: text("FirstName", &before.first_name),
        last_name: text("LastName", &before.last_name),
        email: text("Email", &before.email),
        group,
        ..before.clone()
    };
    changed.details.extend(details(given));
    desk(context).change_account(&changed).await.map_err(refused)?;
    if let Some(password) = said(given, "Password").and_then(Value::as_str).filter(|text| !text.is_empty()) {
        let passwords = &context.reception.gate.passwords;
        desk(context).set_password(passwords, before.id, password).await.map_err(refused)?;
    }
    if !grants.is_empty() {
        for grant in grants.iter().filter(|grant| !before.grants.contains(grant)) {
            desk(context).grant(before.id, *grant).await.map_err(refused)?;
        }
        for grant in before.grants.iter().filter(|grant| !grants.contains(grant)) {
            desk(context).withdraw(before.id, *grant).await.map_err(refused)?;
        }
    }
    Ok(())
}

pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let before = admin(&context, Whom::Id(given.id("id"))).await?;
    change(&context, &given, before).await?;
    Ok(Said::nothing(200))
}

pub(super) async fn update_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let before = admin(&context, Whom::Uuid(given.uuid("uuid"))).await?;
    change(&context, &given, before).await?;
    Ok(Said::nothing(200))
}

/// Removes an administrator, but not the one who asks for it.
pub(super) async fn remove(context: &Context, admin: &Admin) -> Result<(), Refusal> {
    if *admin.username == *context.caller.name {
        return Err(Refusal::bad("Nobody can delete their own account."));
    }
    desk(context).remove_account(admin.id).await.map_err(refused)
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, &admin(&context, Whom::Id(given.id("id"))).await?).await?;
    Ok(Said::nothing(200))
}

pub(super) async fn delete_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, &admin(&context, Whom::Uuid(given.uuid("uuid"))).await?).await?;
    Ok(Said::nothing(200))
}

pub(super) async fn add_role(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, Whom::Id(given.id("id"))).await?;
    let grant = grant_of(&context, &given.body, admin.group).await?;
    if admin.grants.contains(&grant) {
        return Err(Refusal::bad("The administrator has the role already."));
    }
    desk(&context).grant(admin.id, grant).await.map_err(refused)?;
    Ok(Said::nothing(200))
}

pub(super) async fn remove_role(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, Whom::Id(given.id("id"))).await?;
    let grant = grant_of(&context, &given.body, admin.group).await?;
    desk(&context).withdraw(admin.id, grant).await.map_err(refused)?;
    Ok(Said::nothing(200))
}

/// The administrator, and the role in the group that a path names.
async fn in_path(context: &Context, given: &Given) -> Result<(Admin, Grant), Refusal> {
    let admin = admin(context, Whom::Uuid(given.uuid("adminUserUuid"))).await?;
    let role = desk(context).role(&given.uuid("roleUuid").to_string()).await.map_err(refused)?;
    let group = desk(context).group(&given.uuid("organizationGroupUuid").to_string()).await.map_err(refused)?;
    Ok((admin, Grant { role: role.id, group }))
}

pub(super) async fn grant(context: Context, given: Given) -> Result<Said, Refusal> {
    let (admin, grant) = in_path(&context, &given).await?;
    desk(&context).grant(admin.id, grant).await.map_err(refused)?;
    Ok(Said::nothing(200))
}

pub(super) async fn withdraw(context: Context, given: Given) -> Result<Said, Refusal> {
    let (admin, grant) = in_path(&context, &given).await?;
    desk(&context).withdraw(admin.id, grant).await.map_err(refused)?;
    Ok(Said::nothing(200))
}

/// Nothing here sends mail; the next password that is set has to be changed.
pub(super) async fn reset_password(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut admin = admin(&context, Whom::Uuid(given.uuid("uuid"))).await?;
    if admin.email.is_empty() {
        return Err(Refusal::bad("The administrator has no email address."));
    }
    admin.details.insert("RequiresPasswordChange".to_owned(), json!(true));
    desk(&context).change_account(&admin).await.map_err(refused)?;
    Ok(Said::nothing(204))
}

pub(super) async fn about_page(context: Context, given: Given) -> Result<Said, Refusal> {
    let shows = match given.text("showpage").to_lowercase().as_str() {
        "true" => true,
        "false" => false,
        other => return Err(Refusal::bad(format!("'{other}' is neither true nor false."))),
    };
    let mut admin = admin(&context, Whom::Id(given.id("adminId"))).await?;
    admin.details.insert("showAboutPage".to_owned(), json!(shows));
    desk(&context).change_account(&admin).await.map_err(refused)?;
    Ok(Said::nothing(201))
}
