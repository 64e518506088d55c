//! The log of the API.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Access;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::moment;
use crate::store::access::log::{self, Entry, Wanted};
use crate::store::scope::Scope;

pub(super) fn routes(table: &mut Table) {
    table.serve("console/log.search", needs(Access, Read), search);
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    // What waits to be written was asked before this.
    context.reception.flush(context.database()).await?;
    let groups: Option<Vec<i64>> = match context.scope() {
        Scope::Everything => None,
        Scope::Groups(groups) => Some(groups.iter().copied().collect()),
    };
    let wanted = Wanted {
        groups: groups.as_deref(),
        caller: given.asked("caller"),
        operation: given.asked("operation"),
        status: given.asked_id("status").and_then(|status| u16::try_from(status).ok()),
        since: given.asked_time("since"),
        correlation: given.asked_uuid("correlationid"),
    };
    let page = given.page()?;
    let (entries, total) = log::search(context.database(), &wanted, page).await?;
    let entries: Vec<Value> = entries.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "Entries": entries, "Page": page.number, "PageSize": page.size, "Total": total })))
}

fn shown(entry: &Entry) -> Value {
    json!({
        "At": moment(Some(entry.at)), "LocationGroupId": entry.group, "Caller": entry.caller,
        "Credential": entry.credential, "Address": entry.address, "Method": entry.method, "Path": entry.path,
        "Operation": entry.operation, "Object": entry.object, "Status": entry.status,
        "DurationMicroseconds": entry.duration_us, "CorrelationId": entry.correlation,
    })
}
