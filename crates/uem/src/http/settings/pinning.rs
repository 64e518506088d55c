//! Certificates that devices pin to hosts, so that no other one is believed.

use serde_json::{Map, Value, json};

use super::super::certificates::x509;
use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named, own};
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Certificates;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups::Group;
use crate::store::page::Page;

const HOST: &str = "pinned-host";
/// Whether a group pins at all; without one it does not.
const SWITCH: &str = "certificate-pinning";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/SSLPinning_EnablePinningAsync", needs(Certificates, Edit), enable)
        .serve("systemv1/SSLPinning_DisablePinningAsync", needs(Certificates, Edit), disable)
        .serve("systemv1/SSLPinning_CreatePinnedHostAsync", needs(Certificates, Create), add_host)
        .serve("systemv1/SSLPinning_UpdatePinnedHostAsync", needs(Certificates, Edit), update_host)
        .serve("systemv1/SSLPinning_RemovePinnedHostAsync", needs(Certificates, Delete), remove_host)
        .serve("systemv1/SSLPinning_FindPinnedHostsAsync", needs(Certificates, Read), hosts)
        .serve("systemv1/SSLPinning_EnablePinAsync", needs(Certificates, Edit), enable_host)
        .serve("systemv1/SSLPinning_DisablePinAsync", needs(Certificates, Edit), disable_host)
        .serve("systemv1/SSLPinning_PinCertificateToHostAsync", needs(Certificates, Edit), pin)
        .serve("systemv1/SSLPinning_UnpinCertificateFromHostAsync", needs(Certificates, Edit), unpin)
        .serve("systemv1/SSLPinning_SyncWithAutoDiscoveryAsync", needs(Certificates, Edit), synchronize);
}

/// These routes refuse a foreign or missing group with 403.
async fn group(context: &Context, id: i64) -> Result<Group, Refusal> {
    let refused = |_| Refusal::new(403, 5142, format!("Organization group {id} is not accessible."));
    named(context, id).await.map_err(refused)
}

async fn host(context: &Context, text: &str) -> Result<Object, Refusal> {
    let refused = || Refusal::new(403, 5143, format!("The pinned host {text} is not accessible."));
    let uuid: uuid::Uuid = text.parse().map_err(|_| refused())?;
    objects::get(context.database(), HOST, uuid, context.scope()).await?.ok_or_else(refused)
}

async fn switch(context: &Context, given: &Given, state: &str) -> Result<Said, Refusal> {
    let group = group(context, given.id("organizationgroupid")).await?;
    let mut tx = context.begin().await?;
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    match objects::first(&mut tx, SWITCH, &wanted, context.scope()).await? {
        Some(mut known) => {
            state.clone_into(&mut known.state);
            objects::save(&mut tx, &known, context.now()).await?;
        }
        None => {
            let new = NewObject {
                kind: SWITCH,
                group: group.id,
                parent: None,
                name: &group.name,
                state,
                body: Map::new(),
                created_by: &context.caller.name,
            };
            objects::create(&mut tx, new, context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn enable(context: Context, given: Given) -> Result<Said, Refusal> {
    switch(&context, &given, "Enabled").await
}

async fn disable(context: Context, given: Given) -> Result<Said, Refusal> {
    switch(&context, &given, "Disabled").await
}

/// A host name as certificates have it: labels of letters, digits and hyphens, a wildcard at most in front.
fn host_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim().to_lowercase();
    let label = |label: &str| {
        !label.is_empty() && label.len() < 64 && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let labels: Vec<&str> = name.strip_prefix("*.").unwrap_or(&name).split('.').collect();
    if labels.len() > 1 && labels.iter().all(|text| label(text)) {
        return Ok(name);
    }
    Err(Refusal::shape(format!("'{text}' is not the name of a host.")))
}

async fn add_host(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = host_name(given.required_text("HostName")?)?;
    let group = match given.member_id("OrganizationGroupId") {
        None => own(&context).await?,
        Some(id) => group(&context, id).await?,
    };
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(&name), group: Some(group.id), ..Wanted::default() };
    if objects::first(&mut tx, HOST, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::new(422, 422, format!("The organization group pins the host {name} already.")));
    }
    let new = NewObject {
        kind: HOST,
        group: group.id,
        parent: None,
        name: &name,
        state: "Enabled",
        body: given.members(),
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Id": made.uuid })))
}

async fn store(context: &Context, host: &Object) -> Result<(), Refusal> {
    let mut tx = context.begin().await?;
    objects::save(&mut tx, host, context.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn update_host(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut host = host(&context, given.text("hostGuid")).await?;
    host.name = host_name(given.required_text("HostName")?)?;
    for name in ["IsDeviceServices", "Required"] {
        if let Some(value) = given.member(name) {
            host.body.insert(name.to_owned(), value.clone());
        }
    }
    store(&context, &host).await?;
    Ok(Said::nothing(204))
}

async fn remove_host(context: Context, given: Given) -> Result<Said, Refusal> {
    let host = host(&context, given.text("hostGuid")).await?;
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &host).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

fn pinned(host: &Object) -> Vec<Value> {
    host.body.get("PinnedCerts").and_then(Value::as_array).cloned().unwrap_or_default()
}

async fn hosts(context: Context, given: Given) -> Result<Said, Refusal> {
    let owner = match given.asked_id("organizationgroupid") {
        None => None,
        Some(id) => Some(group(&context, id).await?.id),
    };
    let wanted = Wanted { name_contains: given.asked("hostName"), group: owner, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (found, _) = objects::list(context.database(), HOST, &wanted, everything, context.scope()).await?;
    let rows: Vec<Value> = found
        .iter()
        .map(|host| {
            let mut certificates = pinned(host);
            for certificate in &mut certificates {
                certificate["IsEnabled"] = json!(host.state == "Enabled");
            }
            let flag = |name: &str| host.body.get(name).and_then(Value::as_bool).unwrap_or_default();
            json!({
                "CertPinningGuid": host.uuid, "HostName": host.name, "LocationGroupId": host.group,
                "IsDeviceServices": flag("IsDeviceServices"), "Required": flag("Required"),
                "AutoDiscoverySynced": flag("AutoDiscoverySynced"), "OemProvisioningServiceSynced": false,
                "PinnedCerts": certificates,
            })
        })
        .collect();
    Ok(Said::json(200, json!(rows)))
}

async fn turn(context: &Context, given: &Given, state: &str) -> Result<Said, Refusal> {
    let group = group(context, given.id("organizationgroupid")).await?;
    let mut host = host(context, given.text("hostGuid")).await?;
    if host.group != group.id {
        return Err(Refusal::new(403, 5143, format!("The organization group '{}' does not pin it.", group.name)));
    }
    state.clone_into(&mut host.state);
    store(context, &host).await?;
    Ok(Said::nothing(204))
}

async fn enable_host(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, "Enabled").await
}

async fn disable_host(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, &given, "Disabled").await
}

async fn pin(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut host = host(&context, given.member_text("HostGuid").unwrap_or_default()).await?;
    let known = x509::read(given.required_text("Certificate")?);
    let known = known.ok_or_else(|| Refusal::shape("The Certificate is neither PEM nor DER in Base64."))?;
    let mut certificates = pinned(&host);
    if certificates.iter().any(|other| other["Thumbprint"] == json!(known.thumbprint)) {
        return Err(Refusal::bad(format!("The certificate is pinned to the host {} already.", host.name)));
    }
    certificates.push(json!({
        "CertificateId": certificates.len() + 1, "Thumbprint": known.thumbprint, "IssuerName": known.issuer,
        "SubjectName": known.subject, "NotBefore": known.not_before.as_microsecond(),
        "NotAfter": known.not_after.as_microsecond(), "PublicKey": known.public_key,
    }));
    host.body.insert("PinnedCerts".to_owned(), Value::Array(certificates));
    store(&context, &host).await?;
    Ok(Said::json(201, json!({ "ItemsAffected": 1, "Message": "The certificate is pinned." })))
}

async fn unpin(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut host = host(&context, given.member_text("HostGuid").unwrap_or_default()).await?;
    let thumbprint = given.required_text("CertificateThumbprint")?.replace([' ', ':'], "").to_uppercase();
    let mut certificates = pinned(&host);
    let before = certificates.len();
    certificates.retain(|certificate| certificate["Thumbprint"] != json!(thumbprint));
    if certificates.len() == before {
        return Err(Refusal::new(422, 422, "No certificate of the thumbprint is pinned to the host."));
    }
    host.body.insert("PinnedCerts".to_owned(), Value::Array(certificates));
    store(&context, &host).await?;
    Ok(Said::nothing(204))
}

async fn synchronize(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.id("organizationgroupid")).await?;
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), HOST, &wanted, everything, context.scope()).await?;
    let mut tx = context.begin().await?;
    for host in &mut found {
        host.body.insert("AutoDiscoverySynced".to_owned(), json!(true));
        objects::save(&mut tx, host, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::json(200, json!({ "ItemsAffected": found.len(), "Message": "The hosts are synchronised." })))
}
