//! `GET /api/mam/apps/{uuid}/actioncounts`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    ActionCountsQuery {
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        smartgroupuuids: Option<String> = "smartgroupuuids",
    }

    /// Actions and numbers.
    ActionList {
        app_action_counts: Vec<ActionCount> = "app_action_counts",
    }

    /// An action and how many devices had it.
    ActionCount {
        app_action: Option<String> = "app_action",
        device_count: Option<i64> = "device_count",
    }
}

endpoint! {
    /// What was done last about an app, with the number of devices for each action.
    ActionCounts = "apps.actioncounts" is "mamv1/Apps_GetAppActionBreakdownCounts":
        GET "/api/mam/apps/{uuid}/actioncounts", Read;
    path: Uuid; query: ActionCountsQuery; body: Nothing; answer: ActionList;
}
