//! `env:NAME`: an environment variable.

use secrecy::SecretString;

use crate::config::Environment;
use crate::error::Failure;

pub(super) fn read(name: &str, environment: &Environment) -> Result<SecretString, Failure> {
    environment.get(name).map(SecretString::from).ok_or_else(|| {
        Failure::config(format!("the secret env:{name} is not there"))
            .because(format!("the environment variable {name} is not set, or is empty"))
    })
}
