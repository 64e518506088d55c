//! `muster uem admin certificate`.

use std::path::{Path, PathBuf};

use clap::{Args as Arguments, Subcommand};
use serde_json::json;

use super::{Stopped, account};
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::prompt;

/// Verbs of `uem admin certificate`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List client certificates
    List(List),
    /// Issue a certificate with which an account signs in
    Issue(Issue),
    /// Write the certificate of the UEM's own authority
    Authority(Authority),
    /// Let a certificate open nothing more
    Revoke(Revoke),
}

/// No arguments but the UEM.
#[derive(Debug, Arguments)]
pub(crate) struct List {
    #[command(flatten)]
    at: Stopped,
}

/// For whom, for how long, and where to.
#[derive(Debug, Arguments)]
pub(crate) struct Issue {
    /// Name or id of the account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// How many days it lasts
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u32,
    /// A key on the curve P-256 instead of RSA
    #[arg(long)]
    p256: bool,
    /// Also a PKCS#12 file; where its password is: env:NAME or file:PATH
    #[arg(long, value_name = "REF")]
    pkcs12_password: Option<String>,
    /// Folder for the files (mode 0600)
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    #[command(flatten)]
    at: Stopped,
}

/// Where to.
#[derive(Debug, Arguments)]
pub(crate) struct Authority {
    /// File to write
    #[arg(value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    at: Stopped,
}

/// Which.
#[derive(Debug, Arguments)]
pub(crate) struct Revoke {
    /// Its serial number
    #[arg(value_name = "SERIAL")]
    serial: String,
    #[command(flatten)]
    at: Stopped,
}

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => {
            let rows = args.at.open(app).await?.certificates().await?;
            let keys = [
                "serial",
                "subject",
                "issued_at",
                "expires_at",
                "revoked_at",
                "+account_id",
                "+fingerprint",
                "+created_by",
            ];
            super::show(app, "Certificates", &keys, &rows)?;
        }
        Verb::Issue(args) => issue(app, args).await?,
        Verb::Authority(args) => {
            let console = args.at.open(app).await?;
            write(&args.to, console.authority().as_bytes())?;
            app.printer.document(&json!({"file": args.to}), || format!("Wrote {}\n", args.to.display()))?;
        }
        Verb::Revoke(args) => {
            let console = args.at.open(app).await?;
            prompt::confirm(app, &format!("Revoke the certificate {}?", args.serial)).await?;
            console.revoke_certificate(&args.serial).await?;
            let document = json!({"serial": args.serial, "state": "revoked"});
            app.printer.document(&document, || format!("The certificate {} opens nothing more\n", args.serial))?;
        }
    }
    Ok(Exit::Success)
}

async fn issue(app: &mut App, args: Issue) -> Result<(), Failure> {
    let password = account::file_password(app, args.pkcs12_password.as_deref()).await?;
    let console = args.at.open(app).await?;
    let issued = console.issue_certificate(&args.account, args.days, args.p256, password.as_deref()).await?;
    let name: String =
        args.account.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let file = |ending: &str| args.out.join(format!("{name}.{ending}"));
    let mut files = vec![file("pem"), file("key.pem"), file("ca.pem")];
    write(&files[0], issued.certificate_pem.as_bytes())?;
    write(&files[1], issued.private_key_pem.as_bytes())?;
    write(&files[2], issued.authority_pem.as_bytes())?;
    if let Some(pkcs12) = &issued.pkcs12 {
        files.push(file("p12"));
        write(&files[3], pkcs12)?;
    }
    app.printer.document(&json!({"serial": issued.serial, "files": files}), || {
        let names: Vec<String> = files.iter().map(|file| format!("  {}\n", file.display())).collect();
        format!("Issued the certificate {}\n{}", issued.serial, names.concat())
    })
}

/// Whole or not at all, and for its owner only.
fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    Ok(muster_uem::write_private(path, content)?)
}
