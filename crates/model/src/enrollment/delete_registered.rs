//! `POST /api/system/users/registereddevices/delete`.

use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::endpoint;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    DeleteRegisteredQuery {
        searchby: Option<String> = "searchby",
        username: Option<String> = "username",
    }
}

endpoint! {
    /// Takes announcements back.
    DeleteRegistered = "users.registereddevices.delete" is "systemv1/DeviceRegistrationV1_DeleteRegisteredDevices":
        POST "/api/system/users/registereddevices/delete", Destroy;
    path: (); query: DeleteRegisteredQuery; body: BulkValues; answer: BulkAnswer;
}
