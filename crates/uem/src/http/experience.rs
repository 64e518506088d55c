//! Settings of the measurement of what it is like to work on a device. Of several that a device has, the one with
//! the smallest number of its priority counts.

use serde_json::{Value, json};
use uuid::Uuid;

use super::assigned;
use super::context::Context;
use super::given::Given;
use super::policy::Action::{Delete, Edit, Read};
use super::policy::Resource::Settings;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::objects::{self, NewObject, Object};

const KIND: &str = "experience-configuration";

pub(super) fn routes(table: &mut Table) {
    let key = |name: &str| format!("systemv1/DigitalEmployeeExperienceManagementV1_{name}");
    table
        .serve(&key("GetDeemConfigurationsAsync"), needs(Settings, Read), list)
        .serve(&key("UpdateDeemConfigurationsAsync"), needs(Settings, Edit), update)
        .serve(&key("DeleteDeemConfigurationAsync"), needs(Settings, Delete), delete);
}

fn priority(configuration: &Object) -> i64 {
    configuration.body.get("priority").and_then(Value::as_i64).unwrap_or_default()
}

async fn of_group(context: &Context, given: &Given) -> Result<(i64, Vec<Object>), Refusal> {
    let (group, scope) = assigned::group_and_below(context, given.uuid("groupUuid")).await?;
    let mut all = assigned::all(context, KIND, &scope).await?;
    all.sort_by_key(|configuration| (priority(configuration), configuration.id));
    Ok((group, all))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, all) = of_group(&context, &given).await?;
    let (page, total) = (given.page()?, all.len());
    let mut rows = Vec::new();
    for configuration in assigned::paged(all, page) {
        let own = json!({ "configuration_uuid": configuration.uuid, "name": configuration.name });
        let owner = assigned::owner(&context, &configuration).await?;
        rows.push(assigned::joined([own, owner, Value::Object(configuration.body)]));
    }
    Ok(Said::json(200, json!({ "page": page.number, "page_size": page.size, "results": rows, "total": total })))
}

/// Makes those without a UUID, changes the others; or changes nothing but priorities.
async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, mut known) = of_group(&context, &given).await?;
    let asked = given.member("configurations").and_then(Value::as_array).cloned().unwrap_or_default();
    let only_priority = given.member_text("operation_type") == Some("PRIORITY_UPDATE_ONLY");
    for member in ["smart_groups", "excluded_smart_groups"] {
        let uuids: Vec<Uuid> = asked.iter().flat_map(|one| assigned::uuids(one.get(member))).collect();
        if let Some(unknown) = assigned::smart_groups(&context, &uuids).await?.1.first() {
            return Err(Refusal::bad(format!("Smart group not found: {unknown}.")));
        }
    }
    let mut tx = context.begin().await?;
    let mut answers = Vec::new();
    for one in asked {
        let name = one["name"].as_str().unwrap_or_default();
        let uuid: Option<Uuid> = one["configuration_uuid"].as_str().and_then(|text| text.parse().ok());
        let mut body = one.as_object().cloned().unwrap_or_default();
        body.remove("name");
        body.remove("configuration_uuid");
        let saved = match uuid {
            Some(uuid) => {
                let found = known.iter_mut().find(|configuration| configuration.uuid == uuid);
                let missing = || Refusal::not_found(format!("Configuration not found: {uuid}."));
                let found = found.ok_or_else(missing)?;
                if only_priority {
                    found.body.insert("priority".to_owned(), one["priority"].clone());
                } else {
                    name.clone_into(&mut found.name);
                    found.body = body;
                }
                objects::save(&mut tx, found, context.now()).await?;
                found.clone()
            }
            None if only_priority => return Err(Refusal::bad("A priority needs the UUID of its configuration.")),
            None => {
                let by = &context.caller.name;
                let new = NewObject { kind: KIND, group, parent: None, name, state: "", body, created_by: by };
                objects::create(&mut tx, new, context.now()).await?
            }
        };
        answers.push(json!({ "configuration_uuid": saved.uuid, "name": saved.name }));
    }
    tx.commit().await?;
    Ok(Said::json(200, json!({ "configurations": answers })))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    assigned::group(&context, Some(given.uuid("groupUuid"))).await?;
    let uuid = given.uuid("configurationUuid");
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, uuid, context.scope()).await?;
    let missing = || Refusal::not_found(format!("Configuration not found: {uuid}."));
    objects::remove(&mut tx, &found.ok_or_else(missing)?).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
