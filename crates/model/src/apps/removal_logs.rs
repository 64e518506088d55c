//! `GET /api/mam/apps/removallogs`.

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    RemovalLogsQuery {
        bundleid: Option<String> = "bundleid",
        organizationgroupid: Option<String> = "organizationgroupid",
        status: Option<String> = "status",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        orderby: Option<String> = "orderby",
    }

    /// A page of removals.
    RemovalPage {
        result_set: Vec<Removal> = "ResultSet",
        total_results: u64 = "TotalResults",
    }

    /// The removal of an app that is held back.
    Removal {
        created_on: Option<Stamp> = "CreatedOn",
        identifier: Option<String> = "Identifier",
        modified_on: Option<Stamp> = "ModifiedOn",
        source: Option<String> = "Source",
        threshold_id: Option<i64> = "ThresholdId",
        threshold_status: Option<String> = "ThresholdStatus",
    }
}

endpoint! {
    /// Removals of apps that are held back.
    RemovalLogs = "apps.removallogs" is "mamv1/Apps_GetAppRemovalProtectionLogs":
        GET "/api/mam/apps/removallogs", Read;
    path: (); query: RemovalLogsQuery; body: Nothing; answer: RemovalPage, or empty;
}

paged! { RemovalLogs: Removal in result_set, counted by total_results, told apart by threshold_id }
