//! Workflows on their way out of a group, into one, or from one to another. Each transfer is a job.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Read};
use super::super::policy::Resource::Workflows;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{definitions, jobs};
use crate::http::multipart;
use crate::store::objects::Object;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/WorkflowImportExportV1_ExportWorkflowsAsync", needs(Workflows, Read), export)
        .serve("mdmv1/WorkflowImportExportV1_ImportWorkflowAsync", needs(Workflows, Create), import)
        .serve("mdmv1/WorkflowImportExportV1_CopyWorkflowAsync", needs(Workflows, Create), copy);
}

/// The workflows that a body names, all of which must be there.
async fn named(context: &Context, given: &Given) -> Result<Vec<Object>, Refusal> {
    let uuids = assigned::uuids(given.member("workflow_uuids"));
    if uuids.is_empty() {
        return Err(Refusal::shape("The workflow_uuids field must name at least one workflow."));
    }
    let mut found = Vec::new();
    for uuid in uuids {
        found.push(definitions::find(context, uuid).await?);
    }
    Ok(found)
}

/// A workflow as a file holds it: what it does, and nothing of where it was.
fn document(workflow: &Object) -> Value {
    let mut document = Map::new();
    for member in ["description", "device_type", "type", "payload", "applicability_rules", "catalog_display"] {
        if let Some(value) = workflow.body.get(member) {
            document.insert(member.to_owned(), value.clone());
        }
    }
    document.insert("name".to_owned(), workflow.name.clone().into());
    Value::Object(document)
}

fn platform(workflows: &[Object]) -> String {
    let mut words = workflows.iter().map(|workflow| assigned::text(workflow, "device_type"));
    let first = words.next().unwrap_or("Unknown");
    if words.all(|word| word == first) { first } else { "MultipleOs" }.to_owned()
}

async fn export(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = assigned::group(&context, given.member_uuid("organization_group_uuid")).await?;
    let workflows = named(&context, &given).await?;
    let documents = workflows.iter().map(document).collect();
    let mut tx = context.begin().await?;
    let new = jobs::New { kind: "Export", group, platform: platform(&workflows), documents };
    let job = jobs::create(&context, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Said::json(202, jobs::started(&job)))
}

async fn copy(context: Context, given: Given) -> Result<Said, Refusal> {
    assigned::group(&context, given.member_uuid("source_organization_group_uuid")).await?;
    let group = assigned::group(&context, given.member_uuid("destination_organization_group_uuid")).await?;
    let workflows = named(&context, &given).await?;
    let documents = workflows.iter().map(document).collect();
    let mut tx = context.begin().await?;
    for workflow in &workflows {
        definitions::copy(&context, &mut tx, &workflow.name, group, &workflow.body).await?;
    }
    let new = jobs::New { kind: "Copy", group, platform: platform(&workflows), documents };
    let job = jobs::create(&context, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Said::json(202, jobs::started(&job)))
}

/// Takes files as `download-workflow-exports` gives them, and an organization group if it is not the caller's own.
async fn import(context: Context, given: Given) -> Result<Said, Refusal> {
    let kind = given.content_type.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multipart::boundary(kind);
    let boundary = boundary.ok_or_else(|| Refusal::new(415, 415, "An import is sent as multipart/form-data."))?;
    let (mut group, mut files) = (context.caller.group, Vec::new());
    for part in multipart::parts(&given.raw, &boundary) {
        if part.name.eq_ignore_ascii_case("organization_group_uuid") {
            let uuid: Option<Uuid> = String::from_utf8_lossy(part.body).trim().parse().ok();
            group = assigned::group(&context, uuid).await.map_err(|_| Refusal::bad("No such organization group."))?;
        } else {
            let file: Value = serde_json::from_slice(part.body)
                .map_err(|error| Refusal::shape(format!("The file {} is no export: {error}.", part.name)))?;
            files.push(file);
        }
    }
    let mut answers = Vec::new();
    let mut tx = context.begin().await?;
    for file in files {
        let documents = file["workflows"].as_array().cloned().unwrap_or_default();
        if documents.is_empty() {
            return Err(Refusal::shape("The file holds no workflow."));
        }
        for document in &documents {
            let (name, body) = (document["name"].as_str(), document.as_object());
            let (Some(name), Some(body)) = (name.filter(|name| !name.is_empty()), body) else {
                return Err(Refusal::shape("A workflow of the file has no name."));
            };
            let mut body = body.clone();
            body.remove("name");
            if let Some(payload) = body.get_mut("payload").and_then(Value::as_object_mut) {
                payload.insert("is_imported".to_owned(), json!(true));
            }
            definitions::copy(&context, &mut tx, name, group, &body).await?;
        }
        let new = jobs::New { kind: "Import", group, platform: "Unknown".to_owned(), documents };
        answers.push(jobs::started(&jobs::create(&context, &mut tx, new).await?));
    }
    if answers.is_empty() {
        return Err(Refusal::bad("The request has no file."));
    }
    tx.commit().await?;
    Ok(Said::json(202, Value::Array(answers)))
}
