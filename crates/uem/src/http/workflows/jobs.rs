//! Transfers of workflows, as they are looked up later. A transfer is complete when it is accepted.

use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Read};
use super::super::policy::Resource::Workflows;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object};

const KIND: &str = "workflow-job";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/WorkflowImportExportJobsV1_GetAllWorkflowJobsAsync", needs(Workflows, Read), list)
        .serve("mdmv1/WorkflowImportExportJobsV1_GetWorkflowJobByIdAsync", needs(Workflows, Read), get)
        .serve("mdmv1/WorkflowImportExportJobsV1_DeleteWorkflowJobsAsync", needs(Workflows, Delete), delete)
        .serve("mdmv1/WorkflowImportExportJobsV1_DownloadWorkflowExportsAsync", needs(Workflows, Read), download);
}

/// A transfer that was made.
pub(super) struct New {
    /// `Export`, `Import` or `Copy`.
    pub(super) kind: &'static str,
    pub(super) group: i64,
    pub(super) platform: String,
    /// What was transferred.
    pub(super) documents: Vec<Value>,
}

pub(super) async fn create(context: &Context, tx: &mut Transaction, new: New) -> Result<Object, Refusal> {
    let name = format!("{}-{}", new.kind, context.now().strftime("%Y%m%d-%H%M%S"));
    let body = json!({ "job_type": new.kind, "device_type": new.platform, "workflows": new.documents });
    let new = NewObject {
        kind: KIND,
        group: new.group,
        parent: None,
        name: &name,
        state: "SUCCESS",
        body: body.as_object().cloned().unwrap_or_else(Map::new),
        created_by: &context.caller.name,
    };
    Ok(objects::create(tx, new, context.now()).await?)
}

pub(super) fn started(job: &Object) -> Value {
    json!({ "workflow_job_uuid": job.uuid, "job_status": job.state })
}

fn documents(job: &Object) -> Vec<Value> {
    job.body.get("workflows").and_then(Value::as_array).cloned().unwrap_or_default()
}

async fn shown(context: &Context, job: &Object) -> Result<Value, Refusal> {
    let exported = assigned::text(job, "job_type") == "Export";
    let own = json!({
        "workflow_job_uuid": job.uuid, "job_status": job.state, "job_date": job.created_at.as_microsecond(),
        "export_name": if exported { job.name.as_str() } else { "" }, "number_of_workflows": documents(job).len(),
        "number_of_files": i32::from(exported), "job_status_description": "",
    });
    Ok(assigned::joined([own, assigned::owner(context, job).await?, Value::Object(job.body.clone())]))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.asked_uuid("organization_group_uuid").unwrap_or_default();
    let (_, scope) = assigned::group_and_below(&context, group)
        .await
        .map_err(|_| Refusal::shape(format!("Organization group {group} is not found.")))?;
    let page = given.page()?;
    let mut jobs = assigned::all(&context, KIND, &scope).await?;
    let status = given.asked("job_status");
    jobs.retain(|job| {
        assigned::is(job, "job_type", given.asked("job_type"))
            && status.is_none_or(|status| job.state.eq_ignore_ascii_case(status))
    });
    if given.asked("sortorder").is_none_or(|order| order.eq_ignore_ascii_case("descending")) {
        jobs.reverse();
    }
    let total = jobs.len();
    let mut rows = Vec::new();
    for job in assigned::paged(jobs, page) {
        rows.push(shown(&context, &job).await?);
    }
    Ok(Said::json(200, json!({ "page": page.number, "page_size": page.size, "results": rows, "total": total })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("workflowJobUuid");
    let job = objects::get(context.database(), KIND, uuid, context.scope()).await?;
    let job = job.ok_or_else(|| Refusal::not_found(format!("Workflow job not found: {uuid}.")))?;
    Ok(Said::json(200, shown(&context, &job).await?))
}

async fn named(context: &Context, given: &Given) -> Result<Vec<Object>, Refusal> {
    let mut jobs = Vec::new();
    for uuid in assigned::uuids(given.member("workflow_job_uuids")) {
        let job = objects::get(context.database(), KIND, uuid, context.scope()).await?;
        jobs.push(job.ok_or_else(|| Refusal::not_found(format!("Workflow job not found: {uuid}.")))?);
    }
    if jobs.is_empty() {
        return Err(Refusal::shape("The workflow_job_uuids field must name at least one job."));
    }
    Ok(jobs)
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let jobs = named(&context, &given).await?;
    let mut tx = context.begin().await?;
    for job in &jobs {
        objects::remove(&mut tx, job).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// The exports in one file, which can be imported again.
async fn download(context: Context, given: Given) -> Result<Said, Refusal> {
    let jobs = named(&context, &given).await?;
    if let Some(other) = jobs.iter().find(|job| assigned::text(job, "job_type") != "Export") {
        return Err(Refusal::not_found(format!("The job {} exported nothing.", other.uuid)));
    }
    let workflows: Vec<Value> = jobs.iter().flat_map(documents).collect();
    let file = json!({ "format": "muster-workflows-1", "workflows": workflows });
    Ok(Said::bytes("application/octet-stream", file.to_string()))
}
