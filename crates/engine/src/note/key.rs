//! Keys that sign notes. Both halves are written as one line of text with the name in it, in the form of
//! the same standard: `NAME+ID+BASE64`, and `PRIVATE+KEY+NAME+ID+BASE64` for the half that is a secret.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;

/// Ed25519, in the byte that says how a note is signed.
const ED25519_NOTE: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";

/// Whom to believe: a name and the key that signs under it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    name: String,
    bytes: [u8; 32],
}

/// The secret half. It is not printed, and is written only by [`SigningKey::to_secret`].
#[derive(Clone)]
pub struct SigningKey {
    public: PublicKey,
    pair: Arc<Ed25519KeyPair>,
    seed: Arc<Zeroizing<[u8; 32]>>,
}

impl PublicKey {
    /// Who signs with it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        let mut text = self.name.clone().into_bytes();
        text.extend_from_slice(&[b'\n', ED25519_NOTE]);
        text.extend_from_slice(&self.bytes);
        let hash = digest::digest(&digest::SHA256, &text);
        let mut id = [0; 4];
        id.copy_from_slice(&hash.as_ref()[..4]);
        id
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.bytes).verify(message, signature).is_ok()
    }

    /// Whether both are the same key, whatever their names.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(self.id()), encoded(&self.bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for PublicKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let what = "public key";
        if text.trim_start().starts_with(PRIVATE) {
            return Err(bad(what, "it is the secret half, which belongs to nobody but its owner"));
        }
        let (name, id, bytes) = parts(what, text)?;
        let key = Self { name, bytes };
        if hex(key.id()) != id { Err(bad(what, "its parts do not belong together")) } else { Ok(key) }
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`Error::Note`] if the name cannot stand in a key.
    pub fn generate(name: &str) -> Result<Self, Error> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::fill(seed.as_mut()).map_err(|_| bad("key", "this machine gives no randomness"))?;
        Self::from_seed(name, seed)
    }

    /// Reads what [`SigningKey::to_secret`] wrote.
    ///
    /// # Errors
    /// [`Error::Note`], which never repeats the text.
    pub fn from_secret(text: &SecretString) -> Result<Self, Error> {
        let what = "signing key";
        let text = text.expose_secret().trim();
        let rest = text.strip_prefix(PRIVATE).ok_or_else(|| bad(what, "it does not begin with PRIVATE+KEY+"))?;
        let (name, id, seed) = parts(what, rest)?;
        let key = Self::from_seed(&name, Zeroizing::new(seed))?;
        if hex(key.public.id()) != id { Err(bad(what, "its parts do not belong together")) } else { Ok(key) }
    }

    fn from_seed(name: &str, seed: Zeroizing<[u8; 32]>) -> Result<Self, Error> {
        let unfit = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.len() > 200 || name.contains(unfit) {
            return Err(bad("key", "its name has to be a word without spaces and `+`"));
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| bad("key", "it is no key"))?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(pair.public_key().as_ref());
        let public = PublicKey { name: name.to_owned(), bytes };
        Ok(Self { public, pair: Arc::new(pair), seed: Arc::new(seed) })
    }

    /// The line of text that is the secret.
    pub fn to_secret(&self) -> SecretString {
        let seed = Zeroizing::new(encoded(self.seed.as_ref().as_ref()));
        let PublicKey { name, .. } = &self.public;
        format!("{PRIVATE}{name}+{}+{}", hex(self.public.id()), *seed).into()
    }

    /// The half that others may know.
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    /// Who signs with it.
    pub fn name(&self) -> &str {
        self.public.name()
    }

    /// The same key under another name.
    pub(crate) fn named(&self, name: &str) -> Self {
        let public = PublicKey { name: name.to_owned(), ..self.public.clone() };
        Self { public, pair: self.pair.clone(), seed: self.seed.clone() }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signing key of {}", self.name())
    }
}

/// Name, id and the 32 bytes. What is after the first two `+` is base64, which has more of them.
fn parts(what: &'static str, text: &str) -> Result<(String, String, [u8; 32]), Error> {
    let mut parts = text.trim().splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad(what, "it is not of the form NAME+ID+KEY"));
    };
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| bad(what, "its last part is no base64"))?);
    match bytes.split_first() {
        Some((&ED25519_NOTE, rest)) => match rest.try_into() {
            Ok(bytes) => Ok((name.to_owned(), id.to_owned(), bytes)),
            Err(_) => Err(bad(what, "it has not the length of an Ed25519 key")),
        },
        _ => Err(bad(what, "it is not an Ed25519 key")),
    }
}

fn encoded(bytes: &[u8]) -> String {
    let mut all = Zeroizing::new(vec![ED25519_NOTE]);
    all.extend_from_slice(bytes);
    STANDARD.encode(&*all)
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

fn bad(what: &'static str, why: &str) -> Error {
    Error::Note { what, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_come_back_from_their_texts() {
        let key = SigningKey::generate("grace").expect("a key");
        let read = SigningKey::from_secret(&key.to_secret()).expect("reads");
        assert_eq!((read.public(), read.name()), (key.public(), "grace"));
        let public = key.public().to_string();
        assert_eq!(public.parse::<PublicKey>().expect("reads"), key.public());
        assert!(public.replacen("grace", "eve", 1).parse::<PublicKey>().is_err(), "the name belongs to it");
        assert!(key.to_secret().expose_secret().parse::<PublicKey>().is_err());
        assert!(!format!("{key:?}").contains('+'));
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for name in ["", "a b", "a+b", "a\nb"] {
            assert!(SigningKey::generate(name).is_err(), "{name:?}");
        }
        for text in ["hunter2", "PRIVATE+KEY+x", "PRIVATE+KEY+x+00000000+hunter2", "PRIVATE+KEY+x+00000000+AQID"] {
            let error = SigningKey::from_secret(&text.to_owned().into()).expect_err("refused").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
