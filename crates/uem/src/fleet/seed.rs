//! Fills a new tenant: people and their groups, devices, apps, smart groups, policies, tags.
//!
//! Everything follows from the seed; a tenant of n devices is the beginning of one of n + 1.

use jiff::Timestamp;
use muster_model::words::{EnrollmentStatus, InstallStatus, Platform};
use muster_store::{Database, Error, Transaction, Value, args};
use uuid::Uuid;

use super::app_list::SHELVES;
use super::dice::{Dice, Purpose};
use super::enrollment::{Enrollment, Record};
use super::groups::{SMART_GROUPS, SmartGroup, TAGS, tags};
use super::pace::{Moment, Pace};
use super::people::{DEPARTMENTS, EVERYBODY, FIRST_USER, Person};
use super::policies::{POLICIES, Rule};
use crate::settings::Settings;

/// Ids of each kind start at a number of their own, so that one taken for another is noticed.
const FIRST_POLICY: i64 = 21;
const FIRST_TAG: i64 = 71;
const FIRST_APP: i64 = 301;
const FIRST_SMART_GROUP: i64 = 501;
const FIRST_USER_GROUP: i64 = 901;

/// Devices that are drawn before they are written.
const CHUNK: i64 = 1_000;

/// An app that a new tenant's devices have.
struct Standard {
    id: i64,
    platform: Platform,
    version: &'static str,
}

/// Makes users, devices, apps and groups; called once, after the organization groups exist.
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
    let mut written = 0;
    let devices = i64::from(settings.devices);
    let mut number = 0;
    while number < devices {
        let until = (number + CHUNK).min(devices);
        let records: Vec<Record> = (number..until).map(|number| enrollment.draw(number)).collect();
        people(&mut tx, &enrollment.persons()[written..], root, now).await?;
        written = enrollment.persons().len();
        write_devices(&mut tx, &records).await?;
        write_states(&mut tx, seed, &records, &policies, &standard).await?;
        number = until;
    }
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
    tx.insert("compliance_policies", &["id", "uuid", "name", "detail", "organization_group_id"], rows.collect())
        .await?;
    tx.insert("tags", &["id", "uuid", "name", "organization_group_id"], named(FIRST_TAG, TAGS)).await?;
    let groups: Vec<&str> = std::iter::once(EVERYBODY).chain(DEPARTMENTS.iter().map(|one| one.group)).collect();
    tx.insert("user_groups", &["id", "uuid", "name", "organization_group_id"], named(FIRST_USER_GROUP, &groups))
        .await?;
    let rows = (FIRST_SMART_GROUP..)
        .zip(SMART_GROUPS)
        .map(|(id, group)| args![id, thing(seed, id), group.name, root, criteria(group)]);
    tx.insert("smart_groups", &["id", "uuid", "name", "organization_group_id", "criteria"], rows.collect()).await?;
    Ok(policies)
}

fn thing(seed: u64, id: i64) -> Uuid {
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
    let columns =
        ["id", "uuid", "name", "bundle_id", "version", "kind", "platform", "organization_group_id", "size_mb"];
    tx.insert("apps", &columns, rows.collect()).await?;
    let standard = || listed().filter(|(_, (_, app))| app.kind.is_standard());
    let rows = standard().filter_map(|(id, (shelf, _))| {
        let position = SMART_GROUPS.iter().position(|group| group.name == shelf.group)?;
        Some(args![id, FIRST_SMART_GROUP + position as i64, "Auto", "{}", now])
    });
    let columns = ["app_id", "smart_group_id", "push_mode", "parameters", "created_at"];
    tx.insert("app_assignments", &columns, rows.collect()).await?;
    Ok(standard()
        .map(|(id, (shelf, app))| Standard { id, platform: Platform::from(shelf.platform), version: app.version })
        .collect())
}

async fn people(tx: &mut Transaction, persons: &[Person], root: i64, now: Moment) -> Result<(), Error> {
    let joined =
        |person: &Person| now - Pace::new(1.0).hours(24.0 * (30.0 + (person.id - FIRST_USER) as f64 % 1_500.0));
    let row = |person: &Person| {
        let security = if person.directory { "Directory" } else { "Basic" };
        args![
            person.id,
            person.uuid,
            &person.username,
            &person.username,
            person.first_name,
            person.last_name,
            format!("{}@example.com", person.username),
            person.active,
            security,
            &person.phone_number,
            &person.mobile_number,
            person.department.name,
            person.title,
            "Full Access",
            root,
            joined(person),
            joined(person),
        ]
    };
    let columns = [
        "id",
        "uuid",
        "username",
        "username_folded",
        "first_name",
        "last_name",
        "email",
        "active",
        "security_type",
        "phone_number",
        "mobile_number",
        "department",
        "title",
        "role",
        "organization_group_id",
        "created_at",
        "updated_at",
    ];
    tx.insert("users", &columns, persons.iter().map(row).collect()).await?;
    let memberships = |person: &Person| {
        let own =
            DEPARTMENTS.iter().position(|department| department == person.department).map(|place| place as i64 + 1);
        [Some(0), own]
            .into_iter()
            .flatten()
            .map(|place| args![FIRST_USER_GROUP + place, person.id, joined(person)])
            .collect::<Vec<_>>()
    };
    let rows = persons.iter().flat_map(memberships).collect();
    tx.insert("user_group_members", &["group_id", "user_id", "added_at"], rows).await
}

const DEVICE_COLUMNS: [&str; 35] = [
    "id",
    "uuid",
    "udid",
    "serial_number",
    "imei",
    "mac_address",
    "asset_number",
    "friendly_name",
    "reported_name",
    "organization_group_id",
    "user_id",
    "platform",
    "model",
    "os_version",
    "os_build",
    "ownership",
    "phone_number",
    "enrollment_status",
    "enrolled_at",
    "last_seen_at",
    "compliance_status",
    "compliance_checked_at",
    "compromised",
    "encrypted",
    "passcode_present",
    "passcode_compliant",
    "supervised",
    "battery_percent",
    "capacity_gb",
    "available_gb",
    "memory_mb",
    "next_checkin_at",
    "offline_until",
    "checkins",
    "upcoming",
];

async fn write_devices(tx: &mut Transaction, records: &[Record]) -> Result<(), Error> {
    let row = |record: &Record| -> Vec<Value> {
        let device = &record.device;
        args![
            device.id,
            record.uuid,
            &record.identity.udid,
            &record.identity.serial,
            &record.identity.imei,
            &record.identity.mac,
            &record.asset_number,
            &record.friendly_name,
            &record.reported_name,
            record.organization_group,
            record.user,
            device.platform.as_str(),
            &device.model,
            &device.os_version,
            &device.os_build,
            device.ownership.as_str(),
            &record.phone_number,
            device.enrollment.as_str(),
            record.enrolled_at,
            device.last_seen_at,
            device.compliance.as_str(),
            device.compliance_checked_at,
            device.compromised,
            device.encrypted,
            device.passcode_present,
            device.passcode_compliant,
            device.supervised,
            device.battery_percent,
            device.capacity_gb,
            device.available_gb,
            record.memory_mb,
            device.next_checkin_at,
            device.offline_until,
            device.checkins,
            "[]",
        ]
    };
    tx.insert("devices", &DEVICE_COLUMNS, records.iter().map(row).collect()).await
}

/// What belongs to the devices: policies, standard apps, tags, and the first line of the log.
async fn write_states(
    tx: &mut Transaction,
    seed: u64,
    records: &[Record],
    policies: &[(i64, Rule)],
    standard: &[Standard],
) -> Result<(), Error> {
    let (mut compliance, mut installs, mut tagged, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let device = &record.device;
        let dice = &mut Dice::new(seed, Purpose::Thing, device.id, 1);
        for position in tags(device, dice) {
            tagged.push(args![device.id, FIRST_TAG + position as i64, record.enrolled_at]);
        }
        events.push(args![
            device.id,
            device.id,
            record.enrolled_at,
            "Information",
            "Enrollment Complete",
            "",
            "Device",
            ""
        ]);
        if device.enrollment != EnrollmentStatus::Enrolled {
            continue;
        }
        let next = device.last_seen_at + Pace::new(1.0).hours(4.0);
        for (policy, rule) in policies {
            if let Some(compliant) = rule.verdict(device) {
                compliance.push(args![device.id, *policy, compliant, device.last_seen_at, next]);
            }
        }
        for app in standard.iter().filter(|app| app.platform == device.platform) {
            let (status, reason, version) = match dice.unit() {
                unit if unit < 0.97 => (InstallStatus::Installed, "", app.version),
                unit if unit < 0.985 => (InstallStatus::Failed, "The installer ended with exit code 1603", ""),
                _ => (InstallStatus::Pending, "Waiting for the device", ""),
            };
            installs.push(args![
                device.id,
                app.id,
                status.as_str(),
                reason,
                version,
                1,
                record.enrolled_at,
                None::<i64>
            ]);
        }
    }
    let columns = ["device_id", "policy_id", "compliant", "checked_at", "next_check_at"];
    tx.insert("device_compliance", &columns, compliance).await?;
    let columns = ["device_id", "app_id", "status", "reason", "installed_version", "tries", "updated_at", "due_at"];
    tx.insert("device_apps", &columns, installs).await?;
    tx.insert("device_tags", &["device_id", "tag_id", "tagged_at"], tagged).await?;
    let columns = ["id", "device_id", "at", "severity", "event", "admin_account", "source", "details"];
    tx.insert("events", &columns, events).await
}
