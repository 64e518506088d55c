//! The configuration file: contexts and defaults. Unknown keys are errors; comments survive our edits.

use std::collections::BTreeMap;
use std::path::Path;

use muster_client::SecretIn;
use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::error::Failure;
use crate::output::Format;
use crate::secrets;

/// What the file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    /// The context that is used when none is named.
    pub(crate) current_context: Option<String>,
    pub(crate) defaults: Defaults,
    /// Where secrets lie that take more than their reference to be reached.
    pub(crate) secrets: secrets::Settings,
    pub(crate) approvals: Approvals,
    pub(crate) audit: Audit,
    pub(crate) contexts: BTreeMap<String, ContextEntry>,
    /// By the name of the context.
    pub(crate) limits: BTreeMap<String, Limits>,
}

/// How plans are approved here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Approvals {
    /// Reference to the key that signs approvals.
    pub(crate) key: Option<String>,
    /// Public key of the first approver: without it, the database is believed.
    pub(crate) root: Option<String>,
}

/// How the record is signed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Audit {
    /// Reference to the key that signs checkpoints; without it, one is made in the state folder.
    pub(crate) key: Option<String>,
}

/// What a tenant permits an organization group, where it does not say so itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) calls_per_minute: Option<u32>,
    pub(crate) calls_per_day: Option<u32>,
    /// Contexts whose credentials belong to one group share its limit; without it, each context counts for itself.
    pub(crate) organization_group: Option<String>,
    /// Reference to the address of a PostgreSQL database where several machines keep the record of calls together.
    pub(crate) record: Option<String>,
}

/// Settings for every context; flags and environment come before them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Defaults {
    pub(crate) output: Option<Format>,
    /// Requests in flight at once.
    pub(crate) lanes: Option<usize>,
    /// Requests per second.
    pub(crate) rate: Option<f64>,
    /// Rows per page of a list.
    pub(crate) page_size: Option<u32>,
    /// Seconds until an answer must be there.
    pub(crate) timeout_seconds: Option<u64>,
}

impl ContextEntry {
    /// Every reference to a secret in it, with the name of its setting.
    pub(crate) fn references(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        collect("", &serde_json::to_value(self).unwrap_or_default(), &mut found);
        // A certificate in a file is bytes, and its file may be named like a reference.
        found.retain(|(setting, reference)| setting != "certificate.pkcs12" || !reference.starts_with("file:"));
        found
    }
}

/// Whatever reads as a reference is one: no other setting begins like that.
fn collect(path: &str, value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, inner) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(&path, inner, found);
            }
        }
        serde_json::Value::String(text) if secrets::check(text).is_ok() => found.push((path.to_owned(), text.clone())),
        _ => {}
    }
}

/// One tenant: where it is and how to sign in. Secrets are references, never values.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContextEntry {
    pub(crate) url: String,
    /// `guide` or `published`; found by probing and remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dialect: Option<String>,
    /// Reference to the tenant code (`aw-tenant-code`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basic: Option<BasicEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oauth: Option<OAuthEntry>,
    /// A client certificate: it signs in, or beside `basic` and `oauth` it is shown in the TLS handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<CertificateEntry>,
    /// Keys that the tenant's host may have (`sha256/BASE64`), at least one of them a spare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pins: Vec<String>,
    /// Only the pins count, whatever the certificate says: for a self-signed appliance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) pins_only: bool,
    /// `http://HOST:PORT`, `direct`, or `platform` (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<String>,
    /// Who asks the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_username: Option<String>,
    /// Reference to the password for the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_password: Option<String>,
    /// PEM file with further certificate authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lanes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_seconds: Option<u64>,
}

/// Signing in with a name and a password.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicEntry {
    pub(crate) username: String,
    /// Reference to the password.
    pub(crate) password: String,
}

/// Signing in with OAuth 2.0 client credentials.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuthEntry {
    /// Where tokens are issued: a URL, or a region of the vendor's cloud (`na`, `emea`, `apac`, `uat`).
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    /// Reference to the client secret.
    pub(crate) client_secret: String,
    /// Whether the secret travels in the `body` (the default) or in a Basic `header`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret_in: Option<SecretIn>,
}

/// A client certificate with its key.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateEntry {
    /// PKCS#12 file, or a reference to its Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pkcs12: Option<String>,
    /// PEM file with the certificate, and the key unless `key` says where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pem: Option<String>,
    /// Reference to the private key (PEM).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Reference to the password of the PKCS#12 file or of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// How it signs in: by a `signature` over the path of every request (the default), or in the TLS `handshake`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<By>,
}

/// How a client certificate signs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// A signature over the path of every request (CMSURL).
    #[default]
    Signature,
    /// The TLS handshake.
    Handshake,
}

impl File {
    /// Reads the file; one that does not exist says nothing.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::io(format!("cannot read {}", path.display()), &error)),
        };
        toml_edit::de::from_str(&text).map_err(|error| {
            // The parser's text has several lines: position, excerpt, what is wrong. The last says most.
            let text = error.to_string();
            let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
            let mut failure = Failure::config(format!("{} is not a valid configuration", path.display()));
            for line in lines {
                failure = failure.because(line);
            }
            failure.hint("correct the file; `muster context add --help` lists what a context may say")
        })
    }
}

/// Changes the file in place.
pub(crate) fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<(), Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            String::from("# Contexts of muster. Secrets are references (env:NAME, file:PATH), never values.\n")
        }
        Err(error) => return Err(Failure::io(format!("cannot read {}", path.display()), &error)),
    };
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Failure::config(format!("{} is not a valid configuration", path.display())).because(error.to_string())
    })?;
    change(&mut document);
    let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", path.display()), &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    crate::output::replace(path, document.to_string().as_bytes()).map_err(failed)
}

/// Puts a context into the document, replacing one of the same name.
pub(crate) fn put_context(document: &mut DocumentMut, name: &str, entry: &ContextEntry) {
    let contexts = document.entry("contexts").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let rendered = toml_edit::ser::to_document(entry).map(|document| document.as_table().clone()).unwrap_or_default();
    let mut table = Table::new();
    // Plain values first: in TOML they belong to the table whose heading stands above them.
    for (key, item) in rendered.iter().filter(|(_, item)| item.is_value() && !item.is_inline_table()) {
        table.insert(key, item.clone());
    }
    for (key, item) in rendered.iter().filter(|(_, item)| item.is_table() || item.is_inline_table()) {
        if let Ok(inner) = item.clone().into_table() {
            table.insert(key, Item::Table(inner));
        }
    }
    contexts[name] = Item::Table(table);
}

/// Names the context that is used when none is named; `None` takes the choice away.
pub(crate) fn put_current(document: &mut DocumentMut, name: Option<&str>) {
    match name {
        Some(name) => document["current_context"] = value(name),
        None => {
            document.remove("current_context");
        }
    }
}

/// Remembers which dialect a context speaks.
pub(crate) fn put_dialect(document: &mut DocumentMut, name: &str, dialect: &str) {
    if let Some(context) = document.get_mut("contexts").and_then(|contexts| contexts.get_mut(name)) {
        context["dialect"] = value(dialect);
    }
}

/// Says anew where a context's API key is.
pub(crate) fn put_tenant_code(document: &mut DocumentMut, name: &str, reference: &str) {
    if let Some(context) = document.get_mut("contexts").and_then(|contexts| contexts.get_mut(name)) {
        context["tenant_code"] = value(reference);
    }
}

/// Takes a context out of the document.
pub(crate) fn drop_context(document: &mut DocumentMut, name: &str) {
    if let Some(contexts) = document.get_mut("contexts").and_then(Item::as_table_like_mut) {
        contexts.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> ContextEntry {
        ContextEntry {
            url: "https://uem.example".into(),
            tenant_code: Some("env:CODE".into()),
            basic: Some(BasicEntry { username: "api".into(), password: "file:/run/password".into() }),
            lanes: Some(4),
            ..ContextEntry::default()
        }
    }

    #[test]
    fn an_edit_keeps_comments_and_reads_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "# mine\ncurrent_context = \"old\" # really\n\n[contexts.old]\nurl = \"http://x\"\n")
            .expect("writes");
        edit(&path, |document| {
            put_context(document, "new one", &entry());
            put_current(document, Some("new one"));
            put_dialect(document, "new one", "guide");
        })
        .expect("edits");
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(text.starts_with("# mine\n"), "{text}");
        let file = File::read(&path).expect("reads");
        assert_eq!(file.current_context.as_deref(), Some("new one"));
        assert_eq!(file.contexts["new one"], ContextEntry { dialect: Some("guide".into()), ..entry() }, "{text}");
        edit(&path, |document| drop_context(document, "new one")).expect("edits");
        assert_eq!(File::read(&path).expect("reads").contexts.len(), 1);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "[contexts.a]\nurl = \"http://x\"\npasword = \"env:P\"\n").expect("writes");
        let failure = File::read(&path).expect_err("refuses");
        assert!(failure.why.iter().any(|why| why.contains("pasword")), "{failure:?}");
    }
}
