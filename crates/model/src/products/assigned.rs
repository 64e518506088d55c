//! `GET /api/mdm/products/{id}/assigned`, version 2.

use super::{ProductDevice, ProductDevicePage};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    AssignedQuery {
        seensince: Option<Stamp> = "seensince",
        lastjobupdatefrom: Option<Stamp> = "lastjobupdatefrom",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
}

endpoint! {
    /// Devices that a product is assigned to. The total may be 0 and devices follow.
    Assigned = "products.assigned" is "mdmv2/ProductsV2_AssignedProductDevicesAsync":
        GET "/api/mdm/products/{id}/assigned" v 2, Read;
    path: RecordId; query: AssignedQuery; body: Nothing; answer: ProductDevicePage, or empty;
}

paged! { Assigned: ProductDevice in devices, counted by total, told apart by device_id }
