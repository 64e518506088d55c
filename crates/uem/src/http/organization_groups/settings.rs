//! How often the devices of a group are asked for samples. The fleet keeps one rhythm for all groups.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::named;

/// Platforms whose devices are sampled: published word, name, id.
const PLATFORMS: [(&str, &str, i64); 6] = [
    ("Apple", "Apple iOS", 2),
    ("Android", "Android", 5),
    ("WinRT", "Windows Desktop", 12),
    ("AppleOsX", "Apple macOS", 10),
    ("AppleTv", "Apple tvOS", 14),
    ("Linux", "Linux", 21),
];

pub(super) async fn sample_rates(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named(&context, given.id("id")).await?;
    let asked = given.asked("platform").unwrap_or_default();
    let known = PLATFORMS.iter().find(|(word, ..)| word.eq_ignore_ascii_case(asked));
    let Some((_, name, id)) = known else {
        return Err(Refusal::invalid(format!("Devices of the platform '{asked}' are not sampled.")));
    };
    // Minutes; what is rarer is asked for once a day.
    let (often, daily) = ("240", "1440");
    Ok(Said::json(
        200,
        json!({
            "ID": group.id, "Platform": name, "PlatformID": id.to_string(), "CheckInInterval": "15",
            "HeartbeatInterval": "15", "AgentPollingInterval": "60", "DataSampleInterval": "60",
            "DataTransmitInterval": "60", "GPSSampleInterval": "60", "DeviceInformationSample": often,
            "ApplicationListSample": daily, "CertificateListSample": daily, "ManagedAppListSample": daily,
            "ProfileListSample": daily, "ProfileRefreshInterval": daily, "ProvisioningProfileListSample": daily,
            "RestrictionListSample": daily, "SecurityInformationSample": daily, "BeaconInterval": "60",
        }),
    ))
}
