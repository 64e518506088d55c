//! `GET /api/mdm/devicesensors/list/{organizationGroupUuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    ListQuery {
        name: Option<String> = "name",
        query_type: Option<String> = "query_type",
        platform: Option<String> = "platform",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        orderby: Option<String> = "orderby",
        sort_order: Option<String> = "sort_order",
    }

    /// A page of sensors.
    SensorPage {
        result_set: Vec<SensorRow> = "result_set",
        total_results: u64 = "total_results",
    }

    /// A sensor without its script.
    SensorRow {
        assignment_count: Option<i64> = "assignment_count",
        id: Option<i64> = "id",
        last_modified_by: Option<String> = "last_modified_by",
        last_modified_on: Option<Stamp> = "last_modified_on",
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        query_response_type: Option<String> = "query_response_type",
        query_type: Option<String> = "query_type",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Sensors of an organization group.
    List = "sensors.list" is "mdmv2/DeviceSensorsV2_GetDeviceSensorsAsync":
        GET "/api/mdm/devicesensors/list/{organizationGroupUuid}" v 2, Read;
    path: Uuid; query: ListQuery; body: Nothing; answer: SensorPage, or empty;
}

paged! { List: SensorRow in result_set, counted by total_results, told apart by uuid or id, sized by page_size }
