//! Encrypted drives of Windows computers, and the keys that open them.

use muster_model::words::Platform;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{edit, sample, security};
use crate::store::devices::Record;

async fn computer(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let record = security::sampled(context, given).await?;
    if record.device.platform == Platform::WinRt {
        return Ok(record);
    }
    Err(edit::unsupported("Only Windows computers have BitLocker."))
}

/// The identifiers of the system drive: volume, TPM protector, password protector.
fn identifiers(record: &Record) -> [String; 3] {
    ["volume", "tpm", "password"].map(|what| sample::Draw::of(record.uuid, what, 0).uuid().to_string())
}

#[expect(clippy::cast_possible_truncation, reason = "a disk has fewer bytes than an i64 counts")]
pub(super) async fn drives(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = computer(&context, &given).await?;
    let encrypted = record.encrypted;
    let [volume, ..] = identifiers(&record);
    let words = if encrypted { ("FULLY_ENCRYPTED", "ENCRYPTED") } else { ("FULLY_DECRYPTED", "NOT_ENCRYPTED") };
    let path = format!("/api/mdm/devices/{}/bitlocker/drives/{volume}/protectors", record.uuid);
    let drive = json!({
        "_links": { "protectors": { "href": path } }, "volume_identifier": volume, "volume_name": "System",
        "volume_type": "OPERATING_SYSTEM", "drive_letter": "C:", "bitlocker_version": "2.0", "is_active": true,
        "conversion_status": words.0, "drive_status": words.1, "dell_ddpe_status": "Disabled",
        "encryption_method": if encrypted { "XTS_AES256_BIT" } else { "UNKNOWN" }, "auto_unlock": false,
        "identification_field": "", "lock_status": false, "number_reboots_remaining": 0,
        "percentage_encrypted": if encrypted { 100.0 } else { 0.0 }, "protection_status": encrypted,
        "size_in_bytes": (record.device.device_capacity * 1_073_741_824.0) as i64, "suspended_status": "NOT_SUSPENDED",
    });
    let answer = json!({ "cipher_mismatch": false, "overall_bitlocker_status": words.1, "drive_information": [drive] });
    Ok(Said::json(200, answer))
}

fn protectors(record: &Record) -> Vec<Value> {
    let [_, tpm, password] = identifiers(record);
    let key = security::recovery_key(record);
    let Some(key) = key else { return Vec::new() };
    vec![
        json!({ "key_protector_id": tpm, "key_protector_type": "TPM", "is_active": true }),
        json!({ "key_protector_id": password, "key_protector_type": "NUMERICAL_PASSWORD", "recovery_key": key,
            "is_active": true }),
    ]
}

pub(super) async fn drive_protectors(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = computer(&context, &given).await?;
    let asked = given.text("volumeIdentifier").trim_matches(['{', '}']);
    if !asked.eq_ignore_ascii_case(&identifiers(&record)[0]) {
        return Err(Refusal::not_found(format!("The device has no volume {asked}.")));
    }
    Ok(Said::json(200, json!({ "protector_information": protectors(&record) })))
}

pub(super) async fn recovery_key(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = computer(&context, &given).await?;
    let asked = given.text("recoveryKeyID").trim_matches(['{', '}']);
    let found = protectors(&record).into_iter().find(|protector| {
        let id = protector["key_protector_id"].as_str().unwrap_or_default();
        id.eq_ignore_ascii_case(asked) && protector.get("recovery_key").is_some()
    });
    let found = found.ok_or_else(|| Refusal::not_found(format!("The device has no recovery key {asked}.")))?;
    Ok(Said::json(200, found))
}
