//! A certificate with its private key: what proves who calls, in a signature over the path or in the TLS handshake.
//! Reads what other tools write: PKCS#12 of both generations, and PEM.

use std::fmt;
use std::sync::Arc;

use der::{Decode, Encode};
use jiff::Timestamp;
use p12_keystore::Pkcs12Archive;
use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};
use x509_cert::Certificate;

use crate::Error;
use crate::error::IdentityFault;

/// A client certificate with its key, read and checked. Cheap to clone; the key is never shown.
///
/// ```no_run
/// # async fn story(file: Vec<u8>, clock: std::sync::Arc<dyn muster_client::Clock>) -> Result<(), muster_client::Error> {
/// use muster_client::{Credentials, Identity, Pins, Settings, Trust, connect};
///
/// let identity = Identity::from_pkcs12(&file, &"its password".to_owned().into())?;
/// println!("{} until {}", identity.subject(), identity.expires_at());
/// let tenant_code = "code".to_owned().into();
/// let credentials = Credentials::Certificate { identity, tenant_code, clock };
/// let mut settings = Settings::new("https://as000.example.com".parse().expect("a URL"), credentials);
/// // Besides the usual verification: the key in use, and a spare.
/// settings.trust = Trust::AuthoritiesAndPins(Pins::new([
///     "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".parse()?,
///     "sha256/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=".parse()?,
/// ])?);
/// let (client, _writer) = connect(settings).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    certified: Arc<CertifiedKey>,
    own: Certificate,
    from: Timestamp,
    until: Timestamp,
}

impl Identity {
    /// Reads a PKCS#12 file: the old encryption (RC2 or Triple DES, SHA-1) and the new one (PBES2 with AES).
    ///
    /// Errors tell a wrong password from a file that is something else.
    pub fn from_pkcs12(file: &[u8], password: &SecretString) -> Result<Self, Error> {
        use p12_keystore::error::Error as Trouble;
        let archive = Pkcs12Archive::from_pkcs12(file, password.expose_secret()).map_err(|error| match error {
            Trouble::MacError(_) | Trouble::UnpadError | Trouble::Pkcs5Error(_) => {
                IdentityFault::WrongPassword.says("the password does not open the PKCS#12 file")
            }
            Trouble::UnsupportedEncryptionScheme | Trouble::UnsupportedMacAlgorithm => {
                IdentityFault::Unreadable.says("the PKCS#12 file is encrypted in a way that is not understood")
            }
            error => IdentityFault::Unreadable.says(format!("this is not a PKCS#12 file: {error}")),
        })?;
        let key =
            archive.keys.first().ok_or_else(|| IdentityFault::NoKey.says("the PKCS#12 file holds no private key"))?;
        let key = PrivateKeyDer::Pkcs8(key.key.as_der().to_vec().into());
        let chain = archive.certs.iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect();
        Self::new(chain, &key)
    }

    /// Reads PEM: the certificate, further ones of its chain in any order, and the key (PKCS#8, PKCS#1 or SEC1) from
    /// the same text or another. The password is for a key that is encrypted (PKCS#8 with PBES2).
    pub fn from_pem(certificates: &[u8], key: &SecretString, password: Option<&SecretString>) -> Result<Self, Error> {
        let chain = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| IdentityFault::Unreadable.says(format!("the certificate is not readable PEM: {error}")))?;
        let text = key.expose_secret();
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
            return Self::new(chain, &decrypted(text, password)?);
        }
        if text.contains("4,ENCRYPTED") {
            let what = "the private key is encrypted in the way of old OpenSSL, which is not read";
            return Err(IdentityFault::Encrypted.says(what));
        }
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes())
            .map_err(|_| IdentityFault::NoKey.says("there is no private key in the PEM text"))?;
        Self::new(chain, &key)
    }

    fn new(mut chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Result<Self, Error> {
        let signing = any_supported_type(key).ok().filter(|key| signer(key.as_ref()).is_some()).ok_or_else(|| {
            IdentityFault::UnsupportedKey.says("the private key is neither RSA nor on the curve P-256")
        })?;
        if chain.is_empty() {
            return Err(IdentityFault::NoCertificate.says("there is no certificate beside the private key"));
        }
        let public = signing.public_key().ok_or_else(|| Error::Bug("a key without its public half".to_owned()))?;
        let mut own = None;
        for (at, der) in chain.iter().enumerate() {
            let read = Certificate::from_der(der)
                .map_err(|error| IdentityFault::Unreadable.says(format!("a certificate is unreadable: {error}")))?;
            if read.tbs_certificate().subject_public_key_info().to_der().is_ok_and(|spki| spki == public.as_ref()) {
                own = Some((at, read));
                break;
            }
        }
        let Some((at, own)) = own else {
            return Err(IdentityFault::KeyOfAnother.says("the private key does not belong to the certificate"));
        };
        // The caller's own first, as a handshake wants them.
        chain[..=at].rotate_right(1);
        let validity = own.tbs_certificate().validity();
        let moment = |time: &x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
        };
        let (from, until) = (moment(&validity.not_before), moment(&validity.not_after));
        Ok(Self(Arc::new(Inner { certified: Arc::new(CertifiedKey::new(chain, signing)), own, from, until })))
    }

    /// Whose it is, as the certificate says it.
    pub fn subject(&self) -> String {
        self.0.own.tbs_certificate().subject().to_string()
    }

    /// Who issued it.
    pub fn issuer(&self) -> String {
        self.0.own.tbs_certificate().issuer().to_string()
    }

    /// Until when it is good.
    pub fn expires_at(&self) -> Timestamp {
        self.0.until
    }

    /// Whether it is good now; the tenant would say the same, with fewer words.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Error> {
        let day = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC");
        let subject = self.subject();
        if now < self.0.from {
            let what = format!("the client certificate of {subject} is not valid before {}", day(self.0.from));
            return Err(IdentityFault::NotYetValid.says(what));
        }
        if now >= self.0.until {
            let what = format!("the client certificate of {subject} expired at {}", day(self.0.until));
            return Err(IdentityFault::Expired.says(what));
        }
        Ok(())
    }

    pub(crate) fn own(&self) -> &Certificate {
        &self.0.own
    }

    pub(crate) fn certified(&self) -> &Arc<CertifiedKey> {
        &self.0.certified
    }

    /// Signs with SHA-256.
    pub(crate) fn signer(&self) -> Result<Box<dyn Signer>, Error> {
        signer(self.0.certified.key.as_ref()).ok_or_else(|| Error::Bug("a key that was checked signs not".to_owned()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("subject", &self.subject()).field("until", &self.0.until).finish()
    }
}

fn signer(key: &dyn SigningKey) -> Option<Box<dyn Signer>> {
    key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::ECDSA_NISTP256_SHA256])
}

fn decrypted(text: &str, password: Option<&SecretString>) -> Result<PrivateKeyDer<'static>, Error> {
    let Some(password) = password else {
        return Err(IdentityFault::Encrypted.says("the private key is encrypted, and there is no password for it"));
    };
    let unreadable = |error: &dyn fmt::Display| {
        IdentityFault::Unreadable.says(format!("the encrypted private key is unreadable: {error}"))
    };
    let from = text.find("-----BEGIN ENCRYPTED PRIVATE KEY").unwrap_or_default();
    // The decoder wants one block and nothing after it.
    const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";
    let until = text[from..].find(END).map_or(text.len(), |at| from + at + END.len());
    let (_, der) = der::pem::decode_vec(&text.as_bytes()[from..until]).map_err(|error| unreadable(&error))?;
    let info = EncryptedPrivateKeyInfoRef::try_from(der.as_slice()).map_err(|error| unreadable(&error))?;
    let key = info
        .decrypt(password.expose_secret())
        .map_err(|_| IdentityFault::WrongPassword.says("the password does not open the private key"))?;
    Ok(PrivateKeyDer::Pkcs8(key.as_bytes().to_vec().into()))
}
