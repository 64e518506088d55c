//! `GET /api/mdm/products/{id}/failed`, version 2.

use super::{ProductDevice, ProductDevicePage};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;
use crate::page::{PageQuery, paged};

endpoint! {
    /// Devices on which a product failed.
    Failed = "products.failed" is "mdmv2/ProductsV2_FailedProductDevicesAsync":
        GET "/api/mdm/products/{id}/failed" v 2, Read;
    path: RecordId; query: PageQuery; body: Nothing; answer: ProductDevicePage, or empty;
}

paged! { Failed: ProductDevice in devices, counted by total, told apart by device_id }
