//! `GET /api/system/eventnotifications/search`.

use super::Rule;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SearchQuery {
        targetname: Option<String> = "targetname",
        organizationgroupid: Option<String> = "organizationgroupid",
        status: Option<String> = "status",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of rules.
    RulePage {
        event_notifications: Vec<Rule> = "EventNotifications",
        total_results: u64 = "TotalResults",
    }
}

endpoint! {
    /// Rules of event notification.
    Search = "events.search" is "systemv1/EventNotificationsV1_Search#2":
        GET "/api/system/eventnotifications/search", Read;
    path: (); query: SearchQuery; body: Nothing; answer: RulePage, or empty;
}

paged! { Search: Rule in event_notifications, counted by total_results, told apart by uuid or id }
