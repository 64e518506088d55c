//! `POST /api/system/users/activate`.

use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Makes users active.
    ActivateMany = "users.activate.many" is "systemv1/User_BulkActivate":
        POST "/api/system/users/activate", Write;
    path: (); query: Nothing; body: BulkValues; answer: BulkAnswer;
}
