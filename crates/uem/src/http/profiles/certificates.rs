//! Certificates that profiles carry, and which profile carries which.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::profile;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::page::Page;
use crate::store::profiles;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProfilesV1_UploadCertificate", needs(Profiles, Create), upload)
        .serve("mdmv1/ProfilesV1_UploadProfileCertificate", needs(Profiles, Create), upload_for)
        .serve("mdmv1/ProfilesV1_GetCertificateProfileMappings", needs(Profiles, Read), mappings)
        .serve("mdmv1/ProfilesV1_SaveCertificateProfileMapping", needs(Profiles, Create), save)
        .serve("mdmv1/ProfilesV1_DeleteCertificateProfileMapping", needs(Profiles, Delete), remove);
}

const CERTIFICATE: &str = "profile-certificate";
const MAPPING: &str = "profile-certificate-mapping";

/// The bytes of a certificate or of a key store: DER, PEM, or Base64 of DER.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let der = |bytes: Vec<u8>| (bytes.len() > 4 && bytes[0] == 0x30 && bytes[1] >= 0x80).then_some(bytes);
    if let Some(bytes) = der(bytes.to_vec()) {
        return Some(bytes);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim);
    der(STANDARD.decode(lines.collect::<String>()).ok()?)
}

fn thumbprint(bytes: &[u8]) -> String {
    // The thumbprint of a certificate is a SHA-1 everywhere; nothing is trusted because of it.
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

async fn keep(context: &Context, bytes: &[u8], parent: Option<uuid::Uuid>) -> Result<Object, Refusal> {
    let thumbprint = thumbprint(bytes);
    let body = Map::from_iter([
        ("thumbprint".to_owned(), json!(thumbprint)),
        ("certificate".to_owned(), json!(STANDARD.encode(bytes))),
    ]);
    let mut tx = context.begin().await?;
    if let Some(uuid) = parent {
        let missing = || Refusal::shape(format!("Profile not found: {uuid}."));
        profile(context, &mut tx, uuid, missing).await?;
    }
    let new = NewObject {
        kind: CERTIFICATE,
        group: context.caller.group,
        parent,
        name: &thumbprint,
        state: "",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(made)
}

async fn upload(context: Context, given: Given) -> Result<Said, Refusal> {
    let payload = given.member_text("CertificatePayload");
    let payload = payload.ok_or_else(|| Refusal::bad("The CertificatePayload field is required."))?;
    let bytes = decoded(payload.as_bytes()).ok_or_else(|| Refusal::bad("The CertificatePayload is no certificate."))?;
    let made = keep(&context, &bytes, None).await?;
    Ok(Said::json(200, json!({ "Value": made.id })))
}

async fn upload_for(context: Context, given: Given) -> Result<Said, Refusal> {
    let missing = || Refusal::shape(format!("Profile not found: {}.", given.text("profileUuid")));
    let uuid: uuid::Uuid = given.text("profileUuid").parse().map_err(|_| missing())?;
    // Clients send the file itself, or the document of the other upload.
    let document: Option<Value> = serde_json::from_slice(&given.raw).ok();
    let inside = document.as_ref().and_then(|document| document.get("CertificatePayload")?.as_str());
    let bytes = decoded(inside.map_or(&given.raw, |text| text.as_bytes()));
    let bytes = bytes.ok_or_else(|| Refusal::shape("The body is no certificate."))?;
    let made = keep(&context, &bytes, Some(uuid)).await?;
    let shown = json!({ "ID": made.id, "certificateGuid": made.uuid, "thumbprint": made.name });
    Ok(Said::json(201, shown))
}

async fn mappings(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.asked_id("deviceProfileID").unwrap_or_default();
    let found = profiles::get(context.database(), id, context.scope()).await?;
    let profile = found.ok_or_else(|| Refusal::bad(format!("Profile not found: {id}.")))?;
    let wanted = Wanted { parent: Some(profile.uuid), ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (found, _) = objects::list(context.database(), MAPPING, &wanted, all, context.scope()).await?;
    Ok(Said::json(200, found.iter().map(shown).collect()))
}

fn shown(mapping: &Object) -> Value {
    let mut shown = mapping.body.clone();
    shown.insert("CertificateProfileMapID".to_owned(), json!(mapping.id));
    Value::Object(shown)
}

async fn save(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.member_id("ProfileID").ok_or_else(|| Refusal::bad("The ProfileID field is required."))?;
    let certificate = given.member_id("CertificateID");
    let mut tx = context.begin().await?;
    let profile = profile(&context, &mut tx, id, || Refusal::bad(format!("Profile not found: {id}."))).await?;
    if let Some(certificate) = certificate
        && objects::find(&mut tx, CERTIFICATE, certificate, context.scope()).await?.is_none()
    {
        return Err(Refusal::bad(format!("Certificate not found: {certificate}.")));
    }
    let mut body = given.members();
    body.insert("ProfileGuid".to_owned(), json!(profile.uuid));
    body.remove("CertificateProfileMapID");
    let name = given.member_text("CertificateName").unwrap_or_default();
    let new = NewObject {
        kind: MAPPING,
        group: profile.group,
        parent: Some(profile.uuid),
        name,
        state: "",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, shown(&made)))
}

async fn remove(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("mappingID");
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, MAPPING, id, context.scope()).await?;
    let mapping = found.ok_or_else(|| Refusal::bad(format!("Certificate mapping not found: {id}.")))?;
    objects::remove(&mut tx, &mapping).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_read_in_every_form_that_clients_send() {
        let der = [0x30, 0x82, 0x01, 0x02, 0x03];
        let base64 = STANDARD.encode(der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        for form in [der.as_slice(), base64.as_bytes(), pem.as_bytes()] {
            assert_eq!(decoded(form).as_deref(), Some(der.as_slice()));
        }
        assert_eq!(decoded(b"hello"), None);
        assert_eq!(thumbprint(b"abc"), "A9993E364706816ABA3E25717850C26C9CD0D89D");
    }
}
