//! Assignment rules, as version 2 has them: an ordered list of whom an app goes to and how, and who is left out.
//! Version 1 says the same in other words, one smart group at a time; both are one set of rows.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, found, named, publish};
use crate::store::apps::assignments::{self, Assignment, Group};
use crate::store::apps::reach::{self, From};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv2/AppsV2_GetAssignmentRuleAsync", needs(Apps, Read), get)
        .serve("mamv2/AppsV2_UpdateAssignmentRuleAsync", needs(Apps, Edit), replace)
        .serve("mamv1/Apps_GetAssignmentRuleAsync", needs(Apps, Read), get)
        .serve("mamv1/Apps_UpdateAssignmentRuleAsync", needs(Apps, Edit), replace);
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, None, Missing::NotFound).await?;
    let assigned = assignments::of_app(context.database(), app.id).await?;
    let excluded = assignments::excluded(context.database(), app.id).await?;
    let mut rules: Vec<Value> = Vec::new();
    for one in &assigned {
        let number = usize::try_from(one.priority).unwrap_or(usize::MAX);
        match rules.get_mut(number).and_then(|rule| rule["distribution"]["smart_groups"].as_array_mut()) {
            Some(groups) => groups.push(json!(one.group.uuid)),
            None => rules.push(as_rule(one, rules.len())),
        }
    }
    let excluded: Vec<Uuid> = excluded.iter().map(|group| group.uuid).collect();
    Ok(Said::json(
        200,
        json!({ "assignments": rules, "excluded_smart_groups": excluded, "id": app.id, "uuid": app.uuid }),
    ))
}

/// A stored assignment as a rule with one smart group.
fn as_rule(one: &Assignment, number: usize) -> Value {
    let mut rule = one.rule.clone();
    let mut distribution = rule.get("distribution").and_then(Value::as_object).cloned().unwrap_or_default();
    distribution.entry("name").or_insert_with(|| one.group.name.clone().into());
    distribution.insert("smart_groups".to_owned(), json!([one.group.uuid]));
    distribution.insert("app_delivery_method".to_owned(), method(&one.push_mode).into());
    distribution.insert("effective_date".to_owned(), one.effective_at.max(one.created_at).as_microsecond().into());
    distribution.entry("display_in_app_catalog").or_insert(Value::Bool(true));
    rule.insert("priority".to_owned(), number.into());
    rule.insert("distribution".to_owned(), Value::Object(distribution));
    rule.entry("restriction").or_insert_with(|| json!({}));
    Value::Object(rule)
}

fn method(push_mode: &str) -> &'static str {
    if push_mode.eq_ignore_ascii_case("auto") { "AUTO" } else { "ON_DEMAND" }
}

async fn replace(context: Context, given: Given) -> Result<Said, Refusal> {
    let unprocessable = |message: String| Refusal::new(422, 1012, message);
    let rules = given.member("assignments").and_then(Value::as_array).cloned().unwrap_or_default();
    let excluded = uuids(given.member("excluded_smart_groups"));
    if rules.is_empty() && !excluded.is_empty() {
        return Err(unprocessable("Smart groups can be excluded only beside an assignment.".to_owned()));
    }
    let mut numbers: Vec<i64> = rules.iter().filter_map(|rule| rule["priority"].as_i64()).collect();
    numbers.sort_unstable();
    if numbers.iter().zip(0..).any(|(number, place)| *number != place) {
        return Err(unprocessable("Priorities of assignments start at 0 and ascend by 1.".to_owned()));
    }
    let mut tx = context.begin().await?;
    let app = found(&context, &mut tx, &given, None, Missing::NotFound).await?;
    let before = assignments::find(&mut tx, app.id).await?;
    let mut all = Vec::new();
    for rule in &rules {
        let wanted = uuids(rule["distribution"].get("smart_groups"));
        if wanted.is_empty() {
            return Err(unprocessable("The smart_groups of an assignment are required.".to_owned()));
        }
        for group in known(&context, &mut tx, &[], &wanted).await? {
            if excluded.contains(&group.uuid) {
                let message = format!("Smart group {} cannot be both assigned and excluded.", group.uuid);
                return Err(Refusal::invalid(message));
            }
            if all.iter().any(|other: &Assignment| other.group.id == group.id) {
                return Err(unprocessable(format!("Smart group {} is in more than one assignment.", group.uuid)));
            }
            let old = before.iter().find(|old| old.group.id == group.id);
            all.push(of_rule(rule, group, old, context.now())?);
        }
    }
    let excluded: Vec<i64> =
        known(&context, &mut tx, &[], &excluded).await?.into_iter().map(|group| group.id).collect();
    settle(&context, &mut tx, app.id, all, &excluded).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

fn of_rule(rule: &Value, group: Group, old: Option<&Assignment>, now: Timestamp) -> Result<Assignment, Refusal> {
    let mut kept = rule.as_object().cloned().unwrap_or_default();
    let mut distribution = rule["distribution"].as_object().cloned().unwrap_or_default();
    let demand = distribution.get("app_delivery_method").and_then(Value::as_str) == Some("ON_DEMAND");
    let effective = match distribution.get("effective_date").and_then(Value::as_str) {
        Some(date) => moment(date)?,
        None => Timestamp::UNIX_EPOCH,
    };
    for name in ["smart_groups", "effective_date", "app_delivery_method"] {
        distribution.remove(name);
    }
    kept.insert("distribution".to_owned(), Value::Object(distribution));
    let priority = kept.remove("priority").and_then(|number| number.as_i64()).unwrap_or_default();
    Ok(Assignment {
        group,
        push_mode: if demand { "On-Demand" } else { "Auto" }.to_owned(),
        rule: kept,
        priority,
        effective_at: effective,
        allocated: old.map_or(0, |old| old.allocated),
        created_at: old.map_or(now, |old| old.created_at),
    })
}

pub(super) fn moment(text: &str) -> Result<Timestamp, Refusal> {
    let wrong = |_| Refusal::bad(format!("'{text}' is not a valid date."));
    text.parse::<Stamp>().map(|stamp| stamp.0).map_err(wrong)
}

fn uuids(list: Option<&Value>) -> Vec<Uuid> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|uuid| uuid.as_str()?.parse().ok()).collect()
}

/// The smart groups of ids and UUIDs, all of which the caller has to see.
pub(super) async fn known(
    context: &Context,
    tx: &mut Transaction,
    ids: &[i64],
    uuids: &[Uuid],
) -> Result<Vec<Group>, Refusal> {
    let groups = assignments::groups(tx, ids, uuids, context.scope()).await?;
    let missing = |what: String| Err(Refusal::invalid(format!("Smart group {what} is not found or not accessible.")));
    if let Some(id) = ids.iter().find(|id| !groups.iter().any(|group| group.id == **id)) {
        return missing(id.to_string());
    }
    if let Some(uuid) = uuids.iter().find(|uuid| !groups.iter().any(|group| group.uuid == **uuid)) {
        return missing(uuid.to_string());
    }
    Ok(groups)
}

/// Stores assignments and exclusions in place of those there were, takes the app back from devices that it is no
/// longer meant for, and starts bringing it to the others.
pub(super) async fn settle(
    context: &Context,
    tx: &mut Transaction,
    app: i64,
    all: Vec<Assignment>,
    excluded: &[i64],
) -> Result<crate::store::operations::Operation, Refusal> {
    assignments::replace(tx, app, all).await?;
    assignments::exclude(tx, app, excluded, context.now()).await?;
    reach::withdraw(tx, app, From::Strangers, "AppAssignmentEdit", context.now()).await?;
    publish(context, tx, app).await
}

const DISTRIBUTION: &[(&str, &str)] = &[
    ("AutoUpdateDevicesWithPreviousVersion", "auto_update_devices_with_previous_versions"),
    ("VisibleInAppCatalog", "display_in_app_catalog"),
    ("RequiresApproval", "requires_approval"),
];
const RESTRICTION: &[(&str, &str)] = &[
    ("RemoveOnUnEnroll", "remove_on_unenroll"),
    ("PreventRemoval", "prevent_removal"),
    ("AllowManagement", "make_app_mdm_managed"),
    ("MacOsDesiredStateManagement", "desired_state_management"),
];

/// A version 1 assignment's deployment parameters as a rule.
pub(super) fn of_parameters(parameters: &Map<String, Value>) -> Map<String, Value> {
    let mut distribution = Map::new();
    let mut restriction = Map::new();
    for (table, into) in [(DISTRIBUTION, &mut distribution), (RESTRICTION, &mut restriction)] {
        for (old, new) in table {
            if let Some(value) = parameters.get(*old) {
                into.insert((*new).to_owned(), value.clone());
            }
        }
    }
    // It says whether a backup is made; the rule, whether it is prevented.
    if let Some(backup) = parameters.get("ApplicationBackup").and_then(Value::as_bool) {
        restriction.insert("prevent_application_backup".to_owned(), (!backup).into());
    }
    let mut rule = Map::new();
    rule.insert("distribution".to_owned(), Value::Object(distribution));
    rule.insert("restriction".to_owned(), Value::Object(restriction));
    let configurations = parameters.get("ApplicationConfigurations").and_then(Value::as_array);
    if let Some(configurations) = configurations {
        let each = configurations.iter().map(|one| {
            let kind = one["Type"].as_str().unwrap_or("STRING").to_uppercase();
            json!({ "key": one["Key"], "value": one["Value"], "type": kind })
        });
        rule.insert("application_configuration".to_owned(), Value::Array(each.collect()));
    }
    rule
}

/// An assignment in the words of version 1.
pub(super) fn as_parameters(one: &Assignment) -> Value {
    let mut shown = Map::new();
    let flag = |part: &str, name: &str| one.rule.get(part).and_then(|part| part.get(name)).and_then(Value::as_bool);
    for (part, table) in [("distribution", DISTRIBUTION), ("restriction", RESTRICTION)] {
        for (old, new) in table {
            let word = if flag(part, new).unwrap_or_default() { "Enabled" } else { "Disabled" };
            shown.insert((*old).to_owned(), word.into());
        }
    }
    let backup = flag("restriction", "prevent_application_backup") == Some(false);
    let configurations = one.rule.get("application_configuration").and_then(Value::as_array);
    let configurations = configurations.into_iter().flatten();
    let own = json!({
        "SmartGroupId": one.group.id,
        "SmartGroupName": one.group.name,
        "SmartGroupUuid": one.group.uuid,
        "PushMode": one.push_mode,
        "Rank": one.priority,
        "EffectiveDate": one.effective_at.max(one.created_at).as_microsecond(),
        "VisibleInAppCatalog": flag("distribution", "display_in_app_catalog").unwrap_or(true),
        "ApplicationBackup": if backup { "Enabled" } else { "Disabled" },
        "AppConfigs": configurations
            .map(|one| json!({ "Key": one["key"], "Value": one["value"], "Type": one["type"] }))
            .collect::<Vec<_>>(),
    });
    super::shown::overlay(&mut shown, own);
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_say_the_same() {
        let parameters = json!({
            "PushMode": "Auto", "RemoveOnUnEnroll": true, "ApplicationBackup": false, "VisibleInAppCatalog": false,
            "ApplicationConfigurations": [{"Key": "server", "Value": "a", "Type": "String"}]
        });
        let rule = of_parameters(parameters.as_object().expect("an object"));
        assert_eq!(rule["restriction"], json!({"remove_on_unenroll": true, "prevent_application_backup": true}));
        assert_eq!(rule["application_configuration"][0], json!({"key": "server", "value": "a", "type": "STRING"}));
        let one = Assignment {
            group: Group { id: 7, uuid: Uuid::nil(), name: "Some".to_owned() },
            push_mode: "On-Demand".to_owned(),
            rule,
            priority: 2,
            effective_at: Timestamp::UNIX_EPOCH,
            allocated: 0,
            created_at: Timestamp::UNIX_EPOCH,
        };
        let shown = as_parameters(&one);
        assert_eq!((&shown["RemoveOnUnEnroll"], &shown["ApplicationBackup"]), (&json!("Enabled"), &json!("Disabled")));
        assert_eq!((&shown["VisibleInAppCatalog"], &shown["Rank"]), (&json!(false), &json!(2)));
        assert_eq!(as_rule(&one, 0)["distribution"]["app_delivery_method"], "ON_DEMAND");
    }
}
