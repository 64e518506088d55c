//! Profiles on their way to devices, and those of a new tenant.
//!
//! A device takes what waits for it whenever it is heard from; one statement does it for a whole batch.

use muster_model::words::Platform;
use muster_store::{Database, Error, Transaction, Value, args};
use serde_json::{Value as Json, json};

use super::bulk::{Bulk, ids, placeholders};
use super::groups::SMART_GROUPS;
use super::pace::Moment;
use super::seed::{FIRST_SMART_GROUP, thing};
use crate::store;
use crate::store::events::NewEvent;
use crate::store::profiles::{self, ACTIVE, DEVICE, FIRST, INACTIVE, assignments};
use crate::store::scope::Scope;

/// Devices that have just been heard from install and remove what waits for them; answers what they tell.
pub(super) async fn arrive(tx: &mut Transaction, devices: &[i64]) -> Result<Vec<NewEvent>, Error> {
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "update device_profiles set status = case status when 'PendingInstall' then 'ConfirmedInstall' \
         else 'ConfirmedRemoval' end, \
         updated_at = (select d.last_seen_at from devices d where d.id = device_profiles.device_id) \
         where device_id in ({}) and status in ('PendingInstall', 'PendingRemoval') \
         returning device_id, profile_id, status, version, updated_at, \
         (select p.name from profiles p where p.id = device_profiles.profile_id) as name",
        placeholders(tx.engine(), devices.len())
    );
    let rows = tx.fetch(sql, ids(devices)).await?;
    let (mut events, mut gone) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let device_id = row.get("device_id")?;
        let installed = row.get::<String>("status")? == "ConfirmedInstall";
        if row.get::<i64>("version")? == 0 {
            gone.push(device_id);
        }
        let event = if installed { "Install Profile Confirmed" } else { "Remove Profile Confirmed" };
        events.push(NewEvent {
            device_id,
            at: row.get("updated_at")?,
            severity: "Information",
            event: event.to_owned(),
            admin_account: String::new(),
            source: "Device",
            details: vec![format!("Profile={}", row.get::<Option<String>>("name")?.unwrap_or_default())],
        });
    }
    if !gone.is_empty() {
        let sql = format!(
            "delete from device_profiles where device_id in ({}) and version = 0 and status = 'ConfirmedRemoval'",
            placeholders(tx.engine(), gone.len())
        );
        tx.execute(sql, ids(&gone)).await?;
    }
    events.sort_by_key(|event| (event.at, event.device_id));
    Ok(events)
}

/// Gives profiles to devices that joined their groups since they were published, and takes them from those that left.
pub(super) async fn catch_up(database: &Database, now: jiff::Timestamp) -> Result<(), Error> {
    for id in assignments::published(database).await? {
        // A change for each profile, so that callers do not wait for all of them.
        let mut tx = store::begin(database).await?;
        if let Some(profile) = profiles::find(&mut tx, id, &Scope::Everything).await? {
            assignments::publish(&mut tx, &profile, now).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// A profile of a new tenant.
struct Seeded {
    name: &'static str,
    platform: Platform,
    /// The smart group that has it; `None`: it is kept for later, and not active.
    group: Option<&'static str>,
    section: &'static str,
}

const fn seeded(name: &'static str, platform: Platform, group: Option<&'static str>, section: &'static str) -> Seeded {
    Seeded { name, platform, group, section }
}

const SEEDED: &[Seeded] = &[
    seeded("Wi-Fi for iPhones and iPads", Platform::Apple, Some("All iOS Devices"), "WifiList"),
    seeded("Passcode for iPhones and iPads", Platform::Apple, Some("All iOS Devices"), "Passcode"),
    seeded("VPN for iPhones and iPads", Platform::Apple, Some("VIP Devices"), "VpnList"),
    seeded("Restrictions for kiosks on iPads", Platform::Apple, Some("Kiosks"), "Restrictions"),
    seeded("Wi-Fi for Android", Platform::Android, Some("All Android Devices"), "WifiList"),
    seeded("Passcode for Android", Platform::Android, Some("All Android Devices"), "Passcode"),
    seeded("VPN for Android", Platform::Android, Some("Pilot Ring"), "VpnList"),
    seeded("Restrictions for Android", Platform::Android, Some("Kiosks"), "Restrictions"),
    seeded("Wi-Fi for Macs", Platform::AppleOsX, Some("All macOS Devices"), "NetworkList"),
    seeded("Passcode for Macs", Platform::AppleOsX, Some("All macOS Devices"), "Passcode"),
    seeded("VPN for Macs", Platform::AppleOsX, Some("Pilot Ring"), "VpnList"),
    seeded("Restrictions for Macs", Platform::AppleOsX, None, "Restrictions"),
    seeded("Wi-Fi for Windows", Platform::WinRt, Some("All Windows Devices"), "WINDOWS_WIFI"),
    seeded("Passcode for Windows", Platform::WinRt, Some("All Windows Devices"), "WINDOWS_PASSCODE"),
    seeded("VPN for Windows", Platform::WinRt, Some("Pilot Ring"), "WINDOWS_VPN"),
    seeded("Restrictions for Windows", Platform::WinRt, None, "WINDOWS_RESTRICTION"),
];

/// What a section of a new tenant's profiles says.
fn payload(section: &str) -> Json {
    match section {
        "WifiList" => json!([{ "ServiceSetIdentifier": "Meridian", "HiddenNetwork": false, "SecurityType": "WPA2" }]),
        "NetworkList" => json!([{ "ServiceSetIdentifier": "Meridian", "NetworkInterface": "WiFi" }]),
        "VpnList" => json!([{ "ConnectionName": "Meridian", "ConnectionType": "IKEv2" }]),
        "Passcode" => json!({ "MinimumPasscodeLength": 6 }),
        "Restrictions" => json!({ "AllowScreenCapture": false }),
        windows => json!({ "type": windows }),
    }
}

const PROFILES: Bulk = Bulk::insert(
    "insert into profiles (id, uuid, name, organization_group_id, platform, kind, state, assignment_type, context, \
     version, payloads, body, created_at, updated_at, created_by) values ",
);
const ASSIGNMENTS: Bulk =
    Bulk::insert("insert into profile_assignments (profile_id, smart_group_id, excluded) values ");

/// Writes the profiles of a new tenant. Whoever belongs to their groups has them already.
pub(super) async fn seed(tx: &mut Transaction, seed: u64, root: i64, now: Moment) -> Result<(), Error> {
    let listed = || (FIRST..).zip(SEEDED);
    let rows = listed().map(|(id, profile)| {
        let sections = serde_json::Map::from_iter([(profile.section.to_owned(), payload(profile.section))]);
        let body = json!({ "general": { "Description": profile.name, "AllowRemoval": "Never" }, "sections": sections });
        args![
            id,
            thing(seed, id),
            profile.name,
            root,
            profile.platform.as_str(),
            DEVICE,
            if profile.group.is_some() { ACTIVE } else { INACTIVE },
            "Auto",
            "Device",
            1,
            profiles::names(&sections),
            body.to_string(),
            now,
            now,
            "administrator"
        ]
    });
    PROFILES.run(tx, rows.collect()).await?;
    let group = |name: &str| SMART_GROUPS.iter().position(|group| group.name == name);
    let rows = listed().filter_map(|(id, profile)| {
        let group = FIRST_SMART_GROUP + group(profile.group?)? as i64;
        Some(args![id, group, false])
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    ASSIGNMENTS.run(tx, rows).await?;
    let at = jiff::Timestamp::from_microsecond(now).unwrap_or_default();
    for (id, _) in listed().filter(|(_, profile)| profile.group.is_some()) {
        if let Some(profile) = profiles::find(tx, id, &Scope::Everything).await? {
            assignments::already_there(tx, &profile, at).await?;
        }
    }
    Ok(())
}
