//! The tenant's own certificate authority: it issues administrators' client certificates, and the server's.

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use der::{Decode, Encode, oid::ObjectIdentifier};
use jiff::{SignedDuration, Timestamp};
use muster_store::Database;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType, SerialNumber,
};
use x509_cert::Certificate;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use crate::error::Error;
use crate::store::access::certificates::Issued;
use crate::store::access::signing::{self, SigningKey};

const KEY: &str = "authority";
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// Clocks differ; a certificate is good from a little before it was made.
const EARLIER: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const AUTHORITY_DAYS: u32 = 20 * 365;

/// Which key a certificate gets. Clients of the API sign with RSA; P-256 is faster where they need not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum KeyKind {
    #[default]
    Rsa2048,
    P256,
}

impl KeyKind {
    /// A new key; the primes of an RSA key take a tenth of a second.
    pub(crate) fn generate(self) -> Result<KeyPair, Error> {
        match self {
            Self::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
            Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        }
        .map_err(failed)
    }
}

/// The authority with its key.
pub(crate) struct Authority {
    pem: String,
    public_key: Vec<u8>,
    subject: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate that was just issued, with its key: shown once, kept nowhere.
pub(crate) struct NewCertificate {
    pub(crate) issued: Issued,
    pub(crate) certificate_pem: String,
    pub(crate) private_key_pem: String,
    certificate: Vec<u8>,
    private_key: Vec<u8>,
    authority: Vec<u8>,
}

impl Authority {
    /// The database's authority, which is made when there is none.
    pub(crate) async fn open(database: &Database, now: Timestamp) -> Result<Self, Error> {
        let kept = match signing::get(database, KEY).await? {
            Some(kept) => kept,
            None => signing::keep(database, KEY, &make(now)?).await?,
        };
        Self::read(kept)
    }

    fn read(kept: SigningKey) -> Result<Self, Error> {
        let key = KeyPair::from_pem(&kept.private_key).map_err(failed)?;
        let issuer = Issuer::from_ca_cert_pem(&kept.certificate, key).map_err(failed)?;
        let (_, der) = der::pem::decode_vec(kept.certificate.as_bytes()).map_err(failed)?;
        let certificate = Certificate::from_der(&der).map_err(failed)?;
        let tbs = certificate.tbs_certificate();
        Ok(Self {
            pem: kept.certificate,
            public_key: tbs.subject_public_key_info().subject_public_key.raw_bytes().to_vec(),
            subject: tbs.subject().to_der().map_err(failed)?,
            issuer,
        })
    }

    /// The authority's certificate, for clients that have to trust it.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate with which an administrator signs in.
    pub(crate) fn issue_client(
        &self,
        admin: (i64, &str),
        key: KeyPair,
        days: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<NewCertificate, Error> {
        let (id, name) = admin;
        let subject = format!("{id}:{name}");
        let mut params = params(&subject, now, days)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let serial = params.serial_number.as_ref().map(SerialNumber::to_bytes).unwrap_or_default();
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        let (_, authority) = der::pem::decode_vec(self.pem.as_bytes()).map_err(failed)?;
        Ok(NewCertificate {
            issued: Issued {
                serial: hex(&serial),
                admin: id,
                subject: format!("CN={subject}"),
                fingerprint: fingerprint(certificate.der()),
                issued_at: now,
                expires_at: after(now, days),
                revoked_at: None,
                created_by: by.to_owned(),
            },
            certificate_pem: certificate.pem(),
            private_key_pem: key.serialize_pem(),
            certificate: certificate.der().to_vec(),
            private_key: key.serialize_der(),
            authority,
        })
    }

    /// A certificate for the server itself, by name or address, followed by the authority's; and its key. PEM.
    pub(crate) fn issue_server(&self, names: &[String], now: Timestamp) -> Result<(String, String), Error> {
        let first = names.first().map_or("localhost", String::as_str);
        let mut params = params(first, now, 825)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        for name in names {
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into().map_err(failed)?),
            });
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok((format!("{}{}", certificate.pem(), self.pem), key.serialize_pem()))
    }

    /// Whether we issued this certificate for a client, and it is valid now. (Whether it was revoked, the
    /// table knows.)
    pub(crate) fn vouches_for(&self, certificate: &Certificate, now: Timestamp) -> bool {
        self.check(certificate, now).unwrap_or(false)
    }

    fn check(&self, certificate: &Certificate, now: Timestamp) -> Result<bool, der::Error> {
        let tbs = certificate.tbs_certificate();
        if tbs.issuer().to_der()? != self.subject {
            return Ok(false);
        }
        let signed = tbs.to_der()?;
        let signature = certificate.signature().raw_bytes();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.public_key);
        if key.verify(&signed, signature).is_err() {
            return Ok(false);
        }
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let validity = tbs.validity();
        let begun = validity.not_before.to_unix_duration().as_secs() <= seconds;
        let lasts = seconds < validity.not_after.to_unix_duration().as_secs();
        let usage = tbs.get_extension::<ExtendedKeyUsage>()?;
        Ok(begun && lasts && usage.is_some_and(|(_, usage)| usage.0.contains(&CLIENT_AUTH)))
    }
}

impl NewCertificate {
    /// Key and certificates in one file that a password opens.
    pub(crate) fn pkcs12(&self, password: &str) -> Result<Vec<u8>, Error> {
        use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
        let certificates = [&self.certificate, &self.authority].map(|der| Certificate::from_der(der).map_err(failed));
        let [own, authority] = certificates;
        let key = PrivateKey::from_der(&self.private_key).map_err(failed)?;
        let chain = PrivateKeyChain::new(self.issued.serial.as_str(), key, [own?, authority?]);
        let mut store = KeyStore::new();
        store.add_entry(&self.issued.subject, KeyStoreEntry::PrivateKeyChain(chain));
        store.writer(password).write().map_err(failed)
    }
}

/// From when until when a certificate is good.
pub(crate) fn lifetime(certificate: &Certificate) -> Option<(Timestamp, Timestamp)> {
    let validity = certificate.tbs_certificate().validity();
    let moment = |time: x509_cert::time::Time| {
        Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
    };
    Some((moment(validity.not_before)?, moment(validity.not_after)?))
}

/// SHA-256 of a certificate's DER, in hex.
pub(crate) fn fingerprint(der: &[u8]) -> String {
    hex(digest(&SHA256, der).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn make(now: Timestamp) -> Result<SigningKey, Error> {
    let mut params = params("AW Admin User Root", now, AUTHORITY_DAYS)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(SigningKey { private_key: key.serialize_pem(), certificate: certificate.pem() })
}

/// A random serial number, a common name, and validity by the tenant's time.
fn params(name: &str, now: Timestamp, days: u32) -> Result<CertificateParams, Error> {
    let mut serial = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut serial).map_err(|_| Error::Random)?;
    // Positive, and never shorter than it looks.
    serial[0] = serial[0] & 0x3f | 0x40;
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    // Says so and adds the key's identifier, by which signers may be named.
    params.is_ca = IsCa::ExplicitNoCa;
    let moment = |at: Timestamp| {
        let seconds = u64::try_from(at.as_second()).unwrap_or_default();
        rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds)
    };
    params.not_before = moment(now.saturating_sub(EARLIER).unwrap_or(now));
    params.not_after = moment(after(now, days));
    Ok(params)
}

fn after(now: Timestamp, days: u32) -> Timestamp {
    let length = i32::try_from(days).map_or(SignedDuration::MAX, |days| DAY.saturating_mul(days));
    // Whole seconds, as certificates count.
    let until = now.saturating_add(length).unwrap_or(Timestamp::MAX);
    Timestamp::from_second(until.as_second()).unwrap_or(until)
}

fn failed(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "a certificate cannot be made or read");
    Error::Crypto("a certificate")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_767_600_000).expect("a moment")
    }

    #[test]
    fn a_client_certificate_is_vouched_for_while_it_lasts_and_by_its_own_authority_only() {
        let [ours, theirs] = [(); 2].map(|()| Authority::read(make(now()).expect("makes")).expect("reads"));
        for kind in [KeyKind::Rsa2048, KeyKind::P256] {
            let new =
                ours.issue_client((7, "ada"), kind.generate().expect("a key"), 30, "test", now()).expect("issues");
            assert_eq!((new.issued.subject.as_str(), new.issued.serial.len()), ("CN=7:ada", 32));
            let certificate = Certificate::from_der(&new.certificate).expect("reads");
            assert!(ours.vouches_for(&certificate, now()));
            assert!(!theirs.vouches_for(&certificate, now()), "{kind:?}");
            let day = |days: i64| now() + SignedDuration::from_hours(24 * days);
            assert!(ours.vouches_for(&certificate, day(29)) && !ours.vouches_for(&certificate, day(30)));
            assert!(!ours.vouches_for(&certificate, day(-1)));
        }
    }

    #[test]
    fn a_server_certificate_is_no_clients() {
        let ours = Authority::read(make(now()).expect("makes")).expect("reads");
        let names = ["127.0.0.1".to_owned(), "uem.example".to_owned()];
        let (chain, key) = ours.issue_server(&names, now()).expect("issues");
        assert!(chain.ends_with(ours.pem()) && key.contains("PRIVATE KEY"));
        let certificate = Certificate::load_pem_chain(chain.as_bytes()).expect("reads").remove(0);
        assert!(!ours.vouches_for(&certificate, now()));
    }

    #[test]
    fn a_pkcs12_file_opens_with_its_password_and_holds_the_chain() {
        use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
        let ours = Authority::read(make(now()).expect("makes")).expect("reads");
        let new = ours
            .issue_client((7, "ada"), KeyKind::Rsa2048.generate().expect("a key"), 30, "test", now())
            .expect("issues");
        let file = new.pkcs12("open sesame").expect("writes");
        assert!(KeyStore::from_pkcs12(&file, "wrong", Pkcs12ImportPolicy::Strict).is_err());
        let store = KeyStore::from_pkcs12(&file, "open sesame", Pkcs12ImportPolicy::Strict).expect("opens");
        let (_, chain) = store.private_key_chain().expect("a key");
        assert_eq!((chain.key().as_der(), chain.certs().len()), (new.private_key.as_slice(), 2));
    }
}
