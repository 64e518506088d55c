//! Remote management: a device is registered for it, and then an administrator may open a session.

use muster_model::error::code;
use muster_model::words::{EnrollmentStatus, Platform};
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Execute, Read};
use super::super::policy::Resource::{Commands, Devices};
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::event;
use super::addressed::by_uuid;
use crate::store::recipients::Recipient;
use crate::store::{events, objects};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/RemoteManagementV1_GetDeviceRMRegistrationStatus", needs(Devices, Read), status)
        .serve("mdmv1/RemoteManagementV1_RegisterDeviceForRM", needs(Devices, Edit), register)
        .serve("mdmv1/RemoteManagementV1_InitiateRMSession", needs(Commands, Execute), session)
        .serve("mdmv2/RemoteManagementV2_InitiateRMSessionAsync", needs(Commands, Execute), session_with_tool);
}

const REGISTRATION: &str = "remote-management";

/// The codes of a registration.
const REGISTERED: i64 = 1;
const NOT_REGISTERED: i64 = 0;

async fn device(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Recipient, Refusal> {
    let device = by_uuid(context, tx, given, "deviceUuid").await?;
    if device.enrollment != EnrollmentStatus::Enrolled {
        return Err(Refusal::new(400, code::NOT_ENROLLED, format!("Device {} is not enrolled.", device.id)));
    }
    Ok(device)
}

/// Read before a change begins: what is written meanwhile changes nothing about it.
async fn is_registered(context: &Context, given: &Given) -> Result<bool, Refusal> {
    let links = objects::links_from(context.database(), REGISTRATION, given.uuid("deviceUuid")).await?;
    Ok(!links.is_empty())
}

fn shown(device: &Recipient, code: i64) -> Value {
    json!({ "id": device.id, "uuid": device.uuid, "registration_status_code": code })
}

async fn status(context: Context, given: Given) -> Result<Said, Refusal> {
    let code = if is_registered(&context, &given).await? { REGISTERED } else { NOT_REGISTERED };
    let mut tx = crate::store::begin(context.database()).await?;
    let device = by_uuid(&context, &mut tx, &given, "deviceUuid").await?;
    tx.rollback().await?;
    Ok(Said::json(200, shown(&device, code)))
}

/// Registers a device; one that is registered stays so.
async fn register(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let device = device(&context, &mut tx, &given).await?;
    let remote = [Platform::WinRt, Platform::AppleOsX, Platform::Android, Platform::Apple, Platform::Linux];
    if !remote.contains(&device.platform) {
        return Err(Refusal::new(400, 21, "Remote management is not supported for this device type."));
    }
    let new = objects::link(&mut tx, REGISTRATION, device.uuid, device.uuid, Map::new(), context.now()).await?;
    if new {
        let told = event(&context, device.id, "Remote Management Registered".to_owned(), Vec::new());
        events::record(&mut tx, vec![told]).await?;
    }
    tx.commit().await?;
    Ok(Said::json(if new { 202 } else { 200 }, shown(&device, REGISTERED)))
}

async fn session(context: Context, given: Given) -> Result<Said, Refusal> {
    open(context, given, "ScreenShare").await
}

async fn session_with_tool(context: Context, given: Given) -> Result<Said, Refusal> {
    let tool = given.required_text("remote_management_tool_name")?.to_owned();
    open(context, given, &tool).await
}

async fn open(context: Context, given: Given, tool: &str) -> Result<Said, Refusal> {
    let registered = is_registered(&context, &given).await?;
    let mut tx = context.begin().await?;
    let device = device(&context, &mut tx, &given).await?;
    if !registered {
        return Err(Refusal::new(403, code::FORBIDDEN, "The device is not registered for remote management."));
    }
    let session = Uuid::new_v4();
    let details = vec![format!("Session={session}"), format!("Tool={tool}")];
    events::record(&mut tx, vec![event(&context, device.id, "Remote Session Requested".to_owned(), details)]).await?;
    tx.commit().await?;
    let url = format!("{}/remote-management/sessions/{session}", context.tenant.url);
    Ok(Said::json(200, json!({ "session_url": url })))
}
