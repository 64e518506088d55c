//! `POST /api/system/users/delete`.

use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes users.
    DeleteMany = "users.delete.many" is "systemv1/User_BulkDeleteAsync":
        POST "/api/system/users/delete", Destroy;
    path: (); query: Nothing; body: BulkValues; answer: BulkAnswer;
}
