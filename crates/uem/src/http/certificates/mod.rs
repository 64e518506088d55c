//! Certificates that an organization group keeps, at the guide's `/certificates`: uploaded, looked at, renamed,
//! removed. Keys and passwords are taken and not kept.

pub(super) mod x509;

use muster_store::Transaction;
use serde_json::{Value, json};

use super::context::Context;
use super::given::Given;
use super::organization_groups::{named, own};
use super::policy::Action::{Create, Delete, Edit, Read};
use super::policy::Resource::Certificates;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};

pub(super) const KIND: &str = "certificate";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/certificates.list", needs(Certificates, Read), list)
        .serve("guide/certificates.search", needs(Certificates, Read), list)
        .serve("guide/certificates.get", needs(Certificates, Read), get)
        .serve("guide/certificates.add", needs(Certificates, Create), add)
        .serve("guide/certificates.update", needs(Certificates, Edit), update)
        .serve("guide/certificates.delete", needs(Certificates, Delete), delete);
}

/// Whether a certificate is in force, will be, or was.
fn status(certificate: &Object, now: jiff::Timestamp) -> &'static str {
    let at = |name: &str| certificate.body.get(name).and_then(Value::as_i64).unwrap_or_default();
    match now.as_microsecond() {
        now if now < at("ValidFrom") => "NotYetValid",
        now if now >= at("ValidTo") => "Expired",
        _ => "Active",
    }
}

fn shown(context: &Context, certificate: &Object) -> Value {
    let mut shown = Value::Object(certificate.body.clone());
    shown["Id"] = json!(certificate.id);
    shown["Uuid"] = json!(certificate.uuid);
    shown["Name"] = json!(certificate.name);
    shown["LocationGroupId"] = json!(certificate.group.to_string());
    shown["Status"] = json!(status(certificate, context.now()));
    shown
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = Wanted { name_contains: given.asked("name"), ..Wanted::default() };
    let (found, total) = objects::list(context.database(), KIND, &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(|certificate| shown(&context, certificate)).collect();
    Ok(Said::json(200, json!({ "Certificates": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn certificate(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Object, Refusal> {
    let id = given.id("id");
    let found = objects::find(tx, KIND, id, context.scope()).await?;
    found.ok_or_else(|| Refusal::not_found(format!("Certificate not found: {id}.")))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let found = objects::get(context.database(), KIND, id, context.scope()).await?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("Certificate not found: {id}.")))?;
    Ok(Said::json(200, shown(&context, &found)))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("Name")?;
    let group = match given.member_id("LocationGroupId") {
        None => own(&context).await?,
        Some(id) => named(&context, id).await?,
    };
    let known = x509::read(given.required_text("Certificate")?)
        .ok_or_else(|| Refusal::invalid("The Certificate is neither PEM nor DER in Base64."))?;
    let mut tx = context.begin().await?;
    let twice = objects::with_member(&mut tx, KIND, "Thumbprint", &known.thumbprint, context.scope()).await?;
    if twice.is_some_and(|other| other.group == group.id) {
        return Err(Refusal::new(409, 409, "The organization group has the certificate already."));
    }
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: None,
        name,
        state: "",
        body: known.members(),
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made(201, made.id, made.uuid))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut found = certificate(&context, &mut tx, &given).await?;
    given.required_text("Name")?.clone_into(&mut found.name);
    objects::save(&mut tx, &found, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let found = certificate(&context, &mut tx, &given).await?;
    objects::remove(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
