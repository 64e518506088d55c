//! Where a UEM keeps its state, as the commands of `uem` are told.

use std::path::PathBuf;

use clap::Args as Arguments;
use muster_uem::Data;
use secrecy::ExposeSecret as _;

use crate::app::App;
use crate::error::Failure;
use crate::secrets;

/// A folder, and a database beside it if the folder does not hold that too.
#[derive(Debug, Arguments)]
pub(crate) struct Place {
    /// Folder that keeps everything
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// PostgreSQL database that keeps the state instead: postgres://…, or env:NAME or file:PATH that holds it
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

impl Place {
    pub(crate) async fn data(&self, app: &App) -> Result<Data, Failure> {
        let folder = self.data.clone();
        let Some(given) = &self.database else { return Ok(Data::Folder(folder)) };
        let database = match secrets::check(given) {
            Ok(()) => app.secret(given).await?.expose_secret().to_owned(),
            Err(_) => given.clone(),
        };
        if !(database.starts_with("postgres://") || database.starts_with("postgresql://")) {
            return Err(Failure::usage("--database is the address of a PostgreSQL database")
                .hint("write postgres://USER@HOST/NAME, or env:NAME or file:PATH where it has a password"));
        }
        Ok(Data::Beside { folder, database })
    }
}
