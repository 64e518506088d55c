//! `GET /api/system/groups/{organizationGroupUuid}/device-wipes`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchQuery {
        search_text: Option<String> = "search_text",
        start_date: Option<Stamp> = "start_date",
        end_date: Option<Stamp> = "end_date",
        wipe_type: Option<String> = "wipe_type",
        wipe_source: Option<String> = "wipe_source",
        wipe_status: Option<String> = "wipe_status",
        ownership: Option<String> = "ownership",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        sort_column: Option<String> = "sort_column",
        sort_direction: Option<String> = "sort_direction",
    }

    /// A page of wipes.
    WipePage {
        device_wipes: Vec<Wipe> = "device_wipes",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        total_count: u64 = "total_count",
    }

    /// A wipe and what became of it.
    Wipe {
        device_name: Option<String> = "device_name",
        device_type: Option<String> = "device_type",
        device_up: Option<bool> = "device_up",
        device_uuid: Option<Uuid> = "device_uuid",
        event_date: Option<Stamp> = "event_date",
        last_seen: Option<Stamp> = "last_seen",
        organization_group: Option<String> = "organization_group",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        ownership: Option<String> = "ownership",
        source: Option<String> = "source",
        status: Option<String> = "status",
        user: Option<String> = "user",
        uuid: Option<Uuid> = "uuid",
        wipe_type: Option<String> = "wipe_type",
    }
}

endpoint! {
    /// Wipes, and which of them are held back.
    Search = "wipes.search" is "systemv1/DeviceWipes_GetDeviceWipeEventsAsync":
        GET "/api/system/groups/{organizationGroupUuid}/device-wipes", Read;
    path: Uuid; query: SearchQuery; body: Nothing; answer: WipePage, or empty;
}

paged! { Search: Wipe in device_wipes, counted by total_count, told apart by uuid, sized by page_size }
