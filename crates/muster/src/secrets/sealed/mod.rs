//! `sealed:PATH#NAME`: an encrypted file of our own, for machines without a keyring. Several names share a file and
//! its passphrase, which comes from a reference in the settings, from `MUSTER_PASSPHRASE`, or from whoever is asked.

mod format;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use muster_store::{Clock as _, SystemClock};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::writing::{Alone, replace_private};
use super::{Facts, Found, Surroundings, file, not_there, plain};
use crate::error::Failure;
use crate::prompt;

/// What is inside.
#[derive(Default, Serialize, Deserialize)]
struct Contents {
    secrets: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(with = "text")]
    value: Zeroizing<String>,
    set_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

mod text {
    //! A value that is cleared from memory, inside the document that is sealed.

    use secrecy::zeroize::Zeroizing;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new)
    }
}

pub(super) async fn read(path: &str, name: &str, surroundings: &Surroundings<'_>) -> Result<Found, Failure> {
    let sealed = content(path)?.ok_or_else(|| {
        not_there(format!("there is no sealed file {path}")).hint("muster secrets set makes it with its first secret")
    })?;
    let passphrase = passphrase(path, false, surroundings).await?;
    let mut contents = open(path, sealed, passphrase).await?;
    let entry = contents.secrets.remove(name).ok_or_else(|| not_there(format!("{path} holds no secret `{name}`")))?;
    let facts = Facts { changed_at: Some(entry.set_at), expires_at: entry.expires_at };
    Ok(Found { secret: SecretString::from(entry.value.as_str()), facts })
}

/// Sets one name, or takes it away, and makes the file if it is the first. The whole file is sealed anew.
pub(super) async fn store(
    path: &str,
    name: &str,
    secret: Option<&SecretString>,
    expires_at: Option<Timestamp>,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    let _alone = Alone::at(Path::new(path))?;
    let sealed = content(path)?;
    if sealed.is_none() && secret.is_none() {
        return Ok(());
    }
    let passphrase = passphrase(path, sealed.is_none(), surroundings).await?;
    let mut contents = match sealed {
        Some(sealed) => open(path, sealed, passphrase.clone()).await?,
        None => Contents::default(),
    };
    match secret {
        Some(secret) => {
            let value = Zeroizing::new(secret.expose_secret().to_owned());
            contents.secrets.insert(name.to_owned(), Entry { value, set_at: SystemClock.now(), expires_at });
        }
        None if contents.secrets.remove(name).is_none() => return Ok(()),
        None => {}
    }
    let plain = Zeroizing::new(serde_json::to_vec(&contents).unwrap_or_default());
    let sealed = apart(move || format::seal(&plain, passphrase.expose_secret(), format::COST)).await?;
    let sealed = sealed.map_err(|error| Failure::internal(format!("cannot seal {path}")).because(error.to_string()))?;
    replace_private(Path::new(path), &sealed).map_err(|error| Failure::io(format!("cannot write {path}"), &error))
}

/// `None` if there is no such file.
fn content(path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let unreadable = |error: &std::io::Error| Failure::io(format!("cannot read the sealed file {path}"), error);
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(|error| unreadable(&error))?,
    };
    file::private(path, &metadata)?;
    if metadata.len() > format::LARGEST {
        return Err(Failure::config(format!("{path} is too large for a sealed file")));
    }
    std::fs::read(path).map(Some).map_err(|error| unreadable(&error))
}

async fn open(path: &str, sealed: Vec<u8>, passphrase: SecretString) -> Result<Contents, Failure> {
    let opened = apart(move || format::open(&sealed, passphrase.expose_secret())).await?;
    let plain = opened.map_err(|error| Failure::config(format!("cannot open {path}")).because(error.to_string()))?;
    serde_json::from_slice(&plain).map_err(|_| Failure::config(format!("what is sealed in {path} is not ours")))
}

/// Deriving a key takes a while on purpose.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::internal("cannot derive a key").because(error.to_string()))
}

async fn passphrase(path: &str, new: bool, surroundings: &Surroundings<'_>) -> Result<SecretString, Failure> {
    if let Some(reference) = &surroundings.settings.passphrase {
        return plain("passphrase", reference, surroundings).await;
    }
    if let Some(passphrase) = surroundings.environment.get("MUSTER_PASSPHRASE") {
        return Ok(SecretString::from(passphrase));
    }
    if !surroundings.ask {
        return Err(Failure::config(format!("the passphrase of {path} is not known"))
            .because("there is nobody to ask")
            .hint("set MUSTER_PASSPHRASE, or `passphrase` below [secrets] of the configuration to a reference"));
    }
    let given = prompt::hidden(format!("Passphrase of {path}: ")).await?;
    if new && prompt::hidden(String::from("Once more: ")).await?.expose_secret() != given.expose_secret() {
        return Err(Failure::usage("the two passphrases differ"));
    }
    Ok(given)
}
