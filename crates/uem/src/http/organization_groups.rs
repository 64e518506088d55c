//! The organization-group tree.

use muster_model::Call;
use muster_model::organization_groups::{GroupPage, Search};

use super::context::Context;
use super::table::Outcome;
use crate::store::organization_groups;
use crate::store::page::Page;

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (name, group_id) = (call.query.name.as_deref(), call.query.groupid.as_deref());
    let (groups, total) = organization_groups::search(context.database(), name, group_id, page).await?;
    Ok(GroupPage { organization_groups: groups, total_results: total })
}
