//! Assigning apps to smart groups as version 1 and the guide do it: some groups are added, some taken out, and the
//! others stay.

use jiff::Timestamp;
use muster_model::apps::{Assign, DeploymentParameters};
use serde_json::{Map, Value};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Edit;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Missing, key, named, rules, told};
use crate::store::apps::assignments::{self, Assignment};
use crate::store::apps::{App, INTERNAL, PUBLIC, PURCHASED};
use crate::store::operations::Operation;

pub(super) fn routes(table: &mut Table) {
    table
        .serve_as::<Assign, _, _>(needs(Apps, Edit), add)
        .serve("mamv1/InternalAppsV1_EditAssignmentsWithFlexibleDeploymentParametersAsync", needs(Apps, Edit), edit)
        .serve("mamv1/InternalAppsV1_DeleteAssignmentAsync", needs(Apps, Edit), remove)
        .serve("mamv1/SmartGroup_AddInternalAppToSmartGroupAsync", needs(Apps, Edit), add_internal)
        .serve("mamv1/SmartGroup_RemoveInternalAppFromSmartGroupAsync", needs(Apps, Edit), remove_internal)
        .serve("mamv1/SmartGroup_AddPublicAppToSmartGroupAsync", needs(Apps, Edit), add_public)
        .serve("mamv1/SmartGroup_RemovePublicAppFromSmartGroupAsync", needs(Apps, Edit), remove_public)
        .serve("mamv1/SmartGroup_DeleteAssignmentAsync", needs(Apps, Edit), remove_purchased)
        .serve("mamv2/SmartGroupV2_AddBspAppToSmartGroupAsync", needs(Apps, Edit), add_business_store);
}

/// What is to become of an app's assignments.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) groups: Vec<i64>,
    pub(super) remove: Vec<i64>,
    pub(super) exclude: Vec<i64>,
    pub(super) include: Vec<i64>,
    /// `Auto` or `On-Demand`.
    pub(super) push_mode: &'static str,
    pub(super) rule: Map<String, Value>,
    pub(super) effective_at: Option<Timestamp>,
    pub(super) allocated: Option<i64>,
}

/// Grants a wish and starts the operation that brings the app to its devices.
pub(super) async fn grant(context: &Context, app: &App, wish: Wish) -> Result<Operation, Refusal> {
    let now = context.now();
    let mut tx = context.begin().await?;
    let groups = rules::known(context, &mut tx, &wish.groups, &[]).await?;
    rules::known(context, &mut tx, &wish.exclude, &[]).await?;
    let mut all = assignments::find(&mut tx, app.id).await?;
    let not_assigned = wish.remove.iter().find(|id| !all.iter().any(|one| one.group.id == **id));
    if let Some(id) = not_assigned {
        return Err(Refusal::bad(format!("Smart group {id} is not assigned to the application.")));
    }
    all.retain(|one| !wish.remove.contains(&one.group.id));
    let next = all.iter().map(|one| one.priority + 1).max().unwrap_or_default();
    for group in groups {
        let old = all.iter().position(|one| one.group.id == group.id);
        let old = old.map(|place| all.remove(place));
        // A rule that other groups share goes on for them; this group leaves it.
        let shared = |number: i64| all.iter().any(|one| one.priority == number && !wish.groups.contains(&one.group.id));
        let priority = old.as_ref().map(|old| old.priority).filter(|number| !shared(*number)).unwrap_or(next);
        all.push(Assignment {
            group,
            push_mode: wish.push_mode.to_owned(),
            rule: wish.rule.clone(),
            priority,
            effective_at: wish.effective_at.unwrap_or(Timestamp::UNIX_EPOCH),
            allocated: wish.allocated.or(old.as_ref().map(|old| old.allocated)).unwrap_or_default(),
            created_at: old.map_or(now, |old| old.created_at),
        });
    }
    let mut excluded: Vec<i64> = assignments::find_excluded(&mut tx, app.id).await?.iter().map(|one| one.id).collect();
    excluded.retain(|id| !wish.include.contains(id));
    excluded.extend(wish.exclude.iter().copied());
    if let Some(both) = all.iter().find(|one| excluded.contains(&one.group.id)) {
        let message = format!("Smart group {} cannot be both assigned and excluded.", both.group.id);
        return Err(Refusal::invalid(message));
    }
    if all.is_empty() && !wish.exclude.is_empty() {
        return Err(Refusal::new(422, 1012, "Smart groups can be excluded only beside an assignment."));
    }
    let operation = rules::settle(context, &mut tx, app.id, all, &excluded).await?;
    tx.commit().await?;
    Ok(operation)
}

/// By itself only if neither of the two words that say so says otherwise: the guide sends `AssignmentType`
/// as its user chose and `PushMode` always as `Auto`.
pub(super) fn push_mode(parameters: &DeploymentParameters) -> Result<&'static str, Refusal> {
    let kind = if parameters.assignment_type.is_empty() { "Auto" } else { known_mode(&parameters.assignment_type)? };
    let mode = known_mode(&parameters.push_mode)?;
    Ok(if kind == "Auto" { mode } else { kind })
}

/// Clients write it with a hyphen, a space or neither.
pub(super) fn known_mode(word: &str) -> Result<&'static str, Refusal> {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.to_ascii_lowercase().as_str() {
        "auto" => Ok("Auto"),
        "ondemand" => Ok("On-Demand"),
        _ => Err(Refusal::bad(format!("'{word}' is not a valid PushMode. Valid are: Auto, On-Demand."))),
    }
}

fn ids(given: &Given, name: &str) -> Vec<i64> {
    given.member(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn wish(given: &Given) -> Result<Wish, Refusal> {
    let parameters = given.member("DeploymentParameters").and_then(Value::as_object).cloned().unwrap_or_default();
    let mode = match parameters.get("PushMode").and_then(Value::as_str) {
        Some(word) if !word.is_empty() => known_mode(word)?,
        _ => "Auto",
    };
    let effective = parameters.get("EffectiveDate").and_then(Value::as_str).map(rules::moment).transpose()?;
    Ok(Wish {
        groups: ids(given, "SmartGroupIds"),
        remove: ids(given, "SmartGroupIdsForDeletion"),
        exclude: ids(given, "SmartGroupIdsForExclusion"),
        include: ids(given, "ExcludedSmartGroupIdsForDeletion"),
        push_mode: mode,
        rule: rules::of_parameters(&parameters),
        effective_at: effective,
        allocated: None,
    })
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(INTERNAL), Missing::Unauthorized).await?;
    let wish = wish(&given)?;
    if wish.groups.is_empty() && wish.exclude.is_empty() {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    grant(&context, &app, wish).await?;
    Ok(Said::nothing(201))
}

async fn edit(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(INTERNAL), Missing::Unauthorized).await?;
    let wish = wish(&given)?;
    let nothing = [&wish.groups, &wish.remove, &wish.exclude, &wish.include].iter().all(|list| list.is_empty());
    if nothing {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    grant(&context, &app, wish).await?;
    Ok(Said::nothing(204))
}

async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(INTERNAL), Missing::Unauthorized).await?;
    let remove = ids(&given, "SmartGroupIds");
    if remove.is_empty() {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    grant(&context, &app, Wish { remove, ..Wish::default() }).await?;
    Ok(Said::nothing(204))
}

async fn add_one(context: &Context, given: &Given, kind: &str, missing: Missing) -> Result<Said, Refusal> {
    let app = named(context, given, Some(kind), missing).await?;
    let group = given.id("smartgroupid");
    let assigned = assignments::of_app(context.database(), app.id).await?;
    if assigned.iter().any(|one| one.group.id == group) {
        return Err(Refusal::bad("The application is assigned to this smart group already."));
    }
    let groups = vec![group];
    grant(context, &app, Wish { groups, push_mode: "Auto", ..Wish::default() }).await?;
    Ok(Said::nothing(201))
}

async fn remove_one(context: &Context, given: &Given, kind: &str, missing: Missing) -> Result<Said, Refusal> {
    let app = named(context, given, Some(kind), missing).await?;
    let remove = vec![given.id("smartgroupid")];
    grant(context, &app, Wish { remove, ..Wish::default() }).await?;
    Ok(Said::nothing(204))
}

async fn add_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    add_one(&context, &given, INTERNAL, Missing::Unauthorized).await
}

async fn remove_internal(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_one(&context, &given, INTERNAL, Missing::Unauthorized).await
}

async fn add_public(context: Context, given: Given) -> Result<Said, Refusal> {
    add_one(&context, &given, PUBLIC, Missing::Unauthorized).await
}

async fn remove_public(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_one(&context, &given, PUBLIC, Missing::Unauthorized).await
}

async fn remove_purchased(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_one(&context, &given, PURCHASED, Missing::Unauthorized).await
}

/// An app of the business store goes to groups with licences that need the store, or with ones that do not.
async fn add_business_store(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = named(&context, &given, Some(PUBLIC), Missing::Unauthorized).await?;
    let kind = given.asked("type").unwrap_or("airwatch").to_lowercase();
    if !["harmony", "airwatch"].contains(&kind.as_str()) {
        return Err(Refusal::new(400, 7002, format!("Invalid parameter type {kind}.")));
    }
    let mut wishes = Vec::new();
    for (name, member) in [
        ("offlinesmartgroupid", "smart_groups_offline_licenses"),
        ("onlinesmartgroupid", "smart_groups_online_licenses"),
    ] {
        let Some(text) = given.asked(name) else { continue };
        let id: i64 = text.parse().map_err(|_| Refusal::bad(format!("The value '{text}' of {name} is not valid.")))?;
        let mut tx = context.begin().await?;
        let group = assignments::groups(&mut tx, &[id], &[], context.scope()).await?;
        let Some(group) = group.first() else {
            let message = format!("Smart group with Id {id} not found or user does not have access to it.");
            return Err(Refusal::new(403, 7401, message));
        };
        let licences = serde_json::json!({ member: [group.uuid] });
        let rule = serde_json::json!({ "distribution": { "bsp_assignments": licences } });
        wishes.push((id, rule.as_object().cloned().unwrap_or_default()));
    }
    if wishes.is_empty() {
        return Err(Refusal::new(422, 7401, format!("No smart group is named for application {}.", told(key(&given)))));
    }
    for (id, rule) in wishes {
        grant(&context, &app, Wish { groups: vec![id], push_mode: "Auto", rule, ..Wish::default() }).await?;
    }
    Ok(Said::nothing(201))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_mode_is_known_in_every_spelling() {
        for (word, known) in [("Auto", "Auto"), ("On Demand", "On-Demand"), ("on-demand", "On-Demand")] {
            assert_eq!(known_mode(word), Ok(known));
        }
        assert!(known_mode("Sometimes").is_err());
    }

    #[test]
    fn an_app_comes_by_itself_only_if_nothing_says_otherwise() {
        let mode = |kind: &str, push: &str| {
            let (assignment_type, push_mode_word) = (kind.to_owned(), push.to_owned());
            push_mode(&DeploymentParameters {
                assignment_type,
                push_mode: push_mode_word,
                ..DeploymentParameters::default()
            })
        };
        assert_eq!(mode("", "Auto"), Ok("Auto"));
        assert_eq!(mode("Auto", "Auto"), Ok("Auto"));
        assert_eq!(mode("On-Demand", "Auto"), Ok("On-Demand"));
        assert_eq!(mode("Auto", "OnDemand"), Ok("On-Demand"));
        assert!(mode("Sometimes", "Auto").is_err());
    }
}
