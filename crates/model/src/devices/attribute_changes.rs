//! `GET /api/mdm/devices/customattribute/changereport`.

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    AttributeChangesQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        deviceid: Option<i64> = "deviceid",
        startdate: Option<Stamp> = "startdate",
        enddate: Option<Stamp> = "enddate",
        applicationgroup: Option<String> = "applicationgroup",
        customattributename: Option<String> = "customattributename",
        source: Option<String> = "source",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices and changes of their attributes.
    AttributeChangePage {
        device_custom_attribute_changes: Vec<DeviceAttributeChanges> = "DeviceCustomAttributeChanges",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device and changes of its attributes.
    DeviceAttributeChanges {
        custom_attribute_changes: Vec<AttributeChange> = "CustomAttributeChanges",
        device_id: Option<String> = "DeviceID",
        friendly_name: Option<String> = "FriendlyName",
    }

    /// One change of an attribute.
    AttributeChange {
        application_group: Option<String> = "ApplicationGroup",
        custom_attribute_name: Option<String> = "CustomAttributeName",
        location_group_id: Option<String> = "LocationGroupID",
        location_group_name: Option<String> = "LocationGroupName",
        modified_date: Option<String> = "ModifiedDate",
        new_value: Option<String> = "NewValue",
        old_value: Option<String> = "OldValue",
        source: Option<String> = "Source",
    }
}

endpoint! {
    /// What custom attributes were before and after.
    AttributeChanges = "devices.attributes.changes" is "mdmv1/DeviceCustomAttributes_DeviceCustomAttributeChangeReportAsync":
        GET "/api/mdm/devices/customattribute/changereport", Read;
    path: (); query: AttributeChangesQuery; body: Nothing; answer: AttributeChangePage, or empty;
}

paged! { AttributeChanges: DeviceAttributeChanges in device_custom_attribute_changes, counted by total, told apart by device_id }
