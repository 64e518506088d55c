//! `DELETE /api/mdm/devicesensors/assignments/{assignmentUuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Takes an assignment of a sensor back.
    DeleteAssignment = "sensors.assignments.delete" is "mdmv2/DeviceSensorsV2_DeleteDeviceSensorAssignmentAsync":
        DELETE "/api/mdm/devicesensors/assignments/{assignmentUuid}" v 2 => 204, Destroy;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
