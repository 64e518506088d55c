//! Commands of version 1 that have a route of their own, and those for a device that is named by `searchby`.

use muster_model::commands::Command;
use muster_model::error::code;
use serde_json::Map;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Execute;
use super::super::policy::Resource::Commands;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::accept_one;
use super::addressed::{by_id, by_query, by_uuid};
use super::{fits, one, published};
use crate::store::commands;
use crate::store::devices::Identifier;
use crate::store::recipients::{self, Recipient};

pub(super) fn routes(table: &mut Table) {
    let right = needs(Commands, Execute);
    table
        .serve("mdmv1/CommandsV1_ExecuteByAlternateIdAsync", right, by_alternate_id)
        .serve("mdmv1/CommandsV1_ExecuteChangeDevicePasscodeByAlternateIdAsync", right, change_passcode_by)
        .serve("mdmv1/CommandsV1_ExecuteChangeDevicePasscodeAsync", right, change_passcode)
        .serve("mdmv1/CommandsV1_ExecuteChangeContainerPasscodeByAlternateIdAsync", right, container_passcode)
        .serve("mdmv1/CommandsV1_ExecuteFindDeviceByAlternateIdAsync", right, find_by)
        .serve("mdmv1/CommandsV1_ExecuteFindDeviceAsync", right, find)
        .serve("mdmv1/CommandsV1_ExecuteStartRemoteViewByAlternateIdAsync", right, remote_view)
        .serve("mdmv1/CommandsV1_ExecuteRequestDeviceLogAsync", right, request_log)
        .serve("mdmv1/CommandsV1_ExecuteStopDeviceLogAsync", right, stop_log)
        .serve("mdmv1/CommandsV1_ExecuteScheduleOsUpdateByAlternateIdAsync", right, schedule_os_update)
        .serve("mdmv1/CommandsV1_ExecuteAppLastDeploymentLogRefreshAsync", right, deployment_log)
        .serve("mdmv1/CommandsV1_ExecuteStartAirPlayAsync", right, start_air_play)
        .serve("mdmv1/LostModeV1_UpdateLostModeAsync", right, lost_mode);
}

/// Where a call names its device.
enum Named<'a> {
    Query,
    Id(&'a str),
    Uuid(&'a str),
}

/// Sends the given command with the members of the body as its parameters.
async fn command(context: Context, given: Given, named: Named<'_>, command: Command) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = match named {
        Named::Query => by_query(&context, &mut tx, &given).await?,
        Named::Id(name) => by_id(&context, &mut tx, &given, name).await?,
        Named::Uuid(name) => by_uuid(&context, &mut tx, &given, name).await?,
    };
    if command == Command::RequestDeviceLog && commands::is_open(&mut tx, device.id, command).await? {
        return Err(Refusal::new(412, 412, "The previous request for a log of this device is still running."));
    }
    let mut parameters = given.members();
    for name in ["installaction", "osupdateproductversion", "remoteviewId"] {
        parameters.extend(given.asked(name).map(|value| (name.to_owned(), value.into())));
    }
    accept_one(&context, &mut tx, &one(command, &parameters, true), &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn by_alternate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    let command = published(given.asked("command").unwrap_or_default())?;
    let mut tx = context.begin().await?;
    let device = by_query(&context, &mut tx, &given).await?;
    let mut parameters = given.members();
    parameters.extend(given.asked("reason").map(|reason| ("Reason".to_owned(), reason.into())));
    fits(command, &device, &parameters)?;
    accept_one(&context, &mut tx, &one(command, &parameters, true), &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn change_passcode_by(context: Context, given: Given) -> Result<Said, Refusal> {
    given.required_text("Passcode")?;
    command(context, given, Named::Query, Command::ChangePasscode).await
}

async fn change_passcode(context: Context, given: Given) -> Result<Said, Refusal> {
    given.required_text("Passcode")?;
    command(context, given, Named::Id("id"), Command::ChangePasscode).await
}

async fn container_passcode(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Query, Command::ChangeContainerPasscode).await
}

async fn find_by(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Query, Command::FindDevice).await
}

async fn find(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Id("deviceId"), Command::FindDevice).await
}

/// The picture goes to another device of the tenant.
async fn remote_view(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let display = given.asked("remoteviewId").unwrap_or_default().to_owned();
    let device: Recipient = by_query(&context, &mut tx, &given).await?;
    let found = recipients::one(&mut tx, Identifier::Id, &display, context.scope()).await?;
    let missing = || Refusal::new(422, 5067, format!("Destination device not found for the specified id: {display}."));
    found.filter(|found| found.id != device.id).ok_or_else(missing)?;
    let mut parameters = Map::new();
    parameters.insert("RemoteViewId".to_owned(), display.as_str().into());
    accept_one(&context, &mut tx, &one(Command::RemoteView, &parameters, true), &device).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn request_log(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Query, Command::RequestDeviceLog).await
}

async fn stop_log(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Query, Command::StopDeviceLog).await
}

async fn schedule_os_update(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Query, Command::InstallOsUpdate).await
}

async fn deployment_log(context: Context, given: Given) -> Result<Said, Refusal> {
    command(context, given, Named::Id("deviceid"), Command::RefreshAppDeploymentLog).await
}

async fn start_air_play(context: Context, given: Given) -> Result<Said, Refusal> {
    if given.member_text("DestinationName").is_none() && given.member_text("DestinationDeviceId").is_none() {
        return Err(Refusal::bad("The DestinationName or the DestinationDeviceId field is required."));
    }
    command(context, given, Named::Id("deviceid"), Command::StartAirPlay).await
}

/// Lost mode shows a text or a number on the locked screen, so it needs one of them.
async fn lost_mode(context: Context, given: Given) -> Result<Said, Refusal> {
    let on = given.text("enableLostMode").eq_ignore_ascii_case("true");
    if on && given.member_text("message").is_none() && given.member_text("phone_number").is_none() {
        return Err(Refusal::new(422, code::VALIDATION, "The message or the phone_number field is required."));
    }
    let word = if on { Command::EnableLostMode } else { Command::DisableLostMode };
    command(context, given, Named::Uuid("deviceUuid"), word).await
}
