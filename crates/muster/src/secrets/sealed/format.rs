//! The bytes of a sealed file.
//!
//! | Bytes | |
//! |---|---|
//! | 13 | `MUSTER-SEALED` |
//! | 1 | version of this format: 1 (Argon2id version 0x13, AES-256-GCM) |
//! | 4, 4, 4 | memory in KiB, passes, lanes of Argon2id, each the most significant byte first |
//! | 16 | salt |
//! | 12 | nonce |
//! | rest | ciphertext and its tag of 16 bytes |
//!
//! Everything before the ciphertext is authenticated with it. Salt and nonce are new at every writing, so no key is
//! used twice. What is sealed is filled up with spaces to a multiple of [`BLOCK`], so that the length of a file does
//! not tell the length of a secret.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use secrecy::zeroize::Zeroizing;

const MAGIC: &[u8; 13] = b"MUSTER-SEALED";
const VERSION: u8 = 1;
const SALT: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + 12 + SALT + NONCE_LEN;
const TAG: usize = 16;
const BLOCK: usize = 1024;

/// A file beyond this is none of ours.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;

/// How dear a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// KiB.
    pub(super) memory: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

/// The second choice of RFC 9106, with one lane: a file can be guessed at without anybody noticing.
pub(super) const COST: Cost = Cost { memory: 64 * 1024, passes: 3, lanes: 1 };
/// A file must not be able to make its reader spend more than this.
const DEAREST: Cost = Cost { memory: 1024 * 1024, passes: 16, lanes: 16 };

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum Error {
    #[error("it is not a sealed file")]
    NotSealed,
    #[error("it was written by a newer muster (version {0} of the format)")]
    Newer(u8),
    #[error("its header asks for more work than any of ours")]
    TooDear,
    #[error("the passphrase is wrong, or the file was changed")]
    Wrong,
    #[error("this machine gives no random numbers, or cannot encrypt")]
    Machine,
}

pub(super) fn seal(plain: &[u8], passphrase: &str, cost: Cost) -> Result<Vec<u8>, Error> {
    let (mut salt, mut nonce) = ([0_u8; SALT], [0_u8; NONCE_LEN]);
    rand::fill(&mut salt).and_then(|()| rand::fill(&mut nonce)).map_err(|_| Error::Machine)?;
    let mut out = Vec::with_capacity(HEADER + plain.len() + BLOCK + TAG);
    out.extend_from_slice(MAGIC);
    out.push(VERSION);
    for number in [cost.memory, cost.passes, cost.lanes] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&salt);
    out.extend_from_slice(&nonce);
    let key = key(passphrase, &salt, cost)?;
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + BLOCK + TAG));
    text.extend_from_slice(plain);
    text.resize(plain.len().next_multiple_of(BLOCK).max(BLOCK), b' ');
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&out), &mut text)
        .map_err(|_| Error::Machine)?;
    out.extend_from_slice(&text);
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

pub(super) fn open(sealed: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let rest = sealed.strip_prefix(MAGIC).ok_or(Error::NotSealed)?;
    match rest.first() {
        Some(&VERSION) => {}
        Some(&newer) if newer > VERSION => return Err(Error::Newer(newer)),
        _ => return Err(Error::NotSealed),
    }
    let (header, body) = sealed.split_at_checked(HEADER).ok_or(Error::NotSealed)?;
    let mut numbers = header[MAGIC.len() + 1..].chunks_exact(4).map(|four| {
        // Chunks of four fit four.
        u32::from_be_bytes(<[u8; 4]>::try_from(four).unwrap_or_default())
    });
    let mut next = || numbers.next().unwrap_or_default();
    let cost = Cost { memory: next(), passes: next(), lanes: next() };
    if cost.memory > DEAREST.memory || cost.passes > DEAREST.passes || cost.lanes > DEAREST.lanes {
        return Err(Error::TooDear);
    }
    let (salt, nonce) = header[HEADER - SALT - NONCE_LEN..].split_at(SALT);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::NotSealed)?;
    let key = key(passphrase, salt, cost)?;
    let mut plain = Zeroizing::new(body.to_vec());
    let length = key.open_in_place(nonce, Aad::from(header), &mut plain).map_err(|_| Error::Wrong)?.len();
    plain.truncate(length);
    let end = plain.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    plain.truncate(end);
    Ok(plain)
}

fn key(passphrase: &str, salt: &[u8], cost: Cost) -> Result<LessSafeKey, Error> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).map_err(|_| Error::NotSealed)?;
    let mut bytes = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, bytes.as_mut())
        .map_err(|_| Error::Machine)?;
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map(LessSafeKey::new).map_err(|_| Error::Machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory: 64, passes: 1, lanes: 1 };

    #[test]
    fn what_is_sealed_is_opened_by_its_passphrase_only_and_never_the_same_twice() {
        let plain = br#"{"secrets":{"key":"s3cret"}}"#;
        let (one, two) = (seal(plain, "horse", CHEAP).expect("seals"), seal(plain, "horse", CHEAP).expect("seals"));
        assert_ne!(one, two);
        assert_eq!(open(&one, "horse").expect("opens").as_slice(), plain);
        assert_eq!(open(&one, "Horse").map(|_| ()), Err(Error::Wrong));
        assert!(!one.windows(6).any(|window| window == b"s3cret"));
    }

    #[test]
    fn the_length_of_a_file_does_not_tell_the_length_of_a_secret() {
        let length = |plain: &[u8]| seal(plain, "p", CHEAP).expect("seals").len();
        assert_eq!(length(b"{}"), length(&[b'x'; BLOCK]));
        assert_ne!(length(b"{}"), length(&[b'x'; BLOCK + 1]));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let sealed = seal(b"{}", "p", CHEAP).expect("seals");
        for index in 0..sealed.len() {
            // The numbers may become anything; what they cost is bounded elsewhere.
            if (MAGIC.len() + 1..MAGIC.len() + 13).contains(&index) {
                continue;
            }
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(&changed, "p").is_err(), "byte {index}");
        }
        for length in [0, 5, HEADER - 1, HEADER, HEADER + TAG, sealed.len() - 1] {
            assert!(open(&sealed[..length], "p").is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_cheaper_header_opens_nothing_and_a_dear_one_costs_nothing() {
        let sealed = seal(b"{}", "p", Cost { passes: 2, ..CHEAP }).expect("seals");
        let with = |at: usize, number: u32| {
            let mut changed = sealed.clone();
            changed[at..at + 4].copy_from_slice(&number.to_be_bytes());
            open(&changed, "p").map(|_| ())
        };
        let first = MAGIC.len() + 1;
        assert_eq!(with(first + 4, 1), Err(Error::Wrong));
        assert_eq!(with(first, u32::MAX), Err(Error::TooDear));
        assert_eq!(with(first + 4, 17), Err(Error::TooDear));
        assert_eq!(with(first + 8, 17), Err(Error::TooDear));
        assert!(with(first, 0).is_err() && with(first + 8, 0).is_err());
        let mut newer = sealed;
        newer[MAGIC.len()] = 2;
        assert_eq!(open(&newer, "p").map(|_| ()), Err(Error::Newer(2)));
    }

    /// Written once by this code: files of today are read tomorrow.
    #[test]
    fn a_file_of_version_one_is_read_for_ever() {
        let sealed = include_bytes!("version-1.sealed");
        assert_eq!(open(sealed, "correct horse").expect("opens").as_slice(), br#"{"secrets":{}}"#);
    }

    /// What OWASP asks for, and no more than we read ourselves.
    const _: () = assert!(COST.memory >= 19 * 1024 && COST.passes >= 2 && COST.memory <= DEAREST.memory);
}
