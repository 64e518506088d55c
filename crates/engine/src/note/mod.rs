//! Signed notes: a text with Ed25519 signatures below it, in the form that transparency logs use
//! (c2sp.org/signed-note). Approvals and checkpoints are notes, so that each can be carried by mail or in a
//! file and be verified by anything that knows the form.

mod key;

pub use key::{PublicKey, SigningKey};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "— ";
/// More signatures than anybody adds.
const MOST_SIGNATURES: usize = 16;
/// No note of ours is longer.
const LONGEST: usize = 64 * 1024;

/// A text and who signed it. Nothing of it is to be believed before a signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// With its last line end.
    pub text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// Takes a signed note apart; the error says what is wrong with it.
    pub(crate) fn parse(signed: &str) -> Result<Self, String> {
        if signed.len() > LONGEST {
            return Err(format!("it has more than {LONGEST} bytes"));
        }
        if signed.chars().any(|c| c.is_control() && c != '\n') {
            return Err("it has control characters in it".to_owned());
        }
        let Some(end) = signed.rfind("\n\n") else { return Err("it has no signature".to_owned()) };
        let (text, below) = (&signed[..=end], &signed[end + 2..]);
        let lines = below.strip_suffix('\n').ok_or("its last line is cut off")?;
        let signatures: Vec<Signature> = lines.split('\n').map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(format!("it has more than {MOST_SIGNATURES} signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Whether this key signed it. A signature in the key's name that does not fit counts as none.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let mut of_key = self.signatures.iter().filter(|s| s.name == key.name() && s.id == key.id()).peekable();
        of_key.peek().is_some() && of_key.all(|s| key.verifies(self.text.as_bytes(), &s.bytes))
    }

    /// Name of the first signer, which proves nothing.
    pub(crate) fn signer(&self) -> &str {
        self.signatures.first().map_or("", |signature| &signature.name)
    }
}

/// The note of a text, which has to end with a line end.
pub(crate) fn sign(text: &str, key: &SigningKey) -> String {
    let mut bytes = key.public().id().to_vec();
    bytes.extend_from_slice(&key.sign(text.as_bytes()));
    format!("{text}\n{MARK}{} {}\n", key.name(), STANDARD.encode(bytes))
}

/// One line of whatever somebody typed: a note has a meaning for each line.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn signature(line: &str) -> Result<Signature, String> {
    let bad = || "a line below it is no signature".to_owned();
    let (name, encoded) = line.strip_prefix(MARK).and_then(|rest| rest.split_once(' ')).ok_or_else(bad)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| bad())?;
    let (id, rest) = bytes.split_first_chunk::<4>().ok_or_else(bad)?;
    if name.is_empty() {
        return Err(bad());
    }
    Ok(Signature { name: name.to_owned(), id: *id, bytes: rest.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> SigningKey {
        SigningKey::generate(name).expect("a key")
    }

    #[test]
    fn a_note_counts_for_its_signer_and_for_every_letter() {
        let (grace, eve) = (key("grace"), key("grace"));
        let signed = sign("plan 1\nhash 2\n", &grace);
        let note = Note::parse(&signed).expect("parses");
        assert_eq!((note.text.as_str(), note.signer()), ("plan 1\nhash 2\n", "grace"));
        assert!(note.is_signed_by(&grace.public()));
        assert!(!note.is_signed_by(&eve.public()), "another key of the same name");
        assert!(!note.is_signed_by(&grace.named("ada").public()), "the same key under another name");
        let other = Note::parse(&signed.replace("hash 2", "hash 3")).expect("parses");
        assert!(!other.is_signed_by(&grace.public()));
    }

    #[test]
    fn a_note_of_the_standard_is_read_and_verified() {
        // A note that another program signed, with the key that it published for it.
        let key: PublicKey =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().expect("a key");
        let signed = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
                      — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert!(Note::parse(signed).expect("parses").is_signed_by(&key));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let signed = sign("a\n", &key("grace"));
        for bad in ["", "a\n", "a\n\nb\n", "a\n\n— grace !\n", "a\r\n\n— grace AAAA\n", signed.trim_end()] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_was_typed_stays_on_one_line() {
        assert_eq!(one_line(" lost\nhash 1\t\u{1b}[2J at  the airport "), "lost hash 1 [2J at the airport");
    }
}
