//! How a device is connected.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::search::criteria;
use super::{named, sample, shape};
use crate::store::devices::{self, Record};

pub(super) async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    if !record.is_managed() {
        // The tenant forgets the samples of a device that left.
        return Ok(Said::nothing(204));
    }
    Ok(Said::json(200, shown(&record)))
}

fn addresses(record: &Record) -> Value {
    let network = sample::network(record);
    json!({
        "WifiIPAddress": network.wifi.unwrap_or_default(), "CellularIPAddress": network.cellular.unwrap_or_default(),
        "EthernetIPAddress": network.ethernet.unwrap_or_default(),
    })
}

fn shown(record: &Record) -> Value {
    let (network, home, device) = (sample::network(record), sample::home(record), &record.device);
    let mut answer = json!({
        "IPAddress": addresses(record), "PhoneNumber": device.phone_number, "RoamingStatus": network.roaming,
        "PublicIPAddress": network.public, "DeviceNetworkInfo": shape::interfaces(record),
        "DataRoamingEnabled": record.settings.data_roaming.unwrap_or(false),
        "VoiceRoamingEnabled": record.settings.voice_roaming.unwrap_or(false),
        "WifiInfo": { "SignalStrength": network.signal.to_string(), "WifiMacAddress": device.mac_address },
    });
    if !device.imei.is_empty() {
        let card = format!("89{}", sample::Draw::of(record.uuid, "row", 0).digits(18));
        let operator = if network.roaming { "Partner Network" } else { home.carrier };
        let current = if network.roaming { 222 } else { home.mobile_country };
        answer["CellularNetworkInfo"] = json!({
            "CarrierVersion": "58.0", "CellularTechnology": "LTE", "CurrentOperator": operator, "CurrentSIM": card,
            "DeviceMCC": shape::country_codes(record), "SignalStrength": network.signal.to_string(),
            "DeviceMNC": { "CurrentMNC": home.mobile_network.to_string(), "SimMNC": home.mobile_network.to_string() },
            "SubscriberCarrierNetwork": home.carrier, "ApprovedSims": [{ "SimCardId": card }],
        });
        answer["ServiceSubscription"] = json!([{
            "Imei": device.imei, "CardID": card, "CurrentCarrier": operator, "IsRoaming": network.roaming,
            "HomeMCC": home.mobile_country, "HomeMNC": home.mobile_network, "CurrentMCC": current,
            "CurrentMNC": home.mobile_network, "PhoneNumber": device.phone_number, "IsEnabled": true,
            "DataRoamingEnabled": record.settings.data_roaming.unwrap_or(false),
            "VoiceRoamingEnabled": record.settings.voice_roaming.unwrap_or(false),
            "PersonalHotspotEnabled": record.settings.personal_hotspot.unwrap_or(true),
            "SubscriberCarrierNetwork": home.carrier, "Slot": "1", "SimType": "UnmanagedSim",
        }]);
    }
    answer
}

/// Addresses of the devices that match the criteria of a search.
pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (wanted, page) = (criteria(&context, &given).await?, given.page()?);
    let (found, total) = devices::records(context.roll(), &wanted, context.scope(), page).await?;
    let row = |record: &Record| json!({ "IPAddress": addresses(record), "Id": record.id, "Uuid": record.uuid });
    let rows: Vec<Value> = found.iter().map(row).collect();
    let answer = json!({
        "DeviceNetworkDetails": rows, "Page": page.number, "PageSize": page.size, "Total": total,
    });
    Ok(Said::list(answer, total))
}
