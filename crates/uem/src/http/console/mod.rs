//! What a console does beside devices, by API: accounts, roles, API keys, OAuth clients, certificates, the API's
//! settings and its log. The command line does the same on a tenant that is stopped.
//!
//! No published operation makes a key or a role; these addresses are the tenant's own.

mod accounts;
mod certificates;
mod clients;
mod keys;
mod log;
mod roles;
mod settings;

use jiff::Timestamp;
use muster_model::error::code;
use serde_json::{Value, json};

use super::context::Context;
use super::given::Given;
use super::refusal::Refusal;
use super::table::Table;
use crate::console::{Desk, Objection};
use crate::error::Error;

pub(super) fn routes(table: &mut Table) {
    accounts::routes(table);
    roles::routes(table);
    keys::routes(table);
    clients::routes(table);
    certificates::routes(table);
    settings::routes(table);
    log::routes(table);
}

/// The caller at work, with what they may do and see.
pub(super) fn desk(context: &Context) -> Desk<'_> {
    Desk {
        database: context.database(),
        now: context.now(),
        by: &context.caller.name,
        scope: context.scope(),
        rights: &context.caller.rights,
    }
}

impl From<Objection> for Refusal {
    fn from(objection: Objection) -> Self {
        match objection {
            Objection::NotFound(message) => Self::not_found(message),
            Objection::Invalid(message) => Self::invalid(message),
            Objection::Conflict(message) => Self::new(409, 409, message),
            Objection::Forbidden(message) => Self::new(403, code::FORBIDDEN, message),
            Objection::Failed(Error::Store(error)) => error.into(),
            Objection::Failed(error) => {
                tracing::error!(%error, "a request of the console failed");
                Self::new(500, code::INTERNAL, "An internal error occurred.")
            }
        }
    }
}

/// The group that a body names, or the caller's own.
fn group_of(context: &Context, given: &Given) -> i64 {
    given.member_id("LocationGroupId").unwrap_or(context.caller.group)
}

fn number(given: &Given, name: &str) -> Option<u64> {
    given.member(name)?.as_u64()
}

fn limit(given: &Given, name: &str) -> Option<u32> {
    number(given, name).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// A list of words as the store keeps them.
fn words(given: &Given, name: &str) -> String {
    let list = given.member(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::trim).collect::<Vec<_>>().join(" ")
}

fn list_of(words: &str) -> Value {
    words.split_whitespace().collect::<Vec<_>>().into()
}

fn moment(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.to_string()))
}
