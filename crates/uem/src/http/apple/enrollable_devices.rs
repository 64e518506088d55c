//! Devices of automated enrollment: those that the maker sold to the organization, which supervision shows, and the
//! profile of each.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::automated_enrollment as profiles;
use crate::store::automated_enrollment::{self, Enrollable, LINK, Wanted};
use crate::store::objects;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/DeviceEnrollmentProgramV1_GetDepDevicesAsync", needs(Profiles, Read), of_group)
        .serve("mdmv1/DeviceEnrollmentProgramV1_ReconcileDepDevicesAsync", needs(Profiles, Edit), reconcile)
        .serve("mdmv1/DeviceEnrollmentProgramV1_GetDepDevicesForProfileAsync", needs(Profiles, Read), of_profile)
        .serve("mdmv1/DeviceEnrollmentProgramV1_DepProfileAction", needs(Profiles, Edit), act);
}

fn shown(device: &Enrollable) -> Value {
    json!({
        "id": device.id, "uuid": device.uuid, "deviceSerialNumber": device.serial_number, "deviceModel": device.model,
        "deviceFriendlyName": device.friendly_name, "deviceAssetNumber": device.asset_number,
        "deviceImei": device.imei, "deviceOwnership": device.ownership, "enrollmentStatus": device.enrollment_status,
        "organizationGroupName": device.group_name, "username": device.username,
        "profileName": device.profile.as_ref().map(|(_, name)| name),
        "profileUuid": device.profile.as_ref().map(|(uuid, _)| uuid),
    })
}

async fn group(context: &Context, given: &Given) -> Result<crate::store::scope::Scope, Refusal> {
    let text = given.text("groupUuid");
    let uuid: Uuid = text.parse().map_err(|_| Refusal::bad(format!("'{text}' is no UUID.")))?;
    Ok(assigned::group_and_below(context, uuid).await?.1)
}

async fn of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let scope = group(&context, &given).await?;
    let found = automated_enrollment::devices(context.database(), &Wanted::default(), &scope).await?;
    Ok(Said::json(200, found.iter().map(shown).collect()))
}

async fn of_profile(context: Context, given: Given) -> Result<Said, Refusal> {
    let profile = profiles::named(&context, &given).await?;
    let page = given.page()?;
    let wanted = Wanted { profile: Some(profile.uuid), ..Wanted::default() };
    let found = automated_enrollment::devices(context.database(), &wanted, context.scope()).await?;
    Ok(Said::json(200, assigned::paged(found, page).iter().map(shown).collect()))
}

/// Devices that nobody chose a profile for get the usual one of their platform.
async fn reconcile(context: Context, given: Given) -> Result<Said, Refusal> {
    let action = given.asked("action").unwrap_or_default();
    if !["sync", "fetch"].iter().any(|known| known.eq_ignore_ascii_case(action)) {
        return Err(Refusal::bad(format!("The action '{action}' is not valid: it is Sync or Fetch.")));
    }
    let scope = group(&context, &given).await?;
    let found = automated_enrollment::devices(context.database(), &Wanted::default(), &scope).await?;
    let usual = [
        ("Apple", profiles::usual(&context, "Apple").await?),
        (automated_enrollment::MAC, profiles::usual(&context, automated_enrollment::MAC).await?),
    ];
    let mut tx = context.begin().await?;
    for device in found.iter().filter(|device| device.profile.is_none()) {
        let profile = usual.iter().find(|(platform, _)| *platform == device.platform);
        if let Some((_, Some(profile))) = profile {
            objects::link(&mut tx, LINK, device.uuid, profile.uuid, Map::new(), context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn act(context: Context, given: Given) -> Result<Said, Refusal> {
    let (action, serial) = (given.asked("action").unwrap_or_default(), given.text("serialNumber"));
    let profile = profiles::named(&context, &given).await?;
    let wanted = Wanted { serial_number: Some(serial), ..Wanted::default() };
    let found = automated_enrollment::devices(context.database(), &wanted, context.scope()).await?;
    // Of a device that came back there are two records.
    if found.is_empty() {
        return Err(Refusal::not_found(format!("No device of automated enrollment has the serial number {serial}.")));
    }
    let mut tx = context.begin().await?;
    for device in &found {
        match action.to_lowercase().as_str() {
            "assign" => {
                if let Some((old, _)) = &device.profile {
                    objects::unlink(&mut tx, LINK, device.uuid, *old).await?;
                }
                objects::link(&mut tx, LINK, device.uuid, profile.uuid, Map::new(), context.now()).await?;
            }
            "remove" | "unassign" => {
                objects::unlink(&mut tx, LINK, device.uuid, profile.uuid).await?;
            }
            _ => return Err(Refusal::bad(format!("The action '{action}' is not valid: it is Assign or Remove."))),
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}
