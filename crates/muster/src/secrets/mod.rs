//! Secrets by reference. A configuration names where a secret lies; its value is read when it is needed,
//! kept in memory only, and cannot be printed.

mod env;
mod file;

use secrecy::SecretString;

use crate::config::Environment;
use crate::error::Failure;

/// Reads the secret a reference stands for: `env:NAME`, `file:PATH` or `file:PATH#FIELD`.
pub(crate) fn resolve(reference: &str, environment: &Environment) -> Result<SecretString, Failure> {
    match reference.split_once(':') {
        Some(("env", name)) => env::read(name, environment),
        Some(("file", path)) => file::read(path),
        _ => Err(not_a_reference()),
    }
}

/// Makes sure that a text is a reference; its value is not looked up.
pub(crate) fn check(reference: &str) -> Result<(), Failure> {
    match reference.split_once(':') {
        Some(("env" | "file", rest)) if !rest.trim().is_empty() => Ok(()),
        _ => Err(not_a_reference()),
    }
}

/// Says nothing of the text: it may be the secret itself.
fn not_a_reference() -> Failure {
    Failure::config("a secret must be given as a reference, never as its value")
        .because("values on a command line or in a configuration file end up in histories and backups")
        .hint("write env:NAME (an environment variable) or file:PATH (a file that only you may read)")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn an_inline_secret_is_refused_and_not_repeated() {
        let failure = resolve("hunter2", &Environment::default()).expect_err("refuses");
        assert!(!failure.json().contains("hunter2"));
        assert!(check("hunter2").is_err() && check("env:").is_err() && check("env:X").is_ok());
    }

    #[test]
    fn a_reference_to_the_environment_is_read() {
        let environment = Environment::from_pairs(&[("P", "s3cret")]);
        assert_eq!(resolve("env:P", &environment).expect("reads").expose_secret(), "s3cret");
        assert!(resolve("env:Q", &environment).expect_err("refuses").message.contains('Q'));
    }
}
