//! `[secrets]` of the configuration file: how the places are reached that a reference alone does not reach, and when
//! a secret is too old.

use serde::Deserialize;

/// What holds for all references.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Days after which `muster doctor` calls a secret old.
    pub(crate) max_age_days: u32,
    /// Days before its expiry when `muster doctor` begins to say so.
    pub(crate) warn_days: u32,
    /// Reference to the passphrase of sealed files; without one it is asked for.
    pub(crate) passphrase: Option<String>,
    pub(crate) vault: Vault,
    pub(crate) azure_key_vault: AzureKeyVault,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_age_days: 90,
            warn_days: 14,
            passphrase: None,
            vault: Vault::default(),
            azure_key_vault: AzureKeyVault::default(),
        }
    }
}

/// HashiCorp Vault or OpenBao. What is not said here is taken from the variables that their own tools read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Vault {
    /// `VAULT_ADDR`.
    pub(crate) address: Option<String>,
    /// `VAULT_NAMESPACE`.
    pub(crate) namespace: Option<String>,
    /// PEM file with the authority of its certificate; `VAULT_CACERT`.
    pub(crate) ca_file: Option<String>,
    /// Reference to a token; `VAULT_TOKEN` holds one itself.
    pub(crate) token: Option<String>,
    /// Signs in as an AppRole, with `secret_id`.
    pub(crate) role_id: Option<String>,
    /// Reference to the AppRole's secret id.
    pub(crate) secret_id: Option<String>,
    /// Signs in with the service account of a Kubernetes pod.
    pub(crate) kubernetes_role: Option<String>,
    /// Reference to the service account's token; by default the file that Kubernetes puts into every pod.
    pub(crate) kubernetes_token: Option<String>,
    /// Where the way to sign in is mounted: `approle` or `kubernetes` unless said otherwise.
    pub(crate) login_mount: Option<String>,
}

/// Azure Key Vault. What is not said here is taken from the variables that Azure's own libraries read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AzureKeyVault {
    /// The directory; `AZURE_TENANT_ID`.
    pub(crate) tenant_id: Option<String>,
    /// The application, or a managed identity that the machine has beside others; `AZURE_CLIENT_ID`.
    pub(crate) client_id: Option<String>,
    /// Reference to the application's secret; `AZURE_CLIENT_SECRET` holds it itself. Without one, the file that
    /// `AZURE_FEDERATED_TOKEN_FILE` names, and without that the machine's managed identity.
    pub(crate) client_secret: Option<String>,
    /// Who issues tokens; `AZURE_AUTHORITY_HOST`, or the public cloud's.
    pub(crate) authority: Option<String>,
}
