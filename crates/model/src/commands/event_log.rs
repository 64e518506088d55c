//! `GET /api/mdm/devices/{id}/eventlog`: the only trace of commands that the published API has.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Wrapped};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Which entries.
    EventLogQuery {
        /// `emergency` to `debug`: only entries of exactly this severity.
        severity: Option<String> = "severity",
        /// Days back from now.
        dayrange: Option<u32> = "dayrange",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// One thing that happened to a device.
    EventLogEntry {
        time_stamp: Option<Stamp> = "TimeStamp",
        severity: String = "Severity",
        /// `SyncDevice Requested`, `EnterpriseWipe Confirmed`, …
        event: String = "Event",
        admin_account: String = "AdminAccount",
        source: String = "Source",
        event_data_list: Vec<EventData> = "EventDataList",
        id: Wrapped<RecordId> = "Id",
    }

    /// A detail of an event: what it is about, and its value before and after.
    EventData {
        /// `CommandUuid`, `ApplicationId`, `Reason`, …
        event_data_type: String = "EventDataType",
        old_value: String = "OldValue",
        new_value: String = "NewValue",
    }
}

impl EventData {
    /// A detail that had no value before.
    pub fn new(event_data_type: impl Into<String>, new_value: impl Into<String>) -> Self {
        Self { event_data_type: event_data_type.into(), new_value: new_value.into(), ..Self::default() }
    }
}

record! {
    /// Entries of the event log.
    EventLogPage {
        device_event_log_entries: Vec<EventLogEntry> = "DeviceEventLogEntries",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// What happened to a device, newest first; 204 when nothing did.
    EventLog = "devices.eventlog" is "mdmv1/EventLog_GetEventLogsByDeviceAsync":
        GET "/api/mdm/devices/{id}/eventlog", Read;
    path: DeviceId; query: EventLogQuery; body: Nothing; answer: EventLogPage, or empty;
}

paged! { EventLog: EventLogEntry in device_event_log_entries, counted by total, told apart by id }
