//! Pins: which public keys a server may have, whoever vouches for it.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::{Decode, Encode};
use x509_cert::Certificate;

use crate::Error;

/// SHA-256 over a certificate's `SubjectPublicKeyInfo`, written `sha256/BASE64`. It outlives a renewed certificate as
/// long as the key stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin([u8; 32]);

impl Pin {
    /// The pin of a certificate (DER); `None` if it is none.
    pub(crate) fn of(certificate: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let key = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
        digest(&SHA256, &key).as_ref().try_into().ok().map(Self)
    }
}

impl FromStr for Pin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Invalid(format!("`{text}` is no pin: write sha256/ and the Base64 of 32 bytes"));
        let base64 = text.trim().strip_prefix("sha256/").ok_or_else(wrong)?;
        STANDARD.decode(base64).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(wrong)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256/{}", STANDARD.encode(self.0))
    }
}

/// The pins of one server: the key that it has, and at least one spare, because a lone pin locks everybody out on the
/// day the key is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// Two different pins or more.
    pub fn new(pins: impl IntoIterator<Item = Pin>) -> Result<Self, Error> {
        let mut all: Vec<Pin> = Vec::new();
        for pin in pins {
            if !all.contains(&pin) {
                all.push(pin);
            }
        }
        match all.len() {
            0 => Err(Error::Invalid("no pin is named".to_owned())),
            1 => Err(Error::Invalid(
                "one pin alone is refused, because it locks you out when the server's key is changed: name a spare"
                    .to_owned(),
            )),
            _ => Ok(Self(all)),
        }
    }

    pub(super) fn hold(&self, pin: Pin) -> bool {
        self.0.contains(&pin)
    }
}

/// The server's key is none of the pinned ones.
#[derive(thiserror::Error)]
#[error("the server's key is {seen}, which is not pinned")]
pub(crate) struct NotPinned {
    pub(crate) seen: Pin,
}

/// rustls shows what it wraps in this form alone, and people read it.
impl fmt::Debug for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_as_it_is_written_and_needs_a_spare() {
        let text = format!("sha256/{}", STANDARD.encode([7; 32]));
        let pin: Pin = text.parse().expect("a pin");
        assert_eq!(pin.to_string(), text);
        for bad in ["", "sha256/", "sha1/AAAA", "sha256/AAAA", &text[7..]] {
            assert!(bad.parse::<Pin>().is_err(), "{bad}");
        }
        assert!(Pins::new([]).is_err());
        assert!(Pins::new([pin, pin]).expect_err("alone").to_string().contains("spare"));
        let spare = Pin([8; 32]);
        let pins = Pins::new([pin, spare]).expect("two");
        assert!(pins.hold(pin) && pins.hold(spare) && !pins.hold(Pin([9; 32])));
    }
}
