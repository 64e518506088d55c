//! `GET /api/mdm/devicesensors/{sensorUuid}`, version 2.

use uuid::Uuid;

use super::Variable;
use crate::endpoint::{Nothing, endpoint};
use crate::record::{Base64, record};

record! {
    /// A sensor with its script.
    Sensor {
        description: Option<String> = "description",
        execution_architecture: Option<String> = "execution_architecture",
        execution_context: Option<String> = "execution_context",
        id: Option<i64> = "id",
        is_read_only: Option<bool> = "is_read_only",
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        query_response_type: Option<String> = "query_response_type",
        query_type: Option<String> = "query_type",
        script_data: Option<Base64> = "script_data",
        script_environment_variables: Vec<Variable> = "script_environment_variables",
        timeout: Option<i64> = "timeout",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// One sensor with its script.
    Get = "sensors.get" is "mdmv2/DeviceSensorsV2_GetDeviceSensorAsync":
        GET "/api/mdm/devicesensors/{sensorUuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: Sensor;
}
