//! Fills a new tenant: people and their groups, devices, apps, smart groups, policies, tags.
//!
//! Everything follows from the seed; a tenant of n devices is the beginning of one of n + 1.

use jiff::Timestamp;
use muster_model::words::Platform;
use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::app_list::SHELVES;
use super::bulk::Bulk;
use super::dice::{Dice, Purpose};
use super::enrollment::{Enrollment, Record};
use super::groups::{SMART_GROUPS, SmartGroup, TAGS};
use super::pace::{Moment, Pace};
use super::people::{DEPARTMENTS, EVERYBODY};
use super::policies::{POLICIES, Rule};
use super::profiles;
use super::rows::{self, Standard};
use crate::settings::Settings;

/// Ids of each kind start at a number of their own, so that one taken for another is noticed.
const FIRST_POLICY: i64 = 21;
pub(super) const FIRST_TAG: i64 = 71;
const FIRST_APP: i64 = 301;
pub(super) const FIRST_SMART_GROUP: i64 = 501;
pub(super) const FIRST_USER_GROUP: i64 = 901;

/// Devices that are drawn before they are written, and written in one change: what a larger one changes is more than
/// the engine keeps in memory.
const CHUNK: i64 = 1_000;

/// Makes users, devices, apps and groups; called once, after the organization groups exist. It is not one change:
/// interrupted, it leaves a beginning.
///
/// # Errors
/// [`Error`] when the tenant cannot be written, or has no organization group.
pub(crate) async fn seed(database: &Database, settings: &Settings, now: Timestamp) -> Result<(), Error> {
    let (seed, now) = (settings.seed, now.as_microsecond());
    let mut tx = database.begin().await?;
    let root: i64 = tx
        .fetch_one("select id from organization_groups where parent_id is null order by id limit 1", args![])
        .await?
        .get("id")?;
    let leaves = "select g.id from organization_groups g where not exists \
                  (select 1 from organization_groups c where c.parent_id = g.id) order by g.id";
    let leaves = tx.fetch(leaves, args![]).await?;
    let leaves = leaves.iter().map(|row| row.get("id")).collect::<Result<Vec<i64>, Error>>()?;

    let policies = things(&mut tx, seed, root).await?;
    let standard = apps(&mut tx, seed, root, now).await?;
    let mut enrollment = Enrollment::new(seed, Pace::new(settings.speed), now, &leaves, &policies);
    let devices = i64::from(settings.devices);
    let mut number = 0;
    while number < devices {
        let until = (number + CHUNK).min(devices);
        let records: Vec<Record> = (number..until).map(|number| enrollment.draw(number)).collect();
        rows::people(&mut tx, &enrollment.take_newcomers(), root, now).await?;
        rows::devices(&mut tx, seed, &records, &policies, &standard).await?;
        number = until;
        tx.commit().await?;
        tx = database.begin().await?;
    }
    profiles::seed(&mut tx, seed, root, now).await?;
    tx.commit().await
}

/// Policies, tags, smart groups and user groups.
async fn things(tx: &mut Transaction, seed: u64, root: i64) -> Result<Vec<(i64, Rule)>, Error> {
    let named = |first: i64, names: &[&str]| {
        let row = |(id, name): (i64, &&str)| args![id, thing(seed, id), *name, root];
        (first..).zip(names).map(row).collect::<Vec<_>>()
    };
    let policies: Vec<(i64, Rule)> = (FIRST_POLICY..).zip(POLICIES).map(|(id, policy)| (id, policy.0)).collect();
    let rows =
        (FIRST_POLICY..).zip(POLICIES).map(|(id, (_, name, detail))| args![id, thing(seed, id), *name, *detail, root]);
    Bulk::insert("insert into compliance_policies (id, uuid, name, detail, organization_group_id) values ")
        .run(tx, rows.collect())
        .await?;
    Bulk::insert("insert into tags (id, uuid, name, organization_group_id) values ")
        .run(tx, named(FIRST_TAG, TAGS))
        .await?;
    let groups: Vec<&str> = std::iter::once(EVERYBODY).chain(DEPARTMENTS.iter().map(|one| one.group)).collect();
    Bulk::insert("insert into user_groups (id, uuid, name, organization_group_id) values ")
        .run(tx, named(FIRST_USER_GROUP, &groups))
        .await?;
    let rows = (FIRST_SMART_GROUP..)
        .zip(SMART_GROUPS)
        .map(|(id, group)| args![id, thing(seed, id), group.name, root, criteria(group)]);
    Bulk::insert("insert into smart_groups (id, uuid, name, organization_group_id, criteria) values ")
        .run(tx, rows.collect())
        .await?;
    Ok(policies)
}

pub(super) fn thing(seed: u64, id: i64) -> Uuid {
    Dice::new(seed, Purpose::Thing, id, 0).uuid()
}

fn criteria(group: &SmartGroup) -> String {
    serde_json::json!({ "platforms": group.platforms, "ownerships": group.ownerships, "tags": group.tags }).to_string()
}

/// Apps, and the assignments of those that every device of a platform has.
async fn apps(tx: &mut Transaction, seed: u64, root: i64, now: Moment) -> Result<Vec<Standard>, Error> {
    let listed = || (FIRST_APP..).zip(SHELVES.iter().flat_map(|shelf| shelf.apps.iter().map(move |app| (shelf, app))));
    let rows = listed().map(|(id, (shelf, app))| {
        let uuid = thing(seed, id);
        args![id, uuid, app.name, app.bundle, app.version, app.kind.word(), shelf.platform, root, app.size_mb]
    });
    Bulk::insert(
        "insert into apps (id, uuid, name, bundle_id, version, kind, platform, organization_group_id, size_mb) values ",
    )
    .run(tx, rows.collect())
    .await?;
    let standard = || listed().filter(|(_, (_, app))| app.kind.is_standard());
    let rows = standard().filter_map(|(id, (shelf, _))| {
        let position = SMART_GROUPS.iter().position(|group| group.name == shelf.group)?;
        Some(args![id, FIRST_SMART_GROUP + position as i64, "Auto", "{}", now])
    });
    Bulk::insert("insert into app_assignments (app_id, smart_group_id, push_mode, parameters, created_at) values ")
        .run(tx, rows.collect())
        .await?;
    Ok(standard()
        .map(|(id, (shelf, app))| Standard { id, platform: Platform::from(shelf.platform), version: app.version })
        .collect())
}
