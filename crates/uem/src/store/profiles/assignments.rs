//! Which smart groups a profile is for, and how it reaches the devices of those groups.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::Profile;
use crate::store::filter::Filter;
use crate::store::reach::{self, shifted};
use crate::store::scope::Scope;

/// A smart group that a profile names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) excluded: bool,
}

/// The groups of several profiles.
pub(crate) async fn of(database: &Database, profiles: &[i64]) -> Result<HashMap<i64, Vec<Group>>, Error> {
    let mut found: HashMap<i64, Vec<Group>> = HashMap::new();
    if profiles.is_empty() {
        return Ok(found);
    }
    let mut filter = Filter::default();
    filter.one_of("a.profile_id", profiles.iter().copied());
    let sql = format!(
        "select a.profile_id, a.excluded, s.id, s.uuid, s.name from profile_assignments a \
         join smart_groups s on s.id = a.smart_group_id{} order by s.id",
        filter.text()
    );
    for row in database.fetch(sql, filter.args()).await? {
        found.entry(row.get("profile_id")?).or_default().push(Group {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            excluded: row.get("excluded")?,
        });
    }
    Ok(found)
}

/// Ids of a profile's groups and whether they are excluded.
pub(crate) async fn of_profile(tx: &mut Transaction, profile: i64) -> Result<Vec<(i64, bool)>, Error> {
    let sql = "select smart_group_id, excluded from profile_assignments where profile_id = $1 order by smart_group_id";
    let rows = tx.fetch(sql, args![profile]).await?;
    rows.iter().map(|row| Ok((row.get("smart_group_id")?, row.get("excluded")?))).collect()
}

/// How smart groups are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming<'a> {
    Ids(&'a [i64]),
    Uuids(&'a [Uuid]),
}

/// Ids of smart groups, or how the first one is named that the scope does not have.
pub(crate) async fn known(
    tx: &mut Transaction,
    groups: Naming<'_>,
    scope: &Scope,
) -> Result<Result<Vec<i64>, String>, Error> {
    let mut filter = Filter::default();
    let wanted: Vec<String> = match groups {
        Naming::Ids(ids) => {
            filter.one_of("id", ids.iter().copied());
            ids.iter().map(i64::to_string).collect()
        }
        Naming::Uuids(uuids) => {
            filter.one_of("uuid", uuids.iter().copied());
            uuids.iter().map(Uuid::to_string).collect()
        }
    };
    if wanted.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    filter.within("organization_group_id", scope);
    let rows = tx.fetch(format!("select id, uuid from smart_groups{}", filter.text()), filter.args()).await?;
    let name = |row: &Row| -> Result<(String, i64), Error> {
        let id: i64 = row.get("id")?;
        Ok((if matches!(groups, Naming::Ids(_)) { id.to_string() } else { row.get::<Uuid>("uuid")?.to_string() }, id))
    };
    let known = rows.iter().map(name).collect::<Result<HashMap<String, i64>, Error>>()?;
    Ok(wanted.iter().map(|name| known.get(name).copied().ok_or_else(|| name.clone())).collect())
}

/// Puts the groups of a profile in the place of what it had.
pub(crate) async fn replace(
    tx: &mut Transaction,
    profile: i64,
    assigned: &[i64],
    excluded: &[i64],
) -> Result<(), Error> {
    tx.execute("delete from profile_assignments where profile_id = $1", args![profile]).await?;
    let all = assigned.iter().map(|id| (id, false)).chain(excluded.iter().map(|id| (id, true)));
    for (group, excluded) in all {
        add(tx, profile, *group, excluded).await?;
    }
    Ok(())
}

/// Adds one group.
pub(crate) async fn add(tx: &mut Transaction, profile: i64, group: i64, excluded: bool) -> Result<(), Error> {
    let sql = "insert into profile_assignments (profile_id, smart_group_id, excluded) values ($1, $2, $3) \
               on conflict (profile_id, smart_group_id) do update set excluded = excluded.excluded";
    tx.execute(sql, args![profile, group, excluded]).await?;
    Ok(())
}

/// Condition for `devices d`: what the profile's groups describe, without the excluded ones. `None` if nothing.
async fn members(tx: &mut Transaction, profile: &Profile) -> Result<Option<Filter>, Error> {
    let sql = "select s.criteria, a.excluded from profile_assignments a join smart_groups s \
               on s.id = a.smart_group_id where a.profile_id = $1 order by s.id";
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for row in tx.fetch(sql, args![profile.id]).await? {
        let list = if row.get("excluded")? { &mut outside } else { &mut inside };
        list.push(row.get::<String>("criteria")?);
    }
    // A resource is for every platform.
    let platform = (profile.kind != super::RESOURCE).then_some(profile.platform.as_str());
    Ok(reach::members(&inside, &outside, platform))
}

/// What a group's devices get: the profile by itself, or the possibility of asking for it.
fn first_status(profile: &Profile) -> &'static str {
    if profile.assignment_type.eq_ignore_ascii_case("Auto") { "PendingInstall" } else { "NotInstalled" }
}

/// Gives a profile to the devices that a condition describes; who has another version gets this one. Answers how many
/// got it.
async fn give(
    tx: &mut Transaction,
    profile: &Profile,
    members: &Filter,
    status: &str,
    now: Timestamp,
) -> Result<u64, Error> {
    let mut filter = Filter::default();
    let (id, version) = (filter.arg(profile.id), filter.arg(profile.version));
    let (status, at) = (filter.arg(status), filter.arg(now));
    let condition = shifted(members, &mut filter);
    let sql = format!(
        "insert into device_profiles (profile_id, device_id, status, version, updated_at) \
         select {id}, d.id, {status}, {version}, {at} from devices d where {condition} \
         on conflict (device_id, profile_id) do update set status = case \
         when device_profiles.version > 0 and device_profiles.status in ('ConfirmedInstall', 'PendingInstall') \
         then 'PendingInstall' else excluded.status end, version = excluded.version, \
         updated_at = excluded.updated_at where device_profiles.version <> excluded.version"
    );
    tx.execute(sql, filter.args()).await
}

/// Writes down that the devices of a profile's groups have it: they had it before the tenant began.
pub(crate) async fn already_there(tx: &mut Transaction, profile: &Profile, now: Timestamp) -> Result<(), Error> {
    if let Some(members) = members(tx, profile).await? {
        give(tx, profile, &members, "ConfirmedInstall", now).await?;
    }
    Ok(())
}

/// Brings what devices shall have in line with a profile's state, version and groups: who shall have it and has not
/// this version waits for it, who shall not have it any more waits for its removal. Answers how many devices wait
/// now that did not before.
pub(crate) async fn publish(tx: &mut Transaction, profile: &Profile, now: Timestamp) -> Result<u64, Error> {
    let members = if profile.is_active() { members(tx, profile).await? } else { None };
    let mut waiting = match &members {
        Some(members) => give(tx, profile, members, first_status(profile), now).await?,
        None => 0,
    };
    let mut filter = Filter::default();
    let (id, at) = (filter.arg(profile.id), filter.arg(now));
    let outside = match &members {
        None => String::new(),
        Some(members) => {
            let condition = shifted(members, &mut filter);
            format!(" and device_id not in (select d.id from devices d where {condition})")
        }
    };
    let gone = "status in ('PendingInstall', 'NotInstalled', 'ConfirmedRemoval')";
    // Every statement names both arguments, because PostgreSQL must learn their types from it.
    let never =
        format!("delete from device_profiles where profile_id = {id} and updated_at <= {at} and {gone}{outside}");
    tx.execute(never, filter.args()).await?;
    let leaving = format!(
        "update device_profiles set status = 'PendingRemoval', version = 0, updated_at = {at} \
         where profile_id = {id} and version > 0{outside}"
    );
    waiting += tx.execute(leaving, filter.args()).await?;
    Ok(waiting)
}

/// Has devices that wait for a profile and are within reach come for it, spread over a minute of theirs.
pub(crate) async fn nudge(tx: &mut Transaction, profile: i64, now: Timestamp, speed: f64) -> Result<(), Error> {
    let second = if speed.is_finite() && speed > 0.0 { (1e6 / speed).max(1.0) } else { 1e6 };
    let spread = "$1 + (id % 60 + 1) * $2";
    let sql = format!(
        "update devices set next_checkin_at = {spread} where id in (select device_id from device_profiles \
         where profile_id = $3 and status in ('PendingInstall', 'PendingRemoval')) \
         and next_checkin_at > {spread} and offline_until <= $1"
    );
    #[expect(clippy::cast_possible_truncation, reason = "between one and a million")]
    tx.execute(sql, args![now.as_microsecond(), second as i64, profile]).await?;
    Ok(())
}

/// Ids of the profiles that devices may have joined or left since they were published.
pub(crate) async fn published(database: &Database) -> Result<Vec<i64>, Error> {
    let sql = "select p.id from profiles p where p.state = 'Active' and exists \
               (select 1 from profile_assignments a where a.profile_id = p.id) order by p.id";
    database.fetch(sql, args![]).await?.iter().map(|row| row.get("id")).collect()
}
