//! Commands and messages: one call, in which each device is named.

use std::collections::BTreeMap;

use muster_client::Error;
use muster_model::Call;
use muster_model::bulk::{BulkValues, Values};
use muster_model::commands::{Act, ActionTarget, ActionTargets, Command, SendMany, SendManyQuery};
use muster_model::devices::ByQuery;
use muster_model::messages::{EmailForMany, EmailMany, PushForMany, PushMany, SmsForMany, SmsMany};

use super::{Batch, OnDevice, Refused, Tools};
use crate::plan::Channel;

/// Sends it; answers why single devices were refused. `None` if that was lost.
pub(super) async fn send(tools: &Tools<'_>, batch: &Batch, items: Vec<OnDevice<'_>>) -> Result<Option<Refused>, Error> {
    let ids = || items.iter().map(|item| item.of.id.to_string());
    let answer = match batch {
        Batch::Command(command) => {
            let query = SendManyQuery {
                command: command.published().map(str::to_owned),
                searchby: Some("DeviceId".to_owned()),
                ..SendManyQuery::default()
            };
            tools.writer.send(Call::<SendMany> { path: (), query, body: BulkValues::of(ids()) }).await?
        }
        Batch::Action(command) => return act(tools, *command, &items).await,
        Batch::Message { by, subject, text } => {
            let bulk_values = Some(Values { value: ids().collect(), ..Values::default() });
            let query = ByQuery { searchby: "DeviceId".to_owned(), ..ByQuery::default() };
            let message_body = Some(text.clone());
            match by {
                Channel::Push => {
                    let body = PushForMany { bulk_values, message_body, ..PushForMany::default() };
                    tools.writer.send(Call::<PushMany> { path: (), query, body }).await?
                }
                Channel::Email => {
                    let subject = subject.clone();
                    let body = EmailForMany { bulk_values, message_body, subject, ..EmailForMany::default() };
                    tools.writer.send(Call::<EmailMany> { path: (), query, body }).await?
                }
                Channel::Sms => {
                    let body = SmsForMany { bulk_values, message_body, ..SmsForMany::default() };
                    tools.writer.send(Call::<SmsMany> { path: (), query, body }).await?
                }
            }
        }
        Batch::Tags { .. } | Batch::Attributes | Batch::Active(_) => {
            return Err(Error::Bug("this is no command".to_owned()));
        }
    };
    Ok(answer.as_ref().map(Refused::by))
}

async fn act(tools: &Tools<'_>, command: Command, items: &[OnDevice<'_>]) -> Result<Option<Refused>, Error> {
    let target = |item: &OnDevice<'_>| ActionTarget { device_uuid: item.of.uuid, ..ActionTarget::default() };
    let body = ActionTargets { assigned_devices: Some(items.iter().map(target).collect()), ..ActionTargets::default() };
    let answer = tools.writer.send(Call::<Act>::with_body(command.as_str().to_owned(), body)).await?;
    let Some(answer) = answer else { return Ok(None) };
    let names: BTreeMap<_, _> = items.iter().map(|item| (item.of.uuid, &item.name)).collect();
    let total = answer.faults.len();
    let named = answer.faults.into_iter().filter_map(|fault| {
        let name = names.get(&fault.request_item?.device_uuid)?;
        Some(((*name).clone(), fault.message.unwrap_or_default()))
    });
    let named: BTreeMap<String, String> = named.collect();
    Ok(Some(Refused { others: named.len() < total, named }))
}
