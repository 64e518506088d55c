//! `GET /api/system/groups/{organizationGroupUuid}/exported-reports/{reportUuid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// How far a report has come, and where it is.
    Report {
        href: Option<String> = "href",
        report_uuid: Option<Uuid> = "report_uuid",
        status: Option<String> = "status",
        status_reason: Option<String> = "status_reason",
    }
}

endpoint! {
    /// Whether a report is ready, and where.
    Get = "reports.get" is "systemv1/ExportedReportsV1_GetReportStatusAsync":
        GET "/api/system/groups/{organizationGroupUuid}/exported-reports/{reportUuid}", Read;
    path: (Uuid, Uuid); query: Nothing; body: Nothing; answer: Report;
}
