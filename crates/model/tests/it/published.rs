//! No typo can pass: address, version, status, and the name and form of every member that an endpoint writes are
//! those of the facts. Where a real tenant is on record to differ, the difference is listed with its reason.

use std::collections::BTreeSet;

use muster_model::catalog::Shape;
use muster_model::catalog::facts::{Facts, Operation, Place, guide, published};
use muster_model::endpoint::{EffectClass, PathArguments};
use muster_model::record::{Members, Sketch};
use muster_model::users::{self, UserEdit};
use muster_model::words::SecurityType;
use muster_model::{Endpoint, Wire, guide as guided};

/// Members that are written although no document has them.
const UNPUBLISHED: [(&str, &str); 19] = [
    // The guide's row of a device has its tags; its dialect shares the type.
    ("devices.find", "answer.Tags"),
    ("devices.findmany", "answer.Devices.Tags"),
    ("devices.get", "answer.Tags"),
    ("devices.getmany", "answer.Devices.Tags"),
    ("devices.search", "answer.Devices.Tags"),
    ("devices.search.v2", "answer.Devices.Tags"),
    // And its row of a user has a title.
    ("devices.user", "answer.DeviceUser.Title"),
    ("users.get", "answer.Title"),
    ("users.search", "answer.Users.Title"),
    // The guide reads both; its dialect shares the type.
    ("system.info", "answer.BuildNumber"),
    ("system.info", "answer.CurrentServerTime"),
    // The published row, which the guide shows less of.
    ("guide.apps.assignments", "answer.Assignments.SmartGroupUuid"),
    ("guide.apps.assignments", "answer.Assignments.PushMode"),
    // The published criteria; the guide's script uses some of them.
    ("guide.users.search", "query.firstname"),
    ("guide.users.search", "query.lastname"),
    ("guide.users.search", "query.locationgroupid"),
    ("guide.users.search", "query.role"),
    ("guide.users.search", "query.orderby"),
    ("guide.users.search", "query.sortorder"),
];

/// Statuses that tenants answer with, and documents do not know.
const OTHER_STATUS: [(&str, u16); 1] = [("usergroups.members", 200)];

struct Findings(Vec<String>);

fn facts_of(name: &str) -> &'static Facts {
    if name.starts_with("guide.") || name.starts_with("console/") { guide() } else { published() }
}

/// What one endpoint does to break what is published.
fn inspect<E: Endpoint>(found: &mut Findings) {
    let facts = facts_of(E::NAME);
    let Some(operation) = facts.operation(E::KEY) else {
        found.0.push(format!("{}: there is no {}", E::NAME, E::KEY));
        return;
    };
    let mut say = |what: String| found.0.push(format!("{}: {what}", E::NAME));
    let (method, version) = (operation.method, operation.version);
    if (method, address(&operation.path), version) != (E::METHOD, address(E::PATH), E::VERSION) {
        say(format!("its address should be {} {} v{version}", method.as_str(), operation.path));
    }
    let documented = operation.answers.iter().any(|(status, _)| *status == E::SUCCESS);
    if !documented && !OTHER_STATUS.contains(&(E::NAME, E::SUCCESS)) {
        say(format!("{} is not published", E::SUCCESS));
    }
    if <E::Effect as EffectClass>::EFFECT != operation.effect() {
        say(format!("the table has it as {:?}", operation.effect()));
    }
    query(E::NAME, operation, &E::Query::sketch(), &mut say);
    if let Some(shape) = &operation.body {
        compare(E::NAME, facts, shape, &E::Body::sketch(), "body", &mut say);
    } else if !matches!(E::Body::sketch(), Sketch::Nothing | Sketch::Any) {
        say("it has a body".to_owned());
    }
    compare(E::NAME, facts, operation.success(E::SUCCESS), &E::Answer::sketch(), "answer", &mut say);
}

/// A path without the names of its arguments.
fn address(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_lowercase() });
    parts.collect::<Vec<_>>().join("/")
}

fn query(endpoint: &str, operation: &Operation, sketch: &Sketch, say: &mut impl FnMut(String)) {
    let Sketch::Record(members) = sketch else { return };
    let names: BTreeSet<String> = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place == Place::Query)
        .map(|parameter| parameter.name.to_lowercase())
        .collect();
    for (name, _) in members() {
        // Servers match names of parameters without regard to case.
        let exempt = UNPUBLISHED.contains(&(endpoint, format!("query.{name}").as_str()));
        if !names.contains(&name.to_lowercase()) && !exempt {
            say(format!("no parameter {name}"));
        }
    }
}

fn compare(name: &str, facts: &Facts, shape: &Shape, sketch: &Sketch, at: &str, say: &mut impl FnMut(String)) {
    // A setting may hold settings.
    if at.matches('.').count() > 8 {
        return;
    }
    match (sketch, shape) {
        (_, Shape::Named(index)) => compare(name, facts, facts.shape(*index), sketch, at, say),
        (Sketch::Any | Sketch::Nothing, _) | (_, Shape::Any) => {}
        (Sketch::Record(members), Shape::Members { members: published, open, .. }) => {
            for (member, sketch) in members() {
                let at = format!("{at}.{member}");
                match published.get(member) {
                    Some(shape) => compare(name, facts, shape, &sketch, &at, say),
                    None if *open || UNPUBLISHED.contains(&(name, at.as_str())) => {}
                    None => say(format!("no member {at}")),
                }
            }
        }
        (Sketch::List(each), Shape::List(shape)) => compare(name, facts, shape, &each(), at, say),
        (Sketch::Uuid | Sketch::Text, Shape::Text(_) | Shape::Words(_))
        | (Sketch::DateTime, Shape::Text(_))
        | (Sketch::Integer, Shape::Integer { .. } | Shape::Number)
        | (Sketch::Number, Shape::Number | Shape::Integer { .. })
        | (Sketch::Flag, Shape::Flag)
        // Vocabularies are written as words where a number is published.
        | (Sketch::Integer, Shape::Words(_)) => {}
        (sketch, shape) => say(format!("{at} is {sketch:?} and should be {shape:?}")),
    }
}

#[test]
fn every_endpoint_is_as_published() {
    let mut found = Findings(Vec::new());
    macro_rules! inspect {
        ($($endpoint:ty),+ $(,)?) => { $(inspect::<$endpoint>(&mut found);)+ };
    }
    muster_model::every_endpoint!(inspect);
    assert!(found.0.is_empty(), "{}", found.0.join("\n"));
}

#[test]
fn every_path_takes_as_many_arguments_as_it_has_braces() {
    fn inspect<E: Endpoint>() {
        let braces: Vec<&str> = E::PATH.split('/').filter(|part| part.starts_with('{')).collect();
        let forms = ["7", "6f0bdc9e-8a4c-4f0f-a20a-1f34f4f6b0a1", "true"];
        // Some combination of forms fits, and only with the right number of them.
        let mut combinations = vec![Vec::new()];
        for _ in &braces {
            combinations = combinations
                .into_iter()
                .flat_map(|given: Vec<&str>| forms.map(|form| [given.clone(), vec![form]].concat()))
                .collect();
        }
        let fits = combinations.iter().any(|given| E::Path::parse(given).is_some_and(|path| path.segments() == *given));
        assert!(fits, "{}: {}", E::NAME, E::PATH);
        assert!(E::Path::parse(&[&forms[..], &forms[..]].concat()).is_none(), "{}", E::NAME);
    }
    macro_rules! inspect_all {
        ($($endpoint:ty),+ $(,)?) => { $(inspect::<$endpoint>();)+ };
    }
    muster_model::every_endpoint!(inspect_all);
}

#[test]
fn there_are_enough_of_them() {
    let published = muster_model::catalog::ALL.iter().filter(|entry| entry.path.starts_with("/api/"));
    assert!(published.count() >= 150);
}

/// Bodies that derive their form have no sketch: filled to the brim, they are held against the facts as they are.
#[test]
fn derived_bodies_are_as_published() {
    fn inspect<E: Endpoint>(body: E::Body) {
        let facts = facts_of(E::NAME);
        let operation = facts.operation(E::KEY).expect("a fact");
        let shape = operation.body.as_ref().expect("a body");
        let written = serde_json::to_value(body).expect("writes");
        assert_eq!(shape.offences(facts, &written), [""; 0], "{}", E::NAME);
        // Members that are not known are no offence, but the published ones are all there is.
        let read = shape.read(facts, written.clone()).expect("reads");
        assert_eq!(read, written, "{}", E::NAME);
    }
    let text = || Some("a".to_owned());
    let user = UserEdit {
        user_name: "a".to_owned(),
        password: text(),
        first_name: text(),
        last_name: text(),
        email: text(),
        security_type: Some(SecurityType::Basic),
        status: Some(true),
        contact_number: text(),
        mobile_number: text(),
        department: text(),
        title: None,
        role: text(),
        location_group_id: text(),
        other: Members::new(),
    };
    inspect::<users::Add>(user.clone());
    inspect::<users::Update>(user.clone());
    inspect::<guided::UsersAdd>(user.into());
    let names = Some(vec!["a".to_owned()]);
    let edit = guided::DeviceEdit {
        tags: names,
        device_friendly_name: text(),
        asset_number: text(),
        ownership: Some("C".to_owned()),
    };
    inspect::<guided::DeviceUpdate>(edit);
}
