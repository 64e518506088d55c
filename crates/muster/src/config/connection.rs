//! Which tenant a command speaks to, and where each part of the answer came from.
//!
//! One tenant's credentials must never reach another tenant's address by accident. Therefore:
//! `--context` takes the context as it stands in the file; `MUSTER_URL` takes everything from the
//! environment; otherwise the chosen context is taken and the environment may replace its parts.

use muster_client::{Identity, Proxy, SecretIn, Trust, token_url};
use muster_workflows::words::nearest;
use secrecy::SecretString;
use url::Url;

use super::{By, ContextEntry, Environment, File, access};
use crate::error::{Exit, Failure};
use crate::secrets::{self, Surroundings};

/// Everything needed to reach one tenant, references resolved.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The context's name, or `environment`.
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) url: Url,
    pub(crate) sign: Sign,
    pub(crate) dialect: Option<String>,
    pub(crate) ca_file: Option<String>,
    pub(crate) trust: Trust,
    /// A client certificate that is shown in handshakes beside another way to sign in.
    pub(crate) identity: Option<Identity>,
    /// `None` is the platform's.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) lanes: Option<usize>,
    pub(crate) rate: Option<f64>,
    pub(crate) page_size: Option<u32>,
    pub(crate) timeout_seconds: Option<u64>,
}

/// Where the choice of the tenant came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    File,
}

impl Origin {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "--context",
            Self::Environment => "environment",
            Self::File => "configuration file",
        }
    }
}

/// How to sign in.
#[derive(Debug)]
pub(crate) enum Sign {
    Basic {
        username: String,
        password: SecretString,
        tenant_code: SecretString,
    },
    OAuth {
        token_url: Url,
        client_id: String,
        client_secret: SecretString,
        secret_in: SecretIn,
        tenant_code: Option<SecretString>,
    },
    Certificate {
        identity: Identity,
        by: By,
        tenant_code: SecretString,
    },
    /// Only to see who is there.
    Nobody,
}

/// Chooses the tenant and resolves its references.
pub(crate) async fn connection(
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
    file: &File,
) -> Result<Connection, Failure> {
    let environment = surroundings.environment;
    if let Some(name) = flag {
        return from_entry(name, Origin::Flag, entry(file, name)?, &Environment::default(), surroundings).await;
    }
    let (url, named) = (environment.get("MUSTER_URL"), environment.get("MUSTER_CONTEXT"));
    match (url, named) {
        (Some(_), Some(name)) => Err(Failure::config(format!("MUSTER_URL and MUSTER_CONTEXT ({name}) are both set"))
            .because("one names a tenant by address, the other by context, and their credentials must not mix")
            .hint("unset one of them")),
        (Some(url), None) => {
            let entry = ContextEntry { url, ..ContextEntry::default() };
            from_entry("environment", Origin::Environment, &entry, environment, surroundings).await
        }
        (None, Some(name)) => {
            from_entry(&name, Origin::Environment, entry(file, &name)?, environment, surroundings).await
        }
        (None, None) => match &file.current_context {
            Some(name) => from_entry(name, Origin::File, entry(file, name)?, environment, surroundings).await,
            None => Err(no_tenant()),
        },
    }
}

/// Nobody said which tenant is meant.
pub(crate) fn no_tenant() -> Failure {
    Failure::config("no tenant is named")
        .because("there is no current context, and MUSTER_URL is not set")
        .hint("muster context add NAME --url URL …, or `muster demo` to try everything against a UEM of its own")
}

/// The context of that name, or a failure with what may have been meant.
pub(crate) fn entry<'a>(file: &'a File, name: &str) -> Result<&'a ContextEntry, Failure> {
    file.contexts.get(name).ok_or_else(|| {
        let known: Vec<&str> = file.contexts.keys().map(String::as_str).collect();
        let failure = Failure::new(Exit::Usage, "E_UNKNOWN_CONTEXT", format!("there is no context `{name}`"))
            .candidates(nearest(name, known.iter().copied()).map(str::to_owned));
        match known.as_slice() {
            [] => failure.hint("muster context add NAME --url URL …"),
            known => failure.hint(format!("known contexts: {}", known.join(", "))),
        }
    })
}

/// `over` replaces parts of the entry; `surroundings` is where references are looked up.
async fn from_entry(
    name: &str,
    origin: Origin,
    entry: &ContextEntry,
    over: &Environment,
    surroundings: &Surroundings<'_>,
) -> Result<Connection, Failure> {
    let url = address(&entry.url)?;
    let given = |variable: &str| over.get(variable).map(SecretString::from);
    let secret = async |variable: &str, reference: Option<&String>| -> Result<Option<SecretString>, Failure> {
        match (given(variable), reference) {
            (Some(value), _) => Ok(Some(value)),
            (None, Some(reference)) => secrets::resolve(reference, surroundings).await.map(Some),
            (None, None) => Ok(None),
        }
    };
    let tenant_code = secret("MUSTER_TENANT_CODE", entry.tenant_code.as_ref()).await?;
    let mut identity = match &entry.certificate {
        Some(certificate) => Some(access::identity(certificate, surroundings).await?),
        None => None,
    };
    let basic = entry.basic.as_ref();
    let oauth = entry.oauth.as_ref();
    let client_id = over.get("MUSTER_CLIENT_ID").or_else(|| oauth.map(|oauth| oauth.client_id.clone()));
    let username = over.get("MUSTER_USERNAME").or_else(|| basic.map(|basic| basic.username.clone()));
    let missing = |what: &str, variable: &str| {
        Failure::config(format!("the context `{name}` has no {what}"))
            .hint(format!("set {variable}, or give the context one"))
    };
    let sign = match (client_id, username) {
        (Some(_), Some(_)) if oauth.is_none() && basic.is_none() => {
            return Err(Failure::config("MUSTER_CLIENT_ID and MUSTER_USERNAME are both set").hint("unset one of them"));
        }
        (Some(client_id), _) if basic.is_none() => Sign::OAuth {
            token_url: over
                .get("MUSTER_TOKEN_URL")
                .or_else(|| oauth.map(|oauth| oauth.token_url.clone()))
                .ok_or_else(|| missing("token URL", "MUSTER_TOKEN_URL"))
                .and_then(|text| token_url(&text).map_err(Failure::from))?,
            client_id,
            client_secret: secret("MUSTER_CLIENT_SECRET", oauth.map(|oauth| &oauth.client_secret))
                .await?
                .ok_or_else(|| missing("client secret", "MUSTER_CLIENT_SECRET"))?,
            secret_in: oauth.and_then(|oauth| oauth.secret_in).unwrap_or_default(),
            tenant_code,
        },
        (_, Some(username)) => Sign::Basic {
            username,
            password: secret("MUSTER_PASSWORD", basic.map(|basic| &basic.password))
                .await?
                .ok_or_else(|| missing("password", "MUSTER_PASSWORD"))?,
            tenant_code: tenant_code.ok_or_else(|| missing("tenant code", "MUSTER_TENANT_CODE"))?,
        },
        _ => match (identity.take(), &entry.certificate) {
            (Some(identity), Some(certificate)) => Sign::Certificate {
                identity,
                by: certificate.by.unwrap_or_default(),
                tenant_code: tenant_code.ok_or_else(|| missing("tenant code", "MUSTER_TENANT_CODE"))?,
            },
            _ => return Err(missing("way to sign in", "MUSTER_USERNAME or MUSTER_CLIENT_ID")),
        },
    };
    if identity.is_some() && entry.certificate.as_ref().is_some_and(|entry| entry.by == Some(By::Signature)) {
        return Err(Failure::config(format!("the context `{name}` signs in twice"))
            .because("its certificate signs requests, and it has a name or a client id too")
            .hint("say by = \"handshake\" if the certificate is for a gateway, or leave one of them out"));
    }
    Ok(Connection {
        name: name.to_owned(),
        origin,
        url,
        sign,
        dialect: entry.dialect.clone(),
        ca_file: entry.ca_file.clone(),
        trust: access::trust(entry)?,
        identity,
        proxy: access::proxy(entry, surroundings).await?,
        lanes: entry.lanes,
        rate: entry.rate,
        page_size: entry.page_size,
        timeout_seconds: entry.timeout_seconds,
    })
}

/// The way to a tenant without anything to sign in with, to see who is there.
pub(crate) async fn unsigned(
    name: &str,
    entry: &ContextEntry,
    surroundings: &Surroundings<'_>,
) -> Result<Connection, Failure> {
    Ok(Connection {
        name: name.to_owned(),
        origin: Origin::Flag,
        url: address(&entry.url)?,
        sign: Sign::Nobody,
        dialect: None,
        ca_file: entry.ca_file.clone(),
        trust: access::trust(entry)?,
        identity: None,
        proxy: access::proxy(entry, surroundings).await?,
        lanes: None,
        rate: None,
        page_size: None,
        timeout_seconds: None,
    })
}

/// A tenant's address. A bare host means `https`, and a trailing `/API` belongs to the calls.
pub(crate) fn address(text: &str) -> Result<Url, Failure> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let bad = |why: String| {
        Failure::config(format!("`{text}` is not an address of a tenant")).because(why).hint("write https://HOST")
    };
    let mut url = Url::parse(&full).map_err(|error| bad(error.to_string()))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
        return Err(bad(String::from("it has to start with https:// and name a host")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            Failure::config("an address must not carry credentials").hint("use --username and --password env:NAME")
        );
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if path.eq_ignore_ascii_case("/api") {
        url.set_path("");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BasicEntry;

    fn file() -> File {
        let entry = ContextEntry {
            url: "uem.example/API".into(),
            dialect: Some("guide".into()),
            tenant_code: Some("env:CODE".into()),
            basic: Some(BasicEntry { username: "api".into(), password: "env:PASSWORD".into() }),
            ..ContextEntry::default()
        };
        File { current_context: Some("prod".into()), contexts: [("prod".to_owned(), entry)].into(), ..File::default() }
    }

    async fn found(flag: Option<&str>, environment: &Environment) -> Result<Connection, Failure> {
        let file = file();
        connection(flag, &Surroundings::unasked(environment, &file.secrets), &file).await
    }

    #[tokio::test]
    async fn the_environment_replaces_parts_of_the_current_context() {
        let environment = Environment::from_pairs(&[("CODE", "c"), ("PASSWORD", "p"), ("MUSTER_USERNAME", "me")]);
        let found = found(None, &environment).await.expect("a connection");
        assert_eq!(found.url.as_str(), "https://uem.example/");
        assert!(matches!(found.sign, Sign::Basic { username, .. } if username == "me"));
    }

    #[tokio::test]
    async fn a_context_named_by_flag_ignores_the_environment() {
        let environment = Environment::from_pairs(&[
            ("CODE", "c"),
            ("PASSWORD", "p"),
            ("MUSTER_USERNAME", "me"),
            ("MUSTER_URL", "https://other.example"),
        ]);
        let found = found(Some("prod"), &environment).await.expect("a connection");
        assert_eq!(found.url.host_str(), Some("uem.example"));
        assert!(matches!(found.sign, Sign::Basic { username, .. } if username == "api"));
    }

    #[tokio::test]
    async fn an_address_from_the_environment_never_meets_credentials_from_the_file() {
        let environment =
            Environment::from_pairs(&[("CODE", "c"), ("PASSWORD", "p"), ("MUSTER_URL", "https://other.example")]);
        let failure = found(None, &environment).await.expect_err("refuses");
        assert!(failure.message.contains("no way to sign in"), "{failure:?}");
    }

    #[tokio::test]
    async fn a_misspelt_context_is_found_again() {
        let failure = found(Some("prd"), &Environment::default()).await.expect_err("refuses");
        assert_eq!((failure.exit, failure.candidates.as_slice()), (Exit::Usage, ["prod".to_owned()].as_slice()));
    }

    #[test]
    fn an_address_is_a_host_and_nothing_secret() {
        assert!(address("ftp://x").is_err() && address("https://").is_err() && address("https://a:b@c").is_err());
        assert_eq!(address("cn1.awmdm.com/api/").map(String::from).ok().as_deref(), Some("https://cn1.awmdm.com/"));
    }
}
