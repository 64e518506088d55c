//! `keyring:SERVICE/USER`: the keyring of the operating system. Windows Credential Manager, macOS Keychain, and the
//! Secret Service of a desktop elsewhere (GNOME Keyring, KWallet, KeePassXC).
//!
//! Behind the feature `keyring`, because on Linux it brings D-Bus along.

use secrecy::SecretString;

use crate::error::Failure;

#[cfg(feature = "keyring")]
pub(super) async fn read(service: &str, user: &str) -> Result<SecretString, Failure> {
    use secrecy::zeroize::Zeroizing;
    let found = with(service, user, |entry| entry.get_password().map(Zeroizing::new)).await?;
    if found.is_empty() {
        return Err(super::not_there(format!("the keyring's entry {service}/{user} is empty")));
    }
    Ok(SecretString::from(found.as_str()))
}

#[cfg(feature = "keyring")]
pub(super) async fn store(service: &str, user: &str, secret: &SecretString) -> Result<(), Failure> {
    use secrecy::ExposeSecret as _;
    let secret = secret.clone();
    with(service, user, move |entry| entry.set_password(secret.expose_secret())).await
}

#[cfg(feature = "keyring")]
pub(super) async fn forget(service: &str, user: &str) -> Result<(), Failure> {
    with(service, user, |entry| match entry.delete_credential() {
        Err(keyring_core::Error::NoEntry) => Ok(()),
        removed => removed,
    })
    .await
}

/// Keyrings block, and may ask their owner for a password first.
#[cfg(feature = "keyring")]
async fn with<T: Send + 'static>(
    service: &str,
    user: &str,
    act: impl FnOnce(&keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let (service, user) = (service.to_owned(), user.to_owned());
    let name = format!("{service}/{user}");
    let done = tokio::task::spawn_blocking(move || {
        let store = this_machines()?;
        act(&keyring_core::Entry::new_in_store(&store, &service, &user)?)
    });
    let done = done.await.map_err(|error| Failure::internal("cannot ask the keyring").because(error.to_string()))?;
    done.map_err(|error| explain(&name, &error))
}

#[cfg(all(feature = "keyring", target_os = "windows"))]
fn this_machines() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(all(feature = "keyring", target_os = "macos"))]
fn this_machines() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(all(feature = "keyring", not(any(target_os = "windows", target_os = "macos"))))]
fn this_machines() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Only the kind of an error is told: some carry what the keyring holds.
#[cfg(feature = "keyring")]
fn explain(name: &str, error: &keyring_core::Error) -> Failure {
    use keyring_core::Error;
    let cannot = |why: &str| {
        Failure::new(crate::error::Exit::Usage, "E_SECRET", "the keyring of this machine cannot be used")
            .because(why)
            .hint("unlock it, or use sealed:PATH#NAME on machines without a desktop")
    };
    match error {
        Error::NoEntry => {
            super::not_there(format!("the keyring has no entry {name}")).hint("muster secrets set puts one there")
        }
        Error::NoStorageAccess(_) => cannot("it is locked, and nobody unlocked it"),
        Error::PlatformFailure(_) | Error::NoDefaultStore => cannot("there is none, or it does not answer"),
        Error::TooLong(_, limit) => Failure::config(format!("the keyring takes no more than {limit} characters")),
        Error::Ambiguous(entries) => {
            super::not_there(format!("the keyring has {} entries {name}", entries.len())).hint("remove all but one")
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            super::not_there(format!("the keyring's entry {name} is not text"))
        }
        _ => cannot("it refuses"),
    }
}

#[cfg(not(feature = "keyring"))]
pub(super) async fn read(_service: &str, _user: &str) -> Result<SecretString, Failure> {
    Err(without())
}

#[cfg(not(feature = "keyring"))]
pub(super) async fn store(_service: &str, _user: &str, _secret: &SecretString) -> Result<(), Failure> {
    Err(without())
}

#[cfg(not(feature = "keyring"))]
pub(super) async fn forget(_service: &str, _user: &str) -> Result<(), Failure> {
    Err(without())
}

#[cfg(not(feature = "keyring"))]
fn without() -> Failure {
    Failure::config("this build of muster does not reach the keyring of the operating system")
        .because("it was built without the feature `keyring`")
        .hint("build it with `cargo build --release --features keyring`, or use sealed:PATH#NAME")
}
