//! `GET /api/mdm/devices/search`, versions 1 and 2: devices that match every given criterion. Version 2 has other
//! words for two of them; both are read in both, since a criterion that is not known lets every device through.

use super::Device;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything. Names in lower case, as servers match them without case.
    DeviceQuery {
        user: Option<String> = "user",
        /// Family name such as `iPhone`.
        model: Option<String> = "model",
        platform: Option<String> = "platform",
        /// `C`, `E`, `S` or `Undefined`.
        ownership: Option<String> = "ownership",
        /// Organization group id: the group and those below it.
        lgid: Option<i64> = "lgid",
        /// `true` or `false`.
        compliantstatus: Option<String> = "compliantstatus" | "compliance_status",
        /// Only devices seen at or after this date.
        seensince: Option<String> = "seensince" | "seen_since",
        /// `model`, `lastseen`, `ownership`, `platform` or `deviceid`.
        orderby: Option<String> = "orderby",
        /// `ASC` or `DESC`.
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices.
    DevicePage {
        devices: Vec<Device> = "Devices",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Devices that match every given criterion; 204 when none does.
    Search = "devices.search" is "mdmv1/Devices_SearchAsync":
        GET "/api/mdm/devices/search", Read;
    path: (); query: DeviceQuery; body: Nothing; answer: DevicePage, or empty;
}

paged! { Search: Device in devices, counted by total, told apart by uuid or id }
