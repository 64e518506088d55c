//! `DELETE /api/mdm/products/{id}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Removes a product that is not active.
    Delete = "products.delete" is "mdmv1/ProductsV1_DeleteProductAsync":
        DELETE "/api/mdm/products/{id}", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
