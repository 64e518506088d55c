//! How well a device is protected. A device that left the tenant has no sample of it any more (404, code 8).

use muster_model::Stamp;
use muster_model::words::{EnrollmentStatus, Platform};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::search::criteria;
use super::{edit, named, sample};
use crate::store::devices::{self, Record};

/// A device whose security is known.
pub(super) async fn sampled(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let record = named::device(context, given).await?;
    if record.is_managed() {
        return Ok(record);
    }
    Err(Refusal::new(404, 8, format!("There is no security sample of device {}.", record.id)))
}

pub(super) async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = sampled(&context, &given).await?;
    Ok(Said::json(200, shown(&record)))
}

fn status(record: &Record) -> &'static str {
    if record.encrypted { "Encrypted" } else { "NotEncrypted" }
}

/// The key that opens a disk when everything else is lost; only computers that are encrypted have one.
pub(super) fn recovery_key(record: &Record) -> Option<String> {
    let mut draw = sample::Draw::of(record.uuid, "recovery key", 0);
    match record.device.platform {
        _ if !record.encrypted => None,
        Platform::AppleOsX => {
            let mut part = || draw.password(4).to_uppercase();
            Some([part(), part(), part(), part(), part(), part()].join("-"))
        }
        Platform::WinRt => {
            // Eight groups, each a multiple of eleven that fits sixteen bits.
            let groups = (0..8).map(|_| format!("{:06}", draw.below(65_536) * 11));
            Some(groups.collect::<Vec<_>>().join("-"))
        }
        _ => None,
    }
}

fn shown(record: &Record) -> Value {
    let device = &record.device;
    let mac = device.platform == Platform::AppleOsX;
    let apple = mac || device.platform == Platform::Apple;
    let key = recovery_key(record);
    let mut answer = json!({
        "IsCompromised": device.compromised_status, "IsEncrypted": record.encrypted,
        "DataProtectionEnabled": record.encrypted && record.passcode_present,
        "BlockLevelEncryption": record.encrypted, "FileLevelEncryption": record.encrypted && apple,
        "IsPasscodePresent": record.passcode_present, "IsPasscodeCompliant": record.passcode_compliant,
        "EncryptionStatus": status(record), "PercentComplete": if record.encrypted { 100 } else { 0 },
        "HasPersonalRecoveryKey": key.is_some(), "HasInstitutionalRecoveryKey": false,
        "PersonalRecoveryKey": key.unwrap_or_default(), "EnrolledViaDEP": apple && device.is_supervised,
        "UserApprovedEnrollment": mac, "IsRecoveryLockEnabled": mac && device.is_supervised,
        "SystemIntegrityProtectionEnabled": mac, "AuthenticatedRootVolumeEnabled": mac,
        "BootstrapTokenEscrowStatus": mac && device.is_supervised,
        "IsActivationLockManageable": apple && device.is_supervised,
        "PasscodeLockGracePeriod": 0, "PasscodeLockGracePeriodEnforced": 0,
    });
    if mac {
        answer["SecureBoot"] = json!({ "SecureBootStatus": "full", "ExternalBootStatus": "disallowed" });
    }
    answer
}

/// Security of the devices that match the criteria of a search.
pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let mut wanted = criteria(&context, &given).await?;
    wanted.enrollment = Some(EnrollmentStatus::Enrolled);
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let yes = |flag: bool, yes: &'static str, no: &'static str| if flag { yes } else { no };
    let row = |record: &Record| {
        json!({
            "DeviceId": record.id, "EncryptionStatus": status(record),
            "CompromisedStatus": yes(record.device.compromised_status, "Compromised", "NotCompromised"),
            "PasscodeStatus": yes(record.passcode_present, "Present", "NotPresent"),
            "PasscodeComplianceStatus": yes(record.passcode_compliant, "Compliant", "NotCompliant"),
            "PasscodeLockGracePeriod": 0, "PasscodeLockGracePeriodEnforced": 0,
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Said::list(json!({ "SecurityInfo": rows, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

pub(super) async fn encryption_status(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = sampled(&context, &given).await?;
    Ok(Said::json(200, json!({ "encryption_status": record.encrypted })))
}

/// A supervised Mac; others have none of what is asked about.
async fn supervised_mac(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let record = sampled(context, given).await?;
    if record.device.platform == Platform::AppleOsX && record.device.is_supervised {
        return Ok(record);
    }
    Err(edit::unsupported("Only supervised Macs have it."))
}

/// The administrator's account that the tenant made on a Mac.
pub(super) async fn managed_admin(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = supervised_mac(&context, &given).await?;
    let mut draw = sample::Draw::of(record.uuid, "managed administrator", 0);
    let answer = json!({
        "account_identifier": draw.uuid(), "user_name": "meridianadmin", "full_name": "Meridian Administrator",
        "current_password": draw.password(14), "password_set_on": Stamp(record.enrolled_at).to_string(),
    });
    Ok(Said::json(200, answer))
}

pub(super) async fn recovery_lock(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = supervised_mac(&context, &given).await?;
    let password = sample::Draw::of(record.uuid, "recovery lock", 0).password(12);
    let at = Stamp(record.enrolled_at).to_string();
    let answer = json!({
        "device_uuid": record.uuid, "applied_password": password, "applied_on": at, "submitted_password": password,
        "submitted_on": at,
    });
    Ok(Said::json(200, answer))
}
