//! Lists of what the tenant has: models and systems of its devices, certificate authorities, areas and schedules.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::item;
use crate::store::inventory::{self, Seen};
use crate::store::objects::{self, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/PickLists_GetDeviceModelList", needs(Settings, Read), |context, given| {
            seen(context, given, Seen::Model)
        })
        .serve("mdmv1/PickLists_GetOperatingSystemList", needs(Settings, Read), |context, given| {
            seen(context, given, Seen::OsVersion)
        })
        .serve("mdmv1/PickLists_GetCertificateAuthorityList", needs(Settings, Read), authorities)
        .serve("mdmv2/PickListsV2_GetDeviceCertificateAuthoritiesAsync", needs(Settings, Read), authorities_of_uuid)
        .serve("mdmv1/PickLists_GetCertificateTemplatesListForCertificateAuthority", needs(Settings, Read), templates)
        .serve("mdmv1/PickLists_GetAllowedGeoFencingAreaIdsByLg", needs(Settings, Read), |context, given| {
            kept(context, given, AREA)
        })
        .serve("mdmv1/PickLists_GetAllowedTimeFencingScheduleIdsByLg", needs(Settings, Read), |context, given| {
            kept(context, given, SCHEDULE)
        })
        .serve("mdmv1/PickLists_GetScepCredentialSourceForApple", needs(Settings, Read), scep)
        .serve("mdmv1/PickLists_GetScepCredentialSourceForAppleOsX", needs(Settings, Read), scep);
}

const AREA: &str = "geofence";
const SCHEDULE: &str = "time-schedule";
const AUTHORITY: &str = "certificate-authority";

async fn seen(context: Context, given: Given, what: Seen) -> Result<Said, Refusal> {
    let word = given.text("platform");
    let platform = muster_model::words::Platform::known(word);
    let platform = platform.ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid value of platform.")))?;
    let found = inventory::of_platform(context.database(), what, platform.as_str(), context.scope()).await?;
    Ok(Said::json(200, found.iter().map(|text| item(text, text)).collect()))
}

/// The authority that the tenant itself is, under an id that no stored one has.
const OWN: (i64, &str, Uuid) = (0, "Certificate authority of the tenant", Uuid::from_u128(0x6d75_7374_6572_0001));
const OWN_TEMPLATES: &[(i64, &str)] = &[(1, "Device identity"), (2, "User identity")];

/// Authorities that a group sees: the tenant's own and those that were set up.
async fn known(context: &Context) -> Result<Vec<(i64, String, Uuid)>, Refusal> {
    let all = Page::asked_or_all(None, None);
    let (stored, _) = objects::list(context.database(), AUTHORITY, &Wanted::default(), all, context.scope()).await?;
    let own = (OWN.0, OWN.1.to_owned(), OWN.2);
    let stored = stored.into_iter().map(|object| (object.id, object.name, object.uuid));
    Ok(std::iter::once(own).chain(stored).collect())
}

async fn authorities(context: Context, given: Given) -> Result<Said, Refusal> {
    owner::group(&context, Some(given.id("ogid"))).await?;
    let known = known(&context).await?;
    Ok(Said::json(200, known.iter().map(|(id, name, _)| item(id, name)).collect()))
}

async fn authorities_of_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    owner::of_uuid(&context, given.uuid("organizationGroupUuid")).await?;
    let known = known(&context).await?;
    let shown: Vec<Value> =
        known.iter().map(|(_, name, uuid)| json!({ "authority_name": name, "authority_uuid": uuid })).collect();
    Ok(Said::json(200, json!({ "authorities": shown })))
}

async fn templates(context: Context, given: Given) -> Result<Said, Refusal> {
    owner::group(&context, Some(given.id("ogid"))).await?;
    let authority = given.id("certificateAuthorityId");
    if authority == OWN.0 {
        return Ok(Said::json(200, OWN_TEMPLATES.iter().map(|(id, name)| item(id, name)).collect()));
    }
    let found = objects::get(context.database(), AUTHORITY, authority, context.scope()).await?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("Certificate authority not found: {authority}.")))?;
    let wanted = Wanted { parent: Some(found.uuid), ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (templates, total) =
        objects::list(context.database(), "certificate-template", &wanted, all, context.scope()).await?;
    Ok(Said::list(templates.iter().map(|one| item(one.id, &one.name)).collect(), total))
}

async fn kept(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let group = owner::group(&context, Some(given.id("ogid"))).await?;
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (found, total) = objects::list(context.database(), kind, &wanted, all, context.scope()).await?;
    Ok(Said::list(found.iter().map(|one| item(one.id, &one.name)).collect(), total))
}

/// Where SCEP gets its certificates: from an authority that is named, or from that of the tenant where it may.
async fn scep(context: Context, given: Given) -> Result<Said, Refusal> {
    if let Some(group) = given.asked_uuid("organizationGroupUuid") {
        owner::of_uuid(&context, group).await?;
    }
    let mut items = vec![item("DefinedCertificateAuthority", "Defined certificate authority")];
    if given.asked_flag("includeAirwatchCAIfEnabledInOg").unwrap_or(true) {
        items.push(item("AirWatchCertificateAuthority", OWN.1));
    }
    if !given.asked_flag("includeSupportedOnly").unwrap_or_default() {
        items.push(item("Manual", "Address and challenge by hand"));
    }
    Ok(Said::json(200, Value::Array(items)))
}
