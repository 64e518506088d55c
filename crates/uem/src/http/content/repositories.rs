//! Repositories that content is read from, and templates by which people get repositories of their own. They are
//! made and removed through the API; what they hold is not its business.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named_uuid, seen};
use super::super::policy::Action::{Create, Delete};
use super::super::policy::Resource::Content;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{gateways, named, remove_all};
use crate::store::objects::{self, NewObject, Wanted};
use crate::store::page::Page;

const REPOSITORY: &str = "content-repository";
const TEMPLATE: &str = "content-repository-template";

/// Kinds of repositories whose files are one person's own.
const PERSONAL: [&str; 5] = [
    "SHAREPOINT_PERSONAL",
    "SHAREPOINTO365_PERSONAL",
    "SHAREPOINTO365_ADFS_PERSONAL",
    "SHAREPOINTO365_ADFS_PERSONAL_REST",
    "ONEDRIVE_FOR_BUSINESS_OAUTH",
];

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mcmv1/ContentRepositoryV2_CreateContentRepositoryAsync", needs(Content, Create), create)
        .serve("mcmv1/ContentRepositoryV2_ContentRepositoryDeleteAsync", needs(Content, Delete), delete)
        .serve("mcmv1/ContentRepositoryV2_ContentRepositoryBulkDeleteAsync", needs(Content, Delete), bulk_delete)
        .serve(
            "mcmv1/ContentRepositoryV2_PersonalContentRepositoryBulkDeleteAsync",
            needs(Content, Delete),
            delete_personal,
        )
        .serve("mcmv1/RepositoryTemplatesV2_CreateRepositoryTemplateAsync", needs(Content, Create), create_template)
        .serve(
            "mcmv1/RepositoryTemplatesV2_ContentRepositoryTemplateDeleteAsync",
            needs(Content, Delete),
            delete_template,
        )
        .serve(
            "mcmv1/RepositoryTemplatesV2_ContentRepositoryTemplateBulkDeleteAsync",
            needs(Content, Delete),
            bulk_delete_templates,
        );
}

/// A link to where files are: a share (`\\server\share`) or a URL.
fn link(text: &str) -> Result<(), Refusal> {
    let is_share = text.starts_with("\\\\") && text.len() > 4;
    if is_share || url::Url::parse(text).is_ok_and(|url| url.has_host()) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("'{text}' is neither a URL nor a share.")))
}

async fn make(context: &Context, given: &Given, kind: &str, state: &str) -> Result<Said, Refusal> {
    let name = given.required_text(if kind == TEMPLATE { "user_repository_name" } else { "name" })?;
    let owner = named_uuid(context, given.member_uuid("organization_group_uuid").unwrap_or_default()).await?;
    for group in given.member("organization_groups").and_then(Value::as_array).into_iter().flatten() {
        named_uuid(context, group.as_str().unwrap_or_default().parse().unwrap_or_default()).await?;
    }
    for group in given.member("user_groups").and_then(Value::as_array).into_iter().flatten() {
        let uuid: uuid::Uuid = group.as_str().unwrap_or_default().parse().unwrap_or_default();
        let known = crate::store::user_groups::get(context.database(), uuid, context.scope()).await?;
        known.ok_or_else(|| Refusal::no_user_group(uuid))?;
    }
    if given.member_text("access_via") == Some("WITH_CONTENT_GATEWAY") {
        let gateway = given.member_text("content_gateway_configuration_uuid").unwrap_or_default();
        let missing = || Refusal::invalid(format!("Content gateway not found: {gateway}."));
        named(context, gateways::KIND, "Content gateway", gateway).await.map_err(|_| missing())?;
    }
    let mut body = given.members();
    // A password is taken and never shown; nothing here signs in with it.
    body.remove("password");
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(owner.id), ..Wanted::default() };
    if objects::first(&mut tx, kind, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("The organization group has a repository '{name}' already.")));
    }
    let new = NewObject { kind, group: owner.id, parent: None, name, state, body, created_by: &context.caller.name };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "id": made.id, "uuid": made.uuid })))
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let kind = given.required_text("repository_type")?;
    link(given.required_text("link")?)?;
    if given.member_text("authentication_type") == Some("USER") && given.member_text("user_name").is_none() {
        return Err(Refusal::shape("The user_name field is required."));
    }
    let state = if PERSONAL.contains(&kind) { "Personal" } else { "Shared" };
    make(&context, &given, REPOSITORY, state).await
}

async fn create_template(context: Context, given: Given) -> Result<Said, Refusal> {
    let kind = given.required_text("template_type")?;
    let links = given.member("template_links").and_then(Value::as_array).cloned().unwrap_or_default();
    if links.is_empty() {
        return Err(Refusal::shape("The template_links field is required."));
    }
    for each in &links {
        link(each.get("link").and_then(Value::as_str).unwrap_or_default())?;
    }
    make(&context, &given, TEMPLATE, kind).await
}

async fn remove(context: &Context, kind: &str, what: &str, text: &str) -> Result<Said, Refusal> {
    let object = named(context, kind, what, text).await?;
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &object).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, REPOSITORY, "Content repository", given.text("contentRepositoryUuid")).await
}

async fn bulk_delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_all(&context, &given, REPOSITORY, "Content repository", async |_, _| Ok(())).await
}

/// Every repository of an organization group whose files are one person's own.
async fn delete_personal(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let wanted = Wanted { state: Some("Personal"), group: Some(group.id), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, total) = objects::list(context.database(), REPOSITORY, &wanted, everything, context.scope()).await?;
    if total == 0 {
        return Err(Refusal::not_found("The organization group has no personal content."));
    }
    let mut tx = context.begin().await?;
    for repository in &found {
        objects::remove(&mut tx, repository).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn delete_template(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, TEMPLATE, "Repository template", given.text("contentRepositoryTemplateUuid")).await
}

async fn bulk_delete_templates(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_all(&context, &given, TEMPLATE, "Repository template", async |_, _| Ok(())).await
}
