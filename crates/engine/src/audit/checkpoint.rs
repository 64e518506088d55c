//! A checkpoint: how long the log was and what the root of its tree was, signed, in the form that
//! transparency logs use (c2sp.org/tlog-checkpoint). Kept somewhere else, it is what nobody can get past who
//! changes the log later.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tree::Hash;
use crate::error::Error;
use crate::note::{self, Note, PublicKey, SigningKey};

/// A checkpoint as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    note: Note,
    signed: String,
}

impl Checkpoint {
    /// Signs the head of a log.
    pub(crate) fn sign(origin: &str, size: u64, root: Hash, key: &SigningKey) -> Self {
        let signed = note::sign(&format!("{origin}\n{size}\n{}\n", STANDARD.encode(root)), key);
        let note = Note::parse(&signed).expect("it was just written");
        Self { origin: origin.to_owned(), size, root, note, signed }
    }

    /// Reads a checkpoint. That it can be read says nothing about who signed it.
    ///
    /// # Errors
    /// [`Error::Note`].
    pub fn parse(signed: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::Note { what: "checkpoint", why: why.to_owned() };
        let note = Note::parse(signed).map_err(|why| bad(&why))?;
        let lines: Vec<&str> = note.text.trim_end_matches('\n').split('\n').collect();
        let [origin, size, root] = lines[..] else { return Err(bad("its text has not three lines")) };
        let number: u64 = size.parse().map_err(|_| bad("its second line is no size"))?;
        let root = STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let root = root.ok_or_else(|| bad("its third line is no hash"))?;
        if origin.is_empty() || number.to_string() != size {
            return Err(bad("its text is not that of a checkpoint"));
        }
        Ok(Self { origin: origin.to_owned(), size: number, root, signed: signed.to_owned(), note })
    }

    /// Which log it is of.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many records the log had.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn root(&self) -> &Hash {
        &self.root
    }

    /// The signed note.
    pub fn text(&self) -> &str {
        &self.signed
    }

    /// Whether one of these keys signed it.
    pub fn is_signed_by(&self, keys: &[PublicKey]) -> bool {
        keys.iter().any(|key| self.note.is_signed_by(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let key = SigningKey::generate("muster/1").expect("a key");
        let checkpoint = Checkpoint::sign("muster/1", 12, [7; 32], &key);
        let lines: Vec<&str> = checkpoint.text().split('\n').collect();
        assert_eq!(lines[..4], ["muster/1", "12", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", ""]);
        assert!(lines[4].starts_with("— muster/1 "));
        let read = Checkpoint::parse(checkpoint.text()).expect("reads");
        assert_eq!(read, checkpoint);
        assert!(read.is_signed_by(&[key.public()]));
        assert!(!read.is_signed_by(&[SigningKey::generate("muster/1").expect("a key").public()]));
        let forged = Checkpoint::parse(&checkpoint.text().replacen("12", "13", 1)).expect("reads");
        assert!(!forged.is_signed_by(&[key.public()]));
        for bad in ["012", "-1", "x"] {
            assert!(
                Checkpoint::parse(&checkpoint.text().replacen("\n12\n", &format!("\n{bad}\n"), 1)).is_err(),
                "{bad}"
            );
        }
    }
}
