//! `file:PATH`: the content of a file, without the line end; `file:PATH#FIELD`: one field of a JSON file.
//! A file that others may read is refused.

use std::path::Path;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::writing::{Alone, replace_private, settle};
use super::{Facts, Found};
use crate::error::Failure;

pub(super) fn read(reference: &str) -> Result<Found, Failure> {
    let (path, field) = apart(reference);
    let unreadable = |error: &std::io::Error| Failure::io(format!("cannot read the secret file:{path}"), error);
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    private(path, &metadata)?;
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| unreadable(&error))?);
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
    let changed_at = metadata.modified().ok().and_then(|moment| Timestamp::try_from(moment).ok());
    Ok(Found { secret: SecretString::from(secret), facts: Facts { changed_at, expires_at: None } })
}

/// When the file was last written.
pub(super) fn changed(reference: &str) -> Option<Timestamp> {
    let modified = std::fs::metadata(apart(reference).0).and_then(|metadata| metadata.modified()).ok()?;
    Timestamp::try_from(modified).ok()
}

/// A file of its own, or one field of a JSON document whose other fields stay.
pub(super) fn store(reference: &str, secret: &SecretString) -> Result<(), Failure> {
    let (path, field) = apart(reference);
    let Some(field) = field else {
        let content = Zeroizing::new(format!("{}\n", secret.expose_secret()));
        return write(path, content.as_bytes());
    };
    let _alone = Alone::at(Path::new(path))?;
    let mut document = document(path)?;
    let (last, above) = field.split('.').next_back().zip(Some(field.split('.').count() - 1)).unwrap_or((field, 0));
    let mut at = &mut document;
    for name in field.split('.').take(above) {
        let inner = at.entry(name).or_insert_with(|| Map::new().into());
        at = inner.as_object_mut().ok_or_else(|| {
            Failure::config(format!("`{name}` in {path} is a value, so `{field}` has no place there"))
        })?;
    }
    at.insert(last.to_owned(), secret.expose_secret().into());
    write_document(path, &document)
}

/// The whole file, or one field of it.
pub(super) fn forget(reference: &str) -> Result<(), Failure> {
    let (path, field) = apart(reference);
    let Some(field) = field else {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed
                .and_then(|()| settle(Path::new(path)))
                .map_err(|error| Failure::io(format!("cannot remove the secret file {path}"), &error)),
        };
    };
    let _alone = Alone::at(Path::new(path))?;
    let mut document = document(path)?;
    let mut at = Some(&mut document);
    let names: Vec<&str> = field.split('.').collect();
    if let Some((last, above)) = names.split_last() {
        for name in above {
            at = at.and_then(|inner| inner.get_mut(*name)).and_then(Value::as_object_mut);
        }
        if let Some(inner) = at {
            inner.remove(*last);
        }
    }
    write_document(path, &document)
}

/// A path may hold a `#` of its own: the longer reading wins if such a file exists.
fn apart(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once('#') {
        Some((path, field)) if !Path::new(reference).exists() => (path, Some(field)),
        _ => (reference, None),
    }
}

/// The JSON document in a file; an empty one where there is no file.
fn document(path: &str) -> Result<Map<String, Value>, Failure> {
    let unreadable = |error: &std::io::Error| Failure::io(format!("cannot read the secret file {path}"), error);
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Map::new()),
        metadata => private(path, &metadata.map_err(|error| unreadable(&error))?)?,
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| unreadable(&error))?);
    serde_json::from_str(&text).map_err(|_| Failure::config(format!("the file {path} is not a JSON object")))
}

fn write_document(path: &str, document: &Map<String, Value>) -> Result<(), Failure> {
    let content = Zeroizing::new(serde_json::to_vec_pretty(document).unwrap_or_default());
    write(path, &content)
}

fn write(path: &str, content: &[u8]) -> Result<(), Failure> {
    replace_private(Path::new(path), content)
        .map_err(|error| Failure::io(format!("cannot write the secret file {path}"), &error))
}

#[cfg(unix)]
pub(super) fn private(path: &str, metadata: &std::fs::Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::config(format!("the secret file {path} may be read by others"))
        .because(format!("its mode is {:04o}", mode & 0o7777))
        .hint(format!("chmod 600 {path}")))
}

/// Elsewhere who may read a file is not in its mode; the folder of a user's profile is closed to others there.
#[cfg(not(unix))]
pub(super) fn private(_path: &str, _metadata: &std::fs::Metadata) -> Result<(), Failure> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

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
        assert_eq!(read(&path).expect("reads").secret.expose_secret(), "s3cret");
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        for mode in [0o640, 0o604, 0o666] {
            let (_folder, path) = file(mode, "s3cret\n");
            let failure = read(&path).err().expect("refuses");
            assert!(failure.hint.as_ref().is_some_and(|hint| hint.starts_with("chmod 600")));
        }
    }

    #[test]
    fn a_field_of_a_json_file_is_read() {
        let (_folder, path) = file(0o600, r#"{"oauth":{"client_secret":"x"}}"#);
        assert_eq!(read(&format!("{path}#oauth.client_secret")).expect("reads").secret.expose_secret(), "x");
        assert!(read(&format!("{path}#password")).is_err());
    }

    #[test]
    fn what_is_stored_is_private_and_leaves_other_fields_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.json").to_string_lossy().into_owned();
        let reference = |field: &str| format!("{path}#{field}");
        store(&reference("a.b"), &SecretString::from("one")).expect("stores");
        store(&reference("a.c"), &SecretString::from("two")).expect("stores");
        assert_eq!(read(&reference("a.b")).expect("reads").secret.expose_secret(), "one");
        assert_eq!(std::fs::metadata(&path).expect("is there").permissions().mode() & 0o777, 0o600);
        forget(&reference("a.b")).expect("forgets");
        forget(&reference("no.such")).expect("nothing to forget");
        assert!(read(&reference("a.b")).is_err() && read(&reference("a.c")).is_ok());
        assert!(store(&reference("a.c.d"), &SecretString::from("x")).is_err());

        let whole = folder.path().join("key").to_string_lossy().into_owned();
        store(&whole, &SecretString::from("three")).expect("stores");
        assert_eq!(read(&whole).expect("reads").secret.expose_secret(), "three");
        forget(&whole).and_then(|()| forget(&whole)).expect("forgets");
        assert!(read(&whole).is_err());
    }
}
