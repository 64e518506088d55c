//! Pick lists: the words that fields of profiles and searches take. Most are fixed; some depend on what the tenant
//! has, or on a word in the address.

mod fixed;
mod of_tenant;
mod worded;

use serde_json::{Value, json};

use super::policy::Action::Read;
use super::policy::Resource::Settings;
use super::policy::needs;
use super::said::Said;
use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    for (operation, items) in fixed::lists() {
        table.serve(operation, needs(Settings, Read), move |_, _| async move { Ok(said(items)) });
    }
    worded::routes(table);
    of_tenant::routes(table);
}

/// Key and description of each item.
type Items = [(&'static str, &'static str)];

fn said(items: &Items) -> Said {
    Said::json(200, items.iter().map(|(key, description)| item(key, description)).collect())
}

fn item(key: impl std::fmt::Display, description: &str) -> Value {
    json!({ "Key": key.to_string(), "Description": description })
}
