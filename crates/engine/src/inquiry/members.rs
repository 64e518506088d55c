//! Who of a draft's devices is in a protected set by a tag or by a smart group.

use std::collections::BTreeSet;

use muster_client::{Client, Error};
use muster_model::{Call, smart_groups, tags};

use crate::guard::policy::Protected;
use crate::plan::{Draft, Surroundings};

/// Adds the members among the targets to what is known; if any part of the set cannot be read, the set stays unknown.
pub(super) async fn read(client: &Client, draft: &Draft, set: &Protected, known: &mut Surroundings) {
    let targets: BTreeSet<i64> =
        draft.items.iter().flat_map(|item| item.target.devices()).map(|device| device.id.0).collect();
    match members(client, draft, set).await {
        Ok(ids) => {
            known.members.insert(set.name.clone(), ids.intersection(&targets).copied().collect());
        }
        Err(why) => known.unread.push(format!("the protected set {}: {why}", set.name)),
    }
}

async fn members(client: &Client, draft: &Draft, set: &Protected) -> Result<BTreeSet<i64>, String> {
    let mut ids = BTreeSet::new();
    for name in &set.smart_groups {
        let groups = client.smart_groups(Some(name)).await.map_err(said)?;
        let group = groups.into_iter().find(|group| group.name.eq_ignore_ascii_case(name.trim()));
        let group = group.ok_or_else(|| format!("there is no smart group `{name}`"))?;
        let call = Call::<smart_groups::Devices>::new(group.id, smart_groups::DevicesQuery::default());
        let devices = client.read(call).await.map_err(said)?.devices;
        ids.extend(devices.into_iter().filter_map(|device| device.id?.trim().parse::<i64>().ok()));
    }
    // Where rows of devices carry their tags, the rule sees them itself.
    let told = draft.items.iter().flat_map(|item| item.target.devices()).all(|device| device.tags.is_some());
    for name in set.tags.iter().filter(|_| !told) {
        let query = tags::TagQuery { name: Some(name.trim().to_owned()), ..tags::TagQuery::default() };
        let found = client.pages::<tags::Search>((), query).collect().await.map_err(said)?;
        // A tag of several organization groups has several ids; one that does not exist protects nobody.
        for tag in found.into_iter().filter(|tag| tag.tag_name.eq_ignore_ascii_case(name.trim())) {
            let call = Call::<tags::Devices>::new(tag.id.0, tags::DevicesQuery::default());
            let devices = client.read(call).await.map_err(said)?.device;
            ids.extend(devices.into_iter().filter_map(|device| Some(device.device_id?.0)));
        }
    }
    Ok(ids)
}

fn said(error: Error) -> String {
    error.to_string()
}
