//! What kinds of devices the tenant has.

use muster_store::{Database, Error};

use super::filter::Filter;
use super::scope::Scope;

/// A property of devices of which all values are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Model,
    OsVersion,
}

/// Every value that a device of the platform has, in order.
pub(crate) async fn of_platform(
    database: &Database,
    what: Seen,
    platform: &str,
    scope: &Scope,
) -> Result<Vec<String>, Error> {
    let column = match what {
        Seen::Model => "model",
        Seen::OsVersion => "os_version",
    };
    let mut filter = Filter::default();
    filter.equal("platform", platform);
    filter.and(format!("{column} <> ''"));
    filter.within("organization_group_id", scope);
    let sql = format!("select distinct {column} as word from devices{} order by {column}", filter.text());
    database.fetch(sql, filter.args()).await?.iter().map(|row| row.get("word")).collect()
}
