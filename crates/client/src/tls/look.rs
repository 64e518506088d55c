//! A look at the certificate that a server shows. The handshake ends there: nothing is sent to a server that is only
//! looked at, so that this needs no trust.

use std::sync::{Arc, Mutex, PoisonError};

use der::Decode;
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::{Connectors, Pin, config};
use crate::retry::connection;
use crate::{Error, Settings, connect};

/// What a server says of itself, unverified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    pub pin: Pin,
    pub subject: String,
    pub issuer: String,
    /// DNS names that it was issued for.
    pub names: Vec<String>,
    pub not_before: Timestamp,
    pub expires_at: Timestamp,
}

/// Looks at the certificate of the settings' host; `None` where the address says `http`.
pub async fn server_certificate(settings: &Settings) -> Result<Option<ServerCertificate>, Error> {
    if settings.url.scheme() != "https" {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let looker = Arc::new(Looker { schemes, seen: Mutex::default() });
    // A proxy on the way is not what is looked at.
    let others = super::connectors(settings, None)?.others;
    let tenant = config(provider, Arc::clone(&looker) as Arc<dyn ServerCertVerifier>, None)?;
    let http = connect::http(settings, Connectors { tenant, others }, &[&settings.url])?;
    let host = settings.url.host_str().unwrap_or_default();
    let knocked = http.knock(&http.tenant(&settings.url)?).await;
    let seen = looker.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (seen, knocked) {
        (Some(der), _) => read(&der)
            .map(Some)
            .ok_or_else(|| Error::Invalid(format!("the certificate that {host} shows is unreadable"))),
        (None, Err(error)) => Err(connection::classify(error, "certificate", host, false)),
        (None, Ok(())) => Err(Error::Bug(format!("{host} answered without a certificate"))),
    }
}

fn read(der: &[u8]) -> Option<ServerCertificate> {
    let certificate = Certificate::from_der(der).ok()?;
    let tbs = certificate.tbs_certificate();
    let moment = |time: &x509_cert::time::Time| {
        Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
    };
    let names = tbs.get_extension::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0).unwrap_or_default();
    Some(ServerCertificate {
        pin: Pin::of(der)?,
        subject: tbs.subject().to_string(),
        issuer: tbs.issuer().to_string(),
        names: names
            .iter()
            .filter_map(|name| match name {
                GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
                _ => None,
            })
            .collect(),
        not_before: moment(&tbs.validity().not_before)?,
        expires_at: moment(&tbs.validity().not_after)?,
    })
}

/// Remembers what it is shown, and believes nobody.
#[derive(Debug)]
struct Looker {
    schemes: Vec<SignatureScheme>,
    seen: Mutex<Option<Vec<u8>>>,
}

const SEEN: &str = "only looked at";

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        Err(rustls::Error::General(SEEN.to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General(SEEN.to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General(SEEN.to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
