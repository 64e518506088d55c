//! The launcher of Android devices: an administrator's mode of it, and the way out.

use serde_json::{Map, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Execute;
use super::super::policy::Resource::Devices;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::events::{self, NewEvent};
use crate::store::objects;
use crate::store::profiles::on_devices::{self, Named};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/Launcher_EnterLauncherAdminModeAsync", needs(Devices, Execute), |context, given| {
            turn(context, given, Mode::EnterAdmin)
        })
        .serve("mdmv1/Launcher_ExitLauncherAdminModeAsync", needs(Devices, Execute), |context, given| {
            turn(context, given, Mode::ExitAdmin)
        })
        .serve("mdmv1/Launcher_ExitAirWatchLauncherAsync", needs(Devices, Execute), |context, given| {
            turn(context, given, Mode::Exit)
        });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    EnterAdmin,
    ExitAdmin,
    Exit,
}

/// The link of a device to itself that says in which mode its launcher is.
const LINK: &str = "launcher-mode";

async fn turn(context: Context, given: Given, mode: Mode) -> Result<Said, Refusal> {
    let uuid = given.uuid("deviceUuid");
    let mut tx = context.begin().await?;
    let device = on_devices::target(&mut tx, Named::Uuid(uuid), context.scope()).await?;
    let code = muster_model::error::code::DEVICE_UUID_NOT_FOUND;
    let device = device.ok_or_else(|| Refusal::new(404, code, format!("Device not found: {uuid}.")))?;
    if device.platform != "Android" || !device.is_enrolled {
        return Err(Refusal::bad("The launcher is supported on enrolled Android devices only."));
    }
    let now = context.now();
    let word = match mode {
        Mode::EnterAdmin => {
            let body = Map::from_iter([("mode".to_owned(), json!("Admin"))]);
            if !objects::link(&mut tx, LINK, device.uuid, device.uuid, body, now).await? {
                return Err(Refusal::bad("The launcher is in the administrator's mode already."));
            }
            "Enter Launcher Admin Mode"
        }
        Mode::ExitAdmin => {
            if !objects::unlink(&mut tx, LINK, device.uuid, device.uuid).await? {
                return Err(Refusal::bad("The launcher is not in the administrator's mode."));
            }
            "Exit Launcher Admin Mode"
        }
        Mode::Exit => {
            objects::unlink(&mut tx, LINK, device.uuid, device.uuid).await?;
            "Exit Launcher"
        }
    };
    let event = NewEvent {
        device_id: device.id,
        at: now,
        severity: "Information",
        event: format!("{word} Requested"),
        admin_account: context.caller.name.to_string(),
        source: "Console",
        details: Vec::new(),
    };
    events::record(&mut tx, vec![event]).await?;
    context.tenant.push(&mut tx, &[device.id], now).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}
