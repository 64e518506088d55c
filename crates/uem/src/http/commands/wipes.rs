//! The log of wipes of an organization group, what is decided about those on hold, and the lock that a reached
//! threshold leaves.

use jiff::Timestamp;
use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::words::{EnrollmentStatus, Ownership};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Execute, Read};
use super::super::policy::Resource::Wipes;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::accept::{Asked, Source, enqueue, event};
use crate::store::devices::Identifier;
use crate::store::page::Page;
use crate::store::wipes::{self, Order, Standing, Wanted, Wipe};
use crate::store::{events, objects, organization_groups, recipients};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/DeviceWipes_GetDeviceWipeEventsAsync", needs(Wipes, Read), search)
        .serve("systemv1/DeviceWipes_UpdateWipeActionsAsync", needs(Wipes, Execute), decide)
        .serve("systemv1/DeviceWipes_GetWipeLockStateAsync", needs(Wipes, Read), lock_state)
        .serve("systemv1/DeviceWipes_ResetWipeLockAsync", needs(Wipes, Edit), set_lock)
        .serve("systemv1/DeviceWipes_CreateDeviceWipeLogReportAsync", needs(Wipes, Read), report);
}

/// How many wipes may be decided about in one call.
const MOST: usize = 100;

/// The group that the path names, which the caller must see.
async fn group(context: &Context, given: &Given, code: i64) -> Result<i64, Refusal> {
    let uuid = given.uuid("organizationGroupUuid");
    let missing = || Refusal::new(404, code, format!("Organization group Uuid - {uuid} is not found."));
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    found.map(|group| group.id).ok_or_else(missing)
}

/// The word of the log for a command.
fn kind(command: Command) -> &'static str {
    if command == Command::EnterpriseWipe { "ENTERPRISE_WIPE" } else { "DEVICE_WIPE" }
}

fn owner(ownership: &Ownership) -> &'static str {
    match ownership {
        Ownership::Corporate => "CORPORATE_DEDICATED",
        Ownership::Employee => "EMPLOYEE_OWNED",
        Ownership::Shared => "CORPORATE_SHARED",
        Ownership::Undefined | Ownership::Other(_) => "UNKNOWN",
    }
}

fn shown(wipe: &Wipe) -> Value {
    json!({
        "uuid": wipe.uuid,
        "device_uuid": wipe.device_uuid,
        "device_name": wipe.device_name,
        // The published words are those of platforms, with underscores.
        "device_type": wipe.platform.as_str(),
        "device_up": wipe.last_seen.is_some(),
        "user": wipe.username,
        "wipe_type": kind(wipe.command),
        "source": wipe.source,
        "status": wipe.status,
        "ownership": owner(&wipe.ownership),
        "event_date": wipe.requested_at.as_microsecond(),
        "last_seen": wipe.last_seen.unwrap_or(wipe.requested_at).as_microsecond(),
        "organization_group": wipe.group_name,
        "organization_group_uuid": wipe.group_uuid,
    })
}

/// What a search or a report asks for, by `asked`.
fn wanted<'a>(asked: impl Fn(&str) -> Option<&'a str>, ownerships: Vec<Ownership>) -> Result<Wanted, Refusal> {
    let moment = |name: &str| -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = asked(name) else { return Ok(None) };
        let read = text.parse::<muster_model::Stamp>().map(|stamp| Some(stamp.0));
        read.map_err(|_| Refusal::shape(format!("Invalid {name}: '{text}'.")))
    };
    let (from, till) = (moment("start_date")?, moment("end_date")?);
    if matches!((from, till), (Some(from), Some(till)) if from > till) {
        return Err(Refusal::shape("Start date can not be greater than end date."));
    }
    let command = match asked("wipe_type").map(str::to_ascii_uppercase).as_deref() {
        None | Some("UNKNOWN") => None,
        Some("DEVICE_WIPE") => Some(Command::DeviceWipe),
        Some("ENTERPRISE_WIPE") => Some(Command::EnterpriseWipe),
        Some(_) => return Err(Refusal::shape("Invalid wipe type.")),
    };
    let word = |name: &str| asked(name).map(str::to_ascii_uppercase).filter(|word| word != "UNKNOWN");
    Ok(Wanted {
        text: asked("search_text").map(str::to_owned),
        from,
        till,
        command,
        source: word("wipe_source"),
        status: word("wipe_status"),
        ownerships,
        order: match word("sort_column").as_deref() {
            Some("DEVICE_FRIENDLY_NAME") => Order::Device,
            Some("USER") => Order::User,
            Some("ORGANIZATION_GROUP") => Order::Group,
            _ => Order::Date,
        },
        descending: word("sort_direction").as_deref() == Some("DESC"),
    })
}

fn ownership(word: &str) -> Option<Ownership> {
    match word.trim().to_ascii_uppercase().as_str() {
        "CORPORATE_DEDICATED" => Some(Ownership::Corporate),
        "EMPLOYEE_OWNED" => Some(Ownership::Employee),
        "CORPORATE_SHARED" => Some(Ownership::Shared),
        "UNKNOWN" => Some(Ownership::Undefined),
        _ => None,
    }
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given, code::GROUP_NOT_FOUND).await?;
    let words = given.asked_all("ownership").into_iter().filter(|word| !word.eq_ignore_ascii_case("ANY"));
    let known = |word| ownership(word).ok_or_else(|| Refusal::shape("Invalid ownership type."));
    let ownerships = words.map(known).collect::<Result<_, _>>()?;
    let wanted = wanted(|name| given.asked(name), ownerships)?;
    let size = given.asked_id("page_size").filter(|&size| size > 0).unwrap_or(50).min(500);
    let page = Page::asked(given.page()?.number.into(), u32::try_from(size).ok());
    let (found, total) = wipes::search(context.database(), group, &wanted, page).await?;
    let rows: Vec<Value> = found.iter().map(shown).collect();
    let answer = json!({ "device_wipes": rows, "page": page.number, "page_size": page.size, "total_count": total });
    Ok(Said::json(200, answer))
}

/// Approves wipes, which then reach their devices, or rejects them, which ends them.
async fn decide(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given, code::GROUP_NOT_FOUND).await?;
    let approve = given.asked("action").is_some_and(|action| action.eq_ignore_ascii_case("APPROVE"));
    let listed = given.body.as_array().into_iter().flatten().filter_map(Value::as_str);
    let uuids: Vec<Uuid> = listed.filter_map(|uuid| uuid.parse().ok()).collect();
    if uuids.is_empty() {
        return Err(Refusal::new(400, 5182, "The list of device wipe uuids must be specified."));
    }
    if uuids.len() > MOST {
        return Err(Refusal::new(400, 5183, "Number of device wipe uuids should not exceed 100."));
    }
    let mut tx = context.begin().await?;
    let standing = Standing::read(&mut tx, context.now()).await?;
    let held = wipes::held(&mut tx, &uuids).await?;
    let held: Vec<&Wipe> = held.iter().filter(|wipe| standing.is_within(wipe.group, group)).collect();
    let unknown = uuids.iter().filter(|uuid| !held.iter().any(|wipe| wipe.uuid == **uuid));
    let unknown: Vec<String> = unknown.map(Uuid::to_string).collect();
    if !unknown.is_empty() {
        let message = format!("Server action uuids - {} is not found.", unknown.join(", "));
        return Err(Refusal::new(404, 5184, message));
    }
    for wipe in held {
        if approve {
            release(&context, &mut tx, wipe).await?;
        } else {
            abort(&context, &mut tx, wipe, "Rejected").await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

/// Queues an approved wipe, unless its device has left meanwhile.
async fn release(context: &Context, tx: &mut muster_store::Transaction, wipe: &Wipe) -> Result<(), Refusal> {
    let context = &context.for_command(wipe.command)?;
    let id = wipe.device.to_string();
    let device = recipients::one(tx, Identifier::Id, &id, context.scope()).await?;
    let Some(device) = device.filter(|device| device.enrollment == EnrollmentStatus::Enrolled) else {
        return abort(context, tx, wipe, "The device is not enrolled any more").await;
    };
    let asked =
        Asked { command: wipe.command, app: None, parameters: &wipe.parameters, source: Source::Single, strict: false };
    enqueue(context, tx, &asked, &[(wipe.uuid, &device)], false).await?;
    wipes::decide(tx, wipe.uuid, "APPROVED", &context.caller.name, context.now()).await?;
    let details = vec![format!("CommandUuid={}", wipe.uuid)];
    events::record(tx, vec![event(context, wipe.device, format!("{} Approved", wipe.command), details)]).await?;
    Ok(())
}

async fn abort(
    context: &Context,
    tx: &mut muster_store::Transaction,
    wipe: &Wipe,
    reason: &str,
) -> Result<(), Refusal> {
    wipes::decide(tx, wipe.uuid, "ABORTED", &context.caller.name, context.now()).await?;
    let details = vec![format!("CommandUuid={}", wipe.uuid), format!("Reason={reason}")];
    events::record(tx, vec![event(context, wipe.device, format!("{} Failed", wipe.command), details)]).await?;
    Ok(())
}

async fn lock_state(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given, 5177).await?;
    let mut tx = crate::store::begin(context.database()).await?;
    let protection = wipes::of_group(&mut tx, group).await?;
    tx.rollback().await?;
    let state = if protection.locked { "LOCKED" } else { "UNLOCKED" };
    Ok(Said::json(200, json!({ "organization_group_uuid": given.uuid("organizationGroupUuid"), "state": state })))
}

/// Unlocks, and begins to count anew; what is on hold stays so until it is decided about. With a body that says
/// `LOCKED` it locks: from then on every wipe is held.
async fn set_lock(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given, 5177).await?;
    let body: Value = serde_json::from_slice(&given.raw).unwrap_or_default();
    let word = body.as_str().or_else(|| body.get("state").and_then(Value::as_str)).unwrap_or("UNLOCKED");
    let locked = match word.to_ascii_uppercase().as_str() {
        "LOCKED" => true,
        "UNLOCKED" => false,
        _ => return Err(Refusal::shape(format!("'{word}' is no state of the lock: LOCKED or UNLOCKED."))),
    };
    let mut tx = context.begin().await?;
    wipes::set_lock(&mut tx, group, locked, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// A report of the log as it is now, kept with the other exported reports.
async fn report(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given, code::GROUP_NOT_FOUND).await?;
    let words = given.member("ownership").and_then(Value::as_array);
    let ownerships = words.into_iter().flatten().filter_map(|word| ownership(word.as_str()?)).collect();
    let wanted = wanted(|name| given.member_text(name), ownerships)?;
    let (rows, total) = wipes::search(context.database(), group, &wanted, Page::asked_or_all(None, None)).await?;
    let mut body = given.members();
    let rows: Vec<Value> = rows.iter().map(shown).collect();
    body.insert("rows".to_owned(), rows.into());
    body.insert("total".to_owned(), total.into());
    let mut tx = context.begin().await?;
    let new = objects::NewObject {
        kind: "exported-report",
        group,
        parent: None,
        name: "Device Wipe Log",
        state: "COMPLETED",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made_at(202, format!("/api/system/exported-reports/{}", made.uuid), Value::Null))
}
