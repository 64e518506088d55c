//! `muster context show`: one tenant, and where each value comes from.

use clap::Args as Arguments;

use muster_client::SecretIn;
use serde_json::json;

use crate::app::App;
use crate::config::{self, By, CertificateEntry, Origin};
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The context's name [default: the one in use]
    pub(crate) name: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let mut sheet = Sheet::new(&["setting", "value", "origin"]);
    let mut say = |setting: &str, value: serde_json::Value, origin: &str| {
        sheet.push(vec![setting.into(), value, origin.into()]);
    };
    let places = app.places()?;
    let environment = &app.environment;
    let named = args.name.clone().or_else(|| app.globals.context.clone());
    let from_environment = named.is_none() && environment.get("MUSTER_URL").is_some();
    let (name, chosen) = match named {
        Some(name) => (name, Origin::Flag),
        None if from_environment => (String::from("environment"), Origin::Environment),
        None => match environment.get("MUSTER_CONTEXT") {
            Some(name) => (name, Origin::Environment),
            None => (app.connection_name()?, Origin::File),
        },
    };
    say("context", name.as_str().into(), chosen.as_str());
    let entry = if from_environment { None } else { Some(config::entry(&app.file, &name)?) };
    // A context named by flag stands as it is; otherwise the environment replaces its parts.
    let layered = chosen != Origin::Flag;
    let mut value = |setting: &str, variable: &str, from_file: Option<String>, secret: bool| match environment
        .get(variable)
        .filter(|_| layered)
    {
        Some(_) if secret => say(setting, format!("env:{variable}").into(), variable),
        Some(text) => say(setting, text.into(), variable),
        None => {
            if let Some(text) = from_file {
                say(setting, text.into(), "configuration file");
            }
        }
    };
    let basic = entry.and_then(|entry| entry.basic.as_ref());
    let oauth = entry.and_then(|entry| entry.oauth.as_ref());
    value("url", if from_environment { "MUSTER_URL" } else { "" }, entry.map(|entry| entry.url.clone()), false);
    value("dialect", "", entry.and_then(|entry| entry.dialect.clone()), false);
    value("tenant_code", "MUSTER_TENANT_CODE", entry.and_then(|entry| entry.tenant_code.clone()), true);
    value("username", "MUSTER_USERNAME", basic.map(|basic| basic.username.clone()), false);
    value("password", "MUSTER_PASSWORD", basic.map(|basic| basic.password.clone()), true);
    value("client_id", "MUSTER_CLIENT_ID", oauth.map(|oauth| oauth.client_id.clone()), false);
    value("client_secret", "MUSTER_CLIENT_SECRET", oauth.map(|oauth| oauth.client_secret.clone()), true);
    value("token_url", "MUSTER_TOKEN_URL", oauth.map(|oauth| oauth.token_url.clone()), false);
    let in_header = oauth.and_then(|oauth| oauth.secret_in).map(|place| match place {
        SecretIn::Body => String::from("body"),
        SecretIn::Header => String::from("header"),
    });
    value("secret_in", "", in_header, false);
    let certificate = entry.and_then(|entry| entry.certificate.as_ref());
    let of = |part: fn(&CertificateEntry) -> &Option<String>| certificate.and_then(|entry| part(entry).clone());
    value("certificate.pkcs12", "", of(|entry| &entry.pkcs12), false);
    value("certificate.pem", "", of(|entry| &entry.pem), false);
    value("certificate.key", "", of(|entry| &entry.key), true);
    value("certificate.password", "", of(|entry| &entry.password), true);
    let by = certificate.map(|entry| match entry.by.unwrap_or_default() {
        By::Signature => String::from("signature"),
        By::Handshake => String::from("handshake"),
    });
    value("certificate.by", "", by, false);
    let pins = entry.map(|entry| entry.pins.join(", ")).filter(|pins| !pins.is_empty());
    value("pins", "", pins, false);
    value("pins_only", "", entry.filter(|entry| entry.pins_only).map(|_| String::from("true")), false);
    value("proxy", "", entry.and_then(|entry| entry.proxy.clone()), false);
    value("proxy_username", "", entry.and_then(|entry| entry.proxy_username.clone()), false);
    value("proxy_password", "", entry.and_then(|entry| entry.proxy_password.clone()), true);
    value("ca_file", "MUSTER_CA_FILE", entry.and_then(|entry| entry.ca_file.clone()), false);
    let numbers = [
        ("lanes", entry.and_then(|entry| entry.lanes).map(|n| json!(n)), app.file.defaults.lanes.map(|n| json!(n))),
        ("rate", entry.and_then(|entry| entry.rate).map(|n| json!(n)), app.file.defaults.rate.map(|n| json!(n))),
        (
            "page_size",
            entry.and_then(|entry| entry.page_size).map(|n| json!(n)),
            app.file.defaults.page_size.map(|n| json!(n)),
        ),
        (
            "timeout_seconds",
            entry.and_then(|entry| entry.timeout_seconds).map(|n| json!(n)),
            app.file.defaults.timeout_seconds.map(|n| json!(n)),
        ),
    ];
    for (setting, own, default) in numbers {
        match (own, default) {
            (Some(number), _) => say(setting, number, "configuration file"),
            (None, Some(number)) => say(setting, number, "configuration file, [defaults]"),
            (None, None) => {}
        }
    }
    say("configuration", places.config_file.display().to_string().into(), "this machine");
    say("state", places.state.display().to_string().into(), "this machine");
    app.list(&sheet, Heading::new("Context"))?;
    Ok(Exit::Success)
}
