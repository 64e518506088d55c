//! The questions of `muster context add`, in the order in which the answers depend on each other: where the tenant is,
//! whom to believe there, who answers, how to sign in, and where each secret lies. What a flag said is not asked.

use muster_client::{NoConnection, ServerCertificate, Settings, greet, server_certificate};

use super::{Args, from_flags};
use crate::app::App;
use crate::config::{self, By, ContextEntry};
use crate::error::Failure;
use crate::{prompt, secrets, wiring};

/// Somebody who answers.
pub(super) trait Asked {
    async fn ask(&mut self, app: &App, question: &str) -> Result<String, Failure>;
}

/// The person at the terminal.
pub(super) struct Terminal;

impl Asked for Terminal {
    async fn ask(&mut self, app: &App, question: &str) -> Result<String, Failure> {
        prompt::ask(app, question).await
    }
}

/// Asks for what is missing.
pub(super) async fn missing(app: &mut App, args: &mut Args, asked: &mut impl Asked) -> Result<(), Failure> {
    if args.url.is_some() && from_flags(args).is_ok() {
        return Ok(());
    }
    if args.url.is_none() {
        let address = |text: &str| config::address(text).map(|_| ());
        args.url = Some(until(app, asked, "Address of the tenant's API (https://as….awmdm.com): ", address).await?);
    }
    if !args.no_test {
        believe(app, args, asked).await?;
    }
    if args.username.is_none() && args.client_id.is_none() && args.pkcs12.is_none() && args.pem.is_none() {
        kind(app, args, asked).await?;
    }
    let reference = |text: &str| secrets::check(text);
    if args.username.is_some() && args.password.is_none() {
        args.password = Some(until(app, asked, "Where is the password (env:NAME or file:PATH)? ", reference).await?);
    }
    if args.client_id.is_some() && args.client_secret.is_none() {
        args.client_secret =
            Some(until(app, asked, "Where is the client secret (env:NAME or file:PATH)? ", reference).await?);
    }
    if args.client_id.is_some() && args.token_url.is_none() {
        let url = |text: &str| muster_client::token_url(text).map(|_| ()).map_err(Failure::from);
        args.token_url =
            Some(until(app, asked, "Region of the tenant (na, emea, apac, uat) or token URL: ", url).await?);
    }
    if args.pkcs12.is_some() && args.certificate_password.is_none() {
        let question = "Where is the password of the PKCS#12 file (env:NAME or file:PATH)? ";
        args.certificate_password = Some(until(app, asked, question, reference).await?);
    }
    if args.client_id.is_none() && args.tenant_code.is_none() {
        args.tenant_code = Some(
            until(app, asked, "Where is the tenant code, the API key (env:NAME or file:PATH)? ", reference).await?,
        );
    }
    Ok(())
}

/// Makes sure that a tenant answers there, before anybody says a secret.
async fn believe(app: &mut App, args: &mut Args, asked: &mut impl Asked) -> Result<(), Failure> {
    loop {
        let settings = unsigned(app, args).await?;
        let error = match greet(settings.clone()).await {
            Ok(dialects) => {
                let names: Vec<&str> = dialects.iter().map(|dialect| dialect.as_str()).collect();
                app.notes.line(format!("A UEM answers there, in the {} form of its API.", names.join(" and the ")));
                return Ok(());
            }
            Err(error) => error,
        };
        let untrusted = matches!(
            error.no_connection(),
            Some(
                NoConnection::CertificateUntrusted
                    | NoConnection::CertificateForOtherHost
                    | NoConnection::CertificateExpired
            )
        );
        let seen = if untrusted { server_certificate(&settings).await.ok().flatten() } else { None };
        let Some(seen) = seen else { return Err(error.into()) };
        app.notes.line(format!("{error}."));
        for line in described(&seen) {
            app.notes.line(format!("  {line}"));
        }
        let question = "1 it is signed by an authority of ours   2 I know its key from its owner   3 stop\nWhich? ";
        match choice(app, asked, question, 3).await? {
            1 => {
                let file = |text: &str| {
                    std::fs::metadata(text)
                        .map(|_| ())
                        .map_err(|error| Failure::io(format!("cannot read {text}"), &error))
                };
                app.globals.ca_file =
                    Some(until(app, asked, "PEM file with that authority's certificate: ", file).await?.into());
            }
            2 => {
                let pin = |text: &str| text.parse::<muster_client::Pin>().map(|_| ()).map_err(Failure::from);
                args.pin = vec![
                    until(app, asked, "The key as its owner says it (sha256/…): ", pin).await?,
                    until(app, asked, "The spare, its next key (sha256/…): ", pin).await?,
                ];
                args.pins_only = true;
            }
            _ => return Err(error.into()),
        }
    }
}

/// What a server says of itself.
pub(super) fn described(seen: &ServerCertificate) -> [String; 3] {
    [
        format!("certificate of {} ({})", seen.subject, seen.names.join(", ")),
        format!("issued by {}, good until {}", seen.issuer, seen.expires_at.strftime("%Y-%m-%d")),
        format!("key {}", seen.pin),
    ]
}

/// Settings that say no secret.
async fn unsigned(app: &App, args: &Args) -> Result<Settings, Failure> {
    let entry = ContextEntry {
        url: args.url.clone().unwrap_or_default(),
        pins: args.pin.clone(),
        pins_only: args.pins_only,
        proxy: args.proxy.clone(),
        proxy_username: args.proxy_username.clone(),
        proxy_password: args.proxy_password.clone(),
        ..ContextEntry::default()
    };
    wiring::settings(app, config::unsigned(&args.name, &entry, &app.surroundings()).await?)
}

async fn kind(app: &App, args: &mut Args, asked: &mut impl Asked) -> Result<(), Failure> {
    let question = "How do you sign in?\n  1 name and password   2 OAuth client   3 client certificate that signs requests   \
                    4 client certificate in the TLS handshake\nWhich? ";
    let something = |text: &str| {
        if text.is_empty() { Err(Failure::usage("something has to stand here")) } else { Ok(()) }
    };
    match choice(app, asked, question, 4).await? {
        1 => args.username = Some(until(app, asked, "Name of the administrator: ", something).await?),
        2 => args.client_id = Some(until(app, asked, "Id of the OAuth client: ", something).await?),
        number => {
            args.by = Some(if number == 3 { By::Signature } else { By::Handshake });
            let file = |text: &str| {
                std::fs::metadata(text).map(|_| ()).map_err(|error| Failure::io(format!("cannot read {text}"), &error))
            };
            let path = until(app, asked, "File with the certificate and its key (.p12, .pfx or .pem): ", file).await?;
            if path.ends_with(".pem") {
                args.pem = Some(path);
                let key = |text: &str| if text.is_empty() { Ok(()) } else { secrets::check(text) };
                let question = "Where is the key, if not in that file (file:PATH)? ";
                args.key = Some(until(app, asked, question, key).await?).filter(|text| !text.is_empty());
            } else {
                args.pkcs12 = Some(path);
            }
        }
    }
    Ok(())
}

async fn choice(app: &App, asked: &mut impl Asked, question: &str, last: usize) -> Result<usize, Failure> {
    let number = |text: &str| match text.parse::<usize>() {
        Ok(number) if (1..=last).contains(&number) => Ok(()),
        _ => Err(Failure::usage(format!("a number from 1 to {last}"))),
    };
    let text = until(app, asked, question, number).await?;
    text.parse().map_err(|_| Failure::internal("a number that was read is none"))
}

/// Asks until the answer will do; an answer that does not is explained. Three times, then it is the person who is asked
/// in vain.
async fn until(
    app: &App,
    asked: &mut impl Asked,
    question: &str,
    check: impl Fn(&str) -> Result<(), Failure>,
) -> Result<String, Failure> {
    let mut left = 3;
    loop {
        let text = asked.ask(app, question).await?;
        match check(&text) {
            Ok(()) => return Ok(text),
            Err(failure) => {
                left -= 1;
                if left == 0 {
                    return Err(failure);
                }
                app.notes.raw(&failure.text(app.notes.paint));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;
    use crate::config::{Environment, File};
    use crate::output::{Format, Notes, Printer};

    /// Answers in order, and remembers what was asked.
    struct Scripted(VecDeque<String>, Vec<String>);

    impl Scripted {
        fn of(answers: &[&str]) -> Self {
            Self(answers.iter().map(|text| (*text).to_owned()).collect(), Vec::new())
        }
    }

    impl Asked for Scripted {
        async fn ask(&mut self, _: &App, question: &str) -> Result<String, Failure> {
            self.1.push(question.to_owned());
            self.0.pop_front().ok_or_else(|| Failure::internal(format!("nobody answers `{question}`")))
        }
    }

    fn app() -> App {
        let cli = Cli::try_parse_from(["muster", "context", "add", "x", "--no-color"]).expect("parses");
        App {
            globals: cli.globals,
            environment: Environment::default(),
            file: File::default(),
            printer: Printer::new(None, Format::Json, false),
            notes: Notes::plain(),
            spoken: std::sync::OnceLock::new(),
            kept: tokio::sync::OnceCell::new(),
            brief: true,
        }
    }

    async fn uem(tls: bool) -> muster_uem::Running {
        let tls = tls.then(muster_uem::Tls::default);
        let settings = muster_uem::Settings { devices: 5, tls, ..muster_uem::Settings::in_memory() };
        muster_uem::start(settings).await.expect("starts")
    }

    #[tokio::test]
    async fn an_unknown_server_is_believed_by_its_key_before_anything_secret_is_asked_for() {
        let uem = uem(true).await;
        let (mut app, mut args) = (app(), Args { name: "x".into(), ..Args::default() });
        let nobody = muster_client::Settings::new(uem.url.clone(), muster_client::Credentials::Nobody);
        let pin = server_certificate(&nobody).await.expect("looks").expect("a certificate").pin.to_string();
        let spare = format!("sha256/{}=", "A".repeat(43));
        let url = uem.url.to_string();
        let answers = ["ftp://nothing", &url, "2", &pin, &spare, "9", "1", "ada", "hunter2", "env:PW", "env:CODE"];
        let mut asked = Scripted::of(&answers);
        missing(&mut app, &mut args, &mut asked).await.expect("everything is answered");
        assert!(asked.0.is_empty());
        assert_eq!((args.pin.len(), args.pins_only), (2, true));
        assert_eq!(args.username.as_deref(), Some("ada"));
        assert_eq!(args.password.as_deref(), Some("env:PW"), "a secret itself is not taken");
        let at = |words: &str| asked.1.iter().position(|question| question.contains(words)).expect(words);
        assert!(at("Address") < at("authority of ours") && at("authority of ours") < at("How do you sign in"));
        assert!(
            at("How do you sign in") < at("Name of")
                && at("Name of") < at("Where is the pass")
                && at("Where is the pass") < at("API key")
        );
        // Nothing is left to ask for.
        missing(&mut app, &mut args, &mut Scripted::of(&[])).await.expect("nothing is asked");
        uem.stop().await;
    }

    #[tokio::test]
    async fn a_console_or_nobody_at_the_address_ends_the_questions() {
        let (mut app, mut args) = (app(), Args { name: "x".into(), ..Args::default() });
        let mut asked = Scripted::of(&["http://127.0.0.1:9"]);
        let failure = missing(&mut app, &mut args, &mut asked).await.expect_err("nobody there");
        assert_eq!((failure.code, asked.1.len()), ("E_UNREACHABLE", 1), "{failure:?}");
    }

    #[tokio::test]
    async fn each_way_to_sign_in_has_its_questions() {
        let uem = uem(false).await;
        let url = uem.url.to_string();
        let file = tempfile::NamedTempFile::with_suffix(".p12").expect("a file");
        let p12 = file.path().display().to_string();
        let (oauth, certificate) = (["2", "id", "env:S", "eu", "emea"], ["4", p12.as_str(), "env:P", "env:CODE"]);
        for (answers, count) in [(&oauth[..], 5), (&certificate[..], 4)] {
            let (mut app, mut args) = (app(), Args { name: "x".into(), url: Some(url.clone()), ..Args::default() });
            let mut asked = Scripted::of(answers);
            missing(&mut app, &mut args, &mut asked).await.expect("answered");
            assert_eq!(asked.1.len(), count, "{:?}", asked.1);
            assert!(from_flags(&args).is_ok());
        }
        uem.stop().await;
    }
}
