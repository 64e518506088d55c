//! Who may enroll: the tenant has one policy, and user groups are assigned to it.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::{objects, user_groups};

const POLICY: Uuid = uuid!("8c2f1f66-3b1e-4a51-9a7f-0d6f3a7b5e01");
const LINK: &str = "enrollment-restriction";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv2/EnrollmentRestrictionPolicyV2_GetEnrollmentRestrictionPolicies", needs(Settings, Read), list)
        .serve(
            "systemv2/EnrollmentRestrictionPolicyV2_GetEnrollmentRestrictionPolicyDetailsByUuid",
            needs(Settings, Read),
            get,
        )
        .serve("systemv2/EnrollmentRestrictionPolicyV2_Update", needs(Settings, Edit), update);
}

async fn shown(context: &Context) -> Result<Value, Refusal> {
    let (id, group, _, name) = crate::store::tenant::root(context.database()).await?;
    // The policy is everybody's; the name of the group that owns it is for those who see that group.
    let name = context.scope().sees(id).then_some(name);
    let links = objects::links_from(context.database(), LINK, POLICY).await?;
    let groups: Vec<Uuid> = links.iter().map(|link| link.other).collect();
    Ok(json!({
        "enrollment_restriction_policy_uuid": POLICY, "name": "Default Policy", "organization_group_uuid": group,
        "organization_group_name": name, "user_groups_list": groups,
    }))
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, json!({ "enrollment_restrictions_policies": [shown(&context).await?] })))
}

fn known(uuid: Uuid) -> Result<(), Refusal> {
    if uuid == POLICY {
        return Ok(());
    }
    Err(Refusal::not_found(format!("Enrollment restriction policy not found: {uuid}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    known(given.uuid("uuid"))?;
    Ok(Said::json(200, shown(&context).await?))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    known(given.uuid("enrollmentRestrictionPolicyUuid"))?;
    let owner = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let adds = match given.member_text("op").unwrap_or_default().to_lowercase().as_str() {
        "add" => true,
        "remove" => false,
        other => return Err(Refusal::bad(format!("'{other}' is not an op: add or remove."))),
    };
    let asked = given.member("user_group_uuids").and_then(Value::as_array).cloned().unwrap_or_default();
    if asked.is_empty() {
        return Err(Refusal::bad("The user_group_uuids field is required."));
    }
    let mut tx = context.begin().await?;
    let mut answers = Vec::new();
    for uuid in asked.iter().filter_map(|uuid| uuid.as_str()?.parse::<Uuid>().ok()) {
        let found = user_groups::find(&mut tx, uuid, context.scope()).await?;
        let (status, message) = match found {
            None => ("FAILURE", "The user group is not found."),
            Some(_) if adds => {
                objects::link(&mut tx, LINK, POLICY, uuid, serde_json::Map::new(), context.now()).await?;
                ("SUCCESS", "The user group is assigned.")
            }
            Some(_) if objects::unlink(&mut tx, LINK, POLICY, uuid).await? => ("SUCCESS", "It is assigned no more."),
            Some(_) => ("FAILURE", "The user group was not assigned."),
        };
        answers.push(json!({ "user_group_uuid": uuid, "status": status, "message": message }));
    }
    tx.commit().await?;
    let path = format!("/api/system/enrollment/restriction-policies/{POLICY}");
    let links = json!({ "self": { "href": path }, "organization-group": { "href": format!("/api/system/groups/{}", owner.uuid) } });
    Ok(Said::json(200, json!({ "statusResponse": answers, "_links": links })))
}
