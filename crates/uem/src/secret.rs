//! Random secrets, their hashes, and files that only their owner can read.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::error::Error;

/// Thirty-two random bytes as text that stands in a URL, a header or a shell unescaped.
pub(crate) fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Thirty-two random bytes as API keys are written: base64 that may hold `/`, `+` and `=`.
pub(crate) fn random_key() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(STANDARD.encode(bytes))
}

/// SHA-256 as base64: enough for secrets that are random and long, and all that is stored of them.
pub(crate) fn hash(secret: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

/// Compares in a time that does not tell where two texts differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// Begins a file with mode 0600 under another name, to be renamed when it is complete.
pub(crate) fn begin_private(path: &Path) -> Result<(PathBuf, File), Error> {
    let part = part_of(path);
    let file = create_private(&part).map_err(|source| Error::File { path: path.to_owned(), source })?;
    Ok((part, file))
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Writes a file with mode 0600: under another name first, renamed when it is complete.
///
/// # Errors
/// [`Error::File`] if the folder is missing or not writable.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), Error> {
    let part = part_of(path);
    let attempt = || {
        let mut file = create_private(&part)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    };
    attempt().map_err(|source| {
        // Nothing to do if there is no part to remove.
        let _ = std::fs::remove_file(&part);
        Error::File { path: path.to_owned(), source }
    })
}

fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_long() {
        let (one, other) = (random().expect("random"), random().expect("random"));
        assert_ne!(one, other);
        assert!(one.len() >= 43 && random_key().expect("random").len() == 44);
    }

    #[test]
    fn a_hash_is_the_same_for_the_same_secret_only() {
        assert!(same(&hash("a"), &hash("a")));
        assert!(!same(&hash("a"), &hash("b")));
        assert!(!same("short", "longer text"));
    }
}
