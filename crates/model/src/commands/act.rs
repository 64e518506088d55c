//! `POST /api/mdm/devices/admin-actions/{adminAction}`.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Whom an action is for.
    ActionTargets {
        assigned_devices: Option<Vec<ActionTarget>> = "assigned_devices",
        metadata: Option<Map<String, Value>> = "metadata",
    }

    /// A device and its user.
    ActionTarget {
        device_uuid: Option<Uuid> = "device_uuid",
        user_uuid: Option<Uuid> = "user_uuid",
    }

    /// How many were accepted, and why the others were not.
    ActionAnswer {
        accepted_count: Option<i64> = "accepted_count",
        failed_count: Option<i64> = "failed_count",
        faults: Vec<ActionFault> = "faults",
        total_count: Option<i64> = "total_count",
    }

    /// A device that was not accepted.
    ActionFault {
        message: Option<String> = "message",
        request_item: Option<ActionItem> = "request_item",
    }

    /// The device in question.
    ActionItem {
        device_uuid: Option<Uuid> = "device_uuid",
    }
}

endpoint! {
    /// An action on devices and their users. Classed by the worst action that it accepts.
    Act = "devices.adminactions" is "mdmv1/AdminActionV1_BulkAdminActionAsync":
        POST "/api/mdm/devices/admin-actions/{adminAction}" => 204, Destroy;
    path: String; query: Nothing; body: ActionTargets; answer: ActionAnswer, or empty;
}
