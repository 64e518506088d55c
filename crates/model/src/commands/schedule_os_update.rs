//! `POST /api/mdm/devices/commands/scheduleosupdate`.

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    ScheduleOsUpdateQuery {
        searchby: Option<String> = "searchby",
        id: Option<String> = "id",
        osupdateproductversion: Option<String> = "osupdateproductversion",
        installaction: Option<String> = "installaction",
    }
}

endpoint! {
    /// Schedules updates of the operating system of one device.
    ScheduleOsUpdate = "devices.osupdate.schedule" is "mdmv1/CommandsV1_ExecuteScheduleOsUpdateByAlternateIdAsync":
        POST "/api/mdm/devices/commands/scheduleosupdate" => 202, Write;
    path: (); query: ScheduleOsUpdateQuery; body: Vec<String>; answer: Nothing, or empty;
}
