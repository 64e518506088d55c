//! Asks the tenant what the guard has to know about a draft, and no more: a plan of harmless changes costs no call.
//!
//! Nothing is decided here, and nothing here ends a plan: what cannot be read is noted as unread, and rules that need
//! it are strict then.

mod called;
mod consequences;
mod members;
mod present;
mod reach;

pub use present::Seen;
pub(crate) use present::look;

pub(crate) use called::devices_of;

use std::collections::BTreeSet;

use muster_client::{Arguments, Client, DeviceFilter, Dialect, Error, catalog};
use muster_model::{Call, Nothing, devices, organization_groups as groups, wipes};
use serde_json::Value;

use crate::guard::GuardPolicy;
use crate::guard::policy::Denominator;
use crate::plan::{Draft, DraftItem, Risk, Surroundings, WipeProtection};

/// Reads what the rules of `policy` weigh in a draft.
pub(crate) async fn ask(client: &Client, draft: &Draft, policy: &GuardPolicy) -> Surroundings {
    // What is remembered may be older than what the guard should believe; for what is only told it is good enough.
    let (remembering, client) = (client, &client.fresh());
    let mut known = Surroundings::default();
    let open = || draft.items.iter().filter(|item| item.nothing_to_do.is_none());
    let shares = |of| policy.caps.iter().filter(move |cap| cap.percent.is_some() && cap.denominator() == of);
    let needs = |of| shares(of).any(|cap| open().any(|item| cap.counts(&item.action)));
    if needs(Denominator::Tenant) {
        match client.device_page(&DeviceFilter::default(), 1).await {
            Ok((_, total)) => known.devices = Some(total),
            Err(error) => known.unread.push(format!("the number of devices: {error}")),
        }
    }
    if needs(Denominator::Group) {
        read_groups(client, &mut known).await;
    }
    if open().any(is_wipe) {
        read_limits(client, draft, &mut known).await;
    }
    for set in policy.protected.iter().filter(|set| set.asks()) {
        if open().any(|item| set.guards_against(&item.action)) {
            members::read(client, draft, set, &mut known).await;
        }
    }
    consequences::read(remembering, draft, &mut known).await;
    known
}

fn is_wipe(item: &DraftItem) -> bool {
    item.action.risk() == Risk::Irreversible && item.action.command().is_some_and(|command| command.is_wipe())
}

async fn read_groups(client: &Client, known: &mut Surroundings) {
    match client.pages::<groups::DeviceCounts>((), groups::DeviceCountsQuery::default()).collect().await {
        Ok(rows) => {
            let counted = rows.into_iter().filter_map(|row| {
                let devices = u64::try_from(row.total_devices?).ok()?;
                Some((row.location_group_id?.0, devices))
            });
            known.groups = counted.collect();
        }
        Err(error) => known.unread.push(format!("the number of devices of organization groups: {error}")),
    }
}

/// The tenant's own brakes. In the published API a tenant tells whether wipes are locked, but not its threshold.
async fn read_limits(client: &Client, draft: &Draft, known: &mut Surroundings) {
    let none = Arguments::default();
    let named = |name: &'static str| catalog::guide(name).filter(|_| client.dialect() == Dialect::Guide);
    if let Some(operation) = named("guide/policies.wipeprotection") {
        match client.call(operation, &none).await {
            Ok(answer) => known.wipe_protection = answer.json().and_then(protection),
            Err(error) => known.unread.push(format!("the tenant's wipe protection: {error}")),
        }
    } else {
        known.unread.push("the threshold of the tenant's wipe protection: this API does not tell it".to_owned());
        match lock(client, draft).await {
            Ok(locked) => known.wipe_protection = Some(WipeProtection { wipes: None, minutes: None, locked }),
            Err(error) => known.unread.push(format!("whether the tenant has locked wipes: {error}")),
        }
    }
    match client.read(Call::<devices::BulkSettings>::new((), Nothing)).await {
        Ok(limits) => {
            let limits = serde_json::to_value(limits).unwrap_or_default();
            let numbers = limits.as_object().into_iter().flatten();
            known.bulk_limits = numbers.filter_map(|(name, limit)| Some((name.clone(), limit.as_u64()?))).collect();
        }
        Err(error) => known.unread.push(format!("the tenant's bulk limits: {error}")),
    }
}

/// Organization groups of which the lock is asked for.
const ASKED: usize = 3;

/// Whether wipes are locked in one of the groups that the devices are in.
async fn lock(client: &Client, draft: &Draft) -> Result<bool, Error> {
    let wiped = draft.items.iter().filter(|item| is_wipe(item));
    let ids: BTreeSet<i64> =
        wiped.flat_map(|item| item.target.organization_groups()).flatten().map(|group| group.id).collect();
    let all = client.pages::<groups::Search>((), groups::GroupQuery::default()).collect().await?;
    let meant = all.into_iter().filter(|group| ids.contains(&group.id.0)).filter_map(|group| group.uuid);
    for uuid in meant.take(ASKED) {
        let state = client.read(Call::<wipes::Lock>::new(uuid, Nothing)).await?.state;
        if state.is_some_and(|state| state.eq_ignore_ascii_case("locked")) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn protection(answer: &Value) -> Option<WipeProtection> {
    let number = |name: &str| answer.get(name).and_then(Value::as_u64);
    let locked = answer.get("Locked").and_then(Value::as_bool).unwrap_or(false);
    number("Wipes").map(|wipes| WipeProtection { wipes: Some(wipes), minutes: number("Minutes"), locked })
}
