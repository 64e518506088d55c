//! Every built route × every built-in role × where its object is: in the caller's own group, below it, above it,
//! beside it, or in another tenant. What each cell has to be follows from the policy of the route, the rights of
//! the role and the tree; a new route is taken along by itself.
//!
//! - Without the right: 403 with code 1011, whatever is asked for.
//! - With it, for what lies outside the caller's part of the tree: the very answer that something gets which does
//!   not exist.
//! - Never: a failure of the server, or a word of what lies outside.

use std::collections::BTreeMap;

use muster_model::Method;
use muster_model::catalog::facts::{self, Facts, Operation, Place};
use muster_model::catalog::{Form, Shape};
use muster_store::{Database, Engine, args};
use muster_uem::Settings;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::areas::access::{Login, login};
use crate::caller::{Answer, Caller, list, read};

/// The callers' group, and one in each relation to it.
const OWN: i64 = 571;
const TREE: [(Relation, i64); 5] = [
    (Relation::Own, OWN),
    (Relation::Child, 574),
    (Relation::Parent, 570),
    (Relation::Sibling, 572),
    (Relation::OtherTenant, 900),
];
/// What every object outside is called.
const FOREIGN: &str = "FOREIGN";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    Own,
    Child,
    Parent,
    Sibling,
    OtherTenant,
}

impl Relation {
    fn is_inside(self) -> bool {
        matches!(self, Self::Own | Self::Child)
    }
}

/// Tables whose rows have an owner, and the words before an argument that mean one of them.
const KINDS: &[(&str, &[&str])] = &[
    ("users", &["users", "enrollmentusers", "enrollment-users"]),
    ("devices", &["devices"]),
    ("user_groups", &["usergroups", "user-groups"]),
    ("tags", &["tags"]),
    ("smart_groups", &["smartgroups", "smart-groups"]),
    ("organization_groups", &["groups", "organizationgroups", "organization-groups"]),
    ("apps", &["apps", "internal", "public", "purchased", "applications"]),
    ("profiles", &["profiles"]),
    ("compliance_policies", &["compliancepolicy", "policies", "compliance-policies"]),
    ("admins", &["admins", "accounts"]),
    ("roles", &["roles"]),
    ("api_keys", &["apikeys"]),
    ("oauth_clients", &["oauthclients"]),
];

struct World {
    uem: Caller,
    /// Id and UUID by table and relation.
    objects: BTreeMap<(&'static str, Relation), (i64, Uuid)>,
}

impl World {
    async fn new() -> Self {
        let settings = Settings { devices: 60, rate_limit: Some(1_000_000), ..Settings::in_memory() };
        let mut world = Self { uem: Caller::of(settings).await, objects: BTreeMap::new() };
        let sql = "insert into organization_groups (id, uuid, parent_id, name, group_id, kind, created_at) \
                   values (900, $1, null, 'Other', 'other', 'Customer', 0)";
        world.uem.tenant.database().execute(sql, args![Uuid::new_v4()]).await.expect("another tenant");
        for (table, _) in KINDS {
            for (relation, group) in TREE {
                let id = if *table == "organization_groups" { group } else { world.copy(table, group).await };
                let sql = format!("select uuid from {table} where id = $1");
                let row = world.uem.tenant.database().fetch_one(sql, args![id]).await.expect("a row");
                world.objects.insert((table, relation), (id, row.get("uuid").expect("a UUID")));
            }
        }
        world.mark().await;
        world
    }

    /// Copies a row of a table into a group. Texts that have to differ get the new id.
    async fn copy(&self, table: &str, group: i64) -> i64 {
        let database = self.uem.tenant.database();
        let count = database.fetch_one(format!("select count(*) as n from {table}"), args![]).await.expect("counts");
        assert!(count.get::<i64>("n").expect("a number") > 0, "{table} has nothing to copy");
        let columns = columns(database, table).await;
        let uuid = Uuid::new_v4();
        let values: Vec<String> = columns
            .iter()
            .map(|column| match column.as_str() {
                "id" => format!("(select max(id) + 1 from {table})"),
                "user_id" => format!("(select max(id) from users where organization_group_id = {group})"),
                "uuid" => format!("'{uuid}'"),
                "organization_group_id" => group.to_string(),
                "built_in" => "0".to_owned(),
                "name" | "name_folded" | "username" | "username_folded" | "hash" | "client_id" | "serial_number"
                | "udid" | "friendly_name" => format!("{column} || '-{group}'"),
                _ => column.clone(),
            })
            .collect();
        let sql = format!(
            "insert into {table} ({}) select {} from {table} where id = (select min(id) from {table})",
            columns.join(", "),
            values.join(", ")
        );
        database.execute(sql, args![]).await.expect(table);
        let row = database.fetch_one(format!("select max(id) as id from {table}"), args![]).await.expect("an id");
        row.get("id").expect("an id")
    }

    /// Calls everything outside by a word that no answer may hold.
    async fn mark(&self) {
        const TEXTS: [&str; 8] = [
            "name",
            "friendly_name",
            "reported_name",
            "serial_number",
            "asset_number",
            "first_name",
            "last_name",
            "service",
        ];
        let database = self.uem.tenant.database();
        for table in tables(database).await {
            let columns = columns(database, &table).await;
            let owner = match table.as_str() {
                "organization_groups" => "id",
                // The first ones made the caller.
                "admins" | "api_keys" | "oauth_clients" => continue,
                _ if columns.iter().any(|column| column == "organization_group_id") => "organization_group_id",
                _ => continue,
            };
            // Whose device it is belongs to the device, wherever the user is at home.
            let theirs = if table == "users" {
                " and id not in (select user_id from devices where organization_group_id in (571, 574, 575))"
            } else {
                ""
            };
            for column in TEXTS.iter().filter(|text| columns.iter().any(|column| column == **text)) {
                let sql = format!(
                    "update {table} set {column} = '{FOREIGN}-' || {column} \
                     where {owner} not in (0, 571, 574, 575){theirs}"
                );
                database.execute(sql, args![]).await.expect("marks");
            }
        }
    }
}

/// Something to ask for.
#[derive(Debug, Clone, Copy)]
enum Target {
    /// Nothing that there is.
    Missing,
    At(Relation),
}

/// Whether the path names an object whose owner is known here.
fn kinds(operation: &Operation) -> Vec<Option<&'static str>> {
    let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    let before = |index: usize| parts[..index].iter().rev().find(|part| !part.starts_with('{'));
    let arguments = parts.iter().enumerate().filter(|(_, part)| part.starts_with('{'));
    arguments
        .map(|(index, _)| {
            let word = before(index)?.to_lowercase();
            // Two arguments in a row: only the first one is what the word means.
            (!parts[index - 1].starts_with('{')).then_some(())?;
            KINDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(table, _)| *table)
        })
        .collect()
}

fn address(world: &World, operation: &Operation, target: Target) -> String {
    let mut kinds = kinds(operation).into_iter();
    let parts = operation.path.split('/').map(|part| {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            return part.to_owned();
        };
        let shape = operation.parameters.iter().find(|known| known.place == Place::Path && known.name == name);
        let wants_uuid = shape.is_some_and(|known| known.shape == Shape::Text(Form::Uuid));
        let object = match (kinds.next().flatten(), target) {
            (Some(table), Target::At(relation)) => world.objects[&(table, relation)],
            _ => (99_999, Uuid::from_u128(99_999)),
        };
        if wants_uuid { object.1.to_string() } else { object.0.to_string() }
    });
    let mut path = parts.collect::<Vec<_>>().join("/");
    let required = operation.parameters.iter().filter(|known| known.place == Place::Query && known.required);
    let query: Vec<String> =
        required.map(|known| format!("{}={}", known.name, text_of(facts_of(operation), &known.shape))).collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    path
}

fn facts_of(operation: &Operation) -> &'static Facts {
    if facts::published().operation(&operation.key).is_some() { facts::published() } else { facts::guide() }
}

fn text_of(facts: &Facts, shape: &Shape) -> String {
    match body_of(facts, shape, 0) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The smallest value of a shape: what it requires, and nothing else.
fn body_of(facts: &Facts, shape: &Shape, depth: u8) -> Value {
    match shape {
        Shape::Any => json!({}),
        Shape::Text(Form::Uuid) => json!(Uuid::from_u128(99_999)),
        Shape::Text(Form::DateTime) => json!("2026-01-31T08:00:00"),
        Shape::Text(Form::Date) => json!("2026-01-31"),
        Shape::Text(_) => json!("x"),
        Shape::Integer { .. } | Shape::Number => json!(1),
        Shape::Flag => json!(true),
        Shape::Words(words) => words.first().map_or(Value::Null, |word| json!(word)),
        Shape::List(_) => json!([]),
        Shape::Map(_) => json!({}),
        Shape::Members { members, required, .. } => {
            let one = |name: &String| Some((name.clone(), body_of(facts, members.get(name)?, depth + 1)));
            Value::Object(required.iter().filter(|_| depth < 6).filter_map(one).collect::<Map<_, _>>())
        }
        Shape::Named(index) => body_of(facts, facts.shape(*index), depth + 1),
    }
}

async fn ask(world: &World, login: &Login, operation: &Operation, target: Target) -> Answer {
    let method = operation.method.as_str().parse().expect("a method");
    let request = login.request(&world.uem, method, &address(world, operation, target));
    let request = request.header("Accept", format!("application/json;version={}", operation.version));
    let body = operation.body.as_ref().map(|shape| body_of(facts_of(operation), shape, 0));
    read(request.body(body.map(|body| body.to_string()).unwrap_or_default())).await
}

/// Whether a role's words allow a right: another reading of them than the tenant's own.
fn allows(words: &[String], right: &str) -> bool {
    let (resource, action) = right.split_once(':').expect("resource and action");
    words.iter().any(|word| {
        let mut parts = word.split(':');
        let (of, to) = (parts.next().unwrap_or("*"), parts.next().unwrap_or("*"));
        let sends = resource == "commands" && action == "send" && to == "execute";
        (of == "*" || of == resource) && (to == "*" || to == action || sends)
    })
}

/// Status and code; the answer to something that is not there is this much of it.
fn gist(answer: &Answer) -> (u16, i64) {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    (answer.status, body["errorCode"].as_i64().unwrap_or_default())
}

fn cell(right: &str, allowed: bool, target: Target, both: [&Answer; 2]) -> Result<(), String> {
    let [missing, answer] = both;
    let denied = answer.text.contains(&format!("does not have the permission {right}."));
    if let Some(at) = answer.text.find(FOREIGN) {
        let around: String = answer.text.chars().skip(at.saturating_sub(60)).take(90).collect();
        return Err(format!("tells of what lies outside: …{around}…"));
    }
    // 501 says that the device's platform has no such thing.
    if answer.status >= 500 && answer.status != 501 {
        return Err(format!("fails with {}", answer.status));
    }
    match (allowed, target) {
        (false, _) if denied && gist(answer) == (403, 1011) => Ok(()),
        (false, _) => Err(format!("is not denied but {}", answer.status)),
        (true, _) if denied || gist(answer) == (401, 1005) => Err("is denied".to_owned()),
        (true, Target::At(relation)) if !relation.is_inside() && gist(answer) != gist(missing) => {
            Err(format!("is told from what is missing: {:?} and {:?}", gist(answer), gist(missing)))
        }
        (true, _) => Ok(()),
    }
}

#[tokio::test]
async fn every_route_is_open_to_exactly_those_who_have_its_right_and_see_its_object() {
    let world = World::new().await;
    let roles = world.uem.get("/API/v1/console/roles").await.json();
    let roles: Vec<(String, Vec<String>)> = list(&roles, "Roles")
        .iter()
        .filter(|role| role["BuiltIn"] == true)
        .map(|role| {
            let words = list(role, "Rights").iter().map(|word| word.as_str().expect("a word").to_owned());
            (role["Name"].as_str().expect("a name").to_owned(), words.collect())
        })
        .collect();
    assert!(roles.len() >= 9);
    let policy = world.uem.tenant.policy();
    let mut operations: Vec<&Operation> =
        world.uem.tenant.built().into_iter().map(|(_, operation)| operation).collect();
    // What removes comes last: it may take along what others ask for.
    operations.sort_by_key(|operation| (operation.method == Method::Delete, operation.method != Method::Get));

    let (mut cells, mut wrong) = (0_u32, Vec::new());
    // The mightiest last, because it changes most.
    for (role, words) in roles.iter().rev() {
        let name = role.to_lowercase().replace(' ', "-");
        let caller = login(&world.uem, &name, role, OWN).await;
        for operation in &operations {
            let right = policy[operation.key.as_str()].as_str();
            let allowed = allows(words, right);
            let missing = ask(&world, &caller, operation, Target::Missing).await;
            let known = kinds(operation).iter().any(Option::is_some);
            let targets = TREE.iter().filter(|_| known).map(|(relation, _)| Target::At(*relation));
            let mut answers = vec![(Target::Missing, missing.clone())];
            for target in targets {
                answers.push((target, ask(&world, &caller, operation, target).await));
            }
            for (target, answer) in &answers {
                cells += 1;
                if let Err(why) = cell(right, allowed, *target, [&missing, answer]) {
                    wrong.push(format!("{role} × {} ({right}) × {target:?}: {why}", operation.key));
                }
            }
        }
    }
    let shown = wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{shown}", wrong.len());
    assert!(cells > 5_000, "{cells} cells only");
}

/// What is inside is really there: otherwise everything could be missing and the matrix would be right.
#[tokio::test]
async fn what_a_caller_owns_is_seen_and_what_lies_outside_is_in_no_list() {
    let world = World::new().await;
    let caller = login(&world.uem, "reader", "Read Only", OWN).await;
    let seen = async |path: String| read(caller.request(&world.uem, reqwest::Method::GET, &path)).await.status;
    for (table, path) in [("devices", "/API/v1/devices"), ("users", "/API/v1/users")] {
        for (relation, _) in TREE {
            let (id, _) = world.objects[&(table, relation)];
            let expected = if relation.is_inside() { 200 } else { 404 };
            assert_eq!(seen(format!("{path}/{id}")).await, expected, "{table} {relation:?}");
        }
    }
    for (relation, _) in TREE {
        let (id, _) = world.objects[&("admins", relation)];
        let expected = if relation.is_inside() { 200 } else { 404 };
        assert_eq!(seen(format!("/API/v1/console/accounts/{id}")).await, expected, "{relation:?}");
    }
}

async fn names(database: &Database, sql: &'static str, arguments: Vec<muster_store::Value>) -> Vec<String> {
    let rows = database.fetch(sql, arguments).await.expect("the catalogue of the database");
    rows.iter().map(|row| row.get("name").expect("a name")).collect()
}

async fn tables(database: &Database) -> Vec<String> {
    let sql = match database.engine() {
        Engine::Sqlite => "select name from sqlite_master where type = 'table'",
        Engine::Postgres => {
            "select table_name::text as name from information_schema.tables where table_schema = current_schema()"
        }
    };
    names(database, sql, args![]).await
}

async fn columns(database: &Database, table: &str) -> Vec<String> {
    let sql = match database.engine() {
        Engine::Sqlite => "select name from pragma_table_info($1)",
        Engine::Postgres => {
            "select column_name::text as name from information_schema.columns \
             where table_schema = current_schema() and table_name = $1"
        }
    };
    names(database, sql, args![table]).await
}
