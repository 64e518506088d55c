//! `POST /api/mdm/devices/commands/bulk/scheduleosupdate`.

use crate::bulk::BulkValues;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    ScheduleOsUpdateOfManyQuery {
        searchby: Option<String> = "searchby",
        installaction: Option<String> = "installaction",
    }
}

endpoint! {
    /// Schedules the update of the operating system of many devices.
    ScheduleOsUpdateOfMany = "devices.osupdate.schedulemany" is "mdmv1/CommandsV1_BulkExecuteScheduleOsUpdate":
        POST "/api/mdm/devices/commands/bulk/scheduleosupdate" => 202, Write;
    path: (); query: ScheduleOsUpdateOfManyQuery; body: BulkValues; answer: Nothing, or empty;
}
