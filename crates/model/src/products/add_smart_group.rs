//! `POST /api/mdm/products/{id}/addsmartgroup/{smartgroupid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, SmartGroupId};

endpoint! {
    /// Assigns a product to a smart group. Nothing happens before it is processed again.
    AddSmartGroup = "products.addsmartgroup" is "mdmv1/ProductsV1_AddSmartGroup":
        POST "/api/mdm/products/{id}/addsmartgroup/{smartgroupid}", Write;
    path: (RecordId, SmartGroupId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
