//! What else happens when a draft is carried out: who gets an app, and who loses one because a group was taken away.

use muster_client::{Client, Error};
use muster_model::ids::{AppId, SmartGroupId, Wrapped};
use muster_model::{Call, Nothing, apps, profiles, smart_groups};
use serde_json::Value;

use super::reach;
use crate::plan::{Action, Consequence, Draft, DraftItem, OperationCall, Surroundings, Target};

/// Items of a draft that are asked about; of more, the rest is said to be untold.
const ASKED: usize = 20;

pub(super) async fn read(client: &Client, draft: &Draft, known: &mut Surroundings) {
    let open = draft.items.iter().enumerate().filter(|(_, item)| item.nothing_to_do.is_none());
    let weighty: Vec<_> = open.filter(|(_, item)| reaches_further(&item.action)).collect();
    for (index, item) in weighty.iter().take(ASKED) {
        match of(client, &item.target, &item.action).await {
            Ok(Some((text, devices))) => known.consequences.push(Consequence { item: *index, text, devices }),
            Ok(None) => {}
            Err(error) => known.unread.push(format!("what else {} does: {error}", item.action.describe())),
        }
    }
    if weighty.len() > ASKED {
        known.unread.push(format!(
            "what else {} further items do: only the first {ASKED} were asked about",
            weighty.len() - ASKED
        ));
    }
    known.unread.extend(memberships(draft.items.iter().filter(|item| item.nothing_to_do.is_none())));
}

/// Smart groups are made of organization groups, tags and user groups, and apps and profiles follow them. Who would be in
/// which is told by no few calls, so that this is said and not guessed.
fn memberships<'a>(open: impl Iterator<Item = &'a DraftItem>) -> Vec<String> {
    let (mut moved, mut tagged, mut joined) = (0, 0, 0);
    for item in open {
        match &item.action {
            Action::MoveDevice { .. } => moved += 1,
            Action::Retag { .. } => tagged += 1,
            Action::JoinUserGroup { .. } | Action::LeaveUserGroup { .. } => joined += 1,
            _ => {}
        }
    }
    let line = |(items, by): (u64, &str)| {
        let by = format!("by {by} ({items})");
        (items > 0).then(|| format!("which smart groups, and with them which apps and profiles, come or go {by}"))
    };
    let kinds = [(moved, "moves to another organization group"), (tagged, "changes of tags")];
    kinds.into_iter().chain([(joined, "changes of user groups")]).filter_map(line).collect()
}

fn reaches_further(action: &Action) -> bool {
    match action {
        Action::AssignApp { .. } | Action::UnassignApp { .. } => true,
        Action::CallOperation { call } => Kind::of(call).is_some(),
        _ => false,
    }
}

/// Operations whose effect is on devices that they do not name.
enum Kind {
    /// An app loses a smart group.
    Unassigned { app: String, group: SmartGroupId },
    /// A smart group goes, or gets other members.
    Regrouped { group: SmartGroupId, goes: bool },
    /// An app is taken away from whoever has it.
    AppGone { app: AppId, public: bool },
    /// A profile is taken away from whoever has it.
    ProfileGone { profile: uuid::Uuid },
}

impl Kind {
    fn of(call: &OperationCall) -> Option<Self> {
        let path = call.facts()?.path.to_lowercase();
        let number = |names: &[&str]| {
            let given = |name: &&str| call.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let value = names.iter().find_map(given).map(|(_, value)| value)?;
            value.as_i64().or_else(|| value.as_str()?.parse().ok())
        };
        let group = || number(&["smartgroupid", "id"]).map(SmartGroupId);
        let app = || number(&["applicationid", "id"]).map(AppId);
        let method = call.facts()?.method.as_str();
        if method == "DELETE" && path.contains("/mam/apps/") && path.contains("/smartgroups/") {
            return Some(Self::Unassigned { app: app()?.to_string(), group: group()? });
        }
        if path == "/api/mdm/smartgroups/{id}" && matches!(method, "DELETE" | "PUT") {
            return Some(Self::Regrouped { group: group()?, goes: method == "DELETE" });
        }
        let of_apps = ["/api/mam/apps/internal/{applicationid}", "/api/mam/apps/public/{applicationid}"];
        if let Some(position) = of_apps.iter().position(|start| path.starts_with(start)) {
            let rest = &path[of_apps[position].len()..];
            let takes = (rest.is_empty() && method == "DELETE")
                || matches!(rest, "/deactivate" | "/retire")
                || (rest == "/assignments" && method == "DELETE");
            return takes.then(|| Some(Self::AppGone { app: app()?, public: position == 1 }))?;
        }
        if path.starts_with("/api/mdm/profiles/{profileuuid}") && (method == "DELETE" || path.ends_with("/deactivate"))
        {
            let named = call.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("profileuuid"))?;
            return Some(Self::ProfileGone { profile: named.1.as_str()?.parse().ok()? });
        }
        None
    }
}

/// What follows, in a sentence, and how many devices it concerns.
async fn of(client: &Client, target: &Target, action: &Action) -> Result<Option<(String, Option<u64>)>, Error> {
    match action {
        Action::AssignApp { groups, .. } | Action::UnassignApp { groups } => {
            let Target::App { id, uuid, name } = target else { return Ok(None) };
            let app = apps::App { id: Wrapped(*id), uuid: *uuid, application_name: name.clone(), ..Default::default() };
            let takes = matches!(action, Action::UnassignApp { .. });
            let reached = reach::of(client, &app, groups, takes).await?;
            let names: Vec<&str> = groups.iter().map(|(_, name)| name.as_str()).collect();
            let (names, many) = (names.join(", "), reached.words());
            let text = match takes {
                true => format!("the app is taken away from {names}: {many} lose it"),
                false => format!("the app goes to {names}: {many} get it"),
            };
            Ok(Some((text, reached.devices())))
        }
        Action::CallOperation { call } => match Kind::of(call) {
            Some(kind) => follows(client, kind).await.map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

async fn follows(client: &Client, kind: Kind) -> Result<(String, Option<u64>), Error> {
    match kind {
        Kind::Unassigned { app, group } => {
            let (name, devices) = group_of(client, group).await?;
            Ok((format!("app {app} is taken off the smart group {name}: {} lose it", at_most(devices)), devices))
        }
        Kind::Regrouped { group, goes } => {
            let (name, devices) = group_of(client, group).await?;
            let apps = client.read(Call::<smart_groups::Apps>::new(group, Nothing)).await?.0;
            let names: Vec<String> = apps.into_iter().filter_map(|app| app.application_name).collect();
            let named = if names.is_empty() { "apps: none".to_owned() } else { names.join(", ") };
            let text = if goes {
                format!("the smart group {name} goes: {} lose what is assigned by it ({named})", at_most(devices))
            } else {
                format!(
                    "the smart group {name} gets other members: {} may lose what is assigned by it ({named})",
                    many(devices)
                )
            };
            Ok((text, devices))
        }
        Kind::AppGone { app, public } => {
            let total = if public {
                let query = apps::PublicDevicesQuery { pagesize: Some(1), ..Default::default() };
                client.read(Call::<apps::PublicDevices>::new(app, query)).await?.total
            } else {
                let query = apps::InternalDevicesQuery { pagesize: Some(1), ..Default::default() };
                client.read(Call::<apps::InternalDevices>::new(app, query)).await?.total
            };
            let devices = total.and_then(|total| u64::try_from(total).ok());
            Ok((format!("app {app} is taken away: {} have it, or should, and lose it", many(devices)), devices))
        }
        Kind::ProfileGone { profile } => {
            let summary = client.read(Call::<profiles::Summary>::new(profile, Nothing)).await?;
            let devices = summary.installed_count.and_then(|count| u64::try_from(count).ok());
            let name = summary.profile_name.unwrap_or_else(|| profile.to_string());
            Ok((format!("the profile {name} is taken away: {} have it and lose it", many(devices)), devices))
        }
    }
}

async fn group_of(client: &Client, group: SmartGroupId) -> Result<(String, Option<u64>), Error> {
    let detail = client.read(Call::<smart_groups::Get>::new(group, Nothing)).await?;
    let name = detail.name.unwrap_or_else(|| Value::from(group.0).to_string());
    Ok((name, detail.devices.and_then(|devices| u64::try_from(devices).ok())))
}

/// Some may keep it by another assignment, or be of another platform.
fn at_most(devices: Option<u64>) -> String {
    match devices {
        Some(_) => format!("up to {}", many(devices)),
        None => many(devices),
    }
}

pub(super) fn many(devices: Option<u64>) -> String {
    match devices {
        Some(1) => "1 device".to_owned(),
        Some(devices) => format!("{devices} devices"),
        None => "an unknown number of devices".to_owned(),
    }
}
