//! A profile and single devices: installed, removed, and where it is.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Execute, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms::word;
use super::{no_profile, profile};
use crate::http::change::Change;
use crate::store::events::{self, NewEvent};
use crate::store::objects;
use crate::store::profiles::on_devices::{self, Named, Target};
use crate::store::profiles::{self, Profile};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProfilesV1_InstallProfileAsync", needs(Profiles, Execute), |context, given| {
            order(context, given, true)
        })
        .serve("mdmv1/ProfilesV1_RemoveProfileAsync", needs(Profiles, Execute), |context, given| {
            order(context, given, false)
        })
        .serve("mdmv1/ProfilesV1_GetDevicesForProfileStatus", needs(Profiles, Read), devices)
        .serve("mdmv3/ProfilesV3_UploadProfilePayload", needs(Profiles, Execute), upload);
}

/// The device that a body names by one of its identifiers.
async fn named(context: &Context, tx: &mut Change, given: &Given) -> Result<Target, Refusal> {
    let by = given.member_id("DeviceId").filter(|id| *id > 0).map(Named::Id);
    let by = by
        .or_else(|| given.member_text("SerialNumber").map(Named::Serial))
        .or_else(|| given.member_text("MacAddress").map(Named::Mac))
        .or_else(|| given.member_text("Udid").map(Named::Udid));
    let Some(by) = by else {
        return Err(Refusal::shape("One of DeviceId, SerialNumber, MacAddress and Udid is required."));
    };
    let found = on_devices::target(tx, by, context.scope()).await?;
    found.ok_or_else(|| match by {
        Named::Id(id) => Refusal::no_device(id),
        Named::Uuid(uuid) => Refusal::no_device(uuid),
        Named::Serial(text) | Named::Mac(text) | Named::Udid(text) => Refusal::no_device(text),
    })
}

async fn order(context: Context, given: Given, install: bool) -> Result<Said, Refusal> {
    let id = given.id("profileid");
    let mut tx = context.begin().await?;
    let profile = profile(&context, &mut tx, id, || no_profile(id)).await?;
    let device = named(&context, &mut tx, &given).await?;
    ask(&context, &mut tx, &profile, &device, install).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Has a device install or remove a profile that is meant for it.
pub(super) async fn ask(
    context: &Context,
    tx: &mut Change,
    profile: &Profile,
    device: &Target,
    install: bool,
) -> Result<(), Refusal> {
    if !device.is_enrolled {
        let message = format!("Device {} is not enrolled.", device.id);
        return Err(Refusal::new(400, muster_model::error::code::NOT_ENROLLED, message));
    }
    if !profile.is_active() {
        return Err(Refusal::shape(format!("Profile {} is not active.", profile.id)));
    }
    if on_devices::status(tx, profile.id, device.id).await?.is_none() {
        let message = format!("Profile {} is not assigned to device {}.", profile.id, device.id);
        return Err(Refusal::shape(message));
    }
    let now = context.now();
    on_devices::order(tx, profile.id, device.id, install, now).await?;
    let event = NewEvent {
        device_id: device.id,
        at: now,
        severity: "Information",
        event: format!("{} Profile Requested", if install { "Install" } else { "Remove" }),
        admin_account: context.caller.name.to_string(),
        source: "Console",
        details: vec![format!("Profile={}", profile.name)],
    };
    events::record(tx, vec![event]).await?;
    context.tenant.push(tx, &[device.id], now).await?;
    Ok(())
}

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("profileuuid");
    let profile = profiles::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| no_profile(uuid))?;
    let asked = given.asked("profilestatus").unwrap_or("INSTALLED");
    let statuses: &[&str] = match word("profilestatus", asked, &["INSTALLED", "NOT_INSTALLED"]) {
        Ok("INSTALLED") => &["ConfirmedInstall"],
        Ok(_) => &["PendingInstall", "NotInstalled", "PendingRemoval", "ConfirmedRemoval"],
        Err(refusal) => return Err(super::write::unprocessable(refusal)),
    };
    let group = match given.asked_uuid("organizationgroupuuid") {
        Some(uuid) => Some(owner::of_uuid(&context, uuid).await?),
        None => None,
    };
    let (found, total) =
        on_devices::devices(context.database(), profile.id, statuses, group, given.page()?, context.scope()).await?;
    let url = &context.tenant.url;
    let shown: Vec<Value> = found
        .iter()
        .map(|(id, uuid)| {
            let link = json!({ "Rel": "self", "Href": format!("{url}/api/mdm/devices/{uuid}"), "Title": "Device" });
            json!({ "id": id, "uuid": uuid, "Links": [link] })
        })
        .collect();
    let list = json!({ "profileAssignedDevices": shown, "AdditionalInfo": { "Links": [] }, "TotalResults": total });
    Ok(Said::list(list, total))
}

/// Has the payload of a profile, as a device gets it, put where support can look at it.
async fn upload(context: Context, given: Given) -> Result<Said, Refusal> {
    let (device, uuid) = (given.uuid("deviceUuid"), given.uuid("profileUuid"));
    let mut tx = context.begin().await?;
    let target = on_devices::target(&mut tx, Named::Uuid(device), context.scope()).await?;
    let code = muster_model::error::code::DEVICE_UUID_NOT_FOUND;
    let target = target.ok_or_else(|| Refusal::new(404, code, format!("Device not found: {device}.")))?;
    let profile = profile(&context, &mut tx, uuid, || no_profile(uuid)).await?;
    if on_devices::status(&mut tx, profile.id, target.id).await?.is_none() {
        return Err(Refusal::bad(format!("Profile {uuid} is not assigned to device {device}.")));
    }
    let format = given.asked("format").unwrap_or_default();
    let body = Map::from_iter([("format".to_owned(), json!(format)), ("version".to_owned(), json!(profile.version))]);
    objects::link(&mut tx, "profile-payload", profile.uuid, target.uuid, body, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}
