//! `POST /api/mdm/devicesensors`, version 2.

use uuid::Uuid;

use super::Variable;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::{Base64, record};

record! {
    /// A sensor to make.
    NewSensor {
        description: Option<String> = "description",
        execution_architecture: Option<String> = "execution_architecture",
        execution_context: Option<String> = "execution_context",
        name: Option<String> = "name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        query_response_type: Option<String> = "query_response_type",
        query_type: Option<String> = "query_type",
        script_data: Option<Base64> = "script_data",
        script_environment_variables: Option<Vec<Variable>> = "script_environment_variables",
        timeout: Option<i64> = "timeout",
    }
}

endpoint! {
    /// Makes a sensor; 422 with code 5180 if the name is taken.
    Create = "sensors.create" is "mdmv2/DeviceSensorsV2_CreateDeviceSensorAsync":
        POST "/api/mdm/devicesensors" v 2 => 201, Write;
    path: (); query: Nothing; body: NewSensor; answer: Created;
}
