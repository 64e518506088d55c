//! `POST /api/mdm/products/create`.

use super::Product;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes a product.
    Create = "products.create" is "mdmv1/ProductsV1_CreateProduct":
        POST "/api/mdm/products/create", Write;
    path: (); query: Nothing; body: Product; answer: Created;
}
