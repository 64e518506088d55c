//! What something is called, for those who know its kind and UUID only.

use muster_store::{Database, Error};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;

/// The name of an application, a profile, a script or a sensor that the scope has.
pub(crate) async fn of(database: &Database, kind: &str, uuid: Uuid, scope: &Scope) -> Result<Option<String>, Error> {
    let (table, group, object) = match kind {
        "Application" => ("apps", "organization_group_id", None),
        "Profile" => ("profiles", "organization_group_id", None),
        "Script" => ("objects", "group_id", Some("script")),
        "Sensor" => ("objects", "group_id", Some("sensor")),
        _ => return Ok(None),
    };
    let mut filter = Filter::default();
    filter.equal("uuid", uuid);
    if let Some(object) = object {
        filter.equal("kind", object);
    }
    filter.within(group, scope);
    let sql = format!("select name from {table}{}", filter.text());
    database.fetch_optional(sql, filter.args()).await?.map(|row| row.get("name")).transpose()
}
