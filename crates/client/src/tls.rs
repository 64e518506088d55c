//! Which certificates are believed: those of the platform, and the extra roots of the settings.
//! One crypto provider (aws-lc-rs) for the whole program, handed over explicitly.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::Error;

/// TLS for one client. `wanted` is false when no address of the settings is `https`: the platform's
/// certificates are not read then, so that a test server on loopback needs none.
pub(crate) fn config(extra_roots_pem: Option<&[u8]>, wanted: bool) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let extra = extra_roots_pem.map_or_else(|| Ok(Vec::new()), roots)?;
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Bug(format!("TLS versions: {error}")))?;
    let mut config = match wanted.then(|| platform(extra.clone(), provider)).flatten() {
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth(),
        None => {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(extra);
            builder.with_root_certificates(store).with_no_client_auth()
        }
    };
    // The one version of HTTP that is spoken.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The platform's verifier; `None` on a machine without any root certificates, where every connection will
/// fail as untrusted, with a hint, instead of the whole client.
fn platform(extra: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Option<Arc<dyn ServerCertVerifier>> {
    match rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider) {
        Ok(verifier) => Some(Arc::new(verifier)),
        Err(error) => {
            tracing::warn!(%error, "no root certificates on this machine");
            None
        }
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
            let error = config(Some(pem), false).expect_err("no certificate");
            assert_eq!(error.kind(), Kind::Invalid, "{error}");
        }
        assert!(config(None, false).is_ok());
    }
}
