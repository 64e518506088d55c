//! `GET /api/mdm/groups/{organizationGroupUuid}/scripts`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    ListQuery {
        expand: Option<bool> = "expand",
        name: Option<String> = "name",
        script_type: Option<String> = "script_type",
        platform: Option<String> = "platform",
        category: Option<String> = "category",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        orderby: Option<String> = "orderby",
        sort_order: Option<String> = "sort_order",
    }

    /// A page of scripts.
    ScriptPage {
        record_count: u64 = "RecordCount",
        search_results: Vec<ScriptRow> = "SearchResults",
    }

    /// A script without its text.
    ScriptRow {
        assignment_count: Option<i64> = "assignment_count",
        created_or_modified_by: Option<String> = "created_or_modified_by",
        created_or_modified_on: Option<Stamp> = "created_or_modified_on",
        description: Option<String> = "description",
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        script_type: Option<String> = "script_type",
        script_uuid: Option<Uuid> = "script_uuid",
        version: Option<Uuid> = "version",
    }
}

endpoint! {
    /// Scripts of an organization group.
    List = "scripts.list" is "mdmv1/ScriptsV1_GetScriptsByOrganizationGroupAsync":
        GET "/api/mdm/groups/{organizationGroupUuid}/scripts", Read;
    path: Uuid; query: ListQuery; body: Nothing; answer: ScriptPage, or empty;
}

paged! { List: ScriptRow in search_results, counted by record_count, told apart by script_uuid, sized by page_size }
