//! `muster context add`: remembers a tenant after testing the way to it.

use clap::Args as Arguments;

use std::path::Path;

use muster_client::Dialect;

use crate::app::App;
use crate::commands::doctor;
use crate::config::{self, BasicEntry, ContextEntry, OAuthEntry};
use crate::error::{Exit, Failure, Outcome};
use crate::{prompt, secrets};

const EXAMPLES: &str = "\
Examples:
  muster context add prod --url https://cn1.awmdm.com --username api --password env:UEM_PASSWORD --tenant-code env:UEM_CODE
  muster context add prod --url cn1.awmdm.com --client-id ID --client-secret file:/run/secrets/uem --token-url URL
  muster context add local --from uem.json";

/// Where the tenant is and how to sign in.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The name to call the tenant by
    pub(crate) name: String,
    /// Its address
    #[arg(long, value_name = "URL", required_unless_present = "from")]
    pub(crate) url: Option<String>,
    /// Sign in as this administrator
    #[arg(long, value_name = "NAME", requires = "password", conflicts_with = "client_id")]
    pub(crate) username: Option<String>,
    /// Where the administrator's password is: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "username")]
    pub(crate) password: Option<String>,
    /// Where the tenant code (API key) is: env:NAME or file:PATH
    #[arg(long, value_name = "REF")]
    pub(crate) tenant_code: Option<String>,
    /// Sign in as this OAuth client
    #[arg(long, value_name = "ID", requires_all = ["client_secret", "token_url"])]
    pub(crate) client_id: Option<String>,
    /// Where the OAuth client's secret is: env:NAME or file:PATH
    #[arg(long, value_name = "REF", requires = "client_id")]
    pub(crate) client_secret: Option<String>,
    /// Where OAuth tokens are issued
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub(crate) token_url: Option<String>,
    /// Take everything from the ready file of `muster uem serve`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "username", "client_id", "tenant_code"])]
    pub(crate) from: Option<std::path::PathBuf>,
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

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let mut entry = match &args.from {
        Some(path) => ContextEntry { dialect: args.dialect.clone(), ..from_ready_file(path)? },
        None => from_flags(&args)?,
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
    for reference in [&args.password, &args.tenant_code, &args.client_secret].into_iter().flatten() {
        secrets::check(reference)?;
    }
    let basic = args.username.clone().zip(args.password.clone());
    let oauth = args.client_id.clone().zip(args.client_secret.clone().zip(args.token_url.clone()));
    if basic.is_none() && oauth.is_none() {
        return Err(Failure::usage("say how to sign in").hint(
            "--username NAME --password REF --tenant-code REF, or --client-id ID --client-secret REF --token-url URL",
        ));
    }
    if basic.is_some() && args.tenant_code.is_none() {
        return Err(Failure::usage("signing in with a name needs the tenant code too").hint("--tenant-code env:NAME"));
    }
    Ok(ContextEntry {
        url: config::address(args.url.as_deref().unwrap_or_default())?.to_string(),
        dialect: args.dialect.clone(),
        tenant_code: args.tenant_code.clone(),
        basic: basic.map(|(username, password)| BasicEntry { username, password }),
        oauth: oauth.map(|(client_id, (client_secret, token_url))| OAuthEntry { token_url, client_id, client_secret }),
        ca_file: None,
        lanes: None,
        rate: None,
        page_size: None,
        timeout_seconds: None,
    })
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
        dialect: None,
        tenant_code: Some(reference("tenant_code")),
        basic: Some(BasicEntry { username: ready.username, password: reference("password") }),
        oauth: None,
        ca_file: ready.ca_file,
        lanes: None,
        rate: None,
        page_size: None,
        timeout_seconds: None,
    })
}
