//! `POST /api/system/users/deactivate`.

use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Makes users inactive.
    DeactivateMany = "users.deactivate.many" is "systemv1/User_BulkDeActivateAsync":
        POST "/api/system/users/deactivate", Write;
    path: (); query: Nothing; body: BulkValues; answer: BulkAnswer;
}
