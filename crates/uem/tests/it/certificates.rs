//! Certificates: signatures over the path, made by `openssl` and by ourselves.

use std::process::Command;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Any, Decode, Encode};
use muster_uem::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::areas::access::login;
use crate::caller::{Answer, Caller, list, read};

const INFO: &str = "/api/system/info";

/// A certificate of an account with its key, as the console gives it out.
struct Issued {
    serial: String,
    certificate: String,
    key: String,
}

async fn issue(uem: &Caller, account: &Value, more: Value) -> Issued {
    let made = uem.post(&format!("/API/v1/console/accounts/{account}/certificates"), more).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    let text = |name: &str| made[name].as_str().expect(name).to_owned();
    assert!(text("Authority").contains("BEGIN CERTIFICATE"));
    Issued { serial: text("Serial"), certificate: text("Certificate"), key: text("PrivateKey") }
}

async fn account(uem: &Caller, name: &str, role: &str, group: i64) -> Value {
    login(uem, name, role, group).await;
    let accounts = uem.get("/API/v1/console/accounts").await.json();
    let found = list(&accounts, "Accounts").iter().find(|row| row["UserName"] == name).expect("is there");
    found["Id"].clone()
}

async fn ask(uem: &Caller, path: &str, signature: &[u8]) -> Answer {
    let header = format!("CMSURL`1 {}", STANDARD.encode(signature));
    let request = uem.bare(Method::GET, path).header("Authorization", header);
    read(request.header("aw-tenant-code", &uem.tenant.ready.tenant_code)).await
}

/// As clients do it: detached, with content type, digest and signing time, the certificate alone enclosed.
fn sign(issued: &Issued, path: &str, at: jiff::Timestamp) -> Vec<u8> {
    let oid = ObjectIdentifier::new_unwrap;
    let (data, sha256) = (oid("1.2.840.113549.1.7.1"), oid("2.16.840.1.101.3.4.2.1"));
    let plain = |oid| AlgorithmIdentifierOwned { oid, parameters: None };
    let attribute = |kind: &str, value: Any| Attribute {
        oid: ObjectIdentifier::new_unwrap(kind),
        values: SetOfVec::try_from(vec![value]).expect("a set"),
    };
    let any = |value: &dyn EncodeAny| value.any();
    let (_, der) = der::pem::decode_vec(issued.certificate.as_bytes()).expect("PEM");
    let certificate = Certificate::from_der(&der).expect("a certificate");
    let message = OctetString::new(digest(&SHA256, path.as_bytes()).as_ref()).expect("a digest");
    let seconds = u64::try_from(at.as_second()).expect("after 1970");
    let time = UtcTime::from_unix_duration(Duration::from_secs(seconds)).expect("a time");
    let attributes = SetOfVec::try_from(vec![
        attribute("1.2.840.113549.1.9.3", any(&data)),
        attribute("1.2.840.113549.1.9.4", any(&message)),
        attribute("1.2.840.113549.1.9.5", any(&time)),
    ])
    .expect("a set");
    let (_, key) = der::pem::decode_vec(issued.key.as_bytes()).expect("PEM");
    let key = RsaKeyPair::from_pkcs8(&key).expect("a key");
    let mut signature = vec![0; key.public_modulus_len()];
    let signed = attributes.to_der().expect("DER");
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &signed, &mut signature).expect("signs");
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate().issuer().clone(),
            serial_number: certificate.tbs_certificate().serial_number().clone(),
        }),
        digest_alg: plain(sha256),
        signed_attrs: Some(attributes),
        signature_algorithm: plain(oid("1.2.840.113549.1.1.1")),
        signature: OctetString::new(signature).expect("a signature"),
        unsigned_attrs: None,
    };
    let content = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![plain(sha256)]).expect("a set"),
        encap_content_info: EncapsulatedContentInfo { econtent_type: data, econtent: None },
        certificates: Some(
            CertificateSet::try_from(vec![CertificateChoices::Certificate(certificate)]).expect("a set"),
        ),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer]).expect("a set"),
    };
    let outer = ContentInfo {
        content_type: oid("1.2.840.113549.1.7.2"),
        content: Any::encode_from(&content).expect("encodes"),
    };
    outer.to_der().expect("DER")
}

/// Values of attributes are of many types.
trait EncodeAny {
    fn any(&self) -> Any;
}

impl<T: der::Tagged + der::EncodeValue> EncodeAny for T {
    fn any(&self) -> Any {
        Any::encode_from(self).expect("encodes")
    }
}

#[tokio::test]
async fn a_signature_over_the_path_signs_in_for_a_while_for_that_path() {
    let uem = Caller::new().await;
    let id = account(&uem, "certified", "Read Only", 570).await;
    let issued = issue(&uem, &id, json!({"Days": 30})).await;
    let now = uem.tenant.now();
    let signature = sign(&issued, INFO, now);
    assert_eq!(ask(&uem, INFO, &signature).await.status, 200);
    assert_eq!(ask(&uem, &format!("{INFO}?x=1"), &signature).await.status, 200, "again, and with any query");
    assert_eq!(ask(&uem, "/API/v1/users/search", &signature).await.error(), (401, 1005), "for no other path");
    let lock = "/API/v1/devices/1/commands";
    let request = uem.bare(Method::POST, lock).body(r#"{"Command":"Lock"}"#);
    let header = format!("CMSURL`1 {}", STANDARD.encode(sign(&issued, lock, now)));
    let request = request.header("Authorization", header).header("aw-tenant-code", &uem.tenant.ready.tenant_code);
    assert_eq!(read(request).await.error(), (403, 1011), "it is the account, with its role");
    let bare = uem.bare(Method::GET, INFO).header("Authorization", format!("CMSURL`1 {}", STANDARD.encode(&signature)));
    assert_eq!(read(bare).await.error(), (403, 1013), "the tenant code is needed too");

    let mut forged = signature.clone();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    for bad in [forged.as_slice(), b"", b"\x30\x00", &signature[..200]] {
        assert_eq!(ask(&uem, INFO, bad).await.error(), (401, 1005));
    }
    let minutes = |minutes: i64| now + jiff::SignedDuration::from_mins(minutes);
    for (at, status) in [(minutes(-14), 200), (minutes(-16), 401), (minutes(4), 200), (minutes(6), 401)] {
        assert_eq!(ask(&uem, INFO, &sign(&issued, INFO, at)).await.status, status, "{at}");
    }
    uem.wait(Duration::from_secs(16 * 60)).await;
    assert_eq!(ask(&uem, INFO, &signature).await.error(), (401, 1005), "its time is over");

    let now = uem.tenant.now();
    let other = Caller::new().await;
    let foreign = account(&other, "certified", "Read Only", 570).await;
    let foreign = issue(&other, &foreign, json!({})).await;
    assert_eq!(ask(&uem, INFO, &sign(&foreign, INFO, now)).await.error(), (401, 1005), "another authority's");

    let fresh = sign(&issued, INFO, now);
    assert_eq!(ask(&uem, INFO, &fresh).await.status, 200);
    let path = format!("/API/v1/console/certificates/{}", issued.serial);
    uem.delete(&path).await.nothing(204);
    assert_eq!(ask(&uem, INFO, &fresh).await.error(), (401, 1005), "revoked");
    assert_eq!(uem.delete(&path).await.error().0, 409);
    assert_eq!(uem.delete("/API/v1/console/certificates/00").await.error().0, 404);
    let bad = uem.post(&format!("/API/v1/console/accounts/{id}/certificates"), json!({"Days": 0})).await;
    assert_eq!(bad.error().0, 400);
    let listed = uem.get("/API/v1/console/certificates").await.json();
    assert_eq!(list(&listed, "Certificates").len(), 1);
    assert!(uem.get("/API/v1/console/certificates/authority").await.text.contains("BEGIN CERTIFICATE"));
    let blind = login(&uem, "blind", "Helpdesk", 570).await;
    for path in ["/API/v1/console/certificates", "/API/v1/console/certificates/authority"] {
        assert_eq!(blind.get(&uem, path).await.error(), (403, 1011));
    }
    uem.covers(&["console/certificates"]);
}

/// The signing time is the system's, so the tenant's clock is too.
#[tokio::test]
async fn what_openssl_signs_is_understood() {
    if Command::new("openssl").arg("version").output().is_err() {
        // Without openssl the story before this one tells the same with a signature of ours.
        return;
    }
    let clock = std::sync::Arc::new(muster_store::SystemClock);
    let uem = Caller::of(Settings { clock, ..Settings::in_memory() }).await;
    let id = account(&uem, "certified", "Read Only", 570).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(file("path"), INFO).expect("writes");
    for (kind, digests) in [("Rsa2048", &["sha1", "sha256", "sha384", "sha512"][..]), ("P256", &["sha256"])] {
        let path = format!("/API/v1/console/accounts/{id}/certificates");
        let made = uem.post(&path, json!({"KeyType": kind, "Pkcs12Password": "open sesame"})).await.json();
        std::fs::write(file("c.pem"), made["Certificate"].as_str().expect("PEM")).expect("writes");
        std::fs::write(file("k.pem"), made["PrivateKey"].as_str().expect("PEM")).expect("writes");
        let pkcs12 = STANDARD.decode(made["Pkcs12"].as_str().expect("a file")).expect("base64");
        std::fs::write(file("c.p12"), pkcs12).expect("writes");
        let opened = Command::new("openssl")
            .args(["pkcs12", "-in", &file("c.p12"), "-passin", "pass:open sesame", "-nodes"])
            .output()
            .expect("runs");
        assert!(opened.status.success() && String::from_utf8_lossy(&opened.stdout).contains("PRIVATE KEY"));
        for digest in digests {
            for more in [&[][..], &["-keyid"], &["-nodetach"]] {
                let (input, output, signer, key) = (file("path"), file("out.der"), file("c.pem"), file("k.pem"));
                let mut command = Command::new("openssl");
                command.args(["cms", "-sign", "-binary", "-outform", "DER", "-md", digest]).args(more);
                command.args(["-in", &input, "-out", &output, "-signer", &signer, "-inkey", &key]);
                let ran = command.output().expect("runs");
                assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
                let signature = std::fs::read(&output).expect("reads");
                assert_eq!(ask(&uem, INFO, &signature).await.status, 200, "{kind} {digest} {more:?}");
                assert_eq!(ask(&uem, "/api/system/INFO", &signature).await.status, 401, "{kind} {digest} {more:?}");
            }
        }
    }
}
