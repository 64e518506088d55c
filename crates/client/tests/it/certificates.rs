//! Signing in with a client certificate that the UEM's own authority issued: by a signature over the path, and in the
//! TLS handshake; and what is said when it is not good.

use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use muster_client::{
    Client, Clock, Credentials, Dialect, Error, Identity, IdentityFault, Kind, NoConnection, Settings, connect,
};
use muster_uem::Running;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey, PrivateKeyChain,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stage::{self, console, secure};

const PASSWORD: &str = "open sesame";

fn password() -> SecretString {
    PASSWORD.to_owned().into()
}

/// A clock that stands.
#[derive(Debug)]
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What the console gives out.
struct Issued {
    certificate: String,
    key: String,
    pkcs12: Vec<u8>,
    serial: String,
}

impl Issued {
    async fn of(uem: &Running, kind: &str) -> Self {
        let name = format!("certified-{}", uuid::Uuid::new_v4().simple());
        let new = json!({"UserName": name, "Role": "Console Administrator", "LocationGroupId": 570});
        let account = console(uem, "POST", "/API/v1/console/accounts", new).await;
        let path = format!("/API/v1/console/accounts/{}/certificates", account["Id"]);
        let made = console(uem, "POST", &path, json!({"KeyType": kind, "Pkcs12Password": PASSWORD})).await;
        let text = |name: &str| made[name].as_str().unwrap_or_else(|| panic!("{name}: {made}")).to_owned();
        Self {
            certificate: text("Certificate"),
            key: text("PrivateKey"),
            pkcs12: STANDARD.decode(text("Pkcs12")).expect("Base64"),
            serial: text("Serial"),
        }
    }

    fn key(&self) -> SecretString {
        self.key.clone().into()
    }

    fn identity(&self) -> Identity {
        Identity::from_pem(self.certificate.as_bytes(), &self.key(), None).expect("an identity")
    }
}

/// Signs every request, by this clock.
fn signing(uem: &Running, identity: Identity, now: Timestamp) -> Settings {
    let tenant_code = uem.ready.tenant_code.clone().into();
    let credentials = Credentials::Certificate { identity, tenant_code, clock: Arc::new(At(now)) };
    Settings { credentials, ..stage::settings(uem) }
}

/// Shows it in the handshake.
fn showing(uem: &Running, identity: Identity, now: Timestamp) -> Settings {
    let tenant_code = uem.ready.tenant_code.clone().into();
    let credentials = Credentials::TlsCertificate { identity, tenant_code, clock: Arc::new(At(now)) };
    Settings { credentials, ..stage::settings(uem) }
}

async fn works(settings: Settings) -> Client {
    let (client, _writer) = connect(settings).await.expect("signs in");
    client.system_info().await.expect("answers");
    client
}

async fn fails(settings: Settings) -> Error {
    let error = match connect(settings).await {
        Err(error) => error,
        Ok((client, _)) => client.system_info().await.expect_err("refused"),
    };
    assert!(error.hint().is_some(), "{error}");
    error
}

#[tokio::test]
async fn a_certificate_of_either_kind_signs_every_path_in_both_dialects() {
    let uem = stage::tenant().await;
    for kind in ["Rsa2048", "P256"] {
        let issued = Issued::of(&uem, kind).await;
        for dialect in Dialect::ALL {
            let settings = Settings { dialect: Some(dialect), ..signing(&uem, issued.identity(), uem.now()) };
            let client = works(settings).await;
            // Pages share a path, and a name in a path is escaped as it is sent.
            assert_eq!(client.devices(&Default::default()).await.expect("a list").len(), 300);
            let signed = client.sign_in().await;
            assert_eq!(signed.kind, "certificate");
            assert!(signed.subject.is_some_and(|subject| subject.contains("certified-")));
            assert!(signed.certificate_expires_at.is_some_and(|until| until > uem.now()));
        }
    }
    uem.stop().await;
}

#[tokio::test]
async fn every_form_of_certificate_and_key_is_read() {
    let uem = stage::tenant().await;
    for kind in ["Rsa2048", "P256"] {
        let issued = Issued::of(&uem, kind).await;
        let der = |pem: &str| der::pem::decode_vec(pem.as_bytes()).expect("PEM").1;
        let mut identities = vec![
            ("PKCS#12 of the UEM", Identity::from_pkcs12(&issued.pkcs12, &password())),
            (
                "one PEM text",
                Identity::from_pem(format!("{}{}", issued.key, issued.certificate).as_bytes(), &issued.key(), None),
            ),
        ];
        for (name, encryption, mac) in [
            ("RC2", EncryptionAlgorithm::PbeWithShaAnd40BitRc4Cbc, MacAlgorithm::HmacSha1),
            ("Triple DES", EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc, MacAlgorithm::HmacSha1),
            ("PBES2", EncryptionAlgorithm::PbeWithHmacSha256AndAes256, MacAlgorithm::HmacSha256),
        ] {
            let key = PrivateKey::from_der(&der(&issued.key)).expect("a key");
            let chain =
                PrivateKeyChain::new("1", key, [Certificate::from_der(&der(&issued.certificate)).expect("one")]);
            let mut store = KeyStore::new();
            store.add_entry("x", KeyStoreEntry::PrivateKeyChain(chain));
            let writer = store.writer(PASSWORD).encryption_algorithm(encryption).mac_algorithm(mac);
            let file = writer.encryption_iterations(2048).mac_iterations(2048).write().expect("writes");
            let wrong = Identity::from_pkcs12(&file, &"wrong".to_owned().into()).expect_err("another password");
            assert!(matches!(wrong, Error::Identity { fault: IdentityFault::WrongPassword, .. }), "{name}: {wrong}");
            identities.push((name, Identity::from_pkcs12(&file, &password())));
        }
        for (name, identity) in identities {
            let identity = identity.unwrap_or_else(|error| panic!("{name}: {error}"));
            works(signing(&uem, identity, uem.now())).await;
        }
    }
    uem.stop().await;
}

/// The forms of files that other tools write.
#[tokio::test]
async fn what_openssl_writes_is_read() {
    if Command::new("openssl").arg("version").output().is_err() {
        // The story before this one reads the same forms as another library writes them.
        return;
    }
    let uem = stage::tenant().await;
    let folder = std::env::temp_dir().join(format!("muster-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder).expect("a folder");
    let file = |name: &str| folder.join(name).display().to_string();
    let openssl = |line: &str| {
        let ran = Command::new("openssl").args(line.split_whitespace()).output().expect("runs");
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    for kind in ["Rsa2048", "P256"] {
        let issued = Issued::of(&uem, kind).await;
        let (key, certificate) = (file("k.pem"), file("c.pem"));
        std::fs::write(&key, &issued.key).expect("writes");
        std::fs::write(&certificate, &issued.certificate).expect("writes");
        let old = "-certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES -macalg sha1 -legacy";
        for how in ["", old] {
            let (out, word) = (file("o.p12"), "-passout pass:sesame");
            openssl(&format!("pkcs12 -export {how} {word} -inkey {key} -in {certificate} -out {out}"));
            let identity = Identity::from_pkcs12(&std::fs::read(&out).expect("reads"), &"sesame".to_owned().into());
            works(signing(&uem, identity.unwrap_or_else(|error| panic!("{how}: {error}")), uem.now())).await;
        }
        // PKCS#1 or SEC1, and PKCS#8 with a password.
        let (plain, sealed) = (file("t.pem"), file("s.pem"));
        openssl(&format!("{} -in {key} -out {plain}", if kind == "P256" { "ec" } else { "rsa -traditional" }));
        openssl(&format!("pkcs8 -topk8 -passout pass:sesame -in {key} -out {sealed}"));
        let text = |path: &str| SecretString::from(std::fs::read_to_string(path).expect("reads"));
        for (path, password) in [(&plain, None), (&sealed, Some(SecretString::from("sesame".to_owned())))] {
            let identity = Identity::from_pem(issued.certificate.as_bytes(), &text(path), password.as_ref());
            works(signing(&uem, identity.unwrap_or_else(|error| panic!("{path}: {error}")), uem.now())).await;
        }
        let fault = |password: Option<&str>| {
            let password = password.map(|text| SecretString::from(text.to_owned()));
            match Identity::from_pem(issued.certificate.as_bytes(), &text(&sealed), password.as_ref()) {
                Err(Error::Identity { fault, .. }) => fault,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(fault(None), IdentityFault::Encrypted);
        assert_eq!(fault(Some("wrong")), IdentityFault::WrongPassword);
    }
    std::fs::remove_dir_all(&folder).expect("removes");
    uem.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    let uem = stage::tenant().await;
    let (one, other) = (Issued::of(&uem, "P256").await, Issued::of(&uem, "Rsa2048").await);
    let fault = |read: Result<Identity, Error>| match read {
        Err(error @ Error::Identity { fault, .. }) => {
            assert!(error.hint().is_some() && error.kind() == Kind::Invalid, "{error}");
            fault
        }
        other => panic!("{other:?}"),
    };
    let pem = |certificate: &str, key: &str| Identity::from_pem(certificate.as_bytes(), &key.to_owned().into(), None);
    assert_eq!(fault(Identity::from_pkcs12(&one.pkcs12, &"wrong".to_owned().into())), IdentityFault::WrongPassword);
    assert_eq!(fault(Identity::from_pkcs12(b"hello", &password())), IdentityFault::Unreadable);
    assert_eq!(fault(Identity::from_pkcs12(one.key.as_bytes(), &password())), IdentityFault::Unreadable);
    assert_eq!(fault(pem(&one.certificate, &other.key)), IdentityFault::KeyOfAnother);
    assert_eq!(fault(pem(&one.certificate, "hello")), IdentityFault::NoKey);
    assert_eq!(fault(pem("hello", &one.key)), IdentityFault::NoCertificate);
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).expect("a key");
    assert_eq!(fault(pem(&one.certificate, &p384.serialize_pem())), IdentityFault::UnsupportedKey);
    uem.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_over_a_clock_that_is_wrong_and_a_strangers_are_three_errors() {
    let uem = stage::tenant().await;
    let (issued, now) = (Issued::of(&uem, "Rsa2048").await, uem.now());
    let identity = issued.identity();
    let after = identity.expires_at();
    let error = fails(signing(&uem, identity.clone(), after)).await;
    assert!(matches!(error, Error::Identity { fault: IdentityFault::Expired, .. }), "{error}");
    assert!(error.kind() == Kind::Auth && error.to_string().contains("expired at"), "{error}");
    let error = fails(signing(&uem, identity.clone(), now - SignedDuration::from_hours(30))).await;
    assert!(matches!(error, Error::Identity { fault: IdentityFault::NotYetValid, .. }), "{error}");

    for (minutes, words) in [(-20, "20 min behind"), (10, "10 min ahead of")] {
        let off = now + SignedDuration::from_mins(minutes);
        let error = fails(signing(&uem, identity.clone(), off)).await;
        assert!(matches!(error, Error::ClockDiffers { .. }) && error.kind() == Kind::Auth, "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    works(signing(&uem, identity.clone(), now - SignedDuration::from_mins(10))).await;

    let elsewhere = stage::tenant().await;
    let stranger = Issued::of(&elsewhere, "Rsa2048").await.identity();
    let error = fails(signing(&uem, stranger, now)).await;
    assert!(matches!(error, Error::CertificateRefused { shown: true, .. }) && error.kind() == Kind::Auth, "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("authority")));

    let path = format!("/API/v1/console/certificates/{}", issued.serial);
    console(&uem, "DELETE", &path, Value::Null).await;
    let error = fails(signing(&uem, identity, now)).await;
    assert!(matches!(error, Error::CertificateRefused { .. }), "{error:?}");
    elsewhere.stop().await;
    uem.stop().await;
}

#[tokio::test]
async fn a_certificate_in_the_handshake_signs_an_administrator_in() {
    let uem = secure().await;
    for kind in ["Rsa2048", "P256"] {
        let issued = Issued::of(&uem, kind).await;
        let client = works(showing(&uem, issued.identity(), uem.now())).await;
        assert_eq!(client.devices(&Default::default()).await.expect("a list").len(), 300);
        assert_eq!(client.sign_in().await.kind, "tls-certificate");
        // It is the account, with its role: this one may not make accounts.
        let path = format!("/API/v1/console/certificates/{}", issued.serial);
        console(&uem, "DELETE", &path, Value::Null).await;
        let error = fails(showing(&uem, issued.identity(), uem.now())).await;
        assert!(matches!(error, Error::CertificateRefused { shown: true, .. }), "{error:?}");
    }
    // One may be shown to a gateway while something else signs in.
    let issued = Issued::of(&uem, "P256").await;
    for settings in [stage::settings(&uem), stage::oauth(&uem)] {
        works(Settings { identity: Some(issued.identity()), ..settings }).await;
    }
    let error = fails(showing(&uem, issued.identity(), issued.identity().expires_at())).await;
    assert!(matches!(error, Error::Identity { fault: IdentityFault::Expired, .. }), "{error}");

    let elsewhere = secure().await;
    let stranger = Issued::of(&elsewhere, "P256").await.identity();
    let error = fails(showing(&uem, stranger, uem.now())).await;
    assert_eq!(error.no_connection(), Some(&NoConnection::ClientCertificateRefused), "{error:?}");
    assert_eq!(error.kind(), Kind::Auth);
    elsewhere.stop().await;
    uem.stop().await;
}

#[tokio::test]
async fn a_certificate_that_nobody_asks_for_is_no_way_to_sign_in() {
    let uem = stage::tenant().await;
    let issued = Issued::of(&uem, "P256").await;
    let error = connect(showing(&uem, issued.identity(), uem.now())).await.expect_err("no TLS");
    assert_eq!(error.kind(), Kind::Invalid, "{error}");
    let two = Settings { identity: Some(issued.identity()), ..showing(&uem, issued.identity(), uem.now()) };
    assert_eq!(connect(two).await.expect_err("which one?").kind(), Kind::Invalid);
    uem.stop().await;
}
