//! `GET /api/mam/apps/internal/{id}`: one internal app with its assignments; 401 with code 7000 (!) if
//! there is none.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, SmartGroupId};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AppDetail {
    pub application_name: String,
    /// The bundle id.
    pub app_id: String,
    pub airwatch_app_version: String,
    /// A platform name here, not a number.
    pub platform: String,
    pub status: String,
    pub devices_assigned_count: u64,
    pub devices_installed_count: u64,
    pub devices_not_installed_count: u64,
    pub assignments: Vec<AssignedGroup>,
    #[serde(rename = "id", alias = "Id")]
    pub id: AppId,
    #[serde(rename = "uuid", alias = "Uuid", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
}

/// A smart group that an app is assigned to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AssignedGroup {
    pub smart_group_id: SmartGroupId,
    pub smart_group_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_group_uuid: Option<Uuid>,
    /// `Auto` or `On-Demand`.
    pub push_mode: String,
}

endpoint! {
    /// One internal app with its assignments.
    Get = "apps.internal.get": GET "/api/mam/apps/internal/{id}", Read;
    path: AppId; query: Nothing; body: Nothing; answer: AppDetail;
}
