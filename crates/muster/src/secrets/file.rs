//! `file:PATH`: the content of a file, without the line end; `file:PATH#FIELD`: one field of a JSON file.
//! A file that others may read is refused.

use std::path::Path;

use secrecy::SecretString;

use crate::error::Failure;

pub(super) fn read(reference: &str) -> Result<SecretString, Failure> {
    // A path may hold a `#` of its own: the longer reading wins if such a file exists.
    let (path, field) = match reference.rsplit_once('#') {
        Some((path, field)) if !Path::new(reference).exists() => (path, Some(field)),
        _ => (reference, None),
    };
    let unreadable = |error: &std::io::Error| Failure::io(format!("cannot read the secret file:{path}"), error);
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    private(path, &metadata)?;
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let secret = match field {
        None => text.trim_end_matches(['\r', '\n']).to_owned(),
        Some(field) => serde_json::from_str::<serde_json::Value>(&text)
            .ok()
            .and_then(|document| field.split('.').try_fold(document, |value, key| value.get(key).cloned()))
            .and_then(|value| value.as_str().map(str::to_owned))
            .ok_or_else(|| Failure::config(format!("the file {path} has no text at `{field}`")))?,
    };
    if secret.is_empty() {
        return Err(Failure::config(format!("the secret file:{reference} is empty")));
    }
    Ok(SecretString::from(secret))
}

#[cfg(unix)]
fn private(path: &str, metadata: &std::fs::Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::config(format!("the secret file {path} may be read by others"))
        .because(format!("its mode is {:04o}", mode & 0o7777))
        .hint(format!("chmod 600 {path}")))
}

#[cfg(not(unix))]
fn private(_path: &str, _metadata: &std::fs::Metadata) -> Result<(), Failure> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    fn file(mode: u32, text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, text).expect("writes");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("sets the mode");
        let path = path.to_string_lossy().into_owned();
        (folder, path)
    }

    #[test]
    fn a_private_file_is_read_without_its_line_end() {
        let (_folder, path) = file(0o600, "s3cret\n");
        assert_eq!(read(&path).expect("reads").expose_secret(), "s3cret");
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        for mode in [0o640, 0o604, 0o666] {
            let (_folder, path) = file(mode, "s3cret\n");
            let failure = read(&path).expect_err("refuses");
            assert!(failure.hint.as_ref().is_some_and(|hint| hint.starts_with("chmod 600")));
        }
    }

    #[test]
    fn a_field_of_a_json_file_is_read() {
        let (_folder, path) = file(0o600, r#"{"oauth":{"client_secret":"x"}}"#);
        assert_eq!(read(&format!("{path}#oauth.client_secret")).expect("reads").expose_secret(), "x");
        assert!(read(&format!("{path}#password")).is_err());
    }
}
