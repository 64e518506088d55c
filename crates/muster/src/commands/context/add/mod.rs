//! `muster context add`: remembers a tenant after testing the way to it.

mod ask;

use std::path::{Path, PathBuf};

use clap::Args as Arguments;
use muster_client::{Dialect, SecretIn};

use crate::app::App;
use crate::commands::doctor;
use crate::config::{self, BasicEntry, By, CertificateEntry, ContextEntry, OAuthEntry};
use crate::error::{Exit, Failure, Outcome};
use crate::{prompt, secrets};

const EXAMPLES: &str = "\
Without the flags that say how to sign in, they are asked for one after the other.

Examples:
  muster context add prod
  muster context add prod --url https://cn1.awmdm.com --username api --password env:UEM_PASSWORD --tenant-code env:UEM_CODE
  muster context add prod --url cn1.awmdm.com --client-id ID --client-secret file:/run/secrets/uem --token-url emea
  muster context add prod --url cn1.awmdm.com --pkcs12 api.p12 --certificate-password env:P12 --tenant-code env:UEM_CODE
  muster context add local --from uem.json";

/// Where the tenant is and how to sign in.
#[derive(Debug, Default, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The name to call the tenant by
    pub(crate) name: String,
    /// Its address
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Sign in as this administrator
    #[arg(long, value_name = "NAME", conflicts_with = "client_id")]
    pub(crate) username: Option<String>,
    /// Where the administrator's password is: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "username")]
    pub(crate) password: Option<String>,
    /// Where the tenant code (API key) is: env:NAME or file:PATH
    #[arg(long, value_name = "REF")]
    pub(crate) tenant_code: Option<String>,
    /// Sign in as this OAuth client
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Where the OAuth client's secret is: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "client_id")]
    pub(crate) client_secret: Option<String>,
    /// Where OAuth tokens are issued: an address, or a region: na, emea, apac, uat
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub(crate) token_url: Option<String>,
    /// Send the OAuth client's secret in the body or in a Basic header [default: body]
    #[arg(long, value_name = "WHERE", requires = "client_id", value_parser = secret_in)]
    pub(crate) secret_in: Option<SecretIn>,
    /// Sign in with this client certificate; beside the above it is shown in TLS handshakes only
    #[arg(long, value_name = "FILE", conflicts_with = "pem")]
    pub(crate) pkcs12: Option<String>,
    /// The same from a PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) pem: Option<String>,
    /// Where the key of the PEM file is, if not in the same file: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "pem")]
    pub(crate) key: Option<String>,
    /// Where the password of the PKCS#12 file or of the key is: env:NAME or file:PATH
    #[arg(long, value_name = "REF")]
    pub(crate) certificate_password: Option<String>,
    /// How the certificate signs in: signature (of every path) or handshake [default: signature]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    pub(crate) by: Option<By>,
    /// A key that the tenant's host may have: sha256/BASE64; at least two, one of them a spare
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Vec<String>,
    /// Only the pins count, whatever the certificate says: for a self-signed appliance
    #[arg(long, requires = "pin")]
    pub(crate) pins_only: bool,
    /// http://HOST:PORT, direct, or platform [default: platform]
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// Who asks the proxy
    #[arg(long, value_name = "NAME", requires_all = ["proxy", "proxy_password"])]
    pub(crate) proxy_username: Option<String>,
    /// Where the password for the proxy is: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "proxy_username")]
    pub(crate) proxy_password: Option<String>,
    /// Take everything from the ready file of `muster uem serve`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "username", "client_id", "tenant_code", "pkcs12", "pem"])]
    pub(crate) from: Option<PathBuf>,
    /// Which form of the API the tenant speaks: guide or published [default: found by asking]
    #[arg(long, value_name = "NAME")]
    pub(crate) dialect: Option<String>,
    /// Do not test the way to the tenant
    #[arg(long)]
    pub(crate) no_test: bool,
    /// Also make it the current context
    #[arg(long = "use")]
    pub(crate) choose: bool,
}

impl Args {
    /// Files by their whole paths: the next command may be given elsewhere.
    fn places(&mut self) -> Result<(), Failure> {
        for place in
            [&mut self.pkcs12, &mut self.pem].into_iter().flatten().filter(|place| secrets::check(place).is_err())
        {
            let whole = Path::new(&*place).canonicalize();
            let whole = whole.map_err(|error| Failure::io(format!("cannot read {place}"), &error))?;
            *place = whole.display().to_string();
        }
        let references = [
            &mut self.password,
            &mut self.tenant_code,
            &mut self.client_secret,
            &mut self.key,
            &mut self.certificate_password,
            &mut self.proxy_password,
        ];
        for reference in references.into_iter().flatten() {
            let Some(rest) = reference.strip_prefix("file:") else { continue };
            // Behind a `#` stands a field, unless the file is called so. One that is not there yet is left as it is.
            let (path, field) = match rest.rsplit_once('#') {
                Some((path, field)) if !Path::new(rest).exists() => (path, format!("#{field}")),
                _ => (rest, String::new()),
            };
            if let Ok(whole) = Path::new(path).canonicalize() {
                *reference = format!("file:{}{field}", whole.display());
            }
        }
        Ok(())
    }
}

fn secret_in(word: &str) -> Result<SecretIn, String> {
    match word {
        "body" => Ok(SecretIn::Body),
        "header" => Ok(SecretIn::Header),
        _ => Err(String::from("it travels in the body or in a header")),
    }
}

pub(super) async fn run(app: &mut App, mut args: Args) -> Outcome {
    let mut entry = match args.from.clone() {
        Some(path) => ContextEntry { dialect: args.dialect.clone(), ..from_ready_file(&path)? },
        None => {
            if prompt::can_ask(app) {
                ask::missing(app, &mut args, &mut ask::Terminal).await?;
            }
            args.places()?;
            from_flags(&args)?
        }
    };
    if let Some(word) = &entry.dialect {
        word.parse::<Dialect>().map_err(|error| Failure::usage(error.to_string()))?;
    }
    let path = app.places()?.config_file;
    if let Some(old) = app.file.contexts.get(&args.name).filter(|old| **old != entry) {
        prompt::confirm(app, &format!("Replace the context {} ({})?", args.name, old.url)).await?;
    }
    if let Some(ca_file) = &app.globals.ca_file {
        entry.ca_file = Some(ca_file.display().to_string());
    }
    if args.no_test {
        // The address and the references are still looked at: a typing error should show now.
        config::address(&entry.url)?;
    } else {
        app.file.contexts.insert(args.name.clone(), entry.clone());
        app.globals.context = Some(args.name.clone());
        let outcome = doctor::examine(app).await?;
        entry.dialect = outcome.dialect.map(|dialect| dialect.as_str().to_owned()).or(entry.dialect);
        app.notes.raw(&doctor::text(&outcome, app.notes.paint));
        if let Some(failure) = outcome.failure() {
            return Err(failure.because("the context was not added; --no-test adds it as it is"));
        }
    }
    let first = app.file.current_context.is_none();
    config::edit(&path, |document| {
        config::put_context(document, &args.name, &entry);
        if first || args.choose {
            config::put_current(document, Some(&args.name));
        }
    })?;
    let current = if first || args.choose { ", and made it the current one" } else { "" };
    app.notes.line(format!("Added the context {} ({}) to {}{current}", args.name, entry.url, path.display()));
    Ok(Exit::Success)
}

fn from_flags(args: &Args) -> Result<ContextEntry, Failure> {
    let references = [
        &args.password,
        &args.tenant_code,
        &args.client_secret,
        &args.key,
        &args.certificate_password,
        &args.proxy_password,
    ];
    for reference in references.into_iter().flatten() {
        secrets::check(reference)?;
    }
    let Some(url) = &args.url else {
        return Err(Failure::usage("say where the tenant is").hint("--url https://HOST, or --from READY_FILE"));
    };
    let missing = |flag: &str| Failure::usage(format!("{flag} is missing")).hint(format!("{flag} env:NAME"));
    let basic = match (&args.username, &args.password) {
        (Some(_), None) => return Err(missing("--password")),
        (Some(username), Some(password)) => Some(BasicEntry { username: username.clone(), password: password.clone() }),
        _ => None,
    };
    let oauth = match (&args.client_id, &args.client_secret, &args.token_url) {
        (Some(_), None, _) => return Err(missing("--client-secret")),
        (Some(_), _, None) => {
            return Err(
                Failure::usage("--token-url is missing").hint("--token-url URL, or a region: na, emea, apac, uat")
            );
        }
        (Some(client_id), Some(client_secret), Some(token_url)) => Some(OAuthEntry {
            // What is no address shows now and not at the first token.
            token_url: muster_client::token_url(token_url).map(|_| token_url.clone())?,
            client_id: client_id.clone(),
            client_secret: client_secret.clone(),
            secret_in: args.secret_in,
        }),
        _ => None,
    };
    let certificate = certificate(args, basic.is_some() || oauth.is_some())?;
    if basic.is_none() && oauth.is_none() && certificate.is_none() {
        return Err(Failure::usage("say how to sign in").hint(
            "--username NAME --password REF --tenant-code REF, --client-id ID --client-secret REF --token-url URL, or --pkcs12 FILE",
        ));
    }
    if oauth.is_none() && args.tenant_code.is_none() {
        let who = if basic.is_some() { "a name" } else { "a certificate" };
        return Err(
            Failure::usage(format!("signing in with {who} needs the tenant code too")).hint("--tenant-code env:NAME")
        );
    }
    if let Some(proxy) = args.proxy.as_deref().filter(|proxy| !matches!(*proxy, "direct" | "platform")) {
        config::proxy_address(proxy)?;
    }
    Ok(ContextEntry {
        url: config::address(url)?.to_string(),
        dialect: args.dialect.clone(),
        tenant_code: args.tenant_code.clone(),
        basic,
        oauth,
        certificate,
        pins: args.pin.clone(),
        pins_only: args.pins_only,
        proxy: args.proxy.clone(),
        proxy_username: args.proxy_username.clone(),
        proxy_password: args.proxy_password.clone(),
        ..ContextEntry::default()
    })
}

fn certificate(args: &Args, beside: bool) -> Result<Option<CertificateEntry>, Failure> {
    if args.pkcs12.is_none() && args.pem.is_none() {
        if args.by.is_some() || args.certificate_password.is_some() {
            return Err(config::which_certificate());
        }
        return Ok(None);
    }
    Ok(Some(CertificateEntry {
        pkcs12: args.pkcs12.clone(),
        pem: args.pem.clone(),
        key: args.key.clone(),
        password: args.certificate_password.clone(),
        by: args.by.or(beside.then_some(By::Handshake)),
    }))
}

/// The ready file says where the UEM is; its secrets stay there and are referred to.
fn from_ready_file(path: &Path) -> Result<ContextEntry, Failure> {
    #[derive(serde::Deserialize)]
    struct Ready {
        url: String,
        username: String,
        ca_file: Option<String>,
    }
    let unreadable = |error: &std::io::Error| Failure::io(format!("cannot read {}", path.display()), error);
    let path = path.canonicalize().map_err(|error| unreadable(&error))?;
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
    let ready: Ready = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("{} is no ready file of `muster uem serve`", path.display())).because(error.to_string())
    })?;
    let reference = |field: &str| format!("file:{}#{field}", path.display());
    Ok(ContextEntry {
        url: ready.url,
        tenant_code: Some(reference("tenant_code")),
        basic: Some(BasicEntry { username: ready.username, password: reference("password") }),
        ca_file: ready.ca_file,
        ..ContextEntry::default()
    })
}
