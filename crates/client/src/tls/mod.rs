//! Which servers are believed: those that an authority of the platform or of the settings vouches for, those whose key
//! is pinned, or both. There is no way to believe just anybody.
//!
//! One crypto provider (aws-lc-rs) for the whole program, handed over explicitly. TLS 1.2 is the oldest version that it
//! knows. The platform's certificates are read at the first handshake, not before.

mod look;
mod pins;

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::TlsConnector;

pub use look::{ServerCertificate, server_certificate};
pub(crate) use pins::NotPinned;
pub use pins::{Pin, Pins};

use crate::auth::Shown;
use crate::{Error, Settings};

/// Whom to believe to be the tenant's host. Other hosts (the one that issues tokens, a proxy) are always verified in
/// the usual way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Whoever an authority vouches for by this name.
    #[default]
    Authorities,
    /// The same, and the key has to be a pinned one.
    AuthoritiesAndPins(Pins),
    /// Whoever has a pinned key, whatever the certificate says of name, time and issuer: for a self-signed appliance.
    PinsOnly(Pins),
}

/// What decides for all connections of one client.
fn verifier(settings: &Settings) -> Result<Arc<Verifier>, Error> {
    let extra = settings.extra_roots_pem.as_deref().map_or_else(|| Ok(Vec::new()), roots)?;
    let host = settings.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let host = match &settings.trust {
        Trust::Authorities => None,
        _ => Some(
            ServerName::try_from(host)
                .map_err(|_| Error::Invalid(format!("`{}` is no host that a key can be pinned for", settings.url)))?,
        ),
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(Arc::new(Verifier { provider, extra, usual: OnceLock::new(), host, trust: settings.trust.clone() }))
}

/// TLS of one client.
pub(crate) struct Connectors {
    /// With the tenant's host, which is shown the client certificate if there is one.
    pub(crate) tenant: TlsConnector,
    /// With everybody else: the host that issues tokens, a proxy.
    pub(crate) others: TlsConnector,
}

/// TLS as the settings want it.
pub(crate) fn connectors(settings: &Settings, shown: Option<&Arc<Shown>>) -> Result<Connectors, Error> {
    let verifier = verifier(settings)?;
    let others = config(verifier.provider.clone(), verifier.clone(), None)?;
    let tenant = match shown {
        Some(shown) => config(verifier.provider.clone(), verifier, Some(Arc::clone(shown)))?,
        None => others.clone(),
    };
    Ok(Connectors { tenant, others })
}

fn config(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
    shown: Option<Arc<Shown>>,
) -> Result<TlsConnector, Error> {
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Bug(format!("TLS versions: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match shown {
        Some(shown) => builder.with_client_cert_resolver(shown),
        None => builder.with_no_client_auth(),
    };
    // The one version of HTTP that is spoken.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The verification of one client's connections.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    extra: Vec<CertificateDer<'static>>,
    usual: OnceLock<Option<Arc<dyn ServerCertVerifier>>>,
    /// Whose key is pinned.
    host: Option<ServerName<'static>>,
    trust: Trust,
}

impl Verifier {
    /// The platform's verifier. On a machine without any root certificates the extra ones alone count, and where there
    /// are none of these either, every connection fails as untrusted, with a hint, instead of the whole client.
    fn usual(&self) -> Option<&Arc<dyn ServerCertVerifier>> {
        let make = || {
            let (extra, provider) = (self.extra.clone(), Arc::clone(&self.provider));
            match rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider) {
                Ok(verifier) => return Some(Arc::new(verifier) as Arc<dyn ServerCertVerifier>),
                Err(error) => tracing::warn!(%error, "no root certificates on this machine"),
            }
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(self.extra.iter().cloned());
            let (store, provider) = (Arc::new(store), Arc::clone(&self.provider));
            let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(store, provider).build();
            verifier.ok().map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        };
        self.usual.get_or_init(make).as_ref()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let trust = if self.host.as_ref() == Some(server_name) { &self.trust } else { &Trust::Authorities };
        if !matches!(trust, Trust::PinsOnly(_)) {
            let usual = self.usual().ok_or(CertificateError::UnknownIssuer)?;
            usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        }
        if let Trust::AuthoritiesAndPins(pins) | Trust::PinsOnly(pins) = trust {
            // Only the server's own key counts: what else it sends along, anybody could send along.
            let seen = Pin::of(end_entity).ok_or(CertificateError::BadEncoding)?;
            if !pins.hold(seen) {
                return Err(CertificateError::Other(OtherError(Arc::new(NotPinned { seen }))).into());
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::Invalid(format!("the extra root certificates are not readable PEM: {error}")))?;
    // Verified here, because the platform's verifier would refuse all certificates for the sake of one.
    for certificate in &certificates {
        RootCertStore::empty()
            .add(certificate.clone())
            .map_err(|error| Error::Invalid(format!("an extra root certificate is unusable: {error}")))?;
    }
    if certificates.is_empty() {
        return Err(Error::Invalid("the extra root certificates contain no certificate".to_owned()));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn extra_roots_that_are_none_are_refused_with_a_reason() {
        for pem in [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = roots(pem).expect_err("no certificate");
            assert_eq!(error.kind(), Kind::Invalid, "{error}");
        }
    }
}
