//! `muster context add`: remembers a tenant after testing the way to it.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

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

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
