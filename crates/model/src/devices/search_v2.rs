//! `GET /api/mdm/devices/search`, version 2.

use super::{Device, DevicePage};
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchV2Query {
        user: Option<String> = "user",
        model: Option<String> = "model",
        platform: Option<String> = "platform",
        lastseen: Option<Stamp> = "lastseen",
        ownership: Option<String> = "ownership",
        lgid: Option<i64> = "lgid",
        compliance_status: Option<String> = "compliance_status",
        seen_since: Option<Stamp> = "seen_since",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
    }
}

endpoint! {
    /// Devices that match every given criterion, with the words of version 2; 204 when none does.
    SearchV2 = "devices.search.v2" is "mdmv2/DevicesV2_SearchAsync":
        GET "/api/mdm/devices/search" v 2, Read;
    path: (); query: SearchV2Query; body: Nothing; answer: DevicePage, or empty;
}

paged! { SearchV2: Device in devices, counted by total, told apart by uuid or id }
