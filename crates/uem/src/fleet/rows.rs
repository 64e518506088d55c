//! The first rows of people and devices. (Living devices are written by `ledger`.)

use muster_model::words::{EnrollmentStatus, InstallStatus, Platform};
use muster_store::{Error, Transaction, Value, args};

use super::bulk::Bulk;
use super::dice::{Dice, Purpose};
use super::enrollment::Record;
use super::groups::tags;
use super::pace::{Moment, Pace};
use super::people::{DEPARTMENTS, FIRST_USER, Person};
use super::policies::Rule;
use super::seed::{FIRST_TAG, FIRST_USER_GROUP};
use crate::store::smart_groups::rank;

/// An app that a new tenant's devices have.
pub(super) struct Standard {
    pub(super) id: i64,
    pub(super) platform: Platform,
    pub(super) version: &'static str,
}

const USERS: Bulk = Bulk::insert(
    "insert into users (id, uuid, username, username_folded, first_name, last_name, email, active, security_type, \
     phone_number, mobile_number, department, title, role, organization_group_id, created_at, updated_at) values ",
);
const MEMBERS: Bulk = Bulk::insert("insert into user_group_members (group_id, user_id, added_at) values ");

/// Writes people and puts them into their groups: everybody's, and their department's.
pub(super) async fn people(tx: &mut Transaction, persons: &[Person], group: i64, now: Moment) -> Result<(), Error> {
    let mut members = Vec::new();
    for person in persons {
        let own = DEPARTMENTS.iter().position(|department| department == person.department);
        for place in [Some(0), own.map(|place| place as i64 + 1)].into_iter().flatten() {
            members.push(args![FIRST_USER_GROUP + place, person.id, joined(person, now)]);
        }
    }
    USERS.run(tx, persons.iter().map(|person| user(person, group, now)).collect()).await?;
    MEMBERS.run(tx, members).await
}

fn joined(person: &Person, now: Moment) -> Moment {
    now - Pace::new(1.0).hours(24.0 * (30.0 + (person.id - FIRST_USER) as f64 % 1_500.0))
}

fn user(person: &Person, group: i64, now: Moment) -> Vec<Value> {
    args![
        person.id,
        person.uuid,
        &person.username,
        &person.username,
        person.first_name,
        person.last_name,
        format!("{}@example.com", person.username),
        person.active,
        if person.directory { "Directory" } else { "Basic" },
        &person.phone_number,
        &person.mobile_number,
        person.department.name,
        person.title,
        "Full Access",
        group,
        joined(person, now),
        joined(person, now),
    ]
}

const DEVICES: Bulk = Bulk::insert(
    "insert into devices (id, uuid, udid, serial_number, imei, mac_address, asset_number, friendly_name, \
     reported_name, organization_group_id, user_id, platform, model, os_version, os_build, \
     ownership, phone_number, enrollment_status, enrolled_at, last_seen_at, \
     compliance_status, compliance_checked_at, compromised, encrypted, passcode_present, \
     passcode_compliant, supervised, battery_percent, capacity_gb, available_gb, memory_mb, \
     next_checkin_at, offline_until, checkins, upcoming, os_rank) values ",
);

fn device(record: &Record) -> Vec<Value> {
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
        rank(&device.os_version),
    ]
}

const COMPLIANCE: Bulk = Bulk::insert("insert into device_compliance (device_id, policy_id, compliant) values ");
const INSTALLS: Bulk = Bulk::insert(
    "insert into device_apps (device_id, app_id, status, reason, installed_version, tries, updated_at, due_at) values ",
);
const TAGGED: Bulk = Bulk::insert("insert into device_tags (device_id, tag_id, tagged_at) values ");
const EVENTS: Bulk =
    Bulk::insert("insert into events (id, device_id, at, severity, event, admin_account, source, details) values ");

/// Writes devices with what belongs to them: policies, standard apps, tags, and the first line of the log.
pub(super) async fn devices(
    tx: &mut Transaction,
    seed: u64,
    records: &[Record],
    policies: &[(i64, Rule)],
    standard: &[Standard],
) -> Result<(), Error> {
    let (mut compliance, mut installs, mut tagged, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let (id, enrolled) = (record.device.id, record.enrolled_at);
        let dice = &mut Dice::new(seed, Purpose::Thing, id, 1);
        tagged
            .extend(tags(&record.device, dice).into_iter().map(|place| args![id, FIRST_TAG + place as i64, enrolled]));
        events.push(args![id, id, enrolled, "Information", "Enrollment Complete", "", "Device", ""]);
        if record.device.enrollment != EnrollmentStatus::Enrolled {
            continue;
        }
        let verdicts = policies.iter().filter_map(|(policy, rule)| Some((*policy, rule.verdict(&record.device)?)));
        compliance.extend(verdicts.map(|(policy, compliant)| args![id, policy, compliant]));
        for app in standard.iter().filter(|app| app.platform == record.device.platform) {
            let (status, reason, version) = installed(app, dice);
            installs.push(args![id, app.id, status.as_str(), reason, version, 1, enrolled, None::<i64>]);
        }
    }
    DEVICES.run(tx, records.iter().map(device).collect()).await?;
    COMPLIANCE.run(tx, compliance).await?;
    INSTALLS.run(tx, installs).await?;
    TAGGED.run(tx, tagged).await?;
    EVENTS.run(tx, events).await
}

fn installed(app: &Standard, dice: &mut Dice) -> (InstallStatus, &'static str, &'static str) {
    match dice.unit() {
        unit if unit < 0.97 => (InstallStatus::Installed, "", app.version),
        unit if unit < 0.985 => (InstallStatus::Failed, "The installer ended with exit code 1603", ""),
        _ => (InstallStatus::Pending, "Waiting for the device", ""),
    }
}
