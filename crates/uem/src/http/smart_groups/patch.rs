//! Version 2 changes single lists of a smart group by a list of operations: `{"op":"add",
//! "path":"/smartGroupsOperationsV2/tags","value":"123, 345"}`.

use muster_model::error::code;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Edit;
use super::super::policy::Resource::SmartGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{body, read};
use crate::store::smart_groups::{self, Group};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv2/SmartGroupsV2_PartialUpdateSmartGroupAsync", needs(SmartGroups, Edit), patch);
}

/// The lists by the names of this version and of the whole object. The third says how a value is written there.
const LISTS: [(&str, &str, Written); 9] = [
    ("organizationGroups", "OrganizationGroups", Written::Reference),
    ("userGroups", "UserGroups", Written::Reference),
    ("users", "UserAdditions", Written::Reference),
    ("devices", "DeviceAdditions", Written::Reference),
    ("tags", "Tags", Written::Reference),
    ("platforms", "Platforms", Written::Word),
    ("ownerships", "Ownerships", Written::Word),
    ("managementTypes", "ManagementTypes", Written::Word),
    ("enrollmentCategories", "EnrollmentCategories", Written::Word),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// `{"Id": "7"}`, where a UUID does as well.
    Reference,
    Word,
}

async fn patch(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let operations = given.body.as_array().filter(|list| !list.is_empty());
    let operations = operations.ok_or_else(|| Refusal::shape("The body must be a list of operations."))?;
    let mut tx = context.begin().await?;
    let missing = || Refusal::new(404, 5032, format!("Smart group {uuid} is not found."));
    let mut group = smart_groups::find(&mut tx, uuid, context.scope()).await?.ok_or_else(missing)?;
    let mut lists = read::lists(&group);
    for operation in operations {
        apply(&mut lists, operation)?;
    }
    let kind = if group.criteria.only_named { "UserDevice" } else { "All" };
    lists.insert("CriteriaType".to_owned(), kind.into());
    group.criteria = body::criteria(&context, &mut tx, &lists, group.group).await?;
    smart_groups::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&group)))
}

/// Carries one operation out on the lists.
fn apply(lists: &mut Map<String, Value>, operation: &Value) -> Result<(), Refusal> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let last = text("path").rsplit('/').next().unwrap_or_default();
    let known = LISTS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(last));
    let unknown = || Refusal::new(422, code::VALIDATION, format!("'{}' is no list of a smart group.", text("path")));
    let (_, list, written) = known.ok_or_else(unknown)?;
    let values: Vec<&str> = text("value").split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
    if values.is_empty() {
        return Err(Refusal::shape(format!("{last}: The field cannot be null or empty.")));
    }
    let entry = lists.entry(*list).or_insert_with(|| json!([]));
    let mut items = entry.as_array().cloned().unwrap_or_default();
    items.retain(|item| item.as_str().is_none_or(|word| !word.eq_ignore_ascii_case("allownerships")));
    let same = |item: &Value, value: &str| {
        let is =
            |text: Option<&Value>| text.and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(value));
        is(Some(item)) || is(item.get("Id")) || is(item.get("Uuid"))
    };
    match text("op").to_ascii_lowercase().as_str() {
        "add" => {
            for value in values {
                if !items.iter().any(|item| same(item, value)) {
                    items.push(if *written == Written::Word { value.into() } else { json!({ "Id": value }) });
                }
            }
        }
        "remove" => items.retain(|item| !values.iter().any(|value| same(item, value))),
        other => return Err(Refusal::shape(format!("'{other}' is no operation: add or remove."))),
    }
    *entry = items.into();
    Ok(())
}

fn shown(group: &Group) -> Value {
    let lists = read::lists(group);
    let mut shown = json!({
        "id": group.id, "uuid": group.uuid, "name": group.name, "managedBy": group.group_name,
        "OEMAndModels": [], "cpuArchitectures": [],
    });
    for (name, list, written) in LISTS {
        let items = lists.get(list).and_then(Value::as_array).into_iter().flatten();
        let member = if name == "tags" { "Id" } else { "Uuid" };
        shown[name] = match written {
            Written::Word => items.cloned().collect::<Vec<_>>().into(),
            Written::Reference => items.filter_map(|item| item.get(member).cloned()).collect::<Vec<_>>().into(),
        };
    }
    shown
}
