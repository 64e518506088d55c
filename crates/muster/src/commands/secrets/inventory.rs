//! Which references the configuration uses, and for what.

use std::collections::BTreeMap;

use crate::app::App;
use crate::config::File;
use crate::error::Failure;

/// A reference with the settings that name it, such as `prod: tenant_code`.
pub(super) struct Used {
    pub(super) reference: String,
    pub(super) by: Vec<String>,
    /// The contexts among them.
    pub(super) contexts: Vec<String>,
}

/// Every reference in use, of one context or of all, in the order of their text.
pub(super) fn used(app: &App) -> Result<Vec<Used>, Failure> {
    if let Some(name) = &app.globals.context {
        crate::config::entry(&app.file, name)?;
    }
    let mut found: BTreeMap<String, Used> = BTreeMap::new();
    let mut note = |reference: String, by: String, context: Option<&str>| {
        let empty = || Used { reference: reference.clone(), by: Vec::new(), contexts: Vec::new() };
        let used = found.entry(reference.clone()).or_insert_with(empty);
        used.by.push(by);
        used.contexts
            .extend(context.filter(|name| !used.contexts.iter().any(|known| known == name)).map(str::to_owned));
    };
    for (name, entry) in &app.file.contexts {
        if app.globals.context.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        for (setting, reference) in entry.references() {
            note(reference, format!("{name}: {setting}"), Some(name));
        }
    }
    for (name, limits) in &app.file.limits {
        if let (Some(record), None | Some(true)) =
            (&limits.record, app.globals.context.as_ref().map(|only| only == name))
        {
            note(record.clone(), format!("limits.{name}.record"), None);
        }
    }
    if app.globals.context.is_none() {
        for (setting, reference) in of_everybody(&app.file) {
            note(reference, setting.to_owned(), None);
        }
    }
    Ok(found.into_values().collect())
}

/// The references that belong to no context: keys that sign, and what leads to other references.
fn of_everybody(file: &File) -> Vec<(&'static str, String)> {
    let (vault, azure) = (&file.secrets.vault, &file.secrets.azure_key_vault);
    let all = [
        ("approvals.key", &file.approvals.key),
        ("audit.key", &file.audit.key),
        ("secrets.passphrase", &file.secrets.passphrase),
        ("secrets.vault.token", &vault.token),
        ("secrets.vault.secret_id", &vault.secret_id),
        ("secrets.vault.kubernetes_token", &vault.kubernetes_token),
        ("secrets.azure_key_vault.client_secret", &azure.client_secret),
    ];
    all.into_iter().filter_map(|(setting, reference)| Some((setting, reference.clone()?))).collect()
}
