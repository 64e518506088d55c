//! Messages to people: a push reaches the device as a command does, a mail or a short message goes past it and leaves
//! its trace in the device's log only.

use muster_model::commands::Command;
use muster_store::Transaction;
use serde_json::{Map, Value};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Execute;
use super::super::policy::Resource::Commands;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::{Asked, Source, accept_one, event};
use super::addressed::{Tally, bulk_values, by_id, by_query, by_uuid, identifier, send_to_all};
use super::one;
use crate::store::recipients::{self, Recipient};
use crate::store::{bulk_limits, events};

pub(super) fn routes(table: &mut Table) {
    use Named::{Id, Query, Uuid};
    use Way::{Email, Push, Sms};
    let right = needs(Commands, Execute);
    for (key, way, named) in [
        ("mdmv1/MessagesV1_SendEmailAsync", Email, Id),
        ("mdmv1/MessagesV1_SendSmsAsync", Sms, Id),
        ("mdmv1/MessagesV1_SendPushAsync", Push, Id),
        ("mdmv1/MessagesV1_SendMessageAsync", Push, Id),
        ("mdmv1/MessagesV1_SendEmailByAlternateIdAsync", Email, Query),
        ("mdmv1/MessagesV1_SendSmsByAlternateIdAsync", Sms, Query),
        ("mdmv1/MessagesV1_SendPushByAlternateIdAsync", Push, Query),
        ("mdmv1/MessagesV1_SendMessageByAlternateIdAsync", Push, Query),
        ("mdmv2/MessagesV2_SendEmailByUuidAsync", Email, Uuid),
        ("mdmv2/MessagesV2_SendSmsByUuidAsync", Sms, Uuid),
    ] {
        table.serve(key, right, move |context, given| to_one(context, given, way, named));
    }
    for (key, way) in [
        ("mdmv1/MessagesV1_SendBulkEmailByAlternateIdAsync", Email),
        ("mdmv1/MessagesV1_SendBulkMessageSmsByAlternateIdAsync", Sms),
        ("mdmv1/MessagesV1_SendBulkPushByAlternateIdAsync", Push),
    ] {
        table.serve(key, right, move |context, given| to_many(context, given, way));
    }
}

/// How an address names its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Id,
    /// By `searchby` and `id` of the query.
    Query,
    Uuid,
}

/// By which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Email,
    Sms,
    Push,
}

/// The text of a message, which every one has.
fn text(given: &Given) -> Result<Map<String, Value>, Refusal> {
    if given.member_text("MessageBody").is_none() && given.member_text("message_body").is_none() {
        return Err(Refusal::shape("The MessageBody field is required."));
    }
    let mut members = given.members();
    members.remove("BulkValues");
    Ok(members)
}

/// What the device's log says of a message; it holds one line for each detail.
fn details(message: &Map<String, Value>) -> Vec<String> {
    let line = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    message.iter().map(|(name, value)| format!("{name}={}", line(value))).collect()
}

async fn send(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
    way: Way,
    device: &Recipient,
) -> Result<(), Refusal> {
    let message = text(given)?;
    let asked = one(Command::SendMessage, &message, true);
    match way {
        Way::Push => accept_one(context, tx, &asked, device).await.map(drop),
        Way::Email | Way::Sms => past_the_device(context, tx, way, &message, std::slice::from_ref(device)).await,
    }
}

async fn past_the_device(
    context: &Context,
    tx: &mut Transaction,
    way: Way,
    message: &Map<String, Value>,
    devices: &[Recipient],
) -> Result<(), Refusal> {
    let context = &context.for_command(Command::SendMessage)?;
    let what = if way == Way::Email { "Email Sent" } else { "SMS Sent" };
    if let Some(hidden) = devices.iter().find(|device| !context.scope().sees(device.group)) {
        return Err(Refusal::no_device(hidden.id));
    }
    let told = devices.iter().map(|device| event(context, device.id, what.to_owned(), details(message)));
    events::record(tx, told.collect()).await?;
    Ok(())
}

async fn to_one(context: Context, given: Given, way: Way, named: Named) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = match named {
        Named::Id => by_id(&context, &mut tx, &given, "id").await?,
        Named::Query => by_query(&context, &mut tx, &given).await?,
        Named::Uuid => by_uuid(&context, &mut tx, &given, "deviceUuid").await?,
    };
    send(&context, &mut tx, &given, way, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn to_many(context: Context, given: Given, way: Way) -> Result<Said, Refusal> {
    let by = identifier(given.asked("searchby").unwrap_or_default())?;
    let message = text(&given)?;
    let values = bulk_values(&given, bulk_limits::of(context.database(), Command::SendMessage).await?)?;
    let mut tx = context.begin().await?;
    let tally = if way == Way::Push {
        let command = Command::SendMessage;
        let asked = Asked { command, app: None, parameters: &message, source: Source::Bulk, strict: true };
        send_to_all(&context, &mut tx, &asked, by, &values).await?
    } else {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let found = recipients::find(&mut tx, by, &texts, context.scope()).await?;
        let mut tally = Tally { total: values.len(), ..Tally::default() };
        for (value, _) in texts.iter().zip(&found).filter(|(_, device)| device.is_none()) {
            tally.fault(value, &Refusal::not_found("Device not found"));
        }
        let devices: Vec<Recipient> = found.into_iter().flatten().collect();
        past_the_device(&context, &mut tx, way, &message, &devices).await?;
        tally
    };
    tx.commit().await?;
    Ok(tally.said(202))
}
