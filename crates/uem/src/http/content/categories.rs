//! Categories that content is sorted into. A name is taken once in an organization group.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Content;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, Key, NewObject, Object, Wanted};
use crate::store::page::Page;

pub(super) const KIND: &str = "content-category";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mcmv1/Category_GetCategories", needs(Content, Read), list)
        .serve("mcmv1/Category_AddCategory", needs(Content, Create), add)
        .serve("mcmv1/Category_UpdateCategory", needs(Content, Edit), update)
        .serve("mcmv1/Category_DeleteCategory", needs(Content, Delete), delete);
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.asked_id("locationgroupid");
    let wanted = Wanted { group, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, total) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    let shown: Vec<_> = found.iter().map(shown).collect();
    Ok(Said::list(json!({ "Categories": shown, "Total": total }), total))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    let group = owner::group(&context, given.member_id("locationGroupId")).await?;
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("A category of the name '{name}' exists already.")));
    }
    let new = NewObject {
        kind: KIND,
        group,
        parent: None,
        name,
        state: "",
        body: given.members(),
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&made)))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("name")?;
    let mut tx = context.begin().await?;
    let mut category = category(&context, &mut tx, &given).await?;
    category.name = name.to_owned();
    category.body = given.members();
    objects::save(&mut tx, &category, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&category)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let category = category(&context, &mut tx, &given).await?;
    objects::remove(&mut tx, &category).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn category(context: &Context, tx: &mut muster_store::Transaction, given: &Given) -> Result<Object, Refusal> {
    let text = given.text("id");
    let missing = || Refusal::not_found(format!("Category not found: {text}."));
    let key = text.parse().map(Key::Uuid).or_else(|_| text.parse().map(Key::Id)).map_err(|_| missing())?;
    objects::find(tx, KIND, key, context.scope()).await?.ok_or_else(missing)
}

fn shown(category: &Object) -> serde_json::Value {
    json!({ "id": category.uuid, "name": category.name, "categoryId": category.id, "locationGroupId": category.group })
}
