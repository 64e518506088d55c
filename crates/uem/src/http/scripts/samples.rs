//! How scripts went on devices.

use serde_json::{Value, json};

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Scripts;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::agent_runs::{self, Order, SCRIPT, Wanted};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/ScriptsV1_GetScriptSamplesAsync", needs(Scripts, Read), search);
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, scope) = assigned::group_and_below(&context, given.uuid("organizationGroupUuid")).await?;
    let (limit, offset) = assigned::limits(&given, 50, 2_000)?;
    let wanted = Wanted {
        kind: SCRIPT,
        subject: given.member_uuid("script_uuid"),
        device: given.member_uuid("device_uuid"),
        text: given.member_text("search_text"),
        order: match given.member_text("sort_by") {
            Some("SCRIPT_NAME") => Order::Name,
            Some("STATUS") => Order::Status,
            Some("LAST_EXECUTED_AT") => Order::Executed,
            Some("LAST_SEEN_AT") => Order::Seen,
            _ => Order::Device,
        },
        descending: given.member_text("sort_order") == Some("DESC"),
        ..Wanted::default()
    };
    let (runs, total) = agent_runs::search(context.database(), &wanted, limit, offset, &scope).await?;
    let rows = runs.iter().map(|run| {
        json!({
            "device_uuid": run.device_uuid, "device_name": run.device_name, "script_uuid": run.subject,
            "script_name": run.subject_name, "status": run.status, "return_code": run.return_code,
            "execution_time_millis": run.millis, "last_executed_at": run.executed_at.map(|at| at.as_microsecond()),
            "last_seen_at": run.last_seen_at.as_microsecond(),
        })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Said::list(json!({ "results": rows, "total_results": total }), total))
}
