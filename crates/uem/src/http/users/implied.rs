//! What the guide implies of users beside the operations that have types: listing, removing, switching on and off.

use muster_model::ids::UserId;
use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Users;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{differs, missing, more};
use crate::store::users::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/users.list", needs(Users, Read), list)
        .serve("guide/users.delete", needs(Users, Delete), delete)
        .serve("guide/users.activate", needs(Users, Edit), activate)
        .serve("guide/users.deactivate", needs(Users, Edit), deactivate);
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (found, total) = users::search(context.database(), &Wanted::default(), page, context.scope()).await?;
    Ok(Said::json(200, json!({ "Users": found, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let mut tx = context.begin().await?;
    let user = users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| missing(id))?;
    more::remove(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn activate(context: Context, given: Given) -> Result<Said, Refusal> {
    switch(&context, &given, true).await
}

async fn deactivate(context: Context, given: Given) -> Result<Said, Refusal> {
    switch(&context, &given, false).await
}

async fn switch(context: &Context, given: &Given, active: bool) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let mut tx = context.begin().await?;
    let user = users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| missing(id))?;
    differs(&user, active)?;
    users::set_active(&mut tx, id, active, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
