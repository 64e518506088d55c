//! From what a person typed to an operation of the catalogue.

use clap::ValueEnum;
use muster_model::catalog::facts::{Facts, Operation, guide, published};
use muster_model::{Effect, Method};

use crate::error::Failure;

/// Which of the two dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// /api/mdm/…, the version in a header
    Published,
    /// /API/v1/…
    Guide,
}

/// Arguments of a path with their names.
type InPath = Vec<(String, String)>;

/// The facts to look in, in order.
pub(super) fn books(dialect: Option<Dialect>) -> Vec<&'static Facts> {
    match dialect {
        Some(Dialect::Published) => vec![published()],
        Some(Dialect::Guide) => vec![guide()],
        None => vec![published(), guide()],
    }
}

/// The operation of a name.
pub(super) fn named(name: &str, dialect: Option<Dialect>) -> Result<&'static Operation, Failure> {
    let mut near = Vec::new();
    for facts in books(dialect) {
        match facts.find(name) {
            Ok(operation) => return Ok(operation),
            Err(keys) => near.extend(keys.into_iter().map(str::to_owned)),
        }
    }
    Err(Failure::usage(format!("no operation is called `{name}`, or more than one is"))
        .candidates(near)
        .hint("muster api list --text WORD finds operations by a word of their name or path"))
}

/// The operation of an address, and the arguments in its path.
pub(super) fn at(
    method: Method,
    path: &str,
    version: Option<u8>,
    dialect: Option<Dialect>,
) -> Result<(&'static Operation, InPath), Failure> {
    let found = books(dialect).into_iter().find_map(|facts| facts.matching(method, path, version));
    found.ok_or_else(|| {
        let version = version.map(|version| format!(" in version {version}")).unwrap_or_default();
        Failure::usage(format!("the documents know no {} {path}{version}", method.as_str()))
            .because("a request that they do not know is never sent")
            .hint(format!(
                "muster api list --text {}",
                path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("WORD")
            ))
    })
}

/// The class in a word.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Destroy => "destroy",
    }
}
