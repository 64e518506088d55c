//! `GET /api/mdm/products/{id}`.

use super::Product;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// One product; 400 if there is none.
    Get = "products.get" is "mdmv1/ProductsV1_GetProductByProductId":
        GET "/api/mdm/products/{id}", Read;
    path: RecordId; query: Nothing; body: Nothing; answer: Product;
}
