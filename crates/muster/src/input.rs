//! Files that a person hands in, and `-` for stdin. Read whole: what they mean is checked before anything is sent.

use std::io::Read as _;
use std::path::Path;

use crate::error::Failure;

/// The content of a file, or of stdin for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = if is_stdin(path) {
        std::io::stdin().lock().read_to_end(&mut content).map(|_| ())
    } else {
        std::fs::read(path).map(|bytes| content = bytes)
    };
    read.map_err(|error| Failure::io(format!("cannot read {}", name(path)), &error))?;
    Ok(content)
}

/// What messages call it.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { String::from("standard input") } else { path.display().to_string() }
}

/// Whether the answer to a question could not be read any more.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
