//! What the rules make of every operation that changes something, and of arguments.

use serde_json::json;

use super::super::facts::{guide, published};
use super::*;
use crate::endpoint::Effect;

fn operation(key: &str) -> &'static Operation {
    published().operation(key).or_else(|| guide().operation(key)).unwrap_or_else(|| panic!("no {key}"))
}

fn spot(spot: &Spot) -> String {
    match spot {
        Spot::Parameter(name, _) => name.to_string(),
        Spot::Search => "searchby and id".to_owned(),
        Spot::Body(_) => "body".to_owned(),
        Spot::List(way, _) => format!("body, {way}"),
        Spot::Elsewhere(_) => "not told".to_owned(),
    }
}

/// The list was read by hand: what is not on it is about no device that there is already. When the facts change, a
/// line more or less belongs there or the rules are wrong.
#[test]
fn every_change_of_devices_that_a_call_names_is_known() {
    let mut lines = Vec::new();
    for operation in published().operations.iter().chain(&guide().operations) {
        let spots: Vec<String> = operation.spots().iter().map(spot).collect();
        if operation.effect() != Effect::Read && !spots.is_empty() {
            lines.push(format!(
                "{} {} {}: {}",
                operation.key,
                operation.method.as_str(),
                operation.path,
                spots.join(" and ")
            ));
        }
    }
    lines.sort();
    let now = lines.join("\n") + "\n";
    assert_eq!(now, include_str!("operations.txt"), "as it is now:\n{now}");
}

#[test]
fn no_change_below_a_device_is_left_out() {
    for operation in published().operations.iter().chain(&guide().operations) {
        let path = operation.path.to_ascii_lowercase();
        let below = ["/devices/{", "/devices/messages", "/devices/commands", "/devices/bulk", "/lostmode"];
        let created = path.contains("/dep/") || path.contains("printers-and-iot");
        if operation.effect() != Effect::Read && !created && below.iter().any(|part| path.contains(part)) {
            assert!(!operation.spots().is_empty(), "{}", operation.key);
        }
    }
}

#[test]
fn devices_are_told_by_address_query_and_body() {
    let uuid = "00000000-0000-0000-0000-000000000007";
    let one = |name| Named::One(name);
    let id = |id| DeviceName::Id(DeviceId(id));
    let serial = |text: &str| DeviceName::Serial(text.to_owned());
    let given = Arguments::default;
    for (key, arguments, named) in [
        ("mdmv1/Devices_DeleteAsync", given().with("id", 7), one(id(7))),
        ("mdmv1/LostModeV1_UpdateLostModeAsync", given().with("deviceuuid", uuid), {
            one(DeviceName::Uuid(uuid.parse().expect("a UUID")))
        }),
        (
            "mdmv1/CommandsV1_ExecuteByAlternateIdAsync",
            given().with("SearchBy", "SERIALNUMBER").with("id", "C02"),
            one(serial("C02")),
        ),
        ("mdmv1/Devices_DeleteByAlternateIdAsync", given().with("searchby", "Udid").with("id", "f"), {
            one(DeviceName::Other("Udid", "f".to_owned()))
        }),
        ("guide/devicecommands.send", given().with_body(json!({"deviceid": 7, "Command": "DeviceLock"})), one(id(7))),
        ("guide/deviceprofiles.remove", given().with("id", 3).with_body(json!({"DeviceIds": [7, 8]})), {
            Named::Many(vec![id(7), id(8)])
        }),
        (
            "mdmv1/Devices_BulkDeleteDevicesAsync",
            given().with("searchby", "Serialnumber").with_body(json!({"bulkvalues": {"VALUE": ["A", "A"]}})),
            Named::Many(vec![serial("A"), serial("A")]),
        ),
        (
            "mdmv1/ProfilesV1_RemoveProfileAsync",
            given().with("profileid", 3).with_body(json!({"DeviceId": 0, "SerialNumber": "C02"})),
            one(serial("C02")),
        ),
        (
            "mdmv1/Notes_CreateNotes",
            given().with("deviceId", 7).with_body(json!({"DeviceId": {"Value": 8}, "Note": "x"})),
            Named::Unclear("it names a device by what is no text and no number".to_owned()),
        ),
        ("mdmv1/Tags_AddTag", given().with_body(json!({"TagName": "x"})), Named::Nothing),
    ] {
        assert_eq!(operation(key).devices(&arguments), named, "{key}");
    }
    for (key, arguments) in [
        ("mdmv1/Devices_BulkDeleteDevicesAsync", given()),
        ("mdmv1/Devices_BulkDeleteDevicesAsync", given().with_body(json!({"BulkValues": {"Value": ["x y"]}}))),
        ("mdmv1/Devices_DeleteByAlternateIdAsync", given().with("searchby", "Colour").with("id", "1")),
        ("mdmv1/ChromeOsV1_SetLostModeAsync", given().with("deviceId", "a-b").with("isEnabled", true)),
        ("systemv1/DeviceWipes_UpdateWipeActionsAsync", given().with_body(json!([uuid]))),
    ] {
        assert!(matches!(operation(key).devices(&arguments), Named::Unclear(_)), "{key}");
    }
}

#[test]
fn a_route_of_its_own_stands_for_its_command() {
    let given = Arguments::default;
    for (key, arguments, command) in [
        ("mdmv1/LostModeV1_UpdateLostModeAsync", given().with("enableLostMode", true), Command::EnableLostMode),
        ("mdmv1/LostModeV1_UpdateLostModeAsync", given().with("enableLostMode", "False"), Command::DisableLostMode),
        ("mdmv1/CommandsV1_ExecuteChangeDevicePasscodeAsync", given(), Command::ChangePasscode),
        ("mdmv1/CommandsV1_BulkExecuteScheduleOsUpdate", given(), Command::InstallOsUpdate),
        ("mdmv1/CommandsV1_ExecuteAsync", given().with("command", "softreset"), Command::SoftReset),
    ] {
        assert_eq!(operation(key).command(&arguments), Some(command), "{key}");
    }
    assert_eq!(operation("mdmv1/Devices_DeleteAsync").command(&given()), None);
}

#[test]
fn a_custom_command_is_as_bad_as_what_it_asks_for() {
    let asks =
        |name: &str| json!({"commandXML": format!("<dict><key>RequestType</key><string>{name}</string></dict>")});
    let effect = |key: &str, arguments: Arguments| operation(key).effect_of(&arguments);
    let custom = || Arguments::default().with("deviceid", 7).with("command", "customMDMcommand");
    let send = "mdmv1/CommandsV1_ExecuteAsync";
    assert_eq!(effect(send, custom().with_body(asks("DeviceInformation"))), Effect::Write);
    assert_eq!(effect(send, custom().with_body(asks("EraseDevice"))), Effect::Destroy);
    assert_eq!(effect(send, custom()), Effect::Destroy);
    let guide = json!({"DeviceId": 7, "Command": "CustomMdmCommand", "Parameters": asks("EraseDevice")});
    assert_eq!(effect("guide/devicecommands.send", Arguments::default().with_body(guide)), Effect::Destroy);
    let third = json!({"custom_mdm_command": asks("ProfileList")});
    let named = Arguments::default().with("commandName", "CustomMdmCommand").with_body(third);
    assert_eq!(effect("mdmv3/CommandsV3_ExecuteAsync", named), Effect::Write);
}
