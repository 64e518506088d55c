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
    let right = needs(Commands, Execute);
    table
        .serve("mdmv1/MessagesV1_SendEmailAsync", right, email)
        .serve("mdmv1/MessagesV1_SendSmsAsync", right, sms)
        .serve("mdmv1/MessagesV1_SendPushAsync", right, push)
        .serve("mdmv1/MessagesV1_SendMessageAsync", right, push)
        .serve("mdmv1/MessagesV1_SendEmailByAlternateIdAsync", right, email_by)
        .serve("mdmv1/MessagesV1_SendSmsByAlternateIdAsync", right, sms_by)
        .serve("mdmv1/MessagesV1_SendPushByAlternateIdAsync", right, push_by)
        .serve("mdmv1/MessagesV1_SendMessageByAlternateIdAsync", right, push_by)
        .serve("mdmv1/MessagesV1_SendBulkEmailByAlternateIdAsync", right, bulk_email)
        .serve("mdmv1/MessagesV1_SendBulkMessageSmsByAlternateIdAsync", right, bulk_sms)
        .serve("mdmv1/MessagesV1_SendBulkPushByAlternateIdAsync", right, bulk_push)
        .serve("mdmv2/MessagesV2_SendEmailByUuidAsync", right, email_by_uuid)
        .serve("mdmv2/MessagesV2_SendSmsByUuidAsync", right, sms_by_uuid);
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

async fn to_one(context: Context, given: Given, way: Way) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_id(&context, &mut tx, &given, "id").await?;
    send(&context, &mut tx, &given, way, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn email(context: Context, given: Given) -> Result<Said, Refusal> {
    to_one(context, given, Way::Email).await
}

async fn sms(context: Context, given: Given) -> Result<Said, Refusal> {
    to_one(context, given, Way::Sms).await
}

async fn push(context: Context, given: Given) -> Result<Said, Refusal> {
    to_one(context, given, Way::Push).await
}

async fn to_queried(context: Context, given: Given, way: Way) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_query(&context, &mut tx, &given).await?;
    send(&context, &mut tx, &given, way, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn email_by(context: Context, given: Given) -> Result<Said, Refusal> {
    to_queried(context, given, Way::Email).await
}

async fn sms_by(context: Context, given: Given) -> Result<Said, Refusal> {
    to_queried(context, given, Way::Sms).await
}

async fn push_by(context: Context, given: Given) -> Result<Said, Refusal> {
    to_queried(context, given, Way::Push).await
}

async fn email_by_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    to_uuid(context, given, Way::Email).await
}

async fn sms_by_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    to_uuid(context, given, Way::Sms).await
}

async fn to_uuid(context: Context, given: Given, way: Way) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = by_uuid(&context, &mut tx, &given, "deviceUuid").await?;
    send(&context, &mut tx, &given, way, &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn bulk_email(context: Context, given: Given) -> Result<Said, Refusal> {
    to_many(context, given, Way::Email).await
}

async fn bulk_sms(context: Context, given: Given) -> Result<Said, Refusal> {
    to_many(context, given, Way::Sms).await
}

async fn bulk_push(context: Context, given: Given) -> Result<Said, Refusal> {
    to_many(context, given, Way::Push).await
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
