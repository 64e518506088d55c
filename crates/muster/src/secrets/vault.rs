//! `vault:MOUNT/PATH#FIELD`: a field of a secret of HashiCorp Vault or OpenBao, in the key-value engine of either
//! version. Which one a mount is, Vault says itself, as it does to its own command line.
//!
//! Signing in is by a token, as an AppRole, or as the service account of a Kubernetes pod.

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

use super::reference::VaultPlace;
use super::web::{self, Ask, Body, Web};
use super::{Facts, Found, Surroundings, not_there, plain};
use crate::error::{Exit, Failure};

/// Where Kubernetes puts the token of a pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

pub(super) async fn read(place: &VaultPlace<'_>, surroundings: &Surroundings<'_>) -> Result<Found, Failure> {
    let vault = Vault::enter(surroundings).await?;
    let engine = vault.engine(place.path).await?;
    let record = vault.record(&engine, place).await?.ok_or_else(|| {
        not_there(format!("Vault has no secret at {}", place.path)).hint("muster secrets set puts one there")
    })?;
    let value = record.fields.get(place.field).and_then(Value::as_str).filter(|value| !value.is_empty());
    match value {
        Some(value) => Ok(Found { secret: SecretString::from(value), facts: record.facts }),
        None => Err(not_there(format!("the secret {} of Vault has no text at `{}`", place.path, place.field))),
    }
}

/// Sets one field, or takes it away, and leaves the others as they are.
pub(super) async fn store(
    place: &VaultPlace<'_>,
    secret: Option<&SecretString>,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    if place.version.is_some() {
        return Err(Failure::config("an old version of a secret cannot be changed").hint("leave @VERSION out"));
    }
    let vault = Vault::enter(surroundings).await?;
    let engine = vault.engine(place.path).await?;
    let record = vault.record(&engine, place).await?;
    let (mut fields, version) = record.map_or_else(|| (Map::new(), 0), |record| (record.fields, record.version));
    match secret {
        Some(secret) => drop(fields.insert(place.field.to_owned(), secret.expose_secret().into())),
        None if fields.remove(place.field).is_none() => return Ok(()),
        None => {}
    }
    // With the version that was read: somebody else's change in between is refused and not lost.
    let body = match engine {
        Engine::Plain => Value::Object(fields),
        Engine::Versioned { .. } => json!({ "options": { "cas": version }, "data": fields }),
    };
    let ask = vault.ask(vault.url(&engine.path(place.path))?).with(Method::POST, Body::Json(&body));
    match vault.web.ask(ask).await?.status {
        200 | 204 => Ok(()),
        400 if matches!(engine, Engine::Versioned { .. }) => {
            let what = format!("Vault does not take the secret {}", place.path);
            Err(Failure::new(Exit::Refused, "E_SECRET", what)
                .because("somebody else may have changed it in the same moment (status 400)")
                .hint("try again"))
        }
        status => Err(vault.web.refused("take the secret", status)),
    }
}

/// A mount of the key-value engine.
enum Engine {
    Plain,
    Versioned { mount: String },
}

impl Engine {
    /// Where a secret is in the API.
    fn path(&self, path: &str) -> String {
        match self {
            Self::Plain => path.to_owned(),
            Self::Versioned { mount } => format!("{mount}data/{}", path.strip_prefix(mount.as_str()).unwrap_or(path)),
        }
    }
}

struct Record {
    fields: Map<String, Value>,
    version: u64,
    facts: Facts,
}

/// Vault, signed in to.
struct Vault {
    web: Web,
    address: Url,
    namespace: Option<String>,
    token: SecretString,
}

impl Vault {
    async fn enter(surroundings: &Surroundings<'_>) -> Result<Self, Failure> {
        let (settings, environment) = (&surroundings.settings.vault, surroundings.environment);
        let given = |setting: &Option<String>, variable: &str| setting.clone().or_else(|| environment.get(variable));
        let address = given(&settings.address, "VAULT_ADDR").ok_or_else(|| {
            Failure::config("where Vault is, nothing says").hint("set VAULT_ADDR, or `address` below [secrets.vault]")
        })?;
        let (address, local) = web::address("the address of Vault", &address)?;
        let ca_file = given(&settings.ca_file, "VAULT_CACERT");
        let mut vault = Self {
            web: Web::new("Vault", ca_file.as_deref(), local && address.scheme() == "http")?,
            address,
            namespace: given(&settings.namespace, "VAULT_NAMESPACE"),
            token: SecretString::from(""),
        };
        let mount = |usual: &str| settings.login_mount.as_deref().unwrap_or(usual).trim_matches('/').to_owned();
        vault.token = if let Some(reference) = &settings.token {
            plain("vault.token", reference, surroundings).await?
        } else if let Some(role) = &settings.role_id {
            let reference = settings.secret_id.as_ref().ok_or_else(|| {
                Failure::config("`secrets.vault.role_id` of the configuration has no `secret_id` beside it")
            })?;
            let secret = plain("vault.secret_id", reference, surroundings).await?;
            let body = json!({ "role_id": role, "secret_id": secret.expose_secret() });
            vault.sign_in(&mount("approle"), &body).await?
        } else if let Some(role) = &settings.kubernetes_role {
            let file = format!("file:{SERVICE_ACCOUNT}");
            let token = match &settings.kubernetes_token {
                Some(reference) => plain("vault.kubernetes_token", reference, surroundings).await?,
                // Kubernetes lets the group of the pod read it.
                None => std::fs::read_to_string(SERVICE_ACCOUNT)
                    .map(|token| SecretString::from(token.trim()))
                    .map_err(|error| Failure::io(format!("cannot read {file}"), &error))?,
            };
            vault.sign_in(&mount("kubernetes"), &json!({ "role": role, "jwt": token.expose_secret() })).await?
        } else {
            environment.get("VAULT_TOKEN").map(SecretString::from).ok_or_else(|| {
                Failure::config("how to sign in to Vault, nothing says")
                    .hint("set VAULT_TOKEN, or `token`, `role_id` or `kubernetes_role` below [secrets.vault]")
            })?
        };
        Ok(vault)
    }

    async fn sign_in(&self, mount: &str, body: &Value) -> Result<SecretString, Failure> {
        let ask = self.ask(self.url(&format!("auth/{mount}/login"))?).with(Method::POST, Body::Json(body));
        let answer = self.web.ask(ask).await?;
        if answer.status != 200 {
            return Err(self.web.refused("let us sign in", if answer.status == 400 { 401 } else { answer.status }));
        }
        let token = answer.document["auth"]["client_token"].as_str().filter(|token| !token.is_empty());
        token.map(SecretString::from).ok_or_else(|| self.web.nonsense("signing in gave no token"))
    }

    /// The engine that holds a path. Where that may not be asked, the first part of the path is the mount of one of
    /// version 2, which is what every newer one is.
    async fn engine(&self, path: &str) -> Result<Engine, Failure> {
        let answer = self.web.ask(self.ask(self.url(&format!("sys/internal/ui/mounts/{path}"))?)).await?;
        let data = &answer.document["data"];
        match (answer.status, data["path"].as_str()) {
            (200, Some(mount)) if data["options"]["version"] == "2" => {
                Ok(Engine::Versioned { mount: mount.to_owned() })
            }
            (200, Some(_)) => Ok(Engine::Plain),
            (200, None) => Err(self.web.nonsense("it does not say which engine holds the secret")),
            (403 | 404, _) => {
                Ok(Engine::Versioned { mount: format!("{}/", path.split('/').next().unwrap_or_default()) })
            }
            (status, _) => Err(self.web.refused("say which engine holds the secret", status)),
        }
    }

    /// `None` if there is none, or its last version was deleted.
    async fn record(&self, engine: &Engine, place: &VaultPlace<'_>) -> Result<Option<Record>, Failure> {
        let mut url = self.url(&engine.path(place.path))?;
        if let (Some(version), Engine::Versioned { .. }) = (place.version, engine) {
            url.query_pairs_mut().append_pair("version", &version.to_string());
        }
        let answer = self.web.ask(self.ask(url)).await?;
        let data = &answer.document["data"];
        let (fields, metadata) = match engine {
            Engine::Plain => (data, &Value::Null),
            Engine::Versioned { .. } => (&data["data"], &data["metadata"]),
        };
        match answer.status {
            200 => {}
            // What was deleted still has a version, which the next one has to follow.
            404 if metadata["version"].is_u64() && place.version.is_none() => {
                let version = metadata["version"].as_u64().unwrap_or_default();
                let empty = Record { fields: Map::new(), version, facts: Facts::default() };
                return Ok(Some(empty));
            }
            404 => return Ok(None),
            status => return Err(self.web.refused("give out the secret", status)),
        }
        let fields = fields.as_object().ok_or_else(|| self.web.nonsense("the secret has no fields"))?.clone();
        let moment = |name: &str| metadata[name].as_str().and_then(|text| text.parse().ok());
        let facts = Facts { changed_at: moment("created_time"), expires_at: moment("deletion_time") };
        Ok(Some(Record { fields, version: metadata["version"].as_u64().unwrap_or_default(), facts }))
    }

    fn ask<'a>(&self, url: Url) -> Ask<'a> {
        let mut ask = Ask::get(url).header("x-vault-request", "true");
        if !self.token.expose_secret().is_empty() {
            ask = ask.header("x-vault-token", self.token.expose_secret());
        }
        match &self.namespace {
            Some(namespace) => ask.header("x-vault-namespace", namespace.as_str()),
            None => ask,
        }
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        let mut url = self.address.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::config("the address of Vault has no paths"))?
            .pop_if_empty()
            .push("v1")
            .extend(path.split('/'));
        Ok(url)
    }
}
