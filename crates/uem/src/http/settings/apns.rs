//! The certificate by which Apple's push service lets the tenant speak to devices: an organization group has its
//! own, or uses that of the nearest group above.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named, seen};
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups::{self, Group};
use crate::store::page::Page;

const KIND: &str = "apns";
/// How long such a certificate is good.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 365);

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/Apns_ApnsCertificate", needs(Settings, Read), get)
        .serve("systemv1/Apns_SaveApnsCertificate", needs(Settings, Edit), save)
        .serve("systemv1/Apns_UpdateApnsCertificate", needs(Settings, Edit), change)
        .serve("systemv2/ApnsV2_GetApnsConfiguration", needs(Settings, Read), get_v2);
}

async fn own(context: &Context, group: i64) -> Result<Option<Object>, Refusal> {
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let page = Page { number: 0, size: 1 };
    let (found, _) = objects::list(context.database(), KIND, &wanted, page, context.scope()).await?;
    Ok(found.into_iter().next())
}

/// The setting that holds for a group, and whether it is the group's own.
async fn holding(context: &Context, group: &Group) -> Result<(Object, bool), Refusal> {
    for id in organization_groups::ids_above(context.database(), group.id).await? {
        if let Some(found) = own(context, id).await?
            && (id != group.id || found.state != "Inherit")
        {
            return Ok((found, id == group.id));
        }
    }
    Err(Refusal::not_found(format!("The organization group '{}' has no push certificate.", group.name)))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named(&context, given.id("id")).await?;
    let (found, _) = holding(&context, &group).await?;
    let mut shown = Value::Object(found.body.clone());
    shown["id"] = json!(found.id);
    shown["uuid"] = json!(found.uuid);
    shown["IssuedCertificateId"] = json!(found.id);
    Ok(Said::json(200, shown))
}

async fn get_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("uuid")).await?;
    let (found, own) = holding(&context, &group).await?;
    let end = found.updated_at.saturating_add(LIFE).unwrap_or_default();
    Ok(Said::json(
        200,
        json!({
            "apple_id": found.body.get("AppleId"), "certificate_type": "Pkcs12",
            "child_permission": found.body.get("ChildPermission").cloned().unwrap_or_else(|| json!("InheritOrOverride")),
            "current_setting": if own { "Override" } else { "Inherit" },
            "issued_by": "Simulated Push Certification Authority", "issued_to": format!("APSP:{}", found.uuid),
            "valid_from": found.updated_at.as_microsecond(), "valid_to": end.as_microsecond(),
        }),
    ))
}

async fn save(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named(&context, given.id("id")).await?;
    let apple = given.member_text("AppleId").unwrap_or_default();
    if !apple.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        return Err(Refusal::bad("The AppleId must be an email address."));
    }
    let renews = given.member("Renew").and_then(Value::as_bool).unwrap_or_default();
    let before = own(&context, group.id).await?;
    if renews && before.is_none() {
        return Err(Refusal::bad("There is no certificate to renew."));
    }
    if given.member_id("UploadedCertificateBlobId").unwrap_or_default() <= 0 {
        return Err(Refusal::bad("The UploadedCertificateBlobId is required."));
    }
    let mut body: Map<String, Value> = given.members();
    // A password is taken and never shown; nothing here opens anything with it.
    body.remove("CertificatePassword");
    let mut tx = context.begin().await?;
    match before {
        Some(mut before) => {
            before.body.extend(body);
            "Override".clone_into(&mut before.state);
            objects::save(&mut tx, &before, context.now()).await?;
        }
        None => {
            let new = NewObject {
                kind: KIND,
                group: group.id,
                parent: None,
                name: apple,
                state: "Override",
                body,
                created_by: &context.caller.name,
            };
            objects::create(&mut tx, new, context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(201))
}

async fn change(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named(&context, given.id("id")).await?;
    let missing =
        || Refusal::bad(format!("The organization group '{}' has no push certificate of its own.", group.name));
    let mut found = own(&context, group.id).await?.ok_or_else(missing)?;
    if let Some(word) = given.member_text("ChildPermission") {
        let words = ["Inherit", "Override", "InheritOrOverride"];
        let known = words.iter().find(|known| known.eq_ignore_ascii_case(word));
        let wrong = || Refusal::bad(format!("'{word}' is not a ChildPermission: {}.", words.join(", ")));
        found.body.insert("ChildPermission".to_owned(), json!(known.ok_or_else(wrong)?));
    }
    if let Some(inherits) = given.member("Inherit").and_then(Value::as_bool) {
        (if inherits { "Inherit" } else { "Override" }).clone_into(&mut found.state);
    }
    let mut tx = context.begin().await?;
    objects::save(&mut tx, &found, found.updated_at).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
