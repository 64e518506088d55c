//! Smart groups that devices belong to.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{named, search};
use crate::store::devices::{self, Identifier, groups};

pub(super) async fn of_device(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let found = groups::of_devices(context.database(), &[record.id], context.scope()).await?;
    let groups = found.get(&record.id).into_iter().flatten();
    let shown = groups.map(|group| json!({ "SmartGroupId": group.id, "SmartGroupName": group.name }));
    Ok(Said::json(200, json!({ "SmartGroup": shown.collect::<Vec<_>>() })))
}

fn texts(given: &Given, name: &str) -> Vec<String> {
    let list = given.member(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Memberships of devices that are named by UDID, in a group's part of the tree.
pub(super) async fn query(context: Context, given: Given) -> Result<Said, Refusal> {
    let udids = texts(&given, "device_udids");
    if udids.is_empty() {
        return Err(Refusal::shape("The device_udids field needs at least one UDID."));
    }
    if let Some(group) = given.member_text("organization_group_uuid") {
        let no_access = |_| Refusal::new(403, 5142, format!("No access to organization group {group}."));
        search::group_of(&context, group).await.map_err(no_access)?;
    }
    let filter = texts(&given, "smartgroup_filter_uuids");
    let found = devices::find_many(context.database(), Identifier::Udid, &udids, context.scope()).await?;
    let ids: Vec<i64> = found.iter().map(|(_, record)| record.id).collect();
    let memberships = groups::of_devices(context.database(), &ids, context.scope()).await?;
    let wanted = |uuid: &Uuid| filter.is_empty() || filter.iter().any(|known| known.parse() == Ok(*uuid));
    let shown = found.iter().map(|(udid, record)| {
        let groups = memberships.get(&record.id).into_iter().flatten().map(|group| group.uuid).filter(wanted);
        json!({ "DeviceUdid": udid, "SmartGroups": groups.collect::<Vec<_>>() })
    });
    let known = groups::known(context.database(), context.scope()).await?;
    let invalid: Vec<&String> =
        filter.iter().filter(|uuid| !uuid.parse().is_ok_and(|uuid: Uuid| known.contains(&uuid))).collect();
    let missing: Vec<&String> = udids.iter().filter(|udid| !found.iter().any(|(name, _)| name == udid)).collect();
    let answer = json!([{
        "device_membership": shown.collect::<Vec<_>>(), "invalid_device_list": missing,
        "invalid_smartgroup_list": invalid,
    }]);
    Ok(Said::json(200, answer))
}

/// Memberships by device UUID.
pub(super) async fn map(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuids = texts(&given, "device_uuids");
    if uuids.is_empty() {
        return Err(Refusal::shape("The device_uuids field needs at least one UUID."));
    }
    let found = devices::find_many(context.database(), Identifier::Uuid, &uuids, context.scope()).await?;
    let ids: Vec<i64> = found.iter().map(|(_, record)| record.id).collect();
    let memberships = groups::of_devices(context.database(), &ids, context.scope()).await?;
    let mut map = serde_json::Map::new();
    for (_, record) in &found {
        let groups = memberships.get(&record.id).into_iter().flatten();
        map.insert(record.uuid.to_string(), groups.map(|group| json!(group.uuid)).collect());
    }
    Ok(Said::json(200, json!({ "device_smartgroup_map": map })))
}
