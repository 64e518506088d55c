//! Custom attributes of devices that are registered and not enrolled yet. They stand in the registration.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::enrollment;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::edit::bulk_answer;
use crate::store::objects;

/// What is done to the attributes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Create,
    Update,
    Delete,
}

/// The member of a registration's body that holds its attributes.
const MEMBER: &str = "customattributes";

pub(super) async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, &given, Deed::Create).await
}

pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, &given, Deed::Update).await
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, &given, Deed::Delete).await
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

fn application(item: &Value) -> &str {
    let words = [text(item, "ApplicationGroup"), text(item, "Application")];
    words.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// Application and name, by which an attribute is known.
fn key(item: &Value) -> (String, String) {
    (application(item).to_lowercase(), text(item, "Name").to_lowercase())
}

async fn change(context: &Context, given: &Given, deed: Deed) -> Result<Said, Refusal> {
    let items = given.member("CustomAttributes").and_then(Value::as_array).cloned().unwrap_or_default();
    if items.is_empty() {
        return Err(Refusal::bad("The CustomAttributes field needs at least one attribute."));
    }
    let (member, value) = match given.text("serialnumber") {
        "" => ("asset_number", given.text("assetnumber")),
        serial => ("serial_number", serial),
    };
    let mut tx = context.begin().await?;
    let found = objects::with_member(&mut tx, enrollment::KIND, member, value, context.scope()).await?;
    let missing = || Refusal::invalid(format!("No device is registered as {value}."));
    let mut registration = found.ok_or_else(missing)?;
    let mut known = registration.body.get(MEMBER).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut faults = Vec::new();
    for item in &items {
        let name = text(item, "Name").to_owned();
        let place = known.iter().position(|known| key(known) == key(item));
        let attribute = json!({ "Application": application(item), "Name": name, "Value": text(item, "Value") });
        match (deed, place) {
            _ if name.is_empty() => faults.push((400, name, "The name of the attribute is missing".to_owned())),
            (Deed::Create, None) => known.push(attribute),
            (Deed::Create, Some(_)) => faults.push((409, name, "The attribute exists already".to_owned())),
            (Deed::Update, Some(place)) => known[place] = attribute,
            (Deed::Delete, Some(place)) => drop(known.remove(place)),
            (_, None) => faults.push((404, name, "The registration does not have this attribute".to_owned())),
        }
    }
    if faults.len() == items.len() && deed == Deed::Create {
        return Err(Refusal::new(409, 409, "All of the attributes exist already."));
    }
    registration.body.insert(MEMBER.to_owned(), known.into());
    objects::save(&mut tx, &registration, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, bulk_answer(items.len(), faults)))
}
