//! Administrators in the guide's words: the same people at `/admins`.

use serde_json::json;

use super::super::console::desk;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Admins;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{change, read, shown};
use crate::store::access::admins::Admin;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/admins.list", needs(Admins, Read), list)
        .serve("guide/admins.search", needs(Admins, Read), list)
        .serve("guide/admins.get", needs(Admins, Read), get)
        .serve("guide/admins.add", needs(Admins, Create), add)
        .serve("guide/admins.update", needs(Admins, Edit), update)
        .serve("guide/admins.delete", needs(Admins, Delete), delete);
}

/// In the guide what is not there is 404.
async fn admin(context: &Context, given: &Given) -> Result<Admin, Refusal> {
    Ok(desk(context).account(given.id("id")).await?)
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (rows, page, total) = read::page(&context, &given).await?;
    Ok(Said::json(200, json!({ "Admins": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let admin = admin(&context, &given).await?;
    Ok(Said::json(200, shown(&context, &admin).await?))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = change::make(&context, &given).await?;
    let made = desk(&context).account(id).await?;
    Ok(Said::json(201, json!({ "Value": id, "Uuid": made.uuid })))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let before = admin(&context, &given).await?;
    let id = before.id;
    change::change(&context, &given, before).await?;
    if let Some(word) = given.member_text("Status") {
        let active = match word.to_lowercase().as_str() {
            "active" => true,
            "inactive" => false,
            _ => return Err(Refusal::bad(format!("'{word}' is not a status: Active or Inactive."))),
        };
        desk(&context).set_active(id, active).await?;
    }
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    change::remove(&context, &admin(&context, &given).await?).await?;
    Ok(Said::nothing(200))
}
