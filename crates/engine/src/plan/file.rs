//! A plan as a file: made on one machine, looked at on another, applied on a third. Its hash is checked when it is
//! read, and the guard of whoever takes it decides anew; what the file says beside the plan is for people.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::changes;
use super::{Plan, PlanHead, PlanItem, Rings, Verdict};

const FORMAT: &str = "muster-plan";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    version: u32,
    /// The plan's hash again, where people look for it.
    hash: String,
    plan: Plan,
    /// What follows from the plan; not read back.
    #[serde(default, skip_deserializing)]
    derived: Value,
}

/// By hand, because a flattened head would not take maps whose keys are numbers.
impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let mut value = Value::deserialize(deserializer)?;
        let items = value.get_mut("items").map(Value::take).unwrap_or_default();
        let items: Vec<PlanItem> = serde_json::from_value(items).map_err(D::Error::custom)?;
        let head: PlanHead = serde_json::from_value(value).map_err(D::Error::custom)?;
        Ok(Self::new(head, items))
    }
}

impl Plan {
    /// The plan as a document for a file, with what follows from it: rings, changes and preconditions of every item.
    pub fn to_document(&self, rings: &Rings) -> Value {
        json!(Document {
            format: FORMAT.to_owned(),
            version: VERSION,
            hash: self.hash.clone(),
            plan: self.clone(),
            derived: json!({ "rings": rings.to_string(), "items": self.derived(rings) }),
        })
    }

    /// Ring, changes and precondition of every item, in order.
    pub fn derived(&self, rings: &Rings) -> Vec<Value> {
        let rings = rings.of_items(&self.items, |item| item.decision.verdict != Verdict::Skip);
        let items = self.items.iter().zip(rings);
        items
            .map(|(item, ring)| {
                json!({
                    "index": item.index,
                    "target": item.target.name(),
                    "risk": item.action.risk(),
                    "ring": ring.map(|ring| ring + 1),
                    "precondition": item.precondition_hash(),
                    "changes": changes(item),
                })
            })
            .collect()
    }

    /// The plan in a document that [`Plan::to_document`] made.
    ///
    /// # Errors
    /// One sentence: it is no plan, or it was changed after it was written.
    pub fn from_document(text: &[u8]) -> Result<Self, String> {
        let document: Value = serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
        if document.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(format!("it is no plan: its `format` is not `{FORMAT}`"));
        }
        match document.get("version").and_then(Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            _ => return Err(format!("it is written in another version of the format than {VERSION}")),
        }
        let document: Document =
            serde_json::from_value(document).map_err(|error| format!("it is no plan that can be read: {error}"))?;
        let plan = document.plan;
        if plan.items.iter().enumerate().any(|(index, item)| item.index != index) {
            return Err("its items are not in order".to_owned());
        }
        if plan.compute_hash() != plan.hash || plan.hash != document.hash {
            return Err("it was changed after it was written: its hash does not fit".to_owned());
        }
        Ok(plan)
    }
}
