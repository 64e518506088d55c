//! Administrators' client certificates. The private key of one is in the answer that issues it, and nowhere else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::{Access, Admins};
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, limit, moment};
use crate::authority::ca::KeyKind;
use crate::console::Objection;
use crate::store::access::certificates::Issued;

/// How long a certificate lasts unless the request says otherwise.
const DAYS: u32 = 365;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("console/certificates.list", needs(Access, Read), list)
        .serve("console/certificates.issue", needs(Access, Create), issue)
        .serve("console/certificates.revoke", needs(Access, Delete), revoke)
        .serve("console/certificates.authority", needs(Admins, Read), authority);
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    let issued = desk(&context).certificates().await?;
    let shown: Vec<Value> = issued.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "Certificates": shown, "Total": shown.len() })))
}

async fn issue(context: Context, given: Given) -> Result<Said, Refusal> {
    let kind = match given.member_text("KeyType") {
        Some(word) if word.eq_ignore_ascii_case("P256") => KeyKind::P256,
        _ => KeyKind::Rsa2048,
    };
    let authority = &context.reception.gate.authority;
    let days = limit(&given, "Days").unwrap_or(DAYS);
    let new = desk(&context).issue_certificate(authority, given.id("id"), kind, days).await?;
    let pkcs12 = match given.member("Pkcs12Password").and_then(Value::as_str) {
        Some(password) => json!(STANDARD.encode(new.pkcs12(password).map_err(Objection::from)?)),
        None => Value::Null,
    };
    let value = json!({
        "Serial": new.issued.serial, "Certificate": new.certificate_pem, "PrivateKey": new.private_key_pem,
        "Authority": authority.pem(), "Pkcs12": pkcs12,
    });
    Ok(Said::json(201, value))
}

async fn revoke(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).revoke_certificate(given.text("serial")).await?;
    Ok(Said::nothing(204))
}

async fn authority(context: Context, _: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, json!({ "Certificate": context.reception.gate.authority.pem() })))
}

fn shown(issued: &Issued) -> Value {
    json!({
        "Serial": issued.serial, "AccountId": issued.admin, "Subject": issued.subject,
        "Fingerprint": issued.fingerprint, "IssuedOn": moment(Some(issued.issued_at)),
        "ExpiresOn": moment(Some(issued.expires_at)), "RevokedOn": moment(issued.revoked_at),
        "CreatedBy": issued.created_by,
    })
}
