//! What a person gives to an operation: parameters, a body, files, secrets by reference.

use std::path::Path;

use clap::Args as Arguments;
use muster_client::Arguments as Given;
use muster_model::catalog::Media;
use muster_model::catalog::call::{Content, Part};
use muster_model::catalog::facts::Operation;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use super::names::Dialect;
use crate::app::App;
use crate::error::Failure;
use crate::input;

/// Flags of every call.
#[derive(Debug, Arguments)]
pub(crate) struct CallFlags {
    /// A parameter of the path or the query; several times for several, or for a list
    #[arg(short = 'f', long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// The body: JSON as it is, @FILE for a file, - for standard input
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// A file of a form, for the operations that take one
    #[arg(long, value_name = "NAME=@FILE", conflicts_with = "body")]
    pub(crate) form: Option<String>,
    /// A member of the body, or a parameter, whose value is a secret: env:NAME or file:PATH
    #[arg(long = "secret", value_name = "NAME=REFERENCE")]
    pub(crate) secrets: Vec<String>,
    /// Every page of a list, as its rows
    #[arg(long)]
    pub(crate) all: bool,
    /// The first rows of a list, at most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Only what a jq expression makes of the answer
    #[arg(long, value_name = "EXPR")]
    pub(crate) jq: Option<String>,
    /// Write the answer to FILE; files that an operation answers with go nowhere else
    #[arg(long, value_name = "FILE")]
    pub(crate) out_file: Option<std::path::PathBuf>,
    /// Look in one dialect only: published or guide
    #[arg(long, value_name = "DIALECT", value_enum, hide_possible_values = true)]
    pub(crate) dialect: Option<Dialect>,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

impl CallFlags {
    /// The arguments for an operation, those of the path in front.
    pub(super) async fn arguments(
        &self,
        app: &App,
        operation: &Operation,
        path: &[(String, String)],
    ) -> Result<Given, Failure> {
        let mut given = Given::default();
        for (name, value) in path {
            given.set(name.clone(), value.clone());
        }
        for pair in &self.parameters {
            let (name, value) = pair_of(pair, "-f")?;
            given.set(name, value);
        }
        let mut body = self.content(operation)?;
        for pair in &self.secrets {
            let (name, reference) = pair_of(pair, "--secret")?;
            let secret = app.secret(reference).await?.expose_secret().to_owned();
            if operation.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
                given.set(name, secret);
                continue;
            }
            let members = body.get_or_insert_with(|| Content::Json(Value::Object(Map::new())));
            match members {
                Content::Json(Value::Object(members)) => drop(members.insert(name.to_owned(), secret.into())),
                _ => {
                    return Err(Failure::usage(format!("--secret {name} has no place: the body is no JSON object")));
                }
            }
        }
        Ok(match body {
            Some(content) => given.with_content(content),
            None => given,
        })
    }

    fn content(&self, operation: &Operation) -> Result<Option<Content>, Failure> {
        if let Some(form) = &self.form {
            let (name, file) = pair_of(form, "--form")?;
            let path = Path::new(file.strip_prefix('@').unwrap_or(file));
            let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            return Ok(Some(Content::Form(vec![Part { name: name.to_owned(), file_name, bytes: input::read(path)? }])));
        }
        let Some(body) = &self.body else { return Ok(None) };
        let bytes = match body.strip_prefix('@') {
            Some(file) => input::read(Path::new(file))?,
            None if body == "-" => input::read(Path::new("-"))?,
            None => body.clone().into_bytes(),
        };
        if operation.media() == Media::Bytes {
            return Ok(Some(Content::Bytes(bytes)));
        }
        let json = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).map_err(|error| {
            Failure::usage("the body is not JSON").because(error.to_string()).hint("write --body @FILE for a file")
        })?;
        Ok(Some(Content::Json(json)))
    }
}

fn pair_of<'a>(pair: &'a str, flag: &str) -> Result<(&'a str, &'a str), Failure> {
    let split = pair.split_once('=').map(|(name, value)| (name.trim(), value));
    // What stands behind the sign may be secret, so nothing of it is repeated.
    split.filter(|(name, _)| !name.is_empty()).ok_or_else(|| Failure::usage(format!("{flag} takes NAME=VALUE")))
}
