//! Attributes of many devices: what each has is read first, as for a single one, and one call sets what differs.

use std::collections::BTreeMap;

use futures_util::future::FutureExt;
use futures_util::{StreamExt, stream};
use muster_model::Call;
use muster_model::devices::{AttributesOfDevice, FailedDevice, SetAttributesOfMany};

use super::super::custom_attributes::SetAttributes;
use super::users::READS;
use super::{Applied, Failure, Item, Member, Outcomes, Refused, Tools, all, halved};
use crate::plan::{Action, Target};

/// The most devices that one call names.
pub(super) const MOST: usize = 500;

pub(super) async fn set(tools: &Tools<'_>, members: &[Member<'_>]) -> Outcomes {
    let reads: Vec<_> = members.iter().map(|member| look(tools, *member).boxed()).collect();
    let read: Vec<_> = stream::iter(reads).buffer_unordered(READS).collect().await;
    let (mut outcomes, mut open, mut images) = (Outcomes::new(), Vec::new(), Vec::new());
    for (task, found) in read {
        match found {
            Ok(Some((body, image))) => {
                images.push((task, image));
                open.push(Item { task, name: body.uuid.unwrap_or_default().to_string(), of: body });
            }
            Ok(None) => outcomes.push((task, Ok(Applied::already("the attributes are so already")))),
            Err(failure) => outcomes.push((task, Err(failure))),
        }
    }
    if open.is_empty() {
        return outcomes;
    }
    if let Err(failure) = tools.noting.note(images).await {
        outcomes.extend(all(&open, &failure));
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

/// What the call says of the device, and the image before it; `None` if there is nothing to change.
async fn look(
    tools: &Tools<'_>,
    member: Member<'_>,
) -> (usize, Result<Option<(AttributesOfDevice, serde_json::Value)>, Failure>) {
    let (Target::Device(device), Action::SetAttributes { set, .. }) = (member.target, member.action) else {
        return (member.task, Err(Failure::misfit(member.action.verb(), member.target.kind())));
    };
    let verb = SetAttributes { device: device.id, set: set.clone(), remove: Vec::new() };
    let found = match verb.missing(tools.client).await {
        Ok(missing) if missing.is_empty() => Ok(None),
        Ok(missing) => {
            let device_custom_attributes = Some(missing.attributes());
            let body =
                AttributesOfDevice { device_custom_attributes, uuid: device.uuid, ..AttributesOfDevice::default() };
            Ok(Some((body, missing.image())))
        }
        Err(error) => Err(Failure::before(&error)),
    };
    (member.task, found)
}
