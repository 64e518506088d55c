//! `GET /api/mdm/devices/{uuid}/security/encryption-status`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Whether a device is encrypted.
    EncryptionStatus {
        encryption_status: Option<bool> = "encryption_status",
    }
}

endpoint! {
    /// Whether a device is encrypted.
    Encryption = "devices.encryption" is "mdmv1/SecurityV1_GetDeviceEncryptionStatusAsync":
        GET "/api/mdm/devices/{uuid}/security/encryption-status", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: EncryptionStatus;
}
