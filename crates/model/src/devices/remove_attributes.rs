//! `DELETE /api/mdm/devices/{id}/customattributes`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// Attributes to remove.
    AttributeNames {
        custom_attributes: Option<Vec<AttributeName>> = "CustomAttributes",
    }

    /// An attribute to remove.
    AttributeName {
        application_group: Option<String> = "ApplicationGroup",
        name: Option<String> = "Name",
    }

    /// How many attributes were removed.
    RemovalAnswer {
        accepted_items: Option<i64> = "AcceptedItems",
        failed_items: Option<i64> = "FailedItems",
        faults: Option<RemovalFaults> = "Faults",
        total_items: Option<i64> = "TotalItems",
    }

    /// Why attributes were not removed.
    RemovalFaults {
        activity_id: Option<String> = "ActivityId",
        faults: Vec<RemovalFault> = "Faults",
    }

    /// An attribute that was not removed.
    RemovalFault {
        error_code: Option<i64> = "ErrorCode",
        item_value: Option<String> = "ItemValue",
        message: Option<String> = "Message",
    }
}

endpoint! {
    /// Takes custom attributes off a device.
    RemoveAttributes = "devices.attributes.remove" is "mdmv1/DeviceCustomAttributes_DeleteCustomAttributesForDevice":
        DELETE "/api/mdm/devices/{id}/customattributes", Destroy;
    path: DeviceId; query: Nothing; body: AttributeNames; answer: RemovalAnswer;
}
