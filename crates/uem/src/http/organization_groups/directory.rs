//! The directory that the tenant's people come from: it is configured at the top and inherited below.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::seen;
use crate::store::organization_groups;

/// Names of the directory's attributes for those of users.
const ATTRIBUTES: [(&str, &str); 8] = [
    ("UserName", "sAMAccountName"),
    ("FirstName", "givenName"),
    ("LastName", "sn"),
    ("EmailAddress", "mail"),
    ("DisplayName", "displayName"),
    ("Department", "department"),
    ("MobilePhone", "mobile"),
    ("UserObjectIdentifier", "objectGUID"),
];

pub(super) fn routes(table: &mut Table) {
    table
        .serve(
            "systemv1/OrganizationGroupDirectoryServicesV1_TestDirectoryServiceConnectionforOGAsync",
            needs(Settings, Read),
            test,
        )
        .serve(
            "systemv2/OrganizationGroupDirectoryServicesV2_FetchLdapConfigurationV2",
            needs(Settings, Read),
            configuration,
        );
}

async fn test(context: Context, given: Given) -> Result<Said, Refusal> {
    seen(&context, given.uuid("organizationGroupUuid")).await?;
    let message = format!("The directory {} answers.", server(&context).await?);
    Ok(Said::json(200, json!({ "status": "PASS", "message": message })))
}

/// The simulated directory is named after the topmost group.
async fn server(context: &Context) -> Result<String, Refusal> {
    let (_, _, code, _) = crate::store::tenant::root(context.database()).await?;
    Ok(format!("ldap.{code}.example"))
}

async fn configuration(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let (_, top, code, _) = crate::store::tenant::root(context.database()).await?;
    let level = organization_groups::ids_above(context.database(), group.id).await?.len();
    let attributes: Vec<_> = ATTRIBUTES
        .iter()
        .map(
            |(ours, theirs)| json!({ "internal_attribute_name": ours, "external_name": theirs, "data_type": "String" }),
        )
        .collect();
    let base = format!("DC={code},DC=example");
    Ok(Said::json(
        200,
        json!({
            "uuid": group.uuid, "managed_by_organization_group_uuid": top, "is_inherited": level > 1,
            "child_permission": "InheritOrOverride", "is_idp_integration_enabled": false, "is_saml_enabled": false,
            "server_config": {
                "ldap_server": server(&context).await?, "ldap_server_type": "ActiveDirectory", "port": 636,
                "encryption_type": "SSL", "verify_ssl_certificate": true, "protocol_version": 3,
                "authentication_type": "Basic", "authentication_username": format!("CN=uem,OU=Services,{base}"),
                "request_timeout": 30, "connection_timeout": 10, "object_identifier_data_type": "Binary",
                "search_subdomains": true, "enable_dns_srv": false, "is_sort_control_supported": true,
                "ldap_definition_domain_mappings": [{
                    "domain": format!("{code}.example"), "ldap_server_name": server(&context).await?,
                    "user_base_dn": format!("OU=People,{base}"), "group_base_dn": format!("OU=Groups,{base}"),
                }],
            },
            "user_config": {
                "object_class": "person", "search_filter": "(&(objectCategory=person)(sAMAccountName={EnrollmentUser}))",
                "auto_sync_user_status": true, "auto_merge": true, "ldap_attributes": attributes,
            },
            "group_config": {
                "object_class": "group", "organizational_unit_object_class": "organizationalUnit",
                "auto_sync": true, "auto_merge": true, "maximum_allowable_changes": 500,
                "member_search_type": "GroupAttributeMember",
            },
        }),
    ))
}
