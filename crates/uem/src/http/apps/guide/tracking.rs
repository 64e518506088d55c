//! The guide's `/appinstalls`: one entry for each app on each device. An entry is named `{app}-{device}`.

use serde_json::{Value, json};

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Execute, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::super::installs;
use super::deploy::known;
use crate::store::apps::devices::{self, AppOnDevice, Name, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/appinstalls.list", needs(Apps, Read), list)
        .serve("guide/appinstalls.search", needs(Apps, Read), list)
        .serve("guide/appinstalls.get", needs(Apps, Read), get)
        .serve("guide/appinstalls.add", needs(Apps, Execute), add)
        .serve("guide/appinstalls.update", needs(Apps, Execute), again)
        .serve("guide/appinstalls.delete", needs(Apps, Execute), remove);
}

fn shown(row: &AppOnDevice) -> Value {
    json!({
        "Id": format!("{}-{}", row.app, row.device), "ApplicationId": row.app, "ApplicationUuid": row.app_uuid,
        "ApplicationName": row.app_name, "AppVersion": row.version, "DeviceId": row.device,
        "DeviceUuid": row.device_uuid, "DeviceFriendlyName": row.friendly_name, "UserName": row.username,
        "Status": row.installed_status().as_str(), "IsAssigned": row.assigned,
        "PendingRemoval": row.status == "PendingRemoval", "Reason": row.reason,
        "InstalledVersion": row.installed_version, "LastUpdated": row.updated_at.as_microsecond(),
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    const STATUSES: [&str; 6] = ["Installed", "Failed", "Pending", "NotInstalled", "PendingRemoval", "RemovalHeld"];
    let page = given.page()?;
    let statuses = match given.asked("status") {
        None => Vec::new(),
        Some(word) => {
            let known = STATUSES.into_iter().find(|known| known.eq_ignore_ascii_case(word));
            vec![known.ok_or_else(|| Refusal::bad(format!("The value '{word}' of status is not valid.")))?]
        }
    };
    let wanted = Wanted {
        apps: given.asked_id("applicationid").into_iter().collect(),
        device: given.asked_id("deviceid"),
        text: given.asked("devicename"),
        statuses,
        ..Wanted::default()
    };
    let (rows, total) = devices::list(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = rows.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "AppInstalls": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

fn missing(id: &str) -> Refusal {
    Refusal::not_found(format!("Application install not found: {id}."))
}

async fn named(context: &Context, id: &str) -> Result<AppOnDevice, Refusal> {
    let (app, device) = id.split_once('-').ok_or_else(|| missing(id))?;
    let (app, device) = (app.parse().map_err(|_| missing(id))?, device.parse().map_err(|_| missing(id))?);
    let wanted = Wanted { apps: vec![app], device: Some(device), ..Wanted::default() };
    let (rows, _) = devices::list(context.database(), &wanted, Page::asked(None, Some(1)), context.scope()).await?;
    rows.into_iter().next().ok_or_else(|| missing(id))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&named(&context, given.text("id")).await?)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let required = |name: &str| Refusal::bad(format!("The {name} field is required."));
    let app = given.member_id("ApplicationId").ok_or_else(|| required("ApplicationId"))?;
    let device = given.member_id("DeviceId").ok_or_else(|| required("DeviceId"))?;
    let app = known(&context, app).await?;
    let found = devices::named(context.database(), Name::Id(device), context.scope()).await?;
    let (device, _, _) = found.ok_or_else(|| Refusal::no_device(device))?;
    let command = installs::install(&context, &app, device).await?;
    let row = named(&context, &format!("{}-{device}", app.id)).await?;
    let mut answer = shown(&row);
    answer["CommandUuid"] = json!(command);
    let address = format!("{}/API/v1/appinstalls/{}-{device}", context.tenant.url, app.id);
    Ok(Said::made_at(201, address, answer))
}

/// Tries an install again.
async fn again(context: Context, given: Given) -> Result<Said, Refusal> {
    let row = named(&context, given.text("id")).await?;
    let app = known(&context, row.app).await?;
    let command = installs::install(&context, &app, row.device).await?;
    let mut answer = shown(&named(&context, given.text("id")).await?);
    answer["CommandUuid"] = json!(command);
    Ok(Said::json(200, answer))
}

/// Has the device remove the app.
async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    let row = named(&context, given.text("id")).await?;
    let app = known(&context, row.app).await?;
    installs::remove(&context, &app, row.device, row.enrollment == "Enrolled").await?;
    Ok(Said::nothing(202))
}
