//! `GET /api/mdm/devices/networkinfosearch`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, Wrapped};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    NetworkSearchQuery {
        user: Option<String> = "user",
        model: Option<String> = "model",
        platform: Option<String> = "platform",
        lastseen: Option<String> = "lastseen",
        ownership: Option<String> = "ownership",
        lgid: Option<i64> = "lgid",
        compliantstatus: Option<String> = "compliantstatus",
        seensince: Option<String> = "seensince",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        sortorder: Option<String> = "sortorder",
    }

    /// A page of devices and their addresses.
    NetworkPage {
        device_network_details: Vec<NetworkRow> = "DeviceNetworkDetails",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device and its addresses.
    NetworkRow {
        ip_address: Option<Addresses> = "IPAddress",
        id: Option<Wrapped<RecordId>> = "Id",
        uuid: Option<Uuid> = "Uuid",
    }

    /// Addresses by kind of network.
    Addresses {
        cellular_ip_address: Option<String> = "CellularIPAddress",
        ethernet_ip_address: Option<String> = "EthernetIPAddress",
        wifi_ip_address: Option<String> = "WifiIPAddress",
    }
}

endpoint! {
    /// Addresses of many devices.
    NetworkSearch = "devices.network.search" is "mdmv1/Network_NetworkInfoSearch":
        GET "/api/mdm/devices/networkinfosearch", Read;
    path: (); query: NetworkSearchQuery; body: Nothing; answer: NetworkPage, or empty;
}

paged! { NetworkSearch: NetworkRow in device_network_details, counted by total, told apart by uuid or id }
