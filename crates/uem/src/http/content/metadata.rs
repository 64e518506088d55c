//! What is known about a file, in the older form (organization and user groups) and in that of smart groups.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named as named_group;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Content;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::files::KIND;
use super::{categories, named};
use crate::store::content::{self, Audience};
use crate::store::objects::{self, Object};
use crate::store::{organization_groups, user_groups};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mcmv1/AwContents_GetFileMetadataAsync", needs(Content, Read), info)
        .serve("mcmv1/AwContents_UpdateFileMetadataAsync", needs(Content, Edit), update)
        .serve("mcmv1/ManagedContent_GetContentMetadataAsync", needs(Content, Read), managed)
        .serve("mcmv1/ManagedContent_UpdateContentMetadataAsync", needs(Content, Edit), update_managed);
}

/// A file as the older routes show it.
pub(super) fn shown(file: &Object) -> Value {
    let mut shown = Value::Object(file.body.clone());
    shown["contentId"] = json!(file.uuid);
    shown["uuid"] = json!(file.uuid);
    shown["id"] = json!(file.id);
    shown["name"] = json!(file.name);
    shown["locationGroupId"] = json!(file.group);
    shown["createdOn"] = json!(file.created_at.as_microsecond());
    shown["modifiedOn"] = json!(file.updated_at.as_microsecond());
    shown["ContentVersion"]["contentVersionId"] = json!(file.uuid);
    shown["ContentVersion"]["downloadLink"] = json!(format!("/api/mcm/awcontents/{}", file.uuid));
    shown
}

/// A file as the routes of smart groups show it.
fn shown_managed(file: &Object) -> Value {
    let mut shown = shown(file);
    shown["content_uuid"] = json!(file.uuid);
    shown["organization_group_id"] = json!(file.group);
    shown["ContentVersion"]["content_version_uuid"] = json!(file.uuid);
    let required = shown["DeploymentSettings"]["isRequired"].clone();
    shown["DeploymentSettings"]["is_required_content"] = required;
    if let Some(categories) = shown["Categories"].as_array_mut() {
        for category in categories {
            category["category_uuid"] = category["categoryId"].clone();
        }
    }
    shown
}

/// Members of the stored settings, in one of the two spellings.
fn list<'a>(file: &'a Object, settings: &str, name: &str) -> Vec<&'a Value> {
    let found = file.body.get(settings).and_then(|settings| settings.get(name)).and_then(Value::as_array);
    found.into_iter().flatten().collect()
}

/// Whom a file is for.
pub(in super::super) async fn audience(context: &Context, file: &Object) -> Result<Audience, Refusal> {
    let mut audience = Audience::default();
    for group in list(file, "AssignmentSettings", "organizationGroups") {
        let top = group["organizationGroupId"].as_i64().unwrap_or_default();
        audience.organization_groups.extend(organization_groups::ids_below(context.database(), top).await?);
    }
    for group in list(file, "AssignmentSettings", "userGroups") {
        audience.user_groups.extend(group["userGroupId"].as_i64());
    }
    for group in list(file, "AssignmentSettings", "smart_groups") {
        audience.smart_groups.extend(group["smart_group_uuid"].as_str().map(str::to_owned));
    }
    Ok(audience)
}

async fn info(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&named(&context, KIND, "Content", given.text("id")).await?)))
}

async fn managed(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown_managed(&named(&context, KIND, "Content", given.text("contentUuid")).await?)))
}

/// Takes over what a body says of settings that are kept as members of one object.
fn merge(file: &mut Object, name: &str, said: Option<&Value>) {
    let Some(Value::Object(said)) = said else { return };
    let kept = file.body.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(kept) = kept else { return };
    for (name, value) in said {
        if name != "id" && name != "uuid" && !value.is_null() {
            kept.insert(name.clone(), value.clone());
        }
    }
}

fn plain(given: &Given, file: &mut Object, names: &[(&str, &str)]) {
    for (said, kept) in names {
        if let Some(value) = given.member(said) {
            file.body.insert((*kept).to_owned(), value.clone());
        }
    }
    if let Some(name) = given.member_text("name") {
        name.clone_into(&mut file.name);
    }
}

/// The categories that a body names.
async fn categories_of(context: &Context, given: &Given, list: &str, id: &str) -> Result<Option<Value>, Refusal> {
    let Some(Value::Array(asked)) = given.member(list) else { return Ok(None) };
    let mut found = Vec::new();
    for category in asked {
        let text = category.get(id).and_then(Value::as_str).unwrap_or_default();
        let known = named(context, categories::KIND, "Category", text).await?;
        found.push(json!({ "categoryId": known.uuid, "uuid": known.uuid, "id": known.id, "name": known.name }));
    }
    Ok(Some(Value::Array(found)))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut file = named(&context, KIND, "Content", given.text("id")).await?;
    if !list(&file, "AssignmentSettings", "smart_groups").is_empty() {
        return Err(Refusal::new(403, 6001, "The content is assigned to smart groups and is changed as such."));
    }
    plain(&given, &mut file, &[("description", "description"), ("importance", "importance"), ("isActive", "isActive")]);
    merge(&mut file, "DeploymentSettings", given.member("DeploymentSettings"));
    merge(&mut file, "SecuritySettings", given.member("SecuritySettings"));
    if let Some(categories) = categories_of(&context, &given, "Categories", "categoryId").await? {
        file.body.insert("Categories".to_owned(), categories);
    }
    if let Some(assignment) = given.member("AssignmentSettings") {
        let assignment = assignment_of(&context, assignment).await?;
        file.body.insert("AssignmentSettings".to_owned(), assignment);
    }
    save(&context, &mut file).await?;
    Ok(Said::json(200, shown(&file)))
}

async fn assignment_of(context: &Context, said: &Value) -> Result<Value, Refusal> {
    let each = |name: &str| said.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (mut organizations, mut users) = (Vec::new(), Vec::new());
    for group in each("organizationGroups") {
        let known = named_group(context, group["organizationGroupId"].as_i64().unwrap_or_default()).await?;
        organizations.push(json!({
            "organizationGroupId": known.id, "organizationGroupUuid": known.uuid, "name": known.name,
        }));
    }
    for group in each("userGroups") {
        let id = group["userGroupId"].as_i64().unwrap_or_default();
        let known = user_groups::get(context.database(), id, context.scope()).await?;
        let known = known.ok_or_else(|| Refusal::no_user_group(id))?;
        users.push(json!({ "userGroupId": known.id, "userGroupUuid": known.uuid, "name": known.name }));
    }
    Ok(json!({ "organizationGroups": organizations, "userGroups": users }))
}

async fn update_managed(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut file = named(&context, KIND, "Content", given.text("contentUuid")).await?;
    plain(
        &given,
        &mut file,
        &[("description", "description"), ("importance", "importance"), ("is_active", "isActive")],
    );
    let mut deployment = given.member("deployment_settings").cloned().unwrap_or_default();
    if let Some(required) = deployment.get("is_required_content").cloned() {
        deployment["isRequired"] = required;
    }
    for (name, settings) in [
        ("DeploymentSettings", Some(&camel(&deployment))),
        ("SecuritySettings", given.member("security_settings").map(camel).as_ref()),
    ] {
        merge(&mut file, name, settings);
    }
    if let Some(categories) = categories_of(&context, &given, "categories", "category_uuid").await? {
        file.body.insert("Categories".to_owned(), categories);
    }
    if let Some(assignment) = given.member("assignment_settings") {
        let mut groups = Vec::new();
        for group in assignment.get("smart_groups").and_then(Value::as_array).into_iter().flatten() {
            let uuid: Uuid = group["smart_group_uuid"].as_str().unwrap_or_default().parse().unwrap_or_default();
            let missing = || Refusal::invalid(format!("Smart group not found: {uuid}."));
            let (id, name) = content::smart_group(context.database(), uuid).await?.ok_or_else(missing)?;
            groups.push(json!({ "smart_group_uuid": uuid, "uuid": uuid, "id": id, "name": name }));
        }
        file.body.insert("AssignmentSettings".to_owned(), json!({ "smart_groups": groups }));
    }
    save(&context, &mut file).await?;
    Ok(Said::json(200, shown_managed(&file)))
}

/// Settings as the older routes spell them: `allow_open_in_email` is `allowOpenInEmail`.
fn camel(settings: &Value) -> Value {
    let Value::Object(settings) = settings else { return Value::Null };
    let renamed = settings.iter().map(|(name, value)| {
        let mut words = name.split('_');
        let mut joined = words.next().unwrap_or_default().to_owned();
        for word in words {
            joined.extend(word.chars().take(1).map(|first| first.to_ascii_uppercase()));
            joined.push_str(word.get(1..).unwrap_or_default());
        }
        // One word differs in more than its form.
        let joined = if joined == "enableWatermark" { "enableWaterMark".to_owned() } else { joined };
        (joined, value.clone())
    });
    Value::Object(renamed.collect())
}

async fn save(context: &Context, file: &mut Object) -> Result<(), Refusal> {
    file.body.insert("modifiedBy".to_owned(), json!(&*context.caller.name));
    file.updated_at = context.now();
    let mut tx = context.begin().await?;
    objects::save(&mut tx, file, context.now()).await?;
    tx.commit().await?;
    Ok(())
}
