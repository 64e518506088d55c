//! `POST /api/mdm/products/{id}/removesmartgroup/{smartgroupid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, SmartGroupId};

endpoint! {
    /// Takes a product away from a smart group.
    RemoveSmartGroup = "products.removesmartgroup" is "mdmv1/ProductsV1_RemoveSmartGroup":
        POST "/api/mdm/products/{id}/removesmartgroup/{smartgroupid}", Destroy;
    path: (RecordId, SmartGroupId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
