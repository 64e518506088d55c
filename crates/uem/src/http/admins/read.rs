//! Looking at administrators.

use serde_json::{Value, json};

use super::super::console::desk;
use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{Whom, admin, refused, shown};
use crate::store::access::admins::Admin;
use crate::store::organization_groups;
use crate::store::page::Page;

/// The administrators that a query wants, service accounts among them.
async fn found(context: &Context, given: &Given) -> Result<Vec<Admin>, Refusal> {
    let owners = match given.asked_id("organizationgroupid") {
        None => None,
        Some(id) => Some(organization_groups::ids_below(context.database(), named(context, id).await?.id).await?),
    };
    let active = match given.asked("status").map(str::to_lowercase).as_deref() {
        None => None,
        Some("active" | "true") => Some(true),
        Some("inactive" | "false") => Some(false),
        Some(other) => return Err(Refusal::bad(format!("'{other}' is not a status: Active or Inactive."))),
    };
    let roles = desk(context).roles().await.map_err(refused)?;
    let role = given.asked("role").map(str::to_lowercase);
    let holds = |asked: Option<&str>, value: &str| {
        asked.is_none_or(|asked| value.to_lowercase().contains(&asked.to_lowercase()))
    };
    let mut all = desk(context).accounts().await.map_err(refused)?;
    all.retain(|admin| {
        holds(given.asked("username"), &admin.username)
            && holds(given.asked("firstname"), &admin.first_name)
            && holds(given.asked("lastname"), &admin.last_name)
            && holds(given.asked("email"), &admin.email)
            && active.is_none_or(|active| admin.active == active)
            && owners.as_ref().is_none_or(|owners| owners.contains(&admin.group))
            && role.as_ref().is_none_or(|role| {
                let named = |id: i64| roles.iter().any(|known| known.id == id && known.name.to_lowercase() == *role);
                admin.grants.iter().any(|grant| named(grant.role))
            })
    });
    match given.asked("orderby").map(str::to_lowercase).as_deref() {
        Some("username") => all.sort_by_key(|admin| admin.username.to_lowercase()),
        Some("firstname") => all.sort_by_key(|admin| admin.first_name.to_lowercase()),
        Some("lastname") => all.sort_by_key(|admin| admin.last_name.to_lowercase()),
        Some("email") => all.sort_by_key(|admin| admin.email.to_lowercase()),
        _ => {}
    }
    if given.asked("sortorder").is_some_and(|word| word.to_lowercase().starts_with("desc")) {
        all.reverse();
    }
    Ok(all)
}

/// One page of the administrators that match, shown, and how many match.
pub(super) async fn page(context: &Context, given: &Given) -> Result<(Vec<Value>, Page, usize), Refusal> {
    let page = given.page()?;
    let all = found(context, given).await?;
    let mut rows = Vec::new();
    for admin in all.iter().skip(page.number as usize * page.size as usize).take(page.size as usize) {
        rows.push(shown(context, admin).await?);
    }
    Ok((rows, page, all.len()))
}

pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (rows, page, total) = page(&context, &given).await?;
    let shown = rows.len() as u64;
    let said = json!({ "Admins": rows, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(said, shown))
}

/// The same with a list whose name begins with a small letter.
pub(super) async fn search_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    search(context, given).await
}

pub(super) async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, Whom::Id(given.id("id"))).await?;
    Ok(Said::json(200, shown(&context, &admin).await?))
}

pub(super) async fn get_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, Whom::Uuid(given.uuid("uuid"))).await?;
    Ok(Said::json(200, shown(&context, &admin).await?))
}

pub(super) async fn about_page(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, Whom::Id(given.id("adminId"))).await?;
    let shows = admin.details.get("showAboutPage").and_then(Value::as_bool).unwrap_or(true);
    Ok(Said::json(200, json!({ "id": admin.id, "uuid": admin.uuid, "showAboutPage": shows })))
}

/// Who it is that has a name and a password.
pub(super) async fn identity(context: Context, given: Given) -> Result<Said, Refusal> {
    let text = |name: &str| given.member(name).and_then(Value::as_str).unwrap_or_default();
    let (_, tenant, _, _) = crate::store::tenant::root(context.database()).await?;
    if given.member_uuid("tenant_uuid").is_some_and(|asked| asked != tenant) {
        return Err(Refusal::bad("The tenant_uuid is not that of this tenant."));
    }
    let (name, password) = (text("username"), text("password"));
    if name.is_empty() || password.is_empty() {
        return Err(Refusal::bad("The username and password fields are required."));
    }
    let found = desk(&context).account_named(name).await.ok().filter(|admin| admin.active);
    let hash = found.as_ref().map(|admin| admin.password_hash.as_str().into());
    // A name that nobody has takes as long as a wrong password.
    let right = context.reception.gate.passwords.check(hash, password.to_owned()).await;
    match found {
        Some(admin) if right => Ok(Said::json(200, json!({ "administrator_uuid": admin.uuid }))),
        _ => {
            let message = "The user name or the password is wrong.";
            Err(Refusal::new(401, muster_model::error::code::BAD_CREDENTIALS, message))
        }
    }
}
