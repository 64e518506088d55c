//! Resources that profiles of several platforms share (Wi-Fi, VPN, Exchange), and names for things of any kind.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms::{self, ASSIGNMENT_TYPES};
use super::write::{self, Draft, Wish};
use super::{profile, state};
use crate::store::names;
use crate::store::profiles::assignments::{self, Group};
use crate::store::profiles::{self, NewProfile, Profile, RESOURCE};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/ProfilesV2_CreateProfileResourceAsync", needs(Profiles, Create), create)
        .serve("mdmv2/ProfilesV2_UpdateProfileResourceAsync", needs(Profiles, Edit), update)
        .serve("mdmv2/ProfilesV2_GetProfileResourceDetails", needs(Profiles, Read), get)
        .serve("mdmv2/ProfilesV2_DeleteProfileResourceAsync", needs(Profiles, Delete), delete)
        .serve("mdmv2/ProfilesV2_EditAssignmentAsync", needs(Profiles, Edit), edit_assignment)
        .serve("mdmv2/ProfilesV2_GetProfileResourceKeys", needs(Profiles, Read), keys)
        .serve("mdmv1/ResourcesV1_QueryResourcesAsync", needs(Profiles, Read), query);
}

/// Kinds of resources, and the fields that each has.
const KINDS: &[(&str, &[&str])] = &[
    (
        "Wifi",
        &[
            "ServiceSetIdentifier",
            "HiddenNetwork",
            "AutoJoin",
            "SecurityType",
            "Password",
            "ProxyType",
            "IdentityCertificate",
            "TrustedCertificates",
        ],
    ),
    ("Vpn", &["ConnectionName", "ConnectionType", "Server", "UserAuthentication", "IdentityCertificate", "PerAppVpn"]),
    (
        "ExchangeActiveSync",
        &["AccountName", "Host", "UseSsl", "Domain", "Username", "EmailAddress", "PastDaysOfMailToSync"],
    ),
];

fn kind(word: &str) -> Result<&'static (&'static str, &'static [&'static str]), Refusal> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.0).collect();
    let known = platforms::word("resourceType", word, &names)?;
    KINDS.iter().find(|kind| kind.0 == known).ok_or_else(|| Refusal::bad("Unknown resource type."))
}

/// What stands in the query under `resource.…`, and else in the body.
struct Asked<'a> {
    given: &'a Given,
    body: Map<String, Value>,
}

impl<'a> Asked<'a> {
    fn of(given: &'a Given) -> Result<Self, Refusal> {
        let empty = given.raw.iter().all(u8::is_ascii_whitespace);
        let body = if empty { Ok(Map::new()) } else { serde_json::from_slice(&given.raw) };
        Ok(Self { given, body: body.map_err(|error| Refusal::shape(format!("The body is no object: {error}.")))? })
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.given.asked(&format!("resource.{name}")).or_else(|| self.member(name)?.as_str())
    }

    fn assignment(&self, name: &str) -> Option<&Value> {
        let assignment = self.member("Assignment")?.as_object()?;
        assignment.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn groups(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        let asked = self.given.asked_all(&format!("resource.assignment.{name}"));
        if !asked.is_empty() {
            let number = |text: &&str| text.parse().map_err(|_| Refusal::bad(format!("'{text}' is no smart group.")));
            return asked.iter().map(number).collect::<Result<_, _>>().map(Some);
        }
        Ok(self.assignment(name).and_then(Value::as_array).map(|ids| ids.iter().filter_map(Value::as_i64).collect()))
    }
}

async fn draft(context: &Context, given: &Given) -> Result<(Draft, Option<i64>), Refusal> {
    let kind = kind(given.text("resourceType"))?;
    let asked = Asked::of(given)?;
    let name = asked.text("name").map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::shape("The resource.name field is required."))?;
    let group = given
        .asked_id("resource.assignment.managedLocationGroupID")
        .or_else(|| asked.assignment("ManagedLocationGroupID")?.as_i64());
    let group = owner::group(context, group).await?;
    let type_word = given
        .asked("resource.assignment.assignmentType")
        .or_else(|| asked.assignment("AssignmentType")?.as_str())
        .unwrap_or("Auto");
    let mut sections = asked.body.clone();
    sections.retain(|name, _| !["id", "name", "description", "assignment"].contains(&name.to_lowercase().as_str()));
    let general = Map::from_iter([
        ("Description".to_owned(), json!(asked.text("description").unwrap_or_default())),
        ("ResourceType".to_owned(), json!(kind.0)),
    ]);
    let draft = Draft {
        profile: NewProfile {
            name: name.to_owned(),
            group,
            platform: platforms::RESOURCE.to_owned(),
            kind: RESOURCE,
            active: true,
            assignment_type: platforms::word("assignmentType", type_word, ASSIGNMENT_TYPES)?.to_owned(),
            context: "Device".to_owned(),
            general,
            sections,
        },
        assigned: Wish::Ids(asked.groups("assignedSmartGroups")?),
        excluded: Wish::Ids(asked.groups("excludedSmartGroups")?),
        new_version: true,
    };
    let id = given.asked_id("resource.id").or_else(|| asked.member("Id")?.as_i64());
    Ok((draft, id))
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let (draft, _) = draft(&context, &given).await?;
    let (id, _) = write::make(&context, &draft).await?;
    said(&context, id).await
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let (draft, id) = draft(&context, &given).await?;
    let id = id.ok_or_else(|| Refusal::shape("The resource.id field is required."))?;
    let mut tx = context.begin().await?;
    let mut resource = profile(&context, &mut tx, id, || no_resource(id)).await?;
    if resource.general.get("ResourceType") != draft.profile.general.get("ResourceType") {
        return Err(Refusal::bad(format!("Resource {id} is of another type.")));
    }
    write::change(&context, &mut tx, &mut resource, &draft).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

fn no_resource(id: i64) -> Refusal {
    Refusal::bad(format!("Profile resource not found: {id}."))
}

async fn said(context: &Context, id: i64) -> Result<Said, Refusal> {
    let found = profiles::get(context.database(), id, context.scope()).await?;
    let resource = found.filter(|found| found.kind == RESOURCE).ok_or_else(|| no_resource(id))?;
    let groups = assignments::of(context.database(), &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Said::json(200, shown(&resource, &groups)))
}

fn shown(resource: &Profile, groups: &[Group]) -> Value {
    let ids = |excluded| -> Vec<i64> {
        groups.iter().filter(|group| group.excluded == excluded).map(|group| group.id).collect()
    };
    json!({
        "Id": resource.id, "Name": resource.name, "Description": resource.general.get("Description"),
        "Assignment": {
            "AssignmentType": resource.assignment_type, "ManagedLocationGroupID": resource.group,
            "AssignedSmartGroups": ids(false), "ExcludedSmartGroups": ids(true),
        },
    })
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    said(&context, given.id("id")).await
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    state::delete(&context, id.into(), no_resource(id)).await
}

async fn edit_assignment(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let ids = |name: &str| {
        let list = given.member(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_i64).collect::<Vec<i64>>())
    };
    let group = owner::asked(&context, given.member_id("ManagedLocationGroupID")).await?;
    let word = given.member_text("AssignmentType");
    let kind = word.map(|word| platforms::word("AssignmentType", word, ASSIGNMENT_TYPES)).transpose()?;
    let (assigned, excluded) = (Wish::Ids(ids("AssignedSmartGroups")), Wish::Ids(ids("ExcludedSmartGroups")));
    let mut tx = context.begin().await?;
    let mut resource = profile(&context, &mut tx, id, || no_resource(id)).await?;
    resource.group = group.unwrap_or(resource.group);
    if let Some(kind) = kind {
        resource.assignment_type = kind.to_owned();
    }
    profiles::save(&mut tx, &resource, context.now()).await?;
    let (assigned, excluded) = (assigned.ids(&context, &mut tx).await?, excluded.ids(&context, &mut tx).await?);
    write::reassign(&mut tx, id, assigned, excluded).await?;
    write::publish(&context, &mut tx, id).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn keys(_: Context, given: Given) -> Result<Said, Refusal> {
    let (name, fields) = kind(given.text("resourceType"))?;
    let empty: Map<String, Value> = fields.iter().map(|field| ((*field).to_owned(), json!(""))).collect();
    Ok(Said::json(200, json!({ "ResourceType": name, "Keys": empty })))
}

/// Names for what other areas know by UUID only.
async fn query(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut found = Vec::new();
    for asked in given.body.as_array().into_iter().flatten() {
        let (kind, uuid) = (asked["type"].as_str().unwrap_or_default(), asked["uuid"].as_str().unwrap_or_default());
        let Ok(parsed) = uuid.parse() else { return Err(Refusal::bad("Each resource needs a type and a uuid.")) };
        let name = names::of(context.database(), kind, parsed, context.scope()).await?;
        let name = name.ok_or_else(|| Refusal::not_found(format!("{kind} not found: {uuid}.")))?;
        found.push(json!({ "type": kind, "uuid": uuid, "name": name }));
    }
    Ok(Said::json(200, Value::Array(found)))
}
