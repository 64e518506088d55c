//! `GET /api/mdm/devices/{id}/certificates`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Reference, Wrapped};
use crate::page::{PageQuery, paged};
use crate::record::record;

record! {
    /// A page of certificates.
    CertificatePage {
        device_certificates: Vec<DeviceCertificate> = "DeviceCertificates",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A certificate on a device.
    DeviceCertificate {
        application_bundle_identifier: Option<String> = "ApplicationBundleIdentifier",
        certificate_context: Option<String> = "CertificateContext",
        certificate_loaded: Option<i64> = "CertificateLoaded",
        device_id: Option<Reference> = "DeviceId",
        error: Option<String> = "Error",
        expires_on: Option<String> = "ExpiresOn",
        first_sample_time: Option<String> = "FirstSampleTime",
        id: Option<Wrapped<RecordId>> = "Id",
        is_identity: Option<String> = "IsIdentity",
        issued_by: Option<String> = "IssuedBy",
        last_sample_time: Option<String> = "LastSampleTime",
        name: Option<String> = "Name",
        status: Option<String> = "Status",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// Certificates on a device.
    Certificates = "devices.certificates" is "mdmv1/Certificates_GetCertificatesByDeviceAsync":
        GET "/api/mdm/devices/{id}/certificates", Read;
    path: DeviceId; query: PageQuery; body: Nothing; answer: CertificatePage, or empty;
}

paged! { Certificates: DeviceCertificate in device_certificates, counted by total, told apart by id }
