//! `POST /api/system/groups/{organizationGroupUuid}/exported-reports`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Which report, and of what.
    NewReport {
        end_date: Option<Stamp> = "end_date",
        export_type: Option<String> = "export_type",
        format: Option<String> = "format",
        search_text: Option<String> = "search_text",
        sort_column: Option<String> = "sort_column",
        sort_direction: Option<String> = "sort_direction",
        start_date: Option<Stamp> = "start_date",
    }
}

endpoint! {
    /// Orders a report.
    Create = "reports.create" is "systemv1/ExportedReportsV1_CreateReportAsync":
        POST "/api/system/groups/{organizationGroupUuid}/exported-reports" => 201, Write;
    path: Uuid; query: Nothing; body: NewReport; answer: Created, or empty;
}
