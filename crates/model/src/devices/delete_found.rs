//! `DELETE /api/mdm/devices`.

use super::FindQuery;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes a device that another identifier names.
    DeleteFound = "devices.delete.found" is "mdmv1/Devices_DeleteByAlternateIdAsync":
        DELETE "/api/mdm/devices" => 204, Destroy;
    path: (); query: FindQuery; body: Nothing; answer: Nothing, or empty;
}
