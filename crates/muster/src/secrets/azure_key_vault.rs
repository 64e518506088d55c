//! `azure-key-vault:VAULT/NAME`: a secret of Azure Key Vault, the newest version or a named one.
//!
//! Signing in is as an application with a secret, as one with a token that the platform puts into a file (workload
//! identity), or as the machine (managed identity), in this order.

use jiff::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::reference::KeyVaultPlace;
use super::web::{self, Ask, Body, Web};
use super::{Facts, Found, Surroundings, not_there, plain};
use crate::error::Failure;

const API_VERSION: &str = "7.4";
const PUBLIC_CLOUD: &str = "vault.azure.net";
const PUBLIC_AUTHORITY: &str = "https://login.microsoftonline.com";
/// The machine's own service. Link-local: what is asked there does not leave the host.
const MACHINE: &str = "http://169.254.169.254";

pub(super) async fn read(place: &KeyVaultPlace<'_>, surroundings: &Surroundings<'_>) -> Result<Found, Failure> {
    let vault = KeyVault::enter(place, surroundings).await?;
    let answer = vault.web.ask(vault.ask(&[place.name, place.version.unwrap_or_default()])?).await?;
    match answer.status {
        200 => {}
        404 => return Err(not_there(format!("Key Vault {} has no secret {}", place.vault, place.name))),
        status => return Err(vault.web.refused("give out the secret", status)),
    }
    let attributes = &answer.document["attributes"];
    let moment = |name: &str| attributes[name].as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let facts = Facts { changed_at: moment("updated").max(moment("created")), expires_at: moment("exp") };
    match answer.document["value"].as_str().filter(|value| !value.is_empty()) {
        Some(value) => Ok(Found { secret: SecretString::from(value), facts }),
        None => Err(vault.web.nonsense("the secret has no value")),
    }
}

/// Makes a new version.
pub(super) async fn store(
    place: &KeyVaultPlace<'_>,
    secret: &SecretString,
    expires_at: Option<Timestamp>,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    if place.version.is_some() {
        return Err(Failure::config("an old version of a secret cannot be changed").hint("leave /VERSION out"));
    }
    let vault = KeyVault::enter(place, surroundings).await?;
    let mut body = json!({ "value": secret.expose_secret() });
    if let Some(moment) = expires_at {
        body["attributes"] = json!({ "exp": moment.as_second() });
    }
    let answer = vault.web.ask(vault.ask(&[place.name])?.with(Method::PUT, Body::Json(&body))).await?;
    if answer.status == 200 { Ok(()) } else { Err(vault.web.refused("take the secret", answer.status)) }
}

pub(super) async fn forget(place: &KeyVaultPlace<'_>, surroundings: &Surroundings<'_>) -> Result<(), Failure> {
    let vault = KeyVault::enter(place, surroundings).await?;
    let answer = vault.web.ask(vault.ask(&[place.name])?.with(Method::DELETE, Body::Empty)).await?;
    if matches!(answer.status, 200 | 404) { Ok(()) } else { Err(vault.web.refused("delete the secret", answer.status)) }
}

/// One vault, signed in to.
struct KeyVault {
    web: Web,
    address: Url,
    token: SecretString,
}

impl KeyVault {
    async fn enter(place: &KeyVaultPlace<'_>, surroundings: &Surroundings<'_>) -> Result<Self, Failure> {
        let text = match place.vault.contains("://") {
            true => place.vault.to_owned(),
            false => format!("https://{}.{PUBLIC_CLOUD}", place.vault),
        };
        let (address, local) = web::address("the address of the Key Vault", &text)?;
        let ca_file = surroundings.environment.get("MUSTER_CA_FILE");
        let web = Web::new("Key Vault", ca_file.as_deref(), local && address.scheme() == "http")?;
        let token = token(&audience(&address), ca_file.as_deref(), surroundings).await?;
        Ok(Self { web, address, token })
    }

    fn ask<'a>(&self, path: &[&str]) -> Result<Ask<'a>, Failure> {
        let mut url = self.address.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::config("the address of the Key Vault has no paths"))?
            .pop_if_empty()
            .push("secrets")
            .extend(path.iter().filter(|part| !part.is_empty()));
        url.query_pairs_mut().append_pair("api-version", API_VERSION);
        Ok(Ask::get(url).header("authorization", format!("Bearer {}", self.token.expose_secret())))
    }
}

/// For whom a token has to be: all vaults of the same cloud.
fn audience(vault: &Url) -> String {
    let cloud = vault.domain().and_then(|host| host.split_once('.')).map(|(_, cloud)| cloud);
    format!("https://{}", cloud.filter(|cloud| cloud.starts_with("vault.")).unwrap_or(PUBLIC_CLOUD))
}

/// A token by whichever way the settings and variables lay.
async fn token(
    audience: &str,
    ca_file: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<SecretString, Failure> {
    let (settings, environment) = (&surroundings.settings.azure_key_vault, surroundings.environment);
    let given = |setting: &Option<String>, variable: &str| setting.clone().or_else(|| environment.get(variable));
    let client = given(&settings.client_id, "AZURE_CLIENT_ID");
    let secret = match &settings.client_secret {
        Some(reference) => Some(plain("azure_key_vault.client_secret", reference, surroundings).await?),
        None => environment.get("AZURE_CLIENT_SECRET").map(SecretString::from),
    };
    let assertion = match (&secret, environment.get("AZURE_FEDERATED_TOKEN_FILE")) {
        (None, Some(path)) => {
            let read = std::fs::read_to_string(&path);
            let read = read.map_err(|error| Failure::io(format!("cannot read the token in {path}"), &error))?;
            Some(SecretString::from(read.trim()))
        }
        _ => None,
    };
    let (name, proof) = match (&secret, &assertion) {
        (Some(secret), _) => ("client_secret", secret),
        (None, Some(assertion)) => ("client_assertion", assertion),
        (None, None) => return of_machine(audience, client.as_deref(), surroundings).await,
    };
    let missing = |what: &str, variable: &str| {
        Failure::config(format!("signing in to Azure needs the {what}"))
            .hint(format!("set {variable}, or say it below [secrets.azure_key_vault]"))
    };
    let client = client.ok_or_else(|| missing("application's id", "AZURE_CLIENT_ID"))?;
    let directory =
        given(&settings.tenant_id, "AZURE_TENANT_ID").ok_or_else(|| missing("directory", "AZURE_TENANT_ID"))?;
    let authority = given(&settings.authority, "AZURE_AUTHORITY_HOST").unwrap_or_else(|| PUBLIC_AUTHORITY.to_owned());
    let (mut url, local) = web::address("the authority of Azure", &authority)?;
    url.path_segments_mut()
        .map_err(|()| Failure::config("the authority of Azure has no paths"))?
        .pop_if_empty()
        .extend([directory.as_str(), "oauth2", "v2.0", "token"]);
    let scope = format!("{audience}/.default");
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("scope", scope.as_str()),
        (name, proof.expose_secret()),
    ];
    if secret.is_none() {
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    }
    let web = Web::new("Azure's sign-in", ca_file, local && url.scheme() == "http")?;
    let answer = web.ask(Ask::get(url).with(Method::POST, Body::Form(&form))).await?;
    if answer.status != 200 {
        // A wrong secret is 401 and a wrong application or directory 400: to us both are a sign-in that failed.
        return Err(web.refused("let us sign in", if answer.status == 400 { 401 } else { answer.status }));
    }
    access_token(&web, &answer.document)
}

/// The token of the machine: from the service of App Service and Functions if they say that there is one, otherwise
/// from that of virtual machines and Kubernetes nodes.
async fn of_machine(
    audience: &str,
    client: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<SecretString, Failure> {
    let environment = surroundings.environment;
    let service = environment.get("IDENTITY_ENDPOINT").zip(environment.get("IDENTITY_HEADER"));
    let (address, version) = match &service {
        Some((endpoint, _)) => (endpoint.clone(), "2019-08-01"),
        None => {
            let host = environment.get("AZURE_POD_IDENTITY_AUTHORITY_HOST").unwrap_or_else(|| MACHINE.to_owned());
            (format!("{}/metadata/identity/oauth2/token", host.trim_end_matches('/')), "2018-02-01")
        }
    };
    let mut url = Url::parse(&address)
        .map_err(|error| Failure::config("the address of the managed identity is none").because(error.to_string()))?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("api-version", version).append_pair("resource", audience);
        if let Some(client) = client {
            query.append_pair("client_id", client);
        }
    }
    let ask = match service {
        Some((_, header)) => Ask::get(url).header("x-identity-header", header),
        None => Ask::get(url).header("metadata", "true"),
    };
    let web = Web::new("this machine's managed identity", None, true)?;
    let answer = web.ask(ask).await.map_err(|failure| {
        failure.hint("set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET where there is no managed identity")
    })?;
    if answer.status != 200 {
        return Err(web.refused("give us a token", answer.status));
    }
    access_token(&web, &answer.document)
}

fn access_token(web: &Web, document: &Value) -> Result<SecretString, Failure> {
    let token = document["access_token"].as_str().filter(|token| !token.is_empty());
    token.map(SecretString::from).ok_or_else(|| web.nonsense("signing in gave no token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_the_cloud_of_the_vault() {
        let of = |text: &str| audience(&text.parse().expect("an address"));
        assert_eq!(of("https://fleet.vault.azure.net"), "https://vault.azure.net");
        assert_eq!(of("https://fleet.vault.azure.cn/"), "https://vault.azure.cn");
        assert_eq!(of("https://127.0.0.1:1"), "https://vault.azure.net");
    }
}
