//! Updates of operating systems: which there are, how far the devices of a group are with one, and having them
//! installed. An update is a release that at least one device runs already.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::{EnrollmentStatus, Platform};
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::releases::{compare, uuid_of};
use super::search::group_of;
use super::{deployments, edit, words};
use crate::store::commands::{self, NewCommand};
use crate::store::devices::counts::{self, Kind};
use crate::store::devices::updates::{self, Ordered};
use crate::store::devices::{self, Record, Wanted};
use crate::store::events;
use crate::store::page::Page;

/// A release that devices can be brought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Update {
    pub(super) uuid: Uuid,
    pub(super) platform: String,
    pub(super) version: String,
    build: String,
    models: BTreeSet<String>,
}

/// Every update, by platform and version. Updates of Windows have an area of their own.
async fn all(context: &Context, wanted: &Wanted) -> Result<Vec<Update>, Refusal> {
    let kinds = counts::kinds(context.database(), wanted, context.scope()).await?;
    let mut found: BTreeMap<(String, String), Update> = BTreeMap::new();
    for Kind { platform, model, os_version, os_build, .. } in kinds {
        if platform == Platform::WinRt.as_str() {
            continue;
        }
        let update = found.entry((platform.clone(), os_version.clone())).or_insert_with(|| Update {
            uuid: uuid_of(&platform, &os_version),
            platform,
            version: os_version,
            build: os_build,
            models: BTreeSet::new(),
        });
        update.models.insert(model);
    }
    let mut all: Vec<Update> = found.into_values().collect();
    all.sort_by(|one, other| one.platform.cmp(&other.platform).then(compare(&one.version, &other.version)));
    Ok(all)
}

/// The update of a UUID.
pub(super) async fn update(context: &Context, uuid: Uuid) -> Result<Update, Refusal> {
    let found = all(context, &Wanted::default()).await?.into_iter().find(|update| update.uuid == uuid);
    found.ok_or_else(|| Refusal::not_found(format!("Update not found: {uuid}.")))
}

fn shown(update: &Update) -> Value {
    let name = format!("{} {}", update.platform, update.version);
    json!({
        "uuid": update.uuid, "name": name, "description": name, "version": update.version,
        "external_key": update.build, "update_type": "OS", "available_for_install": true, "is_paused": false,
        "supported_devices": update.models,
    })
}

pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let group = group_of(&context, given.asked("organization_group_uuid").unwrap_or_default()).await?;
    let dates = ["release_date", "expiration_date"];
    if dates.iter().any(|name| given.asked(name).is_some_and(|word| !word.eq_ignore_ascii_case("none"))) {
        return Err(Refusal::shape("This tenant keeps no dates of updates, so it cannot look for them."));
    }
    let platform = words::platform(given.asked("platform"))?;
    let found = all(&context, &Wanted { group: Some(group), platform, ..Wanted::default() }).await?;
    let contains = |text: &str, name: &str| {
        given.asked(name).is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
    };
    let fits = |update: &&Update| {
        contains(&format!("{} {}", update.platform, update.version), "update_name")
            && contains(&update.version, "version")
    };
    let found: Vec<&Update> = found.iter().filter(fits).collect();
    let total = found.len();
    let (size, number) = (page.size as usize, page.number as usize);
    let mut rows = Vec::new();
    for update in found.into_iter().skip(size.saturating_mul(number)).take(size) {
        let mut row = shown(update);
        row["device_update_deployments"] = deployments::links(&context, update.uuid).await?;
        rows.push(row);
    }
    let answer = json!({ "update_list": rows, "page": page.number, "page_size": page.size, "total": total });
    Ok(Said::json(200, answer))
}

pub(super) async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&update(&context, given.uuid("uuid")).await?)))
}

/// How far a device is with an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Complete,
    Higher,
    NotEligible,
    NotStarted,
    Installing,
    Failed,
}

impl Progress {
    fn of(record: &Record, update: &Update, ordered: Option<&Ordered>) -> Self {
        match compare(&record.device.operating_system, &update.version) {
            Ordering::Equal => return Self::Complete,
            Ordering::Greater => return Self::Higher,
            Ordering::Less => {}
        }
        if record.device.enrollment_status != EnrollmentStatus::Enrolled
            || !update.models.iter().any(|model| *model == record.device.model)
        {
            return Self::NotEligible;
        }
        match ordered.map(|ordered| ordered.status.as_str()) {
            Some("Queued" | "Sent" | "NotNow") => Self::Installing,
            // It takes a while until a device that has taken the order runs the new release.
            Some("Acknowledged") => Self::Installing,
            Some("Error" | "Unsupported" | "Expired") => Self::Failed,
            _ => Self::NotStarted,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Complete | Self::Higher => "INSTALL_COMPLETE",
            Self::NotEligible => "NOT_ELIGIBLE",
            Self::NotStarted => "NOT_STARTED",
            Self::Installing => "INSTALLING",
            Self::Failed => "INSTALL_FAILED",
        }
    }
}

/// The devices of a group that an update is about, each with how far it is.
async fn progress(
    context: &Context,
    update: &Update,
    group: i64,
) -> Result<Vec<(Record, Progress, Option<Ordered>)>, Refusal> {
    let platform = Some(Platform::from(update.platform.as_str()));
    let wanted = Wanted { group: Some(group), platform, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = devices::records(context.roll(), &wanted, context.scope(), everything).await?;
    let mut orders = updates::last_orders(context.database(), &wanted, context.scope()).await?;
    Ok(found
        .into_iter()
        .map(|record| {
            let ordered = orders.remove(&record.id);
            let progress = Progress::of(&record, update, ordered.as_ref());
            (record, progress, ordered)
        })
        .collect())
}

/// The update and the group of an address.
pub(super) async fn address(context: &Context, given: &Given) -> Result<(Update, i64), Refusal> {
    let update = update(context, given.uuid("updateUuid")).await?;
    let group = group_of(context, given.text("organizationGroupUuid")).await?;
    Ok((update, group))
}

pub(super) async fn readiness(context: Context, given: Given) -> Result<Said, Refusal> {
    let (update, group) = address(&context, &given).await?;
    let devices = progress(&context, &update, group).await?;
    let count = |which: &[Progress]| devices.iter().filter(|(_, progress, _)| which.contains(progress)).count();
    let answer = json!({
        "already_on_this_version": count(&[Progress::Complete]), "on_higher_version": count(&[Progress::Higher]),
        "not_eligible": count(&[Progress::NotEligible]),
        "eligible": count(&[Progress::NotStarted, Progress::Installing, Progress::Failed]),
    });
    Ok(Said::json(200, answer))
}

pub(super) async fn statuses(context: Context, given: Given) -> Result<Said, Refusal> {
    let (update, group) = address(&context, &given).await?;
    let mut counts = Map::new();
    let words = ["download_complete", "downloading", "download_failed", "idle", "install_complete", "install_failed"];
    for word in words.into_iter().chain(["installing", "not_eligible", "not_started"]) {
        counts.insert(word.to_owned(), json!(0));
    }
    for (_, progress, _) in progress(&context, &update, group).await? {
        let entry = counts.entry(progress.word().to_lowercase()).or_insert_with(|| json!(0));
        *entry = json!(entry.as_i64().unwrap_or_default() + 1);
    }
    Ok(Said::json(200, Value::Object(counts)))
}

pub(super) async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (update, group) = address(&context, &given).await?;
    let same = |word: &str, other: &str| word.replace('_', "").eq_ignore_ascii_case(other);
    let contains = |text: &str, name: &str| {
        given.asked(name).is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
    };
    let found: Vec<_> = progress(&context, &update, group)
        .await?
        .into_iter()
        .filter(|(record, progress, _)| {
            given.asked("status").is_none_or(|status| same(progress.word(), status))
                && given.asked("reason").is_none_or(|reason| same(progress.word(), reason))
                && contains(&record.device.device_friendly_name, "device_name")
                && contains(&record.device.user_name, "user")
        })
        .collect();
    let total = found.len();
    let (size, number) = (page.size as usize, page.number as usize);
    let row = |(record, progress, ordered): &(Record, Progress, Option<Ordered>)| {
        let name = record.device.user_id.name.split_once(' ').unwrap_or((record.device.user_id.name.as_str(), ""));
        json!({
            "id": record.id, "uuid": record.uuid, "device_name": record.device.device_friendly_name,
            "first_name": name.0, "last_name": name.1, "last_seen": record.seen_at.as_microsecond(),
            "status": progress.word(), "reason": ordered.as_ref().map_or("", |ordered| ordered.reason.as_str()),
        })
    };
    let rows: Vec<Value> = found.iter().skip(size.saturating_mul(number)).take(size).map(row).collect();
    let answer = json!({ "device_list": rows, "page": page.number, "page_size": page.size, "total": total });
    Ok(Said::json(200, answer))
}

/// The devices of a group that have not begun with an update.
pub(super) async fn waiting(context: &Context, update: &Update, group: i64) -> Result<Vec<Record>, Refusal> {
    let all = progress(context, update, group).await?.into_iter();
    let waiting = all.filter(|(_, progress, _)| matches!(progress, Progress::NotStarted | Progress::Failed));
    Ok(waiting.map(|(record, ..)| record).collect())
}

/// Orders a device to update, now or from a point in time on.
pub(super) async fn order(
    context: &Context,
    tx: &mut Transaction,
    record: &Record,
    update: &Update,
    from: Option<jiff::Timestamp>,
) -> Result<(), Refusal> {
    let now = context.now();
    let parameters = json!({ "OsVersion": update.version }).to_string();
    let order = commands::new_uuid(now);
    let new = NewCommand {
        uuid: order,
        device: DeviceId(record.id),
        command: Command::InstallOsUpdate,
        parameters: &parameters,
        app: None,
        requested_by: &context.caller.name,
        told: false,
    };
    commands::queue(tx, &[new], now).await?;
    match from.filter(|from| *from > now) {
        Some(from) => updates::put_off(tx, order, from).await?,
        None => context.tenant.push(tx, &[record.id], now).await?,
    }
    let details = vec![format!("CommandUuid={order}"), format!("OsVersion={}", update.version)];
    let event = edit::told(context, record, "InstallOSUpdate Requested", details);
    Ok(events::record(tx, vec![event]).await?)
}

/// Has the devices of a group begin with an update, or stops those that have not been told yet.
pub(super) async fn act(context: Context, given: Given) -> Result<Said, Refusal> {
    let (update, group) = address(&context, &given).await?;
    if given.asked("action").is_some_and(|action| action.eq_ignore_ascii_case("stop")) {
        let devices = progress(&context, &update, group).await?;
        let mut tx = context.begin().await?;
        for (record, ..) in devices.iter().filter(|(_, progress, _)| *progress == Progress::Installing) {
            updates::take_back(&mut tx, record.id, context.now()).await?;
        }
        tx.commit().await?;
        return Ok(Said::nothing(202));
    }
    let waiting = waiting(&context, &update, group).await?;
    let mut tx = context.begin().await?;
    for record in &waiting {
        order(&context, &mut tx, record, &update, None).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(202))
}
