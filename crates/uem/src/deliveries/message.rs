//! What a message says: the published members of an event, as JSON or as XML (reference §3.21).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::store::deliveries::Change;
use crate::store::event_rules::Format;

pub(super) fn content_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Xml => "application/xml",
    }
}

pub(super) fn body(change: &Change, format: Format, now: Timestamp) -> String {
    let members = members(change, now);
    match format {
        Format::Json => Value::Object(members).to_string(),
        Format::Xml => xml(&members),
    }
}

/// Number and text of an event. Numbers below 9000 are on record from real tenants; the others are our own, because
/// receivers go by the text.
fn event(kind: &str) -> (i64, &'static str) {
    match kind {
        "Enrollment" => (148, "MDM Enrollment Complete"),
        "UnenrolledEnterpriseWipe" => (39, "Break MDM Confirmed"),
        "Wipe" => (25, "Device Wipe Confirmed"),
        "Delete" => (9_001, "Device Deleted"),
        "ComplianceStatusChange" => (9_002, "Compliance Status Changed"),
        "CompromisedStatusChange" => (178, "Compromised Status Changed"),
        "CheckOutCheckIn" => (9_003, "Device Check Out Check In"),
        "AssetNumber" => (9_004, "Device Asset Number Changed"),
        "FriendlyName" => (642, "Device Friendly Name Changed"),
        "OperatingSystem" => (9_005, "Device Operating System Changed"),
        "OrganizationGroup" => (9_006, "Device Organization Group Changed"),
        "Ownership" => (9_007, "Device Ownership Changed"),
        "PhoneNumber" => (9_008, "Device Phone Number Changed"),
        "UserEmailAddress" => (9_009, "User Email Address Changed"),
        _ => (9_000, "Device Changed"),
    }
}

fn ownership(letter: &str) -> &'static str {
    match letter {
        "C" => "CorporateDedicated",
        "S" => "CorporateShared",
        "E" => "EmployeeOwned",
        _ => "Undefined",
    }
}

/// Seven decimals, as on record.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string()
}

fn members(change: &Change, now: Timestamp) -> Map<String, Value> {
    let (number, text) = event(&change.kind);
    let at = moment(change.at.unwrap_or(now));
    let members = json!({
        "EventId": number,
        "EventType": text,
        "DeviceId": change.device_id,
        "DeviceFriendlyName": change.friendly_name,
        "EnrollmentEmailAddress": change.email,
        "EnrollmentUserName": change.username,
        "EventTime": at,
        "EnrollmentStatus": change.enrollment_status,
        "CompromisedStatus": if change.compromised { "Compromised" } else { "Not Compromised" },
        "CompromisedTimeStamp": at,
        "ComplianceStatus": change.compliance_status,
        "PhoneNumber": change.phone_number,
        "Udid": change.udid,
        "SerialNumber": change.serial_number,
        "MACAddress": change.mac_address,
        "DeviceIMEI": change.imei,
        "EnrollmentUserId": change.user_id,
        "AssetNumber": change.asset_number,
        "Platform": change.platform,
        "OperatingSystem": change.os_version,
        "Ownership": ownership(&change.ownership),
        "SIMMCC": "",
        "CurrentMCC": "",
        "OrganizationGroupName": change.group_name,
        "DeviceUUID": change.device_uuid,
        "EnrollmentUserUUID": change.user_uuid,
    });
    let Value::Object(members) = members else { return Map::new() };
    members
}

fn xml(members: &Map<String, Value>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><Eventlog>");
    for (name, value) in members {
        let value = match value {
            Value::Null => String::new(),
            Value::String(text) => escaped(text),
            other => other.to_string(),
        };
        text.push_str(&format!("<{name}>{value}</{name}>"));
    }
    text.push_str("</Eventlog>");
    text
}

/// Characters that XML cannot hold at all are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_what_would_break_it_only_escaped() {
        let members = json!({"A": "<b> & \"c\"\u{0}", "B": 7, "C": null});
        assert_eq!(
            xml(members.as_object().expect("members")),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Eventlog><A>&lt;b&gt; &amp; &quot;c&quot;</A><B>7</B><C></C>\
             </Eventlog>"
        );
    }

    #[test]
    fn moments_have_seven_decimals() {
        let at: Timestamp = "2022-01-16T09:13:59.572012Z".parse().expect("a moment");
        assert_eq!(moment(at), "2022-01-16T09:13:59.5720120Z");
    }
}
