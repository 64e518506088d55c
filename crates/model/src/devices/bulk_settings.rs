//! `GET /api/mdm/devices/bulksettings`: how many devices one bulk call may name, by action.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Members, derived};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BulkLimits {
    pub delete_device: u32,
    pub enterprise_wipe: u32,
    #[serde(rename = "GPS")]
    pub gps: u32,
    pub lock_device: u32,
    pub send_message: u32,
    /// Fields this program does not know, kept as they came.
    #[serde(flatten)]
    pub other: Members,
}

impl Default for BulkLimits {
    /// The limits of a SaaS tenant on record.
    fn default() -> Self {
        Self {
            delete_device: 3000,
            enterprise_wipe: 10,
            gps: 500,
            lock_device: 3000,
            send_message: 3000,
            other: Members::new(),
        }
    }
}

endpoint! {
    /// The tenant's bulk limits.
    BulkSettings = "devices.bulksettings" is "mdmv1/Devices_GetBulkSettings":
        GET "/api/mdm/devices/bulksettings", Read;
    path: (); query: Nothing; body: Nothing; answer: BulkLimits;
}

derived! { BulkLimits }
