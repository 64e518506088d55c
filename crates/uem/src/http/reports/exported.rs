//! Exported reports: asked for, waited for, fetched.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Read};
use super::super::policy::Resource::Reports;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{KEPT, KIND, New};
use crate::store::exports;
use crate::store::objects::{self, Object};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/ExportedReportsV1_GetAllExportedReportsAsync", needs(Reports, Read), list)
        .serve("systemv1/ExportedReportsV1_CreateReportAsync", needs(Reports, Create), create)
        .serve("systemv1/ExportedReportsV1_GetReportStatusAsync", needs(Reports, Read), get)
        .serve("guide/reports.file", needs(Reports, Read), file);
}

const KINDS: [(&str, &str); 4] = [
    ("LIST_VIEW", "Devices"),
    ("REPORTS", "Device compliance"),
    ("NEW_REPORTS", "Application deployment"),
    ("OTHERS", "Enrollment users"),
];

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, scope) = assigned::group_and_below(&context, given.uuid("organizationGroupUuid")).await?;
    let asked = given.required_text("export_type")?;
    let known = KINDS.iter().find(|(word, _)| *word == asked);
    let (kind, source) = known.ok_or_else(|| Refusal::shape(format!("There is no report of the type {asked}.")))?;
    if given.member_text("format").is_some_and(|format| format != "CSV") {
        return Err(Refusal::shape("Reports are written as CSV only."));
    }
    let time = |name: &str| given.member_text(name)?.parse::<muster_model::Stamp>().ok();
    let wanted = exports::Wanted {
        text: given.member_text("search_text"),
        from: time("start_date").map(|stamp| stamp.0.as_microsecond()),
        until: time("end_date").map(|stamp| stamp.0.as_microsecond()),
        descending: given.member_text("sort_direction") == Some("DESC"),
    };
    let (head, rows) = exports::rows(context.database(), kind, &wanted, &scope).await?.unwrap_or_default();
    let new = New { source: (*source).to_owned(), kind, group };
    let made = super::create(&context, new, super::csv(head, rows)).await?;
    let location = format!("{}{}/{}", context.tenant.url, address(&given), made.uuid);
    Ok(Said::made_at(201, location, Value::Null))
}

fn address(given: &Given) -> String {
    format!("/api/system/groups/{}/exported-reports", given.text("organizationGroupUuid"))
}

fn shown(context: &Context, report: &Object) -> Value {
    let status = super::status(report, context.now());
    let href = (status == "COMPLETE").then(|| format!("{}/API/v1/reports/{}/file", context.tenant.url, report.uuid));
    json!({ "report_uuid": report.uuid, "status": status, "href": href, "status_reason": "" })
}

fn is_kept(context: &Context, report: &Object) -> bool {
    context.now().duration_since(report.created_at) < KEPT
}

async fn find(context: &Context, uuid: Uuid) -> Result<Object, Refusal> {
    let found = objects::get(context.database(), KIND, uuid, context.scope()).await?;
    let found = found.filter(|report| is_kept(context, report));
    found.ok_or_else(|| Refusal::not_found(format!("Report not found: {uuid}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    assigned::group(&context, Some(given.uuid("organizationGroupUuid"))).await?;
    let report = find(&context, given.uuid("reportUuid")).await?;
    Ok(Said::json(200, shown(&context, &report)))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, scope) = assigned::group_and_below(&context, given.uuid("organizationGroupUuid")).await?;
    let mut page = given.page()?;
    if given.asked("page_size").is_none() {
        page.size = 20;
    }
    let kind = given.asked("export_type").filter(|kind| !kind.eq_ignore_ascii_case("all"));
    let text = given.asked("search").map(str::to_lowercase);
    let (from, until) = (given.asked_time("created_start_date"), given.asked_time("created_end_date"));
    let mut reports = assigned::all(&context, KIND, &scope).await?;
    reports.retain(|report| {
        is_kept(&context, report)
            && assigned::is(report, "export_type", kind)
            && text.as_ref().is_none_or(|text| report.name.to_lowercase().contains(text))
            && from.is_none_or(|from| report.created_at >= from)
            && until.is_none_or(|until| report.created_at <= until)
    });
    let by = given.asked("sort_column").map(|column| if column == "EXPORT_SOURCE" { "name" } else { "created" });
    let descending = given.asked("sort_order").is_none_or(|order| order.eq_ignore_ascii_case("desc"));
    assigned::sort(&mut reports, by.or(Some("created")), descending);
    let total = reports.len();
    let mut rows = Vec::new();
    for report in assigned::paged(reports, page) {
        let expires = report.created_at.checked_add(KEPT).map(|at| at.as_microsecond()).ok();
        let own = json!({
            "export_source": report.name, "time_exported": report.created_at.as_microsecond(),
            "expiration_date": expires, "report_status": shown(&context, &report),
        });
        rows.push(assigned::joined([own, assigned::owner(&context, &report).await?, Value::Object(report.body)]));
    }
    Ok(Said::json(200, json!([{ "page": page.number, "page_size": page.size, "results": rows, "total": total }])))
}

async fn file(context: Context, given: Given) -> Result<Said, Refusal> {
    let report = find(&context, given.uuid("id")).await?;
    let missing = || Refusal::not_found(format!("The report {} is not written yet.", report.uuid));
    if super::status(&report, context.now()) != "COMPLETE" {
        return Err(missing());
    }
    let content = exports::file(context.database(), report.uuid).await?.ok_or_else(missing)?;
    Ok(Said::bytes("text/csv; charset=utf-8", content))
}
