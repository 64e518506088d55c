//! `GET /api/mdm/devices/udid/{udid}/deviceenrollmentstatus`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, Wrapped};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    EnrollmentStateQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
    }

    /// How far the enrollment has come.
    EnrollmentReport {
        device_managed_by: Option<String> = "DeviceManagedBy",
        domain: Option<String> = "Domain",
        enrollment_status: Option<String> = "EnrollmentStatus",
        id: Option<Wrapped<RecordId>> = "Id",
        username: Option<String> = "Username",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// How far a device has come with its enrollment, by UDID.
    EnrollmentState = "devices.enrollmentstatus" is "mdmv1/Devices_GetDeviceEnrollmentStatusbyUdidAsync":
        GET "/api/mdm/devices/udid/{udid}/deviceenrollmentstatus", Read;
    path: String; query: EnrollmentStateQuery; body: Nothing; answer: EnrollmentReport;
}
