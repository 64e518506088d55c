//! Papers about the API, made from the route table: what is built, an OpenAPI document per dialect, a Postman
//! collection, and the page at `/api/help` on which a person can read and try every operation.

mod coverage;
mod openapi;
mod page;
mod postman;
mod schema;
mod words;

use muster_model::catalog::facts;

use super::router;
use super::table::{Route, Table};

pub use coverage::{Area, Coverage};
pub(super) use page::answer;

/// One of the two ways in which the API is spoken. The console's own operations go with the guide's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    Guide,
    Published,
}

impl Dialect {
    fn of(route: &Route) -> Self {
        if std::ptr::eq(route.facts, facts::published()) { Self::Published } else { Self::Guide }
    }

    /// `guide` or `published`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Published => "published",
        }
    }
}

/// What is built and what is known, by area.
#[must_use]
pub fn coverage() -> Coverage {
    coverage::of(&router::table())
}

/// The OpenAPI 3.1 document of what is built of a dialect.
#[must_use]
pub fn openapi(dialect: Dialect) -> serde_json::Value {
    openapi::document(&router::table(), dialect)
}

/// A Postman 2.1 collection of what is built of a dialect, the guide's common test calls first.
#[must_use]
pub fn postman(dialect: Dialect) -> serde_json::Value {
    postman::collection(&router::table(), dialect)
}

/// The environment that goes with a collection: where the tenant is and how to enter it, or blanks to fill in.
#[must_use]
pub fn postman_environment(ready: Option<&crate::ready::Ready>) -> serde_json::Value {
    postman::environment(ready)
}

fn built(table: &Table, dialect: Dialect) -> impl Iterator<Item = &Route> {
    table.all().iter().filter(move |route| route.right().is_some() && Dialect::of(route) == dialect)
}

/// The address of a route that needs no header to choose the version: a later version of an operation that an
/// earlier one has too is reached by the number in front of the module's name.
fn address(table: &Table, route: &Route) -> String {
    let operation = route.operation;
    let earlier = table.all().iter().any(|other| {
        other.operation.method == operation.method
            && other.version < route.version
            && other.operation.path.eq_ignore_ascii_case(&operation.path)
    });
    match operation.path.strip_prefix("/api") {
        Some(rest) if earlier => format!("/api/v{}{rest}", route.version),
        _ => operation.path.clone(),
    }
}
