//! Attributes of many devices: what each has is read first, as for a single one, and one call sets what differs.

use std::collections::BTreeMap;

use futures_util::future::FutureExt;
use muster_model::Call;
use muster_model::devices::{AttributesOfDevice, FailedDevice, SetAttributesOfMany};

use super::super::custom_attributes::SetAttributes;
use super::{Failure, Item, Look, Member, Outcomes, Refused, Tools, halved, prepared};
use crate::plan::{Action, Target};

/// The most devices that one call names.
pub(super) const MOST: usize = 500;

pub(super) async fn set(tools: &Tools<'_>, members: &[Member<'_>]) -> Outcomes {
    let looks = members.iter().map(|member| look(tools, *member).boxed()).collect();
    let (mut outcomes, open) = prepared(tools, looks, "the attributes are so already").await;
    if open.is_empty() {
        return outcomes;
    }
    let call = |items: Vec<Item<AttributesOfDevice>>| {
        async move {
            let body = items.into_iter().map(|item| item.of).collect();
            let answer = tools.writer.send(Call::<SetAttributesOfMany>::with_body((), body)).await?;
            let Some(answer) = answer else { return Ok(None) };
            let failed = answer.failed_items.and_then(|count| usize::try_from(count).ok());
            let why = |device: FailedDevice| {
                let attribute = device.failed_custom_attributes.into_iter().find_map(|attribute| attribute.message);
                Some((device.uuid?.to_string(), attribute.or(device.message).unwrap_or_default()))
            };
            let named: BTreeMap<String, String> = answer.failed_devices.into_iter().filter_map(why).collect();
            Ok(Some(Refused { others: failed.is_some_and(|failed| failed > named.len()), named }))
        }
        .boxed()
    };
    outcomes.extend(halved(open, &call).await);
    outcomes
}

async fn look(tools: &Tools<'_>, Member { task, target, action }: Member<'_>) -> (usize, Look<AttributesOfDevice>) {
    let (Target::Device(device), Action::SetAttributes { set, .. }) = (target, action) else {
        return (task, Err(Failure::misfit(action.verb(), target.kind())));
    };
    let verb = SetAttributes { device: device.id, set: set.clone(), remove: Vec::new() };
    let found = match verb.missing(tools.client).await {
        Ok(missing) if missing.is_empty() => Ok(None),
        Ok(missing) => {
            let device_custom_attributes = Some(missing.attributes());
            let body =
                AttributesOfDevice { device_custom_attributes, uuid: device.uuid, ..AttributesOfDevice::default() };
            let name = device.uuid.unwrap_or_default().to_string();
            Ok(Some((Item { task, name, of: body }, missing.image())))
        }
        Err(error) => Err(Failure::before(&error)),
    };
    (task, found)
}
