//! Devices of automated enrollment and their profiles, which are objects that devices are linked to.

use muster_store::{Database, Error, Row};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;

/// `objects.kind` of a profile.
pub(crate) const PROFILE: &str = "enrollment-program-profile";
/// `object_links.kind` from a device to its profile.
pub(crate) const LINK: &str = "enrollment-program";
/// `devices.platform` of computers.
pub(crate) const MAC: &str = "AppleOsX";

/// A device that enrolls by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enrollable {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) serial_number: String,
    pub(crate) friendly_name: String,
    pub(crate) asset_number: String,
    pub(crate) imei: String,
    pub(crate) model: String,
    pub(crate) platform: String,
    pub(crate) ownership: String,
    pub(crate) enrollment_status: String,
    pub(crate) group_name: String,
    pub(crate) username: String,
    pub(crate) profile: Option<(Uuid, String)>,
}

/// Which devices are listed.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) profile: Option<Uuid>,
    pub(crate) serial_number: Option<&'a str>,
}

/// Supervised devices of the one maker, by id.
pub(crate) async fn devices(database: &Database, wanted: &Wanted<'_>, scope: &Scope) -> Result<Vec<Enrollable>, Error> {
    let mut filter = Filter::default();
    let link = filter.arg(LINK);
    filter.and("d.supervised = 1");
    filter.one_of("d.platform", ["Apple", MAC]);
    if let Some(profile) = wanted.profile {
        filter.equal("o.uuid", profile);
    }
    if let Some(serial) = wanted.serial_number {
        filter.equal("d.serial_number", serial);
    }
    filter.within("d.organization_group_id", scope);
    let sql = format!(
        "select d.id, d.uuid, d.serial_number, d.friendly_name, d.asset_number, d.imei, d.model, d.platform, \
         d.ownership, d.enrollment_status, g.name as group_name, u.username, o.uuid as profile_uuid, \
         o.name as profile_name from devices d left join organization_groups g on g.id = d.organization_group_id \
         left join users u on u.id = d.user_id left join object_links l on l.from_uuid = d.uuid and l.kind = {link} \
         left join objects o on o.uuid = l.to_uuid{} order by d.id",
        filter.text()
    );
    database.fetch(sql, filter.args()).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Enrollable, Error> {
    let text = |column: &str| row.get::<String>(column);
    let outer = |column: &str| Ok::<_, Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
    let profile: Option<Uuid> = row.get("profile_uuid")?;
    Ok(Enrollable {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        serial_number: text("serial_number")?,
        friendly_name: text("friendly_name")?,
        asset_number: text("asset_number")?,
        imei: text("imei")?,
        model: text("model")?,
        platform: text("platform")?,
        ownership: text("ownership")?,
        enrollment_status: text("enrollment_status")?,
        group_name: outer("group_name")?,
        username: outer("username")?,
        profile: profile.map(|uuid| Ok::<_, Error>((uuid, outer("profile_name")?))).transpose()?,
    })
}
