//! Secrets by reference. A configuration names where a secret lies; its value is read when it is needed,
//! kept in memory only, and cannot be printed.
//!
//! One file per kind of reference. A reference says how to reach a secret; where that takes a secret of its own
//! (a token, a passphrase), the settings name it by a reference that needs nothing else.

mod age;
mod azure_key_vault;
mod env;
mod exec;
mod file;
mod keyring;
mod ledger;
mod reference;
mod sealed;
mod settings;
mod vault;
mod web;
mod writing;

use jiff::Timestamp;
use secrecy::SecretString;

pub(crate) use age::Age;
pub(crate) use ledger::Ledger;
pub(crate) use reference::{Reference, beside, check, is_beside};
pub(crate) use settings::Settings;
pub(crate) use writing::replace_private;

use crate::config::Environment;
use crate::error::{Exit, Failure};

/// What references are looked up in.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) settings: &'a Settings,
    /// Whether somebody is there who can be asked.
    pub(crate) ask: bool,
}

#[cfg(test)]
impl<'a> Surroundings<'a> {
    pub(crate) fn unasked(environment: &'a Environment, settings: &'a Settings) -> Self {
        Self { environment, settings, ask: false }
    }
}

/// A secret and what its place says about it.
pub(crate) struct Found {
    pub(crate) secret: SecretString,
    pub(crate) facts: Facts,
}

/// What may be told of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// When this value was put there, if the place knows.
    pub(crate) changed_at: Option<Timestamp>,
    /// When the place will no longer give it out, if it was told so.
    pub(crate) expires_at: Option<Timestamp>,
}

impl From<SecretString> for Found {
    /// From a place that knows nothing else.
    fn from(secret: SecretString) -> Self {
        Self { secret, facts: Facts::default() }
    }
}

/// Reads the secret that a reference stands for.
pub(crate) async fn resolve(reference: &str, surroundings: &Surroundings<'_>) -> Result<SecretString, Failure> {
    look(reference, surroundings).await.map(|found| found.secret)
}

/// Reads the secret that a reference stands for, and what its place says about it.
pub(crate) async fn look(reference: &str, surroundings: &Surroundings<'_>) -> Result<Found, Failure> {
    match Reference::parse(reference)? {
        Reference::Vault(place) => vault::read(&place, surroundings).await,
        Reference::AzureKeyVault(place) => azure_key_vault::read(&place, surroundings).await,
        Reference::Sealed { path, name } => sealed::read(path, name, surroundings).await,
        Reference::File(path) => file::read(path),
        simple => simply(&simple, surroundings).await.map(Found::from),
    }
}

/// When a secret was put there, if this machine knows that without looking at it.
pub(crate) fn changed_here(reference: &str) -> Option<Timestamp> {
    match Reference::parse(reference) {
        Ok(Reference::File(path)) => file::changed(path),
        _ => None,
    }
}

/// Puts a secret where a reference says, beside what else is there; a value that is there is replaced.
pub(crate) async fn store(
    reference: &str,
    secret: &SecretString,
    expires_at: Option<Timestamp>,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    match Reference::parse(reference)? {
        Reference::File(path) => file::store(path, secret),
        Reference::Keyring { service, user } => keyring::store(service, user, secret).await,
        Reference::Vault(place) => vault::store(&place, Some(secret), surroundings).await,
        Reference::AzureKeyVault(place) => azure_key_vault::store(&place, secret, expires_at, surroundings).await,
        Reference::Sealed { path, name } => sealed::store(path, name, Some(secret), expires_at, surroundings).await,
        Reference::Env(_) | Reference::Exec(_) => Err(cannot_keep(reference)),
    }
}

/// Takes a secret away from where a reference says. One that is not there is no failure.
pub(crate) async fn forget(reference: &str, surroundings: &Surroundings<'_>) -> Result<(), Failure> {
    match Reference::parse(reference)? {
        Reference::File(path) => file::forget(path),
        Reference::Keyring { service, user } => keyring::forget(service, user).await,
        Reference::Vault(place) => vault::store(&place, None, surroundings).await,
        Reference::AzureKeyVault(place) => azure_key_vault::forget(&place, surroundings).await,
        Reference::Sealed { path, name } => sealed::store(path, name, None, None, surroundings).await,
        Reference::Env(_) | Reference::Exec(_) => Err(cannot_keep(reference)),
    }
}

/// Nothing can be put there.
pub(crate) fn cannot_keep(reference: &str) -> Failure {
    let kind = reference.split(':').next().unwrap_or_default();
    Failure::config(format!("{kind}: is only read from, nothing can be put there"))
        .hint("use file:PATH, keyring:SERVICE/USER, sealed:PATH#NAME, vault:PATH#FIELD or azure-key-vault:VAULT/NAME")
}

/// A secret that is needed to reach another one: only from places that need none themselves.
async fn plain(setting: &str, reference: &str, surroundings: &Surroundings<'_>) -> Result<SecretString, Failure> {
    match Reference::parse(reference)? {
        Reference::File(path) => file::read(path).map(|found| found.secret),
        Reference::Vault(_) | Reference::AzureKeyVault(_) | Reference::Sealed { .. } => Err(Failure::config(format!(
            "`secrets.{setting}` of the configuration names a place that needs a secret too"
        ))
        .hint("use env:NAME, file:PATH, exec:COMMAND or keyring:SERVICE/USER there")),
        simple => simply(&simple, surroundings).await,
    }
}

async fn simply(reference: &Reference<'_>, surroundings: &Surroundings<'_>) -> Result<SecretString, Failure> {
    match reference {
        Reference::Env(name) => env::read(name, surroundings.environment),
        Reference::Exec(line) => exec::read(line, surroundings.environment).await,
        Reference::Keyring { service, user } => keyring::read(service, user).await,
        _ => Err(Failure::internal("a reference was taken for a simple one")),
    }
}

/// A place that has no such secret, or does not give it out.
fn not_there(what: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "E_SECRET", what)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    async fn read(reference: &str, environment: &Environment) -> Result<SecretString, Failure> {
        resolve(reference, &Surroundings::unasked(environment, &Settings::default())).await
    }

    #[tokio::test]
    async fn an_inline_secret_is_refused_and_not_repeated() {
        let failure = read("hunter2", &Environment::default()).await.expect_err("refuses");
        assert!(!failure.json().contains("hunter2"));
        assert!(check("hunter2").is_err() && check("env:").is_err() && check("env:X").is_ok());
    }

    #[tokio::test]
    async fn a_reference_to_the_environment_is_read() {
        let environment = Environment::from_pairs(&[("P", "s3cret")]);
        assert_eq!(read("env:P", &environment).await.expect("reads").expose_secret(), "s3cret");
        assert!(read("env:Q", &environment).await.expect_err("refuses").message.contains('Q'));
    }

    #[tokio::test]
    async fn nothing_is_put_where_it_is_only_read_from() {
        let (environment, settings) = (Environment::default(), Settings::default());
        let surroundings = Surroundings::unasked(&environment, &settings);
        let secret = SecretString::from("s3cret");
        for reference in ["env:X", "exec:true"] {
            let failure = store(reference, &secret, None, &surroundings).await.expect_err("refuses");
            assert!(failure.message.contains("only read from"), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn the_way_to_a_secret_does_not_lead_through_another_such_place() {
        let environment = Environment::default();
        let settings = Settings { passphrase: Some("sealed:other#passphrase".into()), ..Settings::default() };
        let surroundings = Surroundings::unasked(&environment, &settings);
        let failure = plain("passphrase", "sealed:other#passphrase", &surroundings).await.expect_err("refuses");
        assert!(failure.message.contains("secrets.passphrase"), "{failure:?}");
    }
}
