//! Proofs that stand alone: that a record is in the log of a checkpoint (c2sp.org/tlog-proof, with the
//! record itself as its extra data), and that a log has only grown since an earlier checkpoint (in the form
//! in which witnesses are asked).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Checkpoint;
use super::tree::{self, Hash};
use crate::error::Error;
use crate::note::PublicKey;

const INCLUSION: &str = "c2sp.org/tlog-proof@v1";

/// What a proof shows, if it holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Proven {
    /// This record is in the log.
    Record {
        /// From 1, as in the log.
        number: u64,
        /// What the record says, without its own hash.
        record: Value,
        checkpoint: Checkpoint,
    },
    /// The log of the second checkpoint begins with that of the first.
    Growth { from: Checkpoint, to: Checkpoint },
}

/// The text that proves a record.
pub(crate) fn inclusion(content: &str, index: u64, path: &[Hash], checkpoint: &Checkpoint) -> String {
    let extra = STANDARD.encode(content);
    format!("{INCLUSION}\nextra {extra}\nindex {index}\n{}\n{}", lines(path), checkpoint.text())
}

/// The text that proves that a log has only grown.
pub(crate) fn growth(old: u64, proof: &[Hash], checkpoint: &Checkpoint) -> String {
    format!("old {old}\n{}\n{}", lines(proof), checkpoint.text())
}

/// Verifies a proof of either kind. `outside` is the earlier checkpoint, which a proof of growth is about.
///
/// # Errors
/// [`Error::Proof`] says why it proves nothing.
pub fn verify_proof(text: &str, keys: &[PublicKey], outside: Option<&Checkpoint>) -> Result<Proven, Error> {
    let (head, signed) = text.split_once("\n\n").ok_or_else(|| bad("it is no proof"))?;
    let checkpoint = Checkpoint::parse(signed)?;
    if !checkpoint.is_signed_by(keys) {
        return Err(bad("no trusted key has signed its checkpoint"));
    }
    let mut lines = head.split('\n');
    match lines.next() {
        Some(INCLUSION) => record(lines, checkpoint, outside),
        Some(first) if first.starts_with("old ") => {
            let from = outside.ok_or_else(|| bad("it needs the earlier checkpoint that it is about"))?;
            let old = number(first, "old ")?;
            let proof = hashes(lines)?;
            if !from.is_signed_by(keys) {
                return Err(bad("no trusted key has signed the earlier checkpoint"));
            }
            let same = old == from.size() && from.origin() == checkpoint.origin();
            let (before, after) = ((from.size(), from.root()), (checkpoint.size(), checkpoint.root()));
            if !same || !tree::has_grown(before, after, &proof) {
                return Err(bad("the log of its checkpoint is not the earlier one and more"));
            }
            Ok(Proven::Growth { from: from.clone(), to: checkpoint })
        }
        _ => Err(bad("it is no proof")),
    }
}

fn record<'a>(
    mut lines: impl Iterator<Item = &'a str>,
    checkpoint: Checkpoint,
    outside: Option<&Checkpoint>,
) -> Result<Proven, Error> {
    let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).and_then(|text| STANDARD.decode(text).ok());
    let content = extra.ok_or_else(|| bad("it has no record in it"))?;
    let index = number(lines.next().unwrap_or_default(), "index ")?;
    let path = hashes(lines)?;
    let root = tree::root_by_path(index, checkpoint.size(), tree::leaf(&content), &path);
    if root.as_ref() != Some(checkpoint.root()) {
        return Err(bad("the record is not in the log of its checkpoint"));
    }
    if outside.is_some_and(|outside| {
        (outside.origin(), outside.size(), outside.root())
            != (checkpoint.origin(), checkpoint.size(), checkpoint.root())
    }) {
        return Err(bad("its checkpoint is not the one that was kept"));
    }
    let record: Value = serde_json::from_slice(&content).map_err(|_| bad("its record is no JSON"))?;
    if record["number"].as_u64() != Some(index + 1) {
        return Err(bad("the record has another number"));
    }
    Ok(Proven::Record { number: index + 1, record, checkpoint })
}

fn lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect()
}

fn hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, Error> {
    let hash = |line: &str| STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok());
    lines.map(|line| hash(line).ok_or_else(|| bad("a line of it is no hash"))).collect()
}

fn number(line: &str, name: &str) -> Result<u64, Error> {
    let digits = line.strip_prefix(name).and_then(|text| text.parse().ok());
    digits.ok_or_else(|| bad(&format!("it has no line `{name}N`")))
}

fn bad(why: &str) -> Error {
    Error::Proof { why: why.to_owned() }
}
