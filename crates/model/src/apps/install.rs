//! `POST /api/mam/apps/internal/{id}/install`: push an assigned app to one device again.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, DeviceId};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstallTarget {
    pub device_id: DeviceId,
}

endpoint! {
    /// Queues an install on one device; 400 if the app is not assigned to it.
    Install = "apps.internal.install": POST "/api/mam/apps/internal/{id}/install" => 202, Write;
    path: AppId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
