//! `GET /api/mdm/devices/eventlog`.

use crate::commands::{EventLogEntry, EventLogPage};
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    EventLogFoundQuery {
        search_by: Option<String> = "searchBy",
        id: Option<String> = "id",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        severity: Option<String> = "severity",
        dayrange: Option<i64> = "dayrange",
    }
}

endpoint! {
    /// What happened to a device that another identifier names.
    EventLogFound = "devices.eventlog.found" is "mdmv1/EventLog_GetEventLogsByAlternateIdAsync":
        GET "/api/mdm/devices/eventlog", Read;
    path: (); query: EventLogFoundQuery; body: Nothing; answer: EventLogPage, or empty;
}

paged! { EventLogFound: EventLogEntry in device_event_log_entries, counted by total, told apart by id }
