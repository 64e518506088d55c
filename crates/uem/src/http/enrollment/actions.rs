//! Many registration records at once: looked at, revoked, given new life, removed.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Devices;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, ALLOWED, BLOCKED, EXPIRED, LIFE, Record, one, text};
use crate::store::objects;
use crate::store::organization_groups::Group;
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/EnrollmentTokenActionsV1_GetEnrollmentTokensAsync", needs(Devices, Read), look)
        .serve("mdmv1/EnrollmentTokenActionsV1_UpdateEnrollmentTokensAsync", needs(Devices, Edit), update)
        .serve("mdmv1/EnrollmentTokenActionsV1_DeleteEnrollmentTokensAsync", needs(Devices, Delete), delete)
        .serve(
            "mdmv1/EnrollmentTokenActionsV1_UpdateEnrollmentTokenComplianceStatusAsync",
            needs(Devices, Edit),
            turn_status,
        );
}

/// More than so many are refused.
const MOST: usize = 500;

/// The records that a body names, those that are not there, and their organization group.
async fn asked(context: &Context, given: &Given) -> Result<(Group, Vec<Record>, Vec<Uuid>), Refusal> {
    let group = seen(context, given.member_uuid("organization_group_uuid").unwrap_or_default()).await?;
    let list = given.member("enrollment_tokens").and_then(Value::as_array);
    let uuids: Vec<Uuid> = list.into_iter().flatten().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect();
    if uuids.is_empty() || uuids.len() > MOST {
        return Err(Refusal::shape(format!("The enrollment_tokens field names 1 to {MOST} tokens.")));
    }
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for uuid in uuids {
        match one(context, &group, uuid).await {
            Ok(record) => found.push(record),
            Err(refusal) if refusal.status() == 404 => missing.push(uuid),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok((group, found, missing))
}

async fn look(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, found, missing) = asked(&context, &given).await?;
    let mut valid = Vec::new();
    for record in &found {
        let user = match record.object.body.get("user_id").and_then(Value::as_i64) {
            None => None,
            Some(id) => users::get(context.database(), id, context.scope()).await?,
        };
        valid.push(json!({
            "uuid": record.object.uuid, "friendly_name": record.object.name, "source": "API",
            "compliance_status": record.compliance, "enrollment_status": record.enrollment,
            "organization_group_name": group.name, "ownership_type": text(&record.object, "ownership_type"),
            "platform": text(&record.object, "platform"), "user_name": text(&record.object, "user_name"),
            "user_info": user.map(|user| json!({
                "name": user.display_name, "user_email_address": user.email,
                "security_type": user.security_type.as_str(), "contact_number": user.contact_number,
            })),
        }));
    }
    let ids: Vec<i64> = found.iter().map(|record| record.object.id).collect();
    Ok(Said::json(
        200,
        json!({
            "activity_id": context.errand.request, "enrollment_token_id": ids, "valid_tokens": valid,
            "invalid_tokens": missing, "valid_items_count": found.len(), "invalid_items_count": missing.len(),
            "total_items_count": found.len() + missing.len(),
        }),
    ))
}

fn summary(context: &Context, accepted: usize, failed: &[Uuid]) -> Said {
    let said = json!({
        "activity_id": context.errand.request, "accepted_items_count": accepted, "failed_items_count": failed.len(),
        "failed_tokens": failed, "total_items_count": accepted + failed.len(),
    });
    Said::json(202, said)
}

fn nothing_of(found: &[Record]) -> Result<(), Refusal> {
    if found.is_empty() { Err(Refusal::new(404, 5220, "None of the enrollment tokens is found.")) } else { Ok(()) }
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let resets = given.asked("action") == Some("RESET");
    let (_, found, mut failed) = asked(&context, &given).await?;
    nothing_of(&found)?;
    let mut tx = context.begin().await?;
    let mut accepted = 0;
    for mut record in found {
        // What is not a registration has no life to end or to begin anew; nor has one whose device is there.
        let is_registration = record.object.body.contains_key("token") && record.enrollment == "Registered";
        if !is_registration || (!resets && record.compliance == EXPIRED) {
            failed.push(record.object.uuid);
            continue;
        }
        if resets {
            let end = context.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX);
            record.object.body.insert("expires_at".to_owned(), json!(end.as_microsecond()));
        }
        (if resets { ACTIVE } else { EXPIRED }).clone_into(&mut record.object.state);
        objects::save(&mut tx, &record.object, context.now()).await?;
        accepted += 1;
    }
    tx.commit().await?;
    Ok(summary(&context, accepted, &failed))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, found, failed) = asked(&context, &given).await?;
    nothing_of(&found)?;
    let mut tx = context.begin().await?;
    for record in &found {
        objects::remove(&mut tx, &record.object).await?;
    }
    tx.commit().await?;
    Ok(summary(&context, found.len(), &failed))
}

/// Lets a blocked device in, or blocks one that was let in.
async fn turn_status(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("ogUuid")).await?;
    let mut record = one(&context, &group, given.uuid("enrollmentTokenUuid")).await?;
    let turned = match record.object.state.as_str() {
        ALLOWED => BLOCKED,
        BLOCKED => ALLOWED,
        _ => return Err(Refusal::bad("Only a device that is let in or blocked by its attribute can be turned.")),
    };
    turned.clone_into(&mut record.object.state);
    let mut tx = context.begin().await?;
    objects::save(&mut tx, &record.object, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
