//! `GET /api/mam/apps/{uuid}/reasoncounts`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    ReasonCountsQuery {
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        smartgroupuuids: Option<String> = "smartgroupuuids",
    }

    /// Reasons and numbers.
    ReasonList {
        app_reason_counts: Vec<ReasonCount> = "app_reason_counts",
    }

    /// A reason and how many devices have it.
    ReasonCount {
        app_reason: Option<String> = "app_reason",
        app_reason_display_key: Option<String> = "app_reason_display_key",
        device_count: Option<i64> = "device_count",
    }
}

endpoint! {
    /// Why an app is in which state, with the number of devices for each reason.
    ReasonCounts = "apps.reasoncounts" is "mamv1/Apps_GetAppReasonBreakdownCounts":
        GET "/api/mam/apps/{uuid}/reasoncounts", Read;
    path: Uuid; query: ReasonCountsQuery; body: Nothing; answer: ReasonList;
}
