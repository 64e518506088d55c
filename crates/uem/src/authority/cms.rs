//! ``CMSURL`1``: a detached CMS signature over the absolute path of a request.
//!
//! Clients send one header again and again until its time is over, so a signature is not used up.

use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::time::Time;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");

type Verifier = &'static dyn VerificationAlgorithm;

/// Digests that clients use, and how keys of RSA and P-256 sign them, by their object identifiers. (SHA-1 too: old .NET clients know nothing else.)
const DIGESTS: [(ObjectIdentifier, &digest::Algorithm, Verifier, Option<Verifier>); 4] = [
    (
        oid("1.3.14.3.2.26"),
        &digest::SHA1_FOR_LEGACY_USE_ONLY,
        &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        None,
    ),
    (
        oid("2.16.840.1.101.3.4.2.1"),
        &digest::SHA256,
        &signature::RSA_PKCS1_2048_8192_SHA256,
        Some(&signature::ECDSA_P256_SHA256_ASN1),
    ),
    (
        oid("2.16.840.1.101.3.4.2.2"),
        &digest::SHA384,
        &signature::RSA_PKCS1_2048_8192_SHA384,
        Some(&signature::ECDSA_P256_SHA384_ASN1),
    ),
    (
        oid("2.16.840.1.101.3.4.2.3"),
        &digest::SHA512,
        &signature::RSA_PKCS1_2048_8192_SHA512,
        Some(&signature::ECDSA_P256_SHA512_ASN1),
    ),
];

/// Who signed, and when they say they did.
pub(crate) struct Signed {
    pub(crate) certificate: Certificate,
    pub(crate) der: Vec<u8>,
    pub(crate) at: Timestamp,
}

/// What a signature over `content` proves; `None` if it proves nothing. Whether to trust the certificate and
/// the time is the caller's question.
pub(crate) fn open(signature: &[u8], content: &[u8]) -> Option<Signed> {
    let outer = ContentInfo::from_der(signature).ok()?;
    if outer.content_type != SIGNED_DATA {
        return None;
    }
    let signed: SignedData = outer.content.decode_as().ok()?;
    if signed.encap_content_info.econtent_type != DATA {
        return None;
    }
    // Detached; a client that encloses the path all the same has to enclose the right one.
    if let Some(enclosed) = &signed.encap_content_info.econtent {
        let enclosed: OctetString = enclosed.decode_as().ok()?;
        if enclosed.as_bytes() != content {
            return None;
        }
    }
    let [signer] = signed.signer_infos.0.as_slice() else { return None };
    let certificate = certificate_of(&signed, signer)?;
    let (_, digest_of, rsa, ec) = DIGESTS.iter().find(|(oid, ..)| *oid == signer.digest_alg.oid)?;

    let attributes = signer.signed_attrs.as_ref()?;
    let attribute = |wanted: ObjectIdentifier| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == wanted);
        let (one, more) = (found.next()?, found.next());
        if more.is_some() || one.values.len() != 1 { None } else { one.values.get(0) }
    };
    if attribute(CONTENT_TYPE)?.decode_as::<ObjectIdentifier>().ok()? != DATA {
        return None;
    }
    let claimed: OctetString = attribute(MESSAGE_DIGEST)?.decode_as().ok()?;
    if claimed.as_bytes() != digest(digest_of, content).as_ref() {
        return None;
    }
    let at: Time = attribute(SIGNING_TIME)?.decode_as().ok()?;
    let seconds = i64::try_from(at.to_unix_duration().as_secs()).ok()?;

    let key = certificate.tbs_certificate().subject_public_key_info();
    let algorithm = match key.algorithm.oid {
        RSA => *rsa,
        EC if key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()? == P256 => (*ec)?,
        _ => return None,
    };
    // What is signed is the set of attributes with its own tag, not the one that it travels under.
    let attributes = attributes.to_der().ok()?;
    UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes())
        .verify(&attributes, signer.signature.as_bytes())
        .ok()?;
    let der = certificate.to_der().ok()?;
    Some(Signed { certificate, der, at: Timestamp::from_second(seconds).ok()? })
}

fn certificate_of(signed: &SignedData, signer: &SignerInfo) -> Option<Certificate> {
    let certificates = signed.certificates.as_ref()?.0.iter().filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let mut fitting = certificates.filter(|certificate| {
        let tbs = certificate.tbs_certificate();
        match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                named.issuer == *tbs.issuer() && named.serial_number == *tbs.serial_number()
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                matches!(tbs.get_extension::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *id)
            }
        }
    });
    fitting.next().cloned()
}
