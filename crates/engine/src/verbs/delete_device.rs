//! Remove the record of a device. Only of one that is proven to be out: as long as the tenant says that it is enrolled,
//! or on its way out, deleting would leave company data on a device that nobody manages.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::Kind;
use muster_model::Call;
use muster_model::devices::Delete;
use muster_model::ids::DeviceId;
use muster_model::words::EnrollmentStatus;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct DeleteDevice {
    pub device: DeviceId,
}

/// Says that a device is not out.
pub(super) fn still_in(device: &str, status: &EnrollmentStatus) -> Failure {
    Failure::invalid(format!(
        "nothing was sent: {device} is {status}, and a record is deleted only when the device was wiped or unenrolled",
    ))
}

#[async_trait]
impl Verb for DeleteDevice {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let device = match tools.client.device_record(self.device).await {
            Ok(device) => device,
            Err(error) if error.kind() == Kind::NotFound => return Ok(Applied::already("there is no such record")),
            Err(error) => return Err(Failure::before(&error)),
        };
        if !device.enrollment_status.is_out() {
            return Err(still_in("the device", &device.enrollment_status));
        }
        let sent = tools.writer.send(Call::<Delete>::with_body(self.device, muster_model::Nothing)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        match tools.client.device_record(self.device).await {
            Ok(_) => Ok(Evidence::Absent),
            Err(error) if error.kind() == Kind::NotFound => Ok(Evidence::Fulfilled { command_id: None }),
            Err(error) => Err(Failure::after(&error)),
        }
    }
}
