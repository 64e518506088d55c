//! Install a profile on a device, or take it off. The tenant notes the wish at once, and the device follows it at its
//! next check-in.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{Client, Error};
use muster_model::Call;
use muster_model::apps::InstallTarget;
use muster_model::devices::Profiles;
use muster_model::ids::{DeviceId, RecordId};
use muster_model::page::PageQuery;
use muster_model::profiles::{Install, Remove};
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct ProfileOnDevice {
    pub device: DeviceId,
    pub profile: RecordId,
    /// Whether it is to be there.
    pub wanted: bool,
}

/// States of a profile on a device: on its way or there.
const THERE: std::ops::RangeInclusive<i64> = 1..=3;
/// Confirmed by the device.
const INSTALLED: i64 = 3;

#[async_trait]
impl Verb for ProfileOnDevice {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let state = self.state(tools.client).await.map_err(|error| Failure::before(&error))?;
        match (self.wanted, state) {
            (true, None) => {
                return Err(Failure::missing("nothing was sent: the profile is not assigned to this device"));
            }
            (true, Some(INSTALLED)) => return Ok(Applied::already("the profile is installed already")),
            (false, state) if !state.is_some_and(|state| THERE.contains(&state)) => {
                return Ok(Applied::already("the profile is not on the device"));
            }
            _ => {}
        }
        tools.before(json!({ "had": state.is_some_and(|state| THERE.contains(&state)) })).await?;
        let target = InstallTarget { device_id: Some(self.device), ..InstallTarget::default() };
        let sent = match self.wanted {
            true => tools.writer.send(Call::<Install>::with_body(self.profile, target)).await,
            false => tools.writer.send(Call::<Remove>::with_body(self.profile, target)).await,
        };
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let state = self.state(tools.client).await.map_err(|error| Failure::after(&error))?;
        let there = state.is_some_and(|state| THERE.contains(&state));
        Ok(if there == self.wanted { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl ProfileOnDevice {
    /// The profile's state on the device; `None` if it is not meant for the device.
    async fn state(&self, client: &Client) -> Result<Option<i64>, Error> {
        let profiles = client.pages::<Profiles>(self.device, PageQuery::default()).collect().await?;
        let own = profiles.into_iter().find(|profile| profile.id.is_some_and(|id| id.0 == self.profile));
        Ok(own.map(|profile| profile.status.unwrap_or_default()))
    }
}
