//! Signing in with a client certificate: by a signature over each request's path (``CMSURL`1``), or in the TLS
//! handshake, where the request itself says nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Encode, EncodeValue, Tagged};
use http::header::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{Authorization, Identity};
use crate::{Clock, Error};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A signature over the same path is used again for so long: tenants take one for minutes, and the pages of a list
/// share their path.
const REUSED: SignedDuration = SignedDuration::from_secs(60);
/// So many paths are remembered; a job over thousands of devices must not keep them all.
const REMEMBERED: usize = 256;
/// A tenant takes signatures that are some minutes old. A clock that differs by more is the likely reason of a refusal.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(4);

/// A signature over the path of every request.
#[derive(Debug)]
pub(super) struct Signature {
    identity: Identity,
    tenant_code: HeaderValue,
    clock: Arc<dyn Clock>,
    signed: Mutex<HashMap<String, (Timestamp, HeaderValue)>>,
}

impl Signature {
    pub(super) fn new(identity: Identity, tenant_code: HeaderValue, clock: Arc<dyn Clock>) -> Self {
        Self { identity, tenant_code, clock, signed: Mutex::default() }
    }

    pub(super) fn authorization(&self, path: &str) -> Result<Authorization, Error> {
        let now = self.clock.now();
        let given =
            |header| Authorization { header: Some(header), tenant_code: Some(self.tenant_code.clone()), generation: 0 };
        // A panic elsewhere leaves at worst a signature that is not remembered.
        if let Some((at, header)) = self.signed.lock().unwrap_or_else(PoisonError::into_inner).get(path)
            && (SignedDuration::ZERO..REUSED).contains(&now.duration_since(*at))
        {
            return Ok(given(header.clone()));
        }
        self.identity.check(now)?;
        let signature = sign(&self.identity, path, now)?;
        let mut header = HeaderValue::try_from(format!("CMSURL`1 {}", STANDARD.encode(signature)))
            .map_err(|_| Error::Bug("Base64 does not fit into a header".to_owned()))?;
        header.set_sensitive(true);
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if signed.len() >= REMEMBERED {
            signed.clear();
        }
        signed.insert(path.to_owned(), (now, header.clone()));
        Ok(given(header))
    }

    /// What a refusal means: the clocks differ, or the certificate is not good there.
    pub(super) fn refused(&self, endpoint: &'static str, host: &str, tenants: Option<Timestamp>) -> Error {
        let off = tenants.map(|tenants| self.clock.now().duration_since(tenants));
        match off.filter(|off| off.abs() > CLOCKS_DIFFER) {
            Some(off) => Error::ClockDiffers { host: host.to_owned(), ahead: off },
            None => refused(&self.identity, endpoint, host, true),
        }
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// The certificate that the TLS handshake shows.
#[derive(Debug)]
pub(super) struct Handshake {
    shown: Arc<Shown>,
    tenant_code: HeaderValue,
    clock: Arc<dyn Clock>,
}

impl Handshake {
    pub(super) fn new(shown: Arc<Shown>, tenant_code: HeaderValue, clock: Arc<dyn Clock>) -> Self {
        Self { shown, tenant_code, clock }
    }

    pub(super) fn authorization(&self) -> Result<Authorization, Error> {
        self.shown.identity.check(self.clock.now())?;
        Ok(Authorization { header: None, tenant_code: Some(self.tenant_code.clone()), generation: 0 })
    }

    pub(super) fn refused(&self, endpoint: &'static str, host: &str) -> Error {
        refused(&self.shown.identity, endpoint, host, self.shown.asked.load(Ordering::Relaxed))
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.shown.identity
    }
}

fn refused(identity: &Identity, endpoint: &'static str, host: &str, shown: bool) -> Error {
    Error::CertificateRefused {
        endpoint,
        host: host.to_owned(),
        subject: identity.subject(),
        issuer: identity.issuer(),
        shown,
    }
}

/// An identity on its way into handshakes; remembers whether any server asked for it.
#[derive(Debug)]
pub(crate) struct Shown {
    identity: Identity,
    asked: AtomicBool,
}

impl Shown {
    pub(crate) fn new(identity: Identity) -> Self {
        Self { identity, asked: AtomicBool::new(false) }
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _roots: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        Some(Arc::clone(self.identity.certified()))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Detached CMS over the path: content type, digest and signing time are signed, the certificate alone is enclosed.
fn sign(identity: &Identity, path: &str, at: Timestamp) -> Result<Vec<u8>, Error> {
    let bug = |error: &dyn std::fmt::Display| Error::Bug(format!("a signature over the path: {error}"));
    let signer = identity.signer()?;
    let message = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, path.as_bytes());
    let build = || -> Result<Vec<u8>, der::Error> {
        let attributes = SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, &DATA)?,
            attribute(MESSAGE_DIGEST, &OctetString::new(message.as_ref())?)?,
            signing_time(at)?,
        ])?;
        // What is signed is the set with its own tag, not the one that it travels under.
        let signature = signer.sign(&attributes.to_der()?).map_err(|_| der::ErrorKind::Failed)?;
        let sha256 = AlgorithmIdentifierOwned { oid: SHA256, parameters: None };
        let algorithm = match signer.scheme() {
            SignatureScheme::RSA_PKCS1_SHA256 => AlgorithmIdentifierOwned { oid: RSA, parameters: Some(Any::null()) },
            _ => AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None },
        };
        let own = identity.own();
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.tbs_certificate().issuer().clone(),
                serial_number: own.tbs_certificate().serial_number().clone(),
            }),
            digest_alg: sha256.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm,
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let content = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![sha256])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet::try_from(vec![CertificateChoices::Certificate(own.clone())])?),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![info])?,
        };
        ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&content)? }.to_der()
    };
    build().map_err(|error| bug(&error))
}

fn attribute(oid: ObjectIdentifier, value: &(impl Tagged + EncodeValue)) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![Any::encode_from(value)?])? })
}

/// Until 2049 in two digits of the year, as RFC 5652 wants it.
fn signing_time(at: Timestamp) -> Result<Attribute, der::Error> {
    let since = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default());
    match UtcTime::from_unix_duration(since) {
        Ok(time) => attribute(SIGNING_TIME, &time),
        Err(_) => attribute(SIGNING_TIME, &GeneralizedTime::from_unix_duration(since)?),
    }
}
