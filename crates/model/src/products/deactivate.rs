//! `POST /api/mdm/products/{id}/deactivate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Makes a product inactive.
    Deactivate = "products.deactivate" is "mdmv1/ProductsV1_Deactivate":
        POST "/api/mdm/products/{id}/deactivate", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
