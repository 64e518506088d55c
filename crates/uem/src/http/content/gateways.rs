//! Content gateways: how devices reach repositories inside a company. An organization group has one, or uses that
//! of the nearest group above it. Versions differ in how they spell the same configuration.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named as named_group, named_uuid, seen};
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Content;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{named, remove_all};
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups::{self, Group};

pub(super) const KIND: &str = "content-gateway";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mcmv1/ContentGatewayV1_CreateContentGatewayConfiguration", needs(Content, Create), create)
        .serve("mcmv1/ContentGatewayV2_CreateContentGatewayConfigurationAsync", needs(Content, Create), create)
        .serve("mcmv1/ContentGatewayV2_GetContentGatewayConfigurationsAsync", needs(Content, Read), of_group)
        .serve(
            "mcmv1/ContentGatewayV2_GetContentGatewayConfigurationCustomSettingsByIdAsync",
            needs(Content, Read),
            custom_settings,
        )
        .serve("mcmv1/ContentGatewayV2_ContentGatewayConfigurationDeleteAsync", needs(Content, Delete), delete)
        .serve("mcmv1/ContentGatewayV2_ContentGatewayConfigurationBulkDeleteAsync", needs(Content, Delete), delete_all)
        .serve("mcmv1/ContentGatewayV3_CreateContentGatewayConfigurationAsync", needs(Content, Create), create_v3)
        .serve("mcmv1/ContentGatewayV3_GetContentGatewayConfigurationsAsync", needs(Content, Read), of_group_v3)
        .serve(
            "mcmv1/ContentGatewayV3_GetContentGatewayConfigurationCustomSettingsByIdAsync",
            needs(Content, Read),
            custom_settings,
        )
        .serve("mcmv1/ContentGatewayV3_ContentGatewayConfigurationDeleteAsync", needs(Content, Delete), delete_v3)
        .serve("mcmv1/ContentGatewayV3_ContentGatewayConfigurationBulkDeleteAsync", needs(Content, Delete), delete_all)
        .serve(
            "mcmv1/ContentGatewayV4_GetContentGatewayConfigurationCustomSettingsByIdAsync",
            needs(Content, Read),
            custom_settings,
        );
}

/// A member of a configuration in either spelling.
fn said<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    body.iter().find(|(known, _)| plain(known) == plain(name)).map(|(_, value)| value)
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.member_id("locationGroupId") {
        None => super::super::organization_groups::own(&context).await?,
        Some(id) => named_group(&context, id).await?,
    };
    make(&context, &given, &group).await
}

async fn create_v3(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = named_uuid(&context, given.member_uuid("organization_group_uuid").unwrap_or_default()).await?;
    make(&context, &given, &group).await
}

async fn make(context: &Context, given: &Given, group: &Group) -> Result<Said, Refusal> {
    let mut body = given.members();
    let text = |name: &str| said(&body, name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let (name, url) = (text("contentGatewayConfigurationName"), text("contentGatewayUrl"));
    for (field, value) in [("configuration name", &name), ("URL", &url)] {
        if value.is_empty() {
            return Err(Refusal::shape(format!("The {field} of the content gateway is required.")));
        }
    }
    let kind = text("contentGatewayConfigurationType");
    if kind.eq_ignore_ascii_case("RELAY") && text("contentGatewayRelayAddress").is_empty() {
        return Err(Refusal::shape("A relay needs the address of its relay."));
    }
    for port in ["contentGatewayPort", "contentGatewayRelayPort", "serverSSLPort", "iCapRequestPort"] {
        let Some(value) = said(&body, port).filter(|value| value.as_str() != Some("")) else { continue };
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        if !number.is_some_and(|number| (1..=65_535).contains(&number)) {
            return Err(Refusal::invalid(format!("{value} is not a port.")));
        }
    }
    body.retain(|name, _| !["id", "uuid", "aesPassphrase", "aes_passphrase"].contains(&name.as_str()));
    let mut tx = context.begin().await?;
    let taken = Wanted { group: Some(group.id), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("The organization group '{}' has a content gateway already.", group.name)));
    }
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: None,
        name: &name,
        state: "Active",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "id": made.id, "uuid": made.uuid })))
}

fn shown(gateway: &Object, group: &Group) -> Value {
    let mut shown = Value::Object(gateway.body.clone());
    shown["id"] = json!(gateway.id);
    shown["uuid"] = json!(gateway.uuid);
    shown["contentGatewayConfigurationId"] = json!(gateway.id);
    shown["contentGatewayConfigurationGuid"] = json!(gateway.uuid);
    shown["content_gateway_configuration_uuid"] = json!(gateway.uuid);
    shown["locationGroupId"] = json!(group.id);
    shown["organization_group_uuid"] = json!(group.uuid);
    shown["OrganizationGroupName"] = json!(group.name);
    shown["contentGatewayActive"] = json!(gateway.state == "Active");
    shown
}

/// The gateway of a group or of the nearest one above that the caller sees.
async fn of(context: &Context, group: &Group) -> Result<Said, Refusal> {
    for id in organization_groups::ids_above(context.database(), group.id).await? {
        let wanted = Wanted { group: Some(id), ..Wanted::default() };
        let page = crate::store::page::Page::asked(None, Some(1));
        let (found, _) = objects::list(context.database(), KIND, &wanted, page, context.scope()).await?;
        if let Some(gateway) = found.first() {
            let owner = named_group(context, id).await?;
            return Ok(Said::json(200, shown(gateway, &owner)));
        }
    }
    Err(Refusal::not_found(format!("The organization group '{}' has no content gateway.", group.name)))
}

async fn of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let text = given.text("groupId");
    let group = match text.parse::<i64>() {
        Ok(id) => named_group(&context, id).await?,
        Err(_) => {
            let missing = || Refusal::no_group(text);
            organization_groups::by_code(context.database(), text, context.scope()).await?.ok_or_else(missing)?
        }
    };
    of(&context, &group).await
}

async fn of_group_v3(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    of(&context, &group).await
}

/// What a gateway does by default, for whoever configures one; a password protects it on its way.
async fn custom_settings(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = ["contentGatewayConfigurationUuid", "contentGatewayConfigurationId"].map(|name| given.text(name));
    let id = id.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    if given.member_text("password").is_none_or(|password| password.chars().count() < 6) {
        return Err(Refusal::bad("A password of at least six characters is required."));
    }
    let gateway = named(&context, KIND, "Content gateway", id).await?;
    let settings = [
        ("aw.fileshare.jcifs.active", "true", "Boolean"),
        ("aw.connection.timeout.seconds", "30", "Integer"),
        ("aw.log.level", "info", "String"),
        ("aw.gateway.name", gateway.name.as_str(), "String"),
    ];
    let settings = settings.map(|(key, value, kind)| json!({ "Key": key, "Value": value, "ValueType": kind }));
    Ok(Said::json(200, json!(settings)))
}

async fn remove(context: &Context, text: &str) -> Result<Said, Refusal> {
    let gateway = named(context, KIND, "Content gateway", text).await?;
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &gateway).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, given.text("contentGatewayConfigurationUuid")).await
}

async fn delete_v3(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, given.asked("content-gateway-configuration-uuid").unwrap_or_default()).await
}

async fn delete_all(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_all(&context, &given, KIND, "Content gateway", async |_, _| Ok(())).await
}
