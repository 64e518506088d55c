//! Install a profile on a device, or take it off. The tenant notes the wish at once, and the device follows it at its
//! next check-in: a noted wish settles a lost answer, and only what the device confirmed is proof.

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

use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb};

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
/// On the device, although it is not assigned any more.
const LEFT_THERE: i64 = 10;
/// The tenant waits for the device to remove it, or to confirm that it did.
const LEAVING: std::ops::RangeInclusive<i64> = 4..=5;
/// Its removal is confirmed by the device.
const REMOVED: i64 = 6;
/// The device has it, and not as it ought to be.
const CORRUPTED: i64 = 8;

#[async_trait]
impl Verb for ProfileOnDevice {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let state = self.state(tools.client).await.map_err(|error| Failure::before(&error))?;
        match (self.wanted, state) {
            (true, None) => {
                return Err(Failure::missing("nothing was sent: the profile is not assigned to this device"));
            }
            (true, Some(INSTALLED)) => return Ok(Applied::already("the profile is installed already")),
            (false, Some(state)) if LEAVING.contains(&state) => {
                return Ok(Applied::noted("the profile is to be removed already; the device has not confirmed it yet"));
            }
            (false, Some(0)) => return Ok(Applied::noted("the tenant does not know the profile to be on the device")),
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

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is the state that the device confirmed: installed, or removed and gone from its list.
    async fn prove(&self, tools: &Tools<'_>, _sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        let state = self.state(tools.client).await.map_err(|error| Failure::after(&error))?;
        Ok(proven(self.wanted, state))
    }
}

/// What a state proves of the wish. Pure.
fn proven(wanted: bool, state: Option<i64>) -> Option<Standing> {
    Some(match (wanted, state) {
        (true, Some(INSTALLED | LEFT_THERE)) | (false, None | Some(REMOVED)) => Standing::Verified,
        (true, Some(CORRUPTED)) => Standing::Failed("the tenant accepted it; on the device it is corrupted".to_owned()),
        (true, Some(state)) if THERE.contains(&state) => Standing::Accepted,
        (false, Some(state)) if LEAVING.contains(&state) => Standing::Accepted,
        // Somebody has wished for something else since, or the tenant does not know.
        _ => return None,
    })
}

impl ProfileOnDevice {
    /// The profile's state on the device; `None` if it is not meant for the device.
    async fn state(&self, client: &Client) -> Result<Option<i64>, Error> {
        let profiles = client.pages::<Profiles>(self.device, PageQuery::default()).collect().await?;
        let own = profiles.into_iter().find(|profile| profile.id.is_some_and(|id| id.0 == self.profile));
        Ok(own.map(|profile| profile.status.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_device_confirmed_is_proof() {
        let verified = |wanted| {
            (0..=10)
                .map(Some)
                .chain([None])
                .filter(|state| proven(wanted, *state) == Some(Standing::Verified))
                .collect()
        };
        let (installed, removed): (Vec<Option<i64>>, Vec<Option<i64>>) = (verified(true), verified(false));
        assert_eq!(installed, [Some(3), Some(10)]);
        assert_eq!(removed, [Some(6), None]);
        assert_eq!(proven(true, Some(1)), Some(Standing::Accepted));
        assert_eq!(proven(false, Some(4)), Some(Standing::Accepted));
        assert_eq!((proven(true, Some(4)), proven(false, Some(3)), proven(false, Some(0))), (None, None, None));
    }
}
