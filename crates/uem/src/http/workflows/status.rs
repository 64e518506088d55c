//! Where devices stand in workflows.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Read};
use super::super::policy::Resource::{Reports, Workflows};
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::reports;
use super::super::said::Said;
use super::super::table::Table;
use super::definitions;
use crate::store::agent_runs::{self, NOT_STARTED, Order, Run, WORKFLOW, Wanted};
use crate::store::page::Page;
use crate::store::scope::Scope;

/// Every status of a device that has begun.
const BEGUN: [&str; 5] = ["InProgress", "Completed", "Failed", "ConditionNotMet", "Blocked"];

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/WorkflowSearchV2_SearchDevicesForWorkflowAsync", needs(Workflows, Read), devices)
        .serve("mdmv2/WorkflowSearchV2_SearchPendingDevicesForWorkflowAsync", needs(Workflows, Read), pending)
        .serve("mdmv2/WorkflowStatusSummaryV2_GetWorkflowStatusSummaryAsync", needs(Workflows, Read), summary)
        .serve("mdmv1/WorkflowStatusReporting_GetDeviceCountForWorkflowStatusAsync", needs(Workflows, Read), counts)
        .serve("mdmv1/WorkflowStatusReporting_GetWorkflowStatusByDeviceAsync", needs(Workflows, Read), of_device)
        .serve("mdmv1/WorkflowStatusReporting_GetWorkflowStatusAsync", needs(Workflows, Read), one)
        .serve("mdmv1/WorkflowDevicesExportV1_ExportDevicesForWorkflowAsync", needs(Reports, Create), export);
}

/// As the published shapes spell it.
fn status(run: &Run) -> &str {
    if run.status == NOT_STARTED { "NotEvaluated" } else { &run.status }
}

/// The steps that a device has done, the last one at the end. Only the fleet writes them.
fn steps(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.value).unwrap_or_default()
}

/// What the filter of a body covers.
async fn covered(context: &Context, given: &Given) -> Result<Scope, Refusal> {
    let filter = &given.body["filter"];
    let uuid = filter["organization_group_uuid"].as_str().and_then(|text| text.parse().ok());
    let id = assigned::group(context, uuid).await?;
    if filter["include_child_organization_groups"].as_bool() == Some(false) {
        return Ok(Scope::Groups(std::sync::Arc::new([id].into())));
    }
    assigned::below(context, id).await
}

fn order(given: &Given) -> (Order, bool) {
    let order = match given.member_text("sort_by") {
        Some("LAST_CHECK_IN") => Order::Seen,
        Some("USER_NAME") => Order::User,
        Some("WORKFLOW_STATUS") => Order::Status,
        _ => Order::Device,
    };
    (order, given.member_text("sort_order") == Some("DESC"))
}

async fn search(context: &Context, given: &Given, statuses: Vec<&str>) -> Result<Said, Refusal> {
    let workflow = definitions::find(context, given.uuid("workflowUuid")).await?;
    let scope = covered(context, given).await?;
    let number = |name: &str| given.member_id(name).and_then(|number| u32::try_from(number).ok());
    let page = Page::asked(number("page"), number("page_size"));
    let (order, descending) = order(given);
    let wanted = Wanted {
        kind: WORKFLOW,
        subject: Some(workflow.uuid),
        text: given.body["filter"]["search_text"].as_str().filter(|text| !text.is_empty()),
        statuses,
        order,
        descending,
        ..Wanted::default()
    };
    let offset = u64::from(page.number) * u64::from(page.size);
    let (runs, total) = agent_runs::search(context.database(), &wanted, page.size, offset, &scope).await?;
    let rows = runs.iter().map(|run| {
        let steps = steps(run);
        let last = steps.last();
        let seen = run.last_seen_at.as_microsecond();
        json!({
            "device_id": run.device_id, "device_uuid": run.device_uuid, "device_name": run.device_name,
            "device_type": run.platform, "is_device_active": run.enrolled, "last_seen": seen, "last_check_in": seen,
            "user_name": run.username, "user_uuid": run.user_uuid, "first_name": run.first_name,
            "last_name": run.last_name, "reported_at": run.executed_at.map(|at| at.as_microsecond()),
            "workflow_status": status(run),
            "workflow_last_executed_step": last.map(|step| step["step_name"].clone()),
            "workflow_last_executed_step_status": last.map(|step| step["status"].clone()),
        })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Said::json(200, json!({ "page": page.number, "page_size": page.size, "results": rows, "total": total })))
}

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let asked = given.body["filter"]["workflow_status"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let asked: Vec<&str> = asked.filter_map(|word| BEGUN.into_iter().find(|known| same(known, word))).collect();
    let statuses = if asked.is_empty() { BEGUN.to_vec() } else { asked };
    search(&context, &given, statuses).await
}

/// `IN_PROGRESS` and `InProgress` are one.
fn same(known: &str, word: &str) -> bool {
    known.eq_ignore_ascii_case(&word.replace('_', ""))
}

async fn pending(context: Context, given: Given) -> Result<Said, Refusal> {
    search(&context, &given, vec![NOT_STARTED]).await
}

async fn counted(context: &Context, uuid: Uuid, scope: &Scope) -> Result<(Vec<Value>, i64), Refusal> {
    let counts = agent_runs::counts(context.database(), uuid, scope).await?;
    let total = counts.iter().map(|(_, count)| count).sum();
    let shown = |word: &str| if word == NOT_STARTED { "NotEvaluated".to_owned() } else { word.to_owned() };
    Ok((counts.iter().map(|(word, count)| json!({ "status": shown(word), "count": count })).collect(), total))
}

async fn summary(context: Context, given: Given) -> Result<Said, Refusal> {
    let workflow = definitions::find(&context, given.uuid("workflowUuid")).await?;
    let group = given.asked_uuid("organization_group_uuid").unwrap_or_default();
    let (_, scope) = assigned::group_and_below(&context, group).await?;
    let (rows, total) = counted(&context, workflow.uuid, &scope).await?;
    Ok(Said::json(200, json!({ "total_devices": total, "status_summary": rows })))
}

async fn counts(context: Context, given: Given) -> Result<Said, Refusal> {
    let workflow = definitions::find(&context, given.uuid("workflowUuid")).await?;
    let (rows, _) = counted(&context, workflow.uuid, context.scope()).await?;
    Ok(Said::json(200, json!([{ "workflow_uuid": workflow.uuid, "status_count": rows }])))
}

async fn shown(context: &Context, run: &Run, page: Page) -> Result<Value, Refusal> {
    let workflow = definitions::find(context, run.subject).await?;
    let steps = steps(run);
    let total = steps.len();
    let reported = run.executed_at.map(|at| at.as_microsecond());
    Ok(json!({
        "workflow_uuid": run.subject, "name": workflow.name, "device_uuid": run.device_uuid, "status": status(run),
        "version": workflow.body.get("version_id").map(Value::to_string), "steps": assigned::paged(steps, page),
        "reported_at": reported, "status_updated_on": run.updated_at.as_microsecond(),
        "page": page.number, "page_size": page.size, "total_count": total,
    }))
}

async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = assigned::device(&context, given.uuid("deviceUuid")).await?;
    let page = given.page()?;
    let wanted = Wanted {
        kind: WORKFLOW,
        device: device.uuid,
        text: given.asked("search"),
        order: Order::Name,
        descending: given.asked("sortorder").is_some_and(|order| order.to_lowercase().starts_with("desc")),
        ..Wanted::default()
    };
    let offset = u64::from(page.number) * u64::from(page.size);
    let (runs, _) = agent_runs::search(context.database(), &wanted, page.size, offset, context.scope()).await?;
    let mut rows = Vec::new();
    for run in &runs {
        rows.push(shown(&context, run, Page::asked(None, None)).await?);
    }
    Ok(Said::json(200, Value::Array(rows)))
}

async fn one(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = assigned::device(&context, given.uuid("deviceUuid")).await?;
    let uuid = given.uuid("workflowUuid");
    let wanted = Wanted { kind: WORKFLOW, device: device.uuid, subject: Some(uuid), ..Wanted::default() };
    let (runs, _) = agent_runs::search(context.database(), &wanted, 1, 0, context.scope()).await?;
    let run = runs.first().ok_or_else(|| definitions::missing(uuid))?;
    Ok(Said::json(200, shown(&context, run, given.page()?).await?))
}

/// The list of devices becomes a report, which is found among the exported ones.
async fn export(context: Context, given: Given) -> Result<Said, Refusal> {
    let workflow = definitions::find(&context, given.uuid("workflowUuid")).await?;
    let scope = covered(&context, &given).await?;
    let wanted = Wanted { kind: WORKFLOW, subject: Some(workflow.uuid), ..Wanted::default() };
    let (runs, _) = agent_runs::search(context.database(), &wanted, u32::MAX >> 1, 0, &scope).await?;
    let head = ["DeviceId", "DeviceUuid", "DeviceName", "Platform", "UserName", "Status", "LastSeen"];
    let rows = runs.iter().map(|run| {
        vec![
            run.device_id.to_string(),
            run.device_uuid.to_string(),
            run.device_name.clone(),
            run.platform.clone(),
            run.username.clone(),
            status(run).to_owned(),
            run.last_seen_at.to_string(),
        ]
    });
    let file = reports::csv(&head, rows);
    let new = reports::New { source: format!("Workflow {}", workflow.name), kind: "LIST_VIEW", group: workflow.group };
    let made = reports::create(&context, new, file).await?;
    Ok(Said::json(202, json!({ "job_uuid": made.uuid, "job_status": reports::status(&made, context.now()) })))
}
