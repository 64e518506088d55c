//! Smart groups, in both dialects: criteria that describe devices, so that whatever is assigned to a group reaches
//! whoever fulfils them.

mod assignment_groups;
mod body;
mod change;
mod patch;
mod read;

use jiff::Timestamp;
use muster_model::smart_groups::{Search, SmartGroupPage};
use muster_model::{Call, Stamp, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::page::Page;
use crate::store::smart_groups::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    change::routes(table);
    patch::routes(table);
    read::routes(table);
    assignment_groups::routes(table);
}

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let (query, page) = (&call.query, Page::asked(Some(call.query.page), Some(call.query.pagesize)));
    let word = |text: &Option<String>| text.as_deref().map(str::to_ascii_lowercase);
    let order = word(&query.orderby);
    let by_name = match order.as_deref() {
        None | Some("smartgroupid" | "id") => false,
        Some("name") => true,
        Some(other) => return Err(Refusal::bad(format!("'{other}' is no column to sort by: Name, SmartGroupID."))),
    };
    let wanted = Wanted {
        name: query.name.as_deref(),
        managed_by: query.managedbyorganizationgroupid,
        below: query.organizationgroupid,
        modified_from: moment("modifiedfrom", query.modifiedfrom.as_deref())?,
        modified_till: moment("modifiedtill", query.modifiedtill.as_deref())?,
        by_name,
        descending: word(&query.sortorder).as_deref() == Some("desc"),
    };
    let (smart_groups, total) = smart_groups::search(context.database(), &wanted, page, context.scope()).await?;
    Ok(SmartGroupPage { smart_groups, page: page.number, page_size: page.size, total, ..Default::default() })
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let read = text.parse::<Stamp>().map(|stamp| Some(stamp.0));
    read.map_err(|_| Refusal::bad(format!("The value '{text}' of {name} is not valid.")))
}

pub(super) async fn guide_search(
    context: Context,
    call: Call<guide::SmartGroupsSearch>,
) -> Outcome<guide::SmartGroupsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let wanted = Wanted { name: call.query.name.as_deref(), ..Wanted::default() };
    let (groups, total) = smart_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let groups = groups.into_iter().map(|group| guide::SmartGroup {
        smart_group_id: group.smart_group_id,
        smart_group_uuid: group.smart_group_uuid,
        name: group.name,
        devices: group.devices,
        ..Default::default()
    });
    Ok(guide::SmartGroupList {
        smart_groups: groups.collect(),
        page: page.number,
        page_size: page.size,
        total,
        ..Default::default()
    })
}
