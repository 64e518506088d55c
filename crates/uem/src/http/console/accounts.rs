//! Administrators and service accounts.

use serde_json::{Map, Value, json};

use super::super::admins::last_login;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Admins;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, group_of, moment};
use crate::console::NewAccount;
use crate::secret;
use crate::store::access::admins::{AccountKind, Admin, Grant};
use crate::store::access::roles::Role;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("console/accounts.list", needs(Admins, Read), list)
        .serve("console/accounts.add", needs(Admins, Create), add)
        .serve("console/accounts.get", needs(Admins, Read), get)
        .serve("console/accounts.remove", needs(Admins, Delete), remove)
        .serve("console/accounts.password", needs(Admins, Edit), password)
        .serve("console/accounts.state", needs(Admins, Edit), state)
        .serve("console/accounts.grant", needs(Admins, Edit), grant)
        .serve("console/accounts.withdraw", needs(Admins, Edit), withdraw);
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    let (accounts, roles) = (desk(&context).accounts().await?, desk(&context).roles().await?);
    let shown: Vec<Value> = accounts.iter().map(|account| shown(&context, account, &roles)).collect();
    Ok(Said::json(200, json!({ "Accounts": shown, "Total": shown.len() })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let (account, roles) = (desk(&context).account(given.id("id")).await?, desk(&context).roles().await?);
    Ok(Said::json(200, shown(&context, &account, &roles)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let username = given.required_text("UserName")?;
    let group = group_of(&context, &given);
    let role = desk.role(given.required_text("Role")?).await?;
    // Without a password one is made, and shown this once.
    let made = secret::random().map_err(crate::console::Objection::from)?;
    let password = given.member("Password").and_then(Value::as_str).unwrap_or(&made);
    let kind = match given.member_text("AccountType") {
        Some(word) if word.eq_ignore_ascii_case("Administrator") => AccountKind::Administrator,
        _ => AccountKind::ServiceAccount,
    };
    let new = NewAccount {
        username,
        password: Some(password),
        kind,
        first_name: given.member_text("FirstName").unwrap_or_default(),
        last_name: given.member_text("LastName").unwrap_or_default(),
        email: given.member_text("Email").unwrap_or_default(),
        group,
        grants: &[Grant { role: role.id, group }],
        details: Map::new(),
    };
    let id = desk.add_account(&context.reception.gate.passwords, &new).await?;
    let account = desk.account(id).await?;
    let shown_once = if given.member("Password").is_none() { json!(made) } else { Value::Null };
    let value = json!({ "Id": id, "Uuid": account.uuid, "UserName": username, "Password": shown_once });
    Ok(Said::made_at(201, format!("/API/v1/console/accounts/{id}"), value))
}

async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).remove_account(given.id("id")).await?;
    Ok(Said::nothing(204))
}

async fn password(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let account = desk.account(given.id("id")).await?;
    let password = given.member("Password").and_then(Value::as_str).unwrap_or_default();
    desk.set_password(&context.reception.gate.passwords, account.id, password).await?;
    context.reception.gate.unlock(&account.username);
    Ok(Said::nothing(204))
}

async fn state(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let account = desk.account(given.id("id")).await?;
    if let Some(active) = given.member("Active").and_then(Value::as_bool) {
        desk.set_active(account.id, active).await?;
    }
    if given.member("Unlock").and_then(Value::as_bool) == Some(true) {
        desk.unlock(account.id).await?;
        context.reception.gate.unlock(&account.username);
    }
    Ok(Said::nothing(204))
}

async fn grant(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let wanted = match (given.member_id("RoleId"), given.member_text("RoleName")) {
        (Some(id), _) => id.to_string(),
        (None, Some(name)) => name.to_owned(),
        (None, None) => return Err(Refusal::shape("The RoleId field is required.")),
    };
    let (role, group) = (desk.role(&wanted).await?, group_of(&context, &given));
    desk.grant(given.id("id"), Grant { role: role.id, group }).await?;
    Ok(Said::nothing(204))
}

async fn withdraw(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let account = desk.account(given.id("id")).await?;
    let group = given.asked_id("organizationgroupid").unwrap_or(account.group);
    desk.withdraw(account.id, Grant { role: given.id("roleId"), group }).await?;
    Ok(Said::nothing(204))
}

fn shown(context: &Context, account: &Admin, roles: &[Role]) -> Value {
    let grants: Vec<Value> = account
        .grants
        .iter()
        .map(|grant| {
            let name = roles.iter().find(|role| role.id == grant.role).map(|role| role.name.as_str());
            json!({ "RoleId": grant.role, "RoleName": name, "LocationGroupId": grant.group })
        })
        .collect();
    json!({
        "Id": account.id, "Uuid": account.uuid, "UserName": account.username, "AccountType": account.kind.as_str(),
        "FirstName": account.first_name, "LastName": account.last_name, "Email": account.email,
        "LocationGroupId": account.group, "Active": account.active, "LockedUntil": moment(account.locked_until),
        "LastLoginOn": moment(last_login(context, account)), "CreatedOn": moment(Some(account.created_at)), "Roles": grants,
    })
}
