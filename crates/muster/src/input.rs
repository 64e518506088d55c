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

/// The content of a file that has to be text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::usage(format!("{} is not text in UTF-8", name(path))))
}

/// What messages call it.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { String::from("standard input") } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
