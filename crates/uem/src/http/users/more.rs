//! The rest of the older user routes: the caller's own profile, moving, deleting, S/MIME certificates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_model::ids::UserId;
use muster_model::users::User;
use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Users;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::secret::hash;
use crate::store::page::Page;
use crate::store::users::{self, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/User_Get", needs(Users, Read), own)
        .serve("systemv1/User_ChangeLocationGroupAsync", needs(Users, Edit), change_group)
        .serve("systemv1/User_DeleteAsync", needs(Users, Delete), delete)
        .serve("systemv1/User_UploadSmimeCertificatesAsync", needs(Users, Edit), upload_certificates);
}

/// The profile of the enrollment user that has the caller's name.
async fn own(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = &*context.caller.name;
    let wanted = Wanted { username: Some(name), ..Wanted::default() };
    // A user of exactly the name comes first.
    let (found, _) = users::search(context.database(), &wanted, Page { number: 0, size: 1 }, context.scope()).await?;
    let user = found.into_iter().find(|user| user.user_name.eq_ignore_ascii_case(name));
    let user = user.ok_or_else(|| Refusal::not_found(format!("{name} is not an enrollment user.")))?;
    let mut said = json!({
        "UserId": user.id.0.to_string(), "UserName": user.user_name, "FirstName": user.first_name,
        "LastName": user.last_name, "FullName": user.display_name, "DisplayName": user.display_name,
        "EmailAddress": user.email, "PhoneNumber": user.contact_number, "MobilePhone": user.mobile_number,
        "Department": user.department, "Status": if user.status { "Active" } else { "Inactive" },
    });
    if given.asked_flag("attributes") == Some(true) {
        for number in 1..=5 {
            let name = format!("CustomAttribute{number}");
            said[&name] = user.other.get(&name).unwrap_or_default();
        }
    }
    Ok(Said::json(200, said))
}

async fn change_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let target = named(&context, given.asked_id("targetLG").unwrap_or_default()).await?;
    let mut tx = context.begin().await?;
    users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| super::missing(id))?;
    users::move_to(&mut tx, id, target.id, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let mut tx = context.begin().await?;
    let missing = || Refusal::bad(format!("User not found: {id}."));
    let user = users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(missing)?;
    remove(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// Removes a user, unless a device is theirs.
pub(super) async fn remove(tx: &mut Transaction, user: &User) -> Result<(), Refusal> {
    if users::has_devices(tx, user.id.0).await? {
        let message = format!("The user {} still has devices and cannot be deleted.", user.user_name);
        return Err(Refusal::new(400, 9, message));
    }
    Ok(users::remove(tx, user.id.0).await?)
}

/// What is kept of a certificate: enough to know it again, never its key or password.
fn kept(certificate: &Value) -> Result<Value, Refusal> {
    let payload = certificate.get("CertificatePayload").and_then(Value::as_str).unwrap_or_default();
    let bytes = STANDARD.decode(payload).unwrap_or_default();
    if bytes.is_empty() {
        return Err(Refusal::shape("The CertificatePayload must be a certificate in Base64."));
    }
    Ok(json!({ "size": bytes.len(), "hash": hash(payload) }))
}

async fn upload_certificates(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = UserId(given.id("id"));
    let mut certificates = Map::new();
    for name in ["Signing", "Encryption"] {
        if let Some(certificate) = given.member(name) {
            certificates.insert(name.to_owned(), kept(certificate)?);
        }
    }
    if let Some(Value::Array(archived)) = given.member("Archived") {
        let archived = archived.iter().map(kept).collect::<Result<Vec<_>, _>>()?;
        certificates.insert("Archived".to_owned(), Value::Array(archived));
    }
    if certificates.is_empty() {
        return Err(Refusal::bad("At least one certificate is required."));
    }
    let mut tx = context.begin().await?;
    users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| super::missing(id))?;
    let details = Map::from_iter([("smime".to_owned(), Value::Object(certificates))]);
    users::set_details(&mut tx, id, details).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
