//! `POST /api/mdm/profiles/uploadcertificate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::{Hidden, record};

record! {
    /// A certificate with its key, and the password of both.
    Certificate {
        certificate_payload: Option<Hidden> = "CertificatePayload",
        password: Option<Hidden> = "Password",
    }
}

endpoint! {
    /// Uploads a certificate for use in profiles.
    Upload = "certificates.upload" is "mdmv1/ProfilesV1_UploadCertificate":
        POST "/api/mdm/profiles/uploadcertificate", Write;
    path: (); query: Nothing; body: Certificate; answer: Created, or empty;
}
