//! `PUT /api/mdm/devicesensors/{sensorUuid}`, version 2.

use uuid::Uuid;

use super::Variable;
use crate::endpoint::{Nothing, endpoint};
use crate::record::{Base64, record};

record! {
    /// What a sensor shall be.
    SensorEdit {
        description: Option<String> = "description",
        execution_architecture: Option<String> = "execution_architecture",
        execution_context: Option<String> = "execution_context",
        platform: Option<String> = "platform",
        query_type: Option<String> = "query_type",
        script_data: Option<Base64> = "script_data",
        script_environment_variables: Option<Vec<Variable>> = "script_environment_variables",
        timeout: Option<i64> = "timeout",
    }
}

endpoint! {
    /// Changes a sensor.
    Update = "sensors.update" is "mdmv2/DeviceSensorsV2_UpdateDeviceSensorAsync":
        PUT "/api/mdm/devicesensors/{sensorUuid}" v 2 => 204, Write;
    path: Uuid; query: Nothing; body: SensorEdit; answer: Nothing, or empty;
}
