//! Files that a person hands in, and `-` for stdin. Read whole: what they mean is checked before anything is sent.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Mutex;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::error::Failure;

/// States of a report's rows that are worth taking up again: the words of `--only`.
pub(crate) const STATES: [&str; 5] = ["failed", "unknown", "skipped", "held", "expired"];

/// No secret of an API is longer.
const LONGEST_SECRET: u64 = 64 * 1024;

/// Accounts whose files were read in this process: what is planned from a file is its owner's work too.
static OWNERS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Who owns the files that were handed in so far.
pub(crate) fn owners() -> Vec<String> {
    OWNERS.lock().map(|owners| owners.iter().cloned().collect()).unwrap_or_default()
}

/// The content of a file, or of stdin for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if let (false, Ok(mut owners)) = (is_stdin(path), OWNERS.lock()) {
        owners.extend(crate::account::of_file(path));
    }
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

/// A secret from stdin, without the line end. One line: what has more was meant for something else.
pub(crate) fn read_secret() -> Result<SecretString, Failure> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .take(LONGEST_SECRET)
        .read_to_string(&mut text)
        .map_err(|error| Failure::io("cannot read the secret from standard input", &error))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(Failure::usage("standard input holds no secret").hint("pipe it in: … | muster secrets set REF"));
    }
    if secret.contains(['\r', '\n', '\0']) {
        return Err(Failure::usage("standard input holds more than one line, so it is no secret of ours"));
    }
    Ok(SecretString::from(secret))
}

/// What messages call it.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { String::from("standard input") } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
