//! `GET /api/system/info`: which product in which version answers. The usual connectivity test.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};

/// The published answer, plus the two fields that the guide reads and real tenants do not send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SystemInfo {
    pub product_name: String,
    /// Dotted, such as `26.2.0.14`.
    pub product_version: String,
    /// Guide dialect only; elsewhere the last part of the version stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_number: Option<String>,
    /// Guide dialect only; elsewhere the `Date` header of the answer stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_server_time: Option<String>,
    pub version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Workspaces>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Workspaces {
    pub workspaces: Vec<Workspace>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Workspace {
    pub name: String,
    pub location: String,
}

endpoint! {
    /// Product, version and build of the tenant.
    Info = "system.info": GET "/api/system/info", Read;
    path: (); query: Nothing; body: Nothing; answer: SystemInfo;
}
