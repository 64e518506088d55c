//! `GET /api/mdm/devices/{id}/network`.

use serde_json::{Map, Value};

use super::NetworkAdapter;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// Addresses and networks of a device.
    NetworkInfo {
        cellular_network_info: Option<CellularNetwork> = "CellularNetworkInfo",
        data_roaming_enabled: Option<bool> = "DataRoamingEnabled",
        device_network_info: Vec<NetworkAdapter> = "DeviceNetworkInfo",
        ip_address: Option<Map<String, Value>> = "IPAddress",
        phone_number: Option<String> = "PhoneNumber",
        public_ip_address: Option<String> = "PublicIPAddress",
        roaming_status: Option<bool> = "RoamingStatus",
        service_subscription: Vec<Value> = "ServiceSubscription",
        voice_roaming_enabled: Option<bool> = "VoiceRoamingEnabled",
        wifi_info: Option<WifiInfo> = "WifiInfo",
    }

    /// The mobile network.
    CellularNetwork {
        approved_sims: Vec<SimCard> = "ApprovedSims",
        carrier_version: Option<String> = "CarrierVersion",
        cellular_technology: Option<String> = "CellularTechnology",
        current_operator: Option<String> = "CurrentOperator",
        current_sim: Option<String> = "CurrentSIM",
        device_mcc: Option<Mcc> = "DeviceMCC",
        device_mnc: Option<Mnc> = "DeviceMNC",
        signal_strength: Option<String> = "SignalStrength",
        subscriber_carrier_network: Option<String> = "SubscriberCarrierNetwork",
    }

    /// A SIM.
    SimCard {
        sim_card_id: Option<String> = "SimCardId",
    }

    /// Country codes of the SIM and of the network.
    Mcc {
        current_mcc: Option<String> = "CurrentMCC",
        simmcc: Option<String> = "SIMMCC",
    }

    /// Network codes of the SIM and of the network.
    Mnc {
        current_mnc: Option<String> = "CurrentMNC",
        sim_mnc: Option<String> = "SimMNC",
    }

    /// The wireless network.
    WifiInfo {
        signal_strength: Option<String> = "SignalStrength",
        wifi_mac_address: Option<String> = "WifiMacAddress",
    }
}

endpoint! {
    /// Addresses and networks of a device.
    Network = "devices.network" is "mdmv1/Network_GetNetworkInfoByDeviceAsync":
        GET "/api/mdm/devices/{id}/network", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: NetworkInfo, or empty;
}
