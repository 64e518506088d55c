//! `muster uem export`: the API of the UEM for other people's tools.

use std::path::{Path, PathBuf};

use clap::{Args as Arguments, Subcommand, ValueEnum};
use muster_uem::{Ready, papers};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};

/// What is exported.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Write a Postman 2.1 collection and environment
    Postman(Postman),
    /// Write the OpenAPI 3.1 document
    Openapi(OpenApi),
}

/// In which dialect.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Dialect {
    Guide,
    Published,
}

impl From<Dialect> for papers::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Guide => Self::Guide,
            Dialect::Published => Self::Published,
        }
    }
}

const POSTMAN: &str = "\
Example:
  muster uem export postman --dialect guide --from uem.json --out postman";

const OPENAPI: &str = "\
Example:
  muster uem export openapi --dialect published --out papers";

/// Which dialect, for which tenant, and where to.
#[derive(Debug, Arguments)]
#[command(after_help = POSTMAN)]
pub(crate) struct Postman {
    /// Dialect of the API
    #[arg(long)]
    dialect: Dialect,
    /// Fill the environment from the ready file of `muster uem serve`; it then holds its secrets
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// Which dialect, and where to.
#[derive(Debug, Arguments)]
#[command(after_help = OPENAPI)]
pub(crate) struct OpenApi {
    /// Dialect of the API
    #[arg(long)]
    dialect: Dialect,
    /// Folder for the file
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

pub(super) fn run(app: &mut App, what: What) -> Outcome {
    let written = match what {
        What::Openapi(args) => {
            let dialect = papers::Dialect::from(args.dialect);
            vec![write(&args.out, &format!("{}.openapi.json", dialect.as_str()), &papers::openapi(dialect))?]
        }
        What::Postman(args) => {
            let dialect = papers::Dialect::from(args.dialect);
            let ready = args.from.as_deref().map(read).transpose()?;
            let environment = papers::postman_environment(ready.as_ref());
            let name = |part: &str| format!("{}.postman_{part}.json", dialect.as_str());
            vec![
                write(&args.out, &name("collection"), &papers::postman(dialect))?,
                write(&args.out, &name("environment"), &environment)?,
            ]
        }
    };
    app.printer.document(&json!({ "files": written }), || {
        written.iter().map(|path| format!("Wrote {}\n", path.display())).collect()
    })?;
    Ok(Exit::Success)
}

fn read(path: &Path) -> Result<Ready, Failure> {
    let text = std::fs::read(path).map_err(|error| Failure::io(format!("cannot read {}", path.display()), &error))?;
    serde_json::from_slice(&text)
        .map_err(|error| Failure::usage(format!("{} is no ready file: {error}", path.display())))
}

/// Readable by its owner only: an environment may hold secrets.
fn write(folder: &Path, name: &str, document: &Value) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    let broken = |error: std::io::Error| Failure::io(format!("cannot write {}", path.display()), &error);
    std::fs::create_dir_all(folder).map_err(broken)?;
    let text = serde_json::to_vec_pretty(document).map_err(|error| broken(error.into()))?;
    muster_uem::write_private(&path, &text)?;
    Ok(path)
}
