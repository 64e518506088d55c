//! A reference, taken apart. What a reference says is no secret; what stands where a reference should be may be one,
//! so it is never repeated.

use crate::error::Failure;

/// Where a secret lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference<'a> {
    /// `env:NAME`.
    Env(&'a str),
    /// `file:PATH`, `file:PATH#FIELD`.
    File(&'a str),
    /// `exec:COMMAND ARGUMENT …`.
    Exec(&'a str),
    /// `keyring:SERVICE/USER`.
    Keyring { service: &'a str, user: &'a str },
    /// `vault:PATH#FIELD`, `vault:PATH#FIELD@VERSION`.
    Vault(VaultPlace<'a>),
    /// `azure-key-vault:VAULT/NAME`, `azure-key-vault:VAULT/NAME/VERSION`, or with the secret's whole address.
    AzureKeyVault(KeyVaultPlace<'a>),
    /// `sealed:PATH#NAME`.
    Sealed { path: &'a str, name: &'a str },
}

/// One field of a secret of HashiCorp Vault or OpenBao.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultPlace<'a> {
    /// With its mount, without `data/`.
    pub(crate) path: &'a str,
    pub(crate) field: &'a str,
    pub(crate) version: Option<u64>,
}

/// One secret of Azure Key Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyVaultPlace<'a> {
    /// Its address, or the name of one in the public cloud.
    pub(crate) vault: &'a str,
    pub(crate) name: &'a str,
    pub(crate) version: Option<&'a str>,
}

impl<'a> Reference<'a> {
    pub(crate) fn parse(reference: &'a str) -> Result<Self, Failure> {
        let (kind, rest) = reference.split_once(':').ok_or_else(not_a_reference)?;
        if rest.trim().is_empty() {
            return Err(not_a_reference());
        }
        match kind {
            "env" => Some(Self::Env(rest)),
            "file" => Some(Self::File(rest)),
            "exec" => super::exec::words(rest).ok().map(|_| Self::Exec(rest)),
            // A service may hold a `/`, a user rarely does.
            "keyring" => two(rest, '/').map(|(service, user)| Self::Keyring { service, user }),
            "sealed" => two(rest, '#').map(|(path, name)| Self::Sealed { path, name }),
            "vault" => two(rest, '#').and_then(|(path, field)| vault(path, field)).map(Self::Vault),
            "azure-key-vault" => key_vault(rest).map(Self::AzureKeyVault),
            _ => None,
        }
        .ok_or_else(|| malformed(kind))
    }

    /// The kind, as references begin with it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Env(_) => "env",
            Self::File(_) => "file",
            Self::Exec(_) => "exec",
            Self::Keyring { .. } => "keyring",
            Self::Vault(_) => "vault",
            Self::AzureKeyVault(_) => "azure-key-vault",
            Self::Sealed { .. } => "sealed",
        }
    }

    /// Whether a new value can be put beside this one.
    pub(crate) const fn keeps(&self) -> bool {
        match self {
            Self::Env(_) | Self::Exec(_) => false,
            Self::Vault(place) => place.version.is_none(),
            Self::AzureKeyVault(place) => place.version.is_none(),
            Self::File(_) | Self::Keyring { .. } | Self::Sealed { .. } => true,
        }
    }
}

/// Letters and digits of a moment at the end of a name that [`beside`] made.
const STAMP: usize = "-20261125213000".len();

/// A place beside another one, named after a moment, where a new value can be while the old one stays. `None` where
/// nothing can be put.
pub(crate) fn beside(reference: &str, at: jiff::Timestamp) -> Option<String> {
    let parsed = Reference::parse(reference).ok()?;
    parsed.keeps().then(|| format!("{}{}", base(reference), at.strftime("-%Y%m%d%H%M%S")))
}

/// Whether [`beside`] made this place, so that it may go when its value opens nothing any more.
pub(crate) fn is_beside(reference: &str) -> bool {
    base(reference).len() < reference.len()
}

fn base(reference: &str) -> &str {
    match reference.len().checked_sub(STAMP).and_then(|at| reference.split_at_checked(at)) {
        Some((base, stamp)) if stamp.starts_with('-') && stamp[1..].bytes().all(|byte| byte.is_ascii_digit()) => base,
        _ => reference,
    }
}

/// Makes sure that a text is a reference; its value is not looked up.
pub(crate) fn check(reference: &str) -> Result<(), Failure> {
    Reference::parse(reference).map(|_| ())
}

/// Both sides of the last separator, neither of them empty.
fn two(text: &str, separator: char) -> Option<(&str, &str)> {
    text.rsplit_once(separator).filter(|(left, right)| !left.trim().is_empty() && !right.trim().is_empty())
}

fn vault<'a>(path: &'a str, field: &'a str) -> Option<VaultPlace<'a>> {
    let path = path.trim_matches('/');
    let (field, version) = match field.rsplit_once('@') {
        Some((field, version)) => (field, Some(version.parse().ok()?)),
        None => (field, None),
    };
    let fits = path.contains('/') && !field.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    fits.then_some(VaultPlace { path, field, version })
}

fn key_vault(rest: &str) -> Option<KeyVaultPlace<'_>> {
    let (vault, path) = match rest.split_once("/secrets/") {
        Some((vault, path)) if vault.contains("://") => (vault, path),
        _ if rest.contains("://") => return None,
        _ => rest.split_once('/')?,
    };
    let path = path.trim_end_matches('/');
    let (name, version) = path.split_once('/').map_or((path, None), |(name, version)| (name, Some(version)));
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (!vault.is_empty() && word(name) && version.is_none_or(word)).then_some(KeyVaultPlace { vault, name, version })
}

/// Says nothing of the text: it may be the secret itself.
fn not_a_reference() -> Failure {
    Failure::config("a secret must be given as a reference, never as its value")
        .because("values on a command line or in a configuration file end up in histories and backups")
        .hint("write env:NAME (an environment variable) or file:PATH (a file that only you may read)")
}

fn malformed(kind: &str) -> Failure {
    let form = match kind {
        "exec" => "exec:COMMAND ARGUMENT …, with every quotation mark closed",
        "keyring" => "keyring:SERVICE/USER",
        "sealed" => "sealed:PATH#NAME",
        "vault" => "vault:MOUNT/PATH#FIELD, with @VERSION behind it for an old one",
        "azure-key-vault" => "azure-key-vault:VAULT/NAME, with /VERSION behind it for an old one",
        _ => return not_a_reference(),
    };
    Failure::config(format!("this is not how a reference to {kind}: is written")).hint(format!("write {form}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_taken_apart() {
        let parse = |text| Reference::parse(text).expect("a reference");
        assert_eq!(parse("keyring:muster/prod/api"), Reference::Keyring { service: "muster/prod", user: "api" });
        assert_eq!(parse("sealed:/a#b/c.sealed#pw"), Reference::Sealed { path: "/a#b/c.sealed", name: "pw" });
        let place = VaultPlace { path: "secret/uem/prod", field: "key", version: Some(3) };
        assert_eq!(parse("vault:/secret/uem/prod#key@3"), Reference::Vault(place));
        let place = KeyVaultPlace { vault: "fleet", name: "uem-key", version: None };
        assert_eq!(parse("azure-key-vault:fleet/uem-key"), Reference::AzureKeyVault(place));
        let place = KeyVaultPlace { vault: "https://fleet.vault.azure.cn", name: "k", version: Some("0a1b") };
        assert_eq!(
            parse("azure-key-vault:https://fleet.vault.azure.cn/secrets/k/0a1b"),
            Reference::AzureKeyVault(place)
        );
    }

    #[test]
    fn what_is_no_reference_is_refused_and_not_repeated() {
        for text in [
            "hunter2",
            "",
            "env:",
            "hunter2:x",
            "keyring:hunter2",
            "sealed:hunter2",
            "vault:hunter2#x",
            "vault:a/hunter2",
            "vault:a/../hunter2#b",
            "vault:a/b#hunter2@new",
            "azure-key-vault:hunter2",
            "azure-key-vault:a/hunter2?",
            "azure-key-vault:https://hunter2",
            "exec:'hunter2",
        ] {
            let failure = Reference::parse(text).expect_err("refuses");
            assert!(!failure.json().contains("hunter2") && failure.hint.is_some(), "{failure:?}");
        }
    }

    #[test]
    fn a_place_beside_is_named_after_the_moment_and_does_not_grow() {
        let at = |text: &str| text.parse().expect("a moment");
        let (first, second) = (at("2026-11-25T21:30:00Z"), at("2027-02-01T00:00:09Z"));
        let one = beside("keyring:muster/prod", first).expect("a place");
        assert_eq!(one, "keyring:muster/prod-20261125213000");
        assert_eq!(beside(&one, second).as_deref(), Some("keyring:muster/prod-20270201000009"));
        assert!(is_beside(&one) && !is_beside("keyring:muster/prod") && !is_beside("file:a-2026"));
        assert_eq!((beside("env:X", first), beside("vault:a/b#c@3", first)), (None, None));
    }

    #[test]
    fn a_version_is_only_read() {
        for (text, keeps) in [
            ("env:X", false),
            ("exec:x", false),
            ("file:x", true),
            ("keyring:a/b", true),
            ("sealed:a#b", true),
            ("vault:a/b#c", true),
            ("vault:a/b#c@1", false),
            ("azure-key-vault:a/b", true),
            ("azure-key-vault:a/b/1", false),
        ] {
            assert_eq!(Reference::parse(text).expect("a reference").keeps(), keeps, "{text}");
        }
    }
}
