//! `GET /api/mdm/devices/search`, versions 1 and 2: devices that match every given criterion. Version 2 has other
//! words for two of them; both are read in both, since a criterion that is not known lets every device through.

use serde::{Deserialize, Serialize};

use super::Device;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;

/// Criteria; an absent one matches everything. Names in lower case, as servers match them without case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Family name such as `iPhone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// `C`, `E`, `S` or `Undefined`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
    /// Organization group id: the group and those below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lgid: Option<i64>,
    /// `true` or `false`.
    #[serde(alias = "compliance_status", skip_serializing_if = "Option::is_none")]
    pub compliantstatus: Option<String>,
    /// Only devices seen at or after this date.
    #[serde(alias = "seen_since", skip_serializing_if = "Option::is_none")]
    pub seensince: Option<String>,
    /// `model`, `lastseen`, `ownership`, `platform` or `deviceid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orderby: Option<String>,
    /// `ASC` or `DESC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sortorder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagesize: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DevicePage {
    pub devices: Vec<Device>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Devices that match every given criterion; 204 when none does.
    Search = "devices.search": GET "/api/mdm/devices/search", Read;
    path: (); query: DeviceQuery; body: Nothing; answer: DevicePage, or empty;
}

paged! { Search: Device in devices, counted by total, told apart by id.0.0 }
