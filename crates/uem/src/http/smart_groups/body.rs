//! From what a caller writes to the criteria that the database evaluates. A restriction that cannot be evaluated here
//! is refused: ignored, it would let in devices that nobody meant.

use muster_model::words::{Ownership, Platform};
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::refusal::Refusal;
use crate::store::objects::Key;
use crate::store::smart_groups::{self, Category, Comparison, Criteria, System, rank};

type Body = Map<String, Value>;

/// The lists that refer to rows: the name of the list, the table, the column of the name, and that of the owner.
const REFERENCES: [(&str, &str, &str, &str); 8] = [
    ("OrganizationGroups", "organization_groups", "name", "id"),
    ("UserGroups", "user_groups", "name", "organization_group_id"),
    ("Tags", "tags", "name", "organization_group_id"),
    ("DeviceAdditions", "devices", "friendly_name", "organization_group_id"),
    ("DeviceExclusions", "devices", "friendly_name", "organization_group_id"),
    ("UserAdditions", "users", "username", "organization_group_id"),
    ("UserExclusions", "users", "username", "organization_group_id"),
    ("UserGroupExclusions", "user_groups", "name", "organization_group_id"),
];

/// The criteria of a body, for a group that an organization group manages.
pub(super) async fn criteria(
    context: &Context,
    tx: &mut Transaction,
    body: &Body,
    managed_by: i64,
) -> Result<Criteria, Refusal> {
    let mut criteria = Criteria { only_named: only_named(body)?, ..Criteria::default() };
    for (list, table, name, owner) in REFERENCES {
        let keys = keys(body, list)?;
        let rows = smart_groups::names(tx, table, name, owner, &keys, context.scope()).await?;
        let found = |key: &Key| {
            rows.iter().any(|(id, uuid, _)| match key {
                Key::Id(key) => key == id,
                Key::Uuid(key) => key == uuid,
            })
        };
        if let Some(missing) = keys.iter().find(|key| !found(key)) {
            return Err(Refusal::invalid(format!("{list}: {} is not found.", shown_key(missing))));
        }
        let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
        let shown: Vec<Value> =
            rows.iter().map(|(id, uuid, name)| json!({ "Id": id.to_string(), "Name": name, "Uuid": uuid })).collect();
        criteria.shown.insert(list.to_owned(), shown.into());
        let kept = match list {
            "OrganizationGroups" => &mut criteria.within,
            "UserGroups" => &mut criteria.user_groups,
            "Tags" => &mut criteria.tag_ids,
            "DeviceAdditions" => &mut criteria.devices,
            "DeviceExclusions" => &mut criteria.without_devices,
            "UserAdditions" => &mut criteria.users,
            "UserExclusions" => &mut criteria.without_users,
            _ => &mut criteria.without_user_groups,
        };
        *kept = ids;
    }
    if criteria.within.is_empty() {
        criteria.within.push(managed_by);
    }
    words(body, &mut criteria)?;
    models(body, &mut criteria)?;
    systems(body, &mut criteria)?;
    if criteria.only_named && describes(&criteria) {
        return Err(Refusal::invalid("Invalid Rules for Smart group of type UserDevice."));
    }
    Ok(criteria)
}

fn only_named(body: &Body) -> Result<bool, Refusal> {
    match body.get("CriteriaType").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "all") => Ok(false),
        Some("userdevice") => Ok(true),
        Some(other) => Err(Refusal::invalid(format!("'{other}' is no CriteriaType: All or UserDevice."))),
    }
}

fn describes(criteria: &Criteria) -> bool {
    !(criteria.platforms.is_empty()
        && criteria.ownerships.is_empty()
        && criteria.tag_ids.is_empty()
        && criteria.models.is_empty()
        && criteria.systems.is_empty()
        && criteria.user_groups.is_empty())
}

fn list<'a>(body: &'a Body, name: &str) -> impl Iterator<Item = &'a Value> {
    body.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn texts<'a>(body: &'a Body, name: &str) -> impl Iterator<Item = &'a str> {
    list(body, name).filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Ids or UUIDs of a list of references.
fn keys(body: &Body, name: &str) -> Result<Vec<Key>, Refusal> {
    let key = |item: &Value| {
        let text = |member: &str| item.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
        let given = item.as_str().or_else(|| text("Id")).or_else(|| text("Uuid")).unwrap_or_default().trim();
        let id = given.parse().map(Key::Id).ok();
        id.or_else(|| given.parse::<Uuid>().map(Key::Uuid).ok())
            .ok_or_else(|| Refusal::invalid(format!("{name}: '{given}' is no id.")))
    };
    list(body, name).map(key).collect()
}

fn shown_key(key: &Key) -> String {
    match key {
        Key::Id(id) => id.to_string(),
        Key::Uuid(uuid) => uuid.to_string(),
    }
}

/// Lists of words.
fn words(body: &Body, criteria: &mut Criteria) -> Result<(), Refusal> {
    let unknown = |list: &str, word: &str| Refusal::invalid(format!("{list}: '{word}' is not known here."));
    let mut kept: Vec<&str> = Vec::new();
    for word in texts(body, "Platforms") {
        let platform = Platform::known(word).ok_or_else(|| unknown("Platforms", word))?;
        criteria.platforms.push(platform.as_str().to_owned());
    }
    for word in texts(body, "Ownerships").filter(|word| !word.eq_ignore_ascii_case("AllOwnerships")) {
        let letter = match word.to_ascii_lowercase().as_str() {
            "unknown" => Ownership::Undefined,
            _ => Ownership::known(word).ok_or_else(|| unknown("Ownerships", word))?,
        };
        criteria.ownerships.push(letter.as_str().to_owned());
        kept.push(word);
    }
    criteria.shown.insert("Ownerships".to_owned(), json!(kept));
    for word in texts(body, "EnrollmentCategories").filter(|word| !word.eq_ignore_ascii_case("All")) {
        criteria.categories.push(match word.to_ascii_lowercase().as_str() {
            "supervised" => Category::Supervised,
            "applenonsupervised" => Category::NotSupervised,
            "androidenterprise" => Category::AndroidEnterprise,
            "userapprovedmdmenrolled" => Category::UserApproved,
            _ => return Err(unknown("EnrollmentCategories", word)),
        });
    }
    for word in texts(body, "ManagementTypes") {
        if !["all", "mdmenrolled"].contains(&word.to_ascii_lowercase().as_str()) {
            return Err(unknown("ManagementTypes", word));
        }
    }
    for name in ["CPUArchitectures", "CpuArchitectures"] {
        if let Some(word) = texts(body, name).next() {
            return Err(unknown(name, word));
        }
    }
    for name in ["EnrollmentCategories", "ManagementTypes"] {
        criteria.shown.insert(name.to_owned(), json!(texts(body, name).collect::<Vec<_>>()));
    }
    Ok(())
}

fn models(body: &Body, criteria: &mut Criteria) -> Result<(), Refusal> {
    criteria.models.extend(texts(body, "Models").map(str::to_owned));
    let given: Vec<&str> = texts(body, "Models").collect();
    criteria.shown.insert("Models".to_owned(), json!(given));
    for maker in list(body, "OEMAndModels") {
        let models = maker.get("Models").and_then(Value::as_array).into_iter().flatten();
        let names: Vec<&str> = models.filter_map(|model| model.get("Name")?.as_str()).collect();
        if names.is_empty() {
            return Err(Refusal::invalid("OEMAndModels: a maker needs at least one model by its name."));
        }
        criteria.models.extend(names.into_iter().map(str::to_owned));
    }
    let makers: Vec<&Value> = list(body, "OEMAndModels").collect();
    criteria.shown.insert("OEMAndModels".to_owned(), json!(makers));
    Ok(())
}

/// `{"DeviceType":"Apple","Operator":"GreaterThan","Value":"Apple - iOS 17.0.0"}`
fn systems(body: &Body, criteria: &mut Criteria) -> Result<(), Refusal> {
    for rule in list(body, "OperatingSystems") {
        let text = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default().trim();
        let platform = Platform::known(text("DeviceType"));
        let platform = platform
            .ok_or_else(|| Refusal::invalid(format!("OperatingSystems: '{}' is no DeviceType.", text("DeviceType"))))?;
        let letters: String = text("Operator").chars().filter(char::is_ascii_alphabetic).collect();
        let comparison = match letters.to_ascii_lowercase().as_str() {
            "any" => Comparison::Any,
            "equals" | "equalto" | "equal" | "is" => Comparison::Equal,
            "notequals" | "notequalto" | "notequal" | "isnot" => Comparison::NotEqual,
            "greaterthan" => Comparison::Greater,
            "greaterthanorequalto" | "greaterthanorequal" => Comparison::GreaterOrEqual,
            "lessthan" => Comparison::Less,
            "lessthanorequalto" | "lessthanorequal" => Comparison::LessOrEqual,
            _ => return Err(Refusal::invalid(format!("OperatingSystems: '{}' is no Operator.", text("Operator")))),
        };
        let version = text("Value").rsplit(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        if version.is_none() && comparison != Comparison::Any {
            return Err(Refusal::invalid(format!("OperatingSystems: '{}' names no version.", text("Value"))));
        }
        let rank = rank(version.unwrap_or_default());
        criteria.systems.push(System { platform: platform.as_str().to_owned(), comparison, rank });
    }
    let rules: Vec<&Value> = list(body, "OperatingSystems").collect();
    criteria.shown.insert("OperatingSystems".to_owned(), json!(rules));
    Ok(())
}
