//! What sensors found on a device.

use serde_json::{Value, json};

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Sensors;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::agent_runs::{self, Order, SENSOR, Wanted};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/DeviceSensors_GetDeviceSensorsByDeviceUuidAsync", needs(Sensors, Read), of_device);
}

async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let device = assigned::device(&context, given.uuid("deviceUuid")).await?;
    let (limit, offset) = assigned::limits(&given, 50, 2_000)?;
    let by_time = given.asked("orderby").is_some_and(|by| by.to_lowercase().contains("executed"));
    let wanted = Wanted {
        kind: SENSOR,
        device: device.uuid,
        text: given.asked("search_text"),
        executed: true,
        order: if by_time { Order::Executed } else { Order::Name },
        descending: given.asked("sort_order").is_some_and(|order| order.eq_ignore_ascii_case("desc")),
        ..Wanted::default()
    };
    let (runs, total) = agent_runs::search(context.database(), &wanted, limit, offset, context.scope()).await?;
    let rows = runs.iter().map(|run| {
        json!({
            "uuid": run.subject, "name": run.subject_name, "value": run.value,
            "last_executed_at": run.executed_at.map(|at| at.as_microsecond()),
        })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Said::list(json!({ "results": rows, "total_results": total }), total))
}
