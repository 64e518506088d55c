//! Smart groups, in both dialects.

use muster_model::smart_groups::{Search, SmartGroupPage};
use muster_model::{Call, guide};

use super::context::Context;
use super::table::Outcome;
use crate::store::page::Page;
use crate::store::smart_groups;

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (smart_groups, total) = smart_groups::search(context.database(), call.query.name.as_deref(), page).await?;
    Ok(SmartGroupPage { smart_groups, page: page.number, page_size: page.size, total })
}

pub(super) async fn guide_search(
    context: Context,
    call: Call<guide::SmartGroupsSearch>,
) -> Outcome<guide::SmartGroupsSearch> {
    let page = Page::asked(call.query.page, call.query.pagesize);
    let (groups, total) = smart_groups::search(context.database(), call.query.name.as_deref(), page).await?;
    let groups = groups.into_iter().map(|group| guide::SmartGroup {
        smart_group_id: group.smart_group_id,
        smart_group_uuid: group.smart_group_uuid,
        name: group.name,
        devices: group.devices,
    });
    Ok(guide::SmartGroupList { smart_groups: groups.collect(), page: page.number, page_size: page.size, total })
}
