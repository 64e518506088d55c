//! `POST /api/mdm/groups/{organizationGroupUuid}/scripts/samples`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Which samples.
    SampleSearch {
        device_uuid: Option<Uuid> = "device_uuid",
        limit: Option<i64> = "limit",
        offset: Option<i64> = "offset",
        script_uuid: Option<Uuid> = "script_uuid",
        search_text: Option<String> = "search_text",
        sort_by: Option<String> = "sort_by",
        sort_order: Option<String> = "sort_order",
    }

    /// A page of samples.
    SamplePage {
        results: Vec<Sample> = "results",
        total_results: Option<i64> = "total_results",
    }

    /// What a script did on one device.
    Sample {
        device_name: Option<String> = "device_name",
        device_uuid: Option<Uuid> = "device_uuid",
        execution_time_millis: Option<i64> = "execution_time_millis",
        last_executed_at: Option<Stamp> = "last_executed_at",
        last_seen_at: Option<Stamp> = "last_seen_at",
        return_code: Option<i64> = "return_code",
        script_name: Option<String> = "script_name",
        script_uuid: Option<Uuid> = "script_uuid",
        status: Option<String> = "status",
    }
}

endpoint! {
    /// What a script did on devices.
    Samples = "scripts.samples" is "mdmv1/ScriptsV1_GetScriptSamplesAsync":
        POST "/api/mdm/groups/{organizationGroupUuid}/scripts/samples", Read;
    path: Uuid; query: Nothing; body: SampleSearch; answer: SamplePage, or empty;
}
