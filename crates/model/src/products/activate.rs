//! `POST /api/mdm/products/{id}/activate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Makes a product active; 400 while it has no smart group.
    Activate = "products.activate" is "mdmv1/ProductsV1_Activate":
        POST "/api/mdm/products/{id}/activate", Write;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
