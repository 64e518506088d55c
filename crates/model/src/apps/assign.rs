//! `POST /api/mam/apps/internal/{id}/assignments`: assign an app to smart groups.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, SmartGroupId};
use crate::record::derived;

/// Body of an assignment, the same in both dialects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Assignment {
    pub smart_group_ids: Vec<SmartGroupId>,
    pub deployment_parameters: DeploymentParameters,
}

/// How the app reaches the devices. Fields after `push_mode` are the guide's, and the published API
/// ignores them; what else it takes is in `other`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentParameters {
    /// `Auto` or `On-Demand`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub assignment_type: String,
    /// `Auto` or `On-Demand`.
    pub push_mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_to_install: Option<WhenToInstall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_to_call_install_complete: Option<WhenToCallInstallComplete>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub install_context: String,
    /// Members of the published `DeploymentParameters` beside these, by their names.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for DeploymentParameters {
    fn default() -> Self {
        Self {
            assignment_type: String::new(),
            push_mode: "Auto".to_owned(),
            when_to_install: None,
            when_to_call_install_complete: None,
            install_context: String::new(),
            other: Map::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WhenToInstall {
    pub disk_space_required_in_kb: i64,
    pub device_connectivity: String,
    pub ram_required_in_mb: i64,
}

impl Default for WhenToInstall {
    fn default() -> Self {
        Self { disk_space_required_in_kb: 0, device_connectivity: "OnlineAndOffline".to_owned(), ram_required_in_mb: 0 }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WhenToCallInstallComplete {
    pub use_additional_criteria: bool,
}

endpoint! {
    /// Assigns an internal app to smart groups, beside those it already has.
    Assign = "apps.internal.assign" is "mamv1/InternalAppsV1_AddAssignmentsWithFlexibleDeploymentParametersAsync":
        POST "/api/mam/apps/internal/{id}/assignments" => 201, Write;
    path: AppId; query: Nothing; body: Assignment; answer: Nothing, or empty;
}

derived! { Assignment DeploymentParameters WhenToInstall WhenToCallInstallComplete }
