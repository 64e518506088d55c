//! `POST /api/mdm/products/reprocessProduct`.

use serde_json::Value;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Which product on which devices.
    ReprocessTargets {
        device_ids: Option<Vec<ReprocessTarget>> = "DeviceIds",
        force_flag: Option<bool> = "ForceFlag",
        product_id: Option<i64> = "ProductID",
    }

    /// A device.
    ReprocessTarget {
        id: Option<i64> = "ID",
    }

    /// What came of it, in words.
    MaintainResult {
        products: Vec<Value> = "Products",
        result_string: Option<String> = "ResultString",
    }
}

endpoint! {
    /// Processes a product again on devices.
    Reprocess = "products.reprocess" is "mdmv1/ProductsV1_ReprocessProductAsync":
        POST "/api/mdm/products/reprocessProduct", Write;
    path: (); query: Nothing; body: ReprocessTargets; answer: MaintainResult;
}
