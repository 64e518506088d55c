//! What a certificate says of itself.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::{Decode, Encode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use x509_cert::Certificate;
use x509_cert::time::Time;

/// A certificate in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Known {
    pub(in super::super) subject: String,
    pub(in super::super) issuer: String,
    pub(in super::super) serial: String,
    pub(in super::super) not_before: Timestamp,
    pub(in super::super) not_after: Timestamp,
    /// SHA-1 over the DER in hex, as administrators compare certificates.
    pub(in super::super) thumbprint: String,
    /// The public key in Base64.
    pub(in super::super) public_key: String,
}

impl Known {
    /// As objects keep it.
    pub(super) fn members(&self) -> Map<String, Value> {
        let members = json!({
            "IssuedTo": self.subject, "IssuedBy": self.issuer, "SerialNumber": self.serial,
            "ValidFrom": self.not_before.as_microsecond(), "ValidTo": self.not_after.as_microsecond(),
            "Thumbprint": self.thumbprint,
        });
        members.as_object().cloned().unwrap_or_default()
    }
}

/// A certificate in PEM, or its DER in Base64.
pub(in super::super) fn read(text: &str) -> Option<Known> {
    let body: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let der = STANDARD.decode(body).ok()?;
    let certificate = Certificate::from_der(&der).ok()?;
    let tbs = certificate.tbs_certificate();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    Some(Known {
        subject: tbs.subject().to_string(),
        issuer: tbs.issuer().to_string(),
        serial: hex(tbs.serial_number().as_bytes()),
        not_before: moment(&tbs.validity().not_before)?,
        not_after: moment(&tbs.validity().not_after)?,
        thumbprint: hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der).as_ref()),
        public_key: STANDARD.encode(tbs.subject_public_key_info().to_der().ok()?),
    })
}

fn moment(time: &Time) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
}
