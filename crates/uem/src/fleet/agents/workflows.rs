//! How workflows go: one step at each check-in, until the last one is done or one fails.

use serde_json::{Map, Value, json};

use super::super::dice::Dice;
use super::plans::Plan;
use super::{Run, Visit};

const FAILING: f64 = 0.04;
/// Share of choices whose condition does not hold.
const NOT_MET: f64 = 0.1;

pub(super) fn next(plan: &Plan, visit: &Visit<'_>, old: Option<&Run>, dice: &mut Dice) -> Option<Run> {
    let mut done = match old {
        Some(run) if matches!(run.status.as_str(), "Completed" | "Failed" | "ConditionNotMet") => return None,
        // Only this file writes it.
        Some(run) => serde_json::from_str::<Vec<Value>>(&run.value).unwrap_or_default(),
        None if !plan.automatic => return None,
        None => Vec::new(),
    };
    let steps = steps(&plan.body);
    let at = visit.at();
    if let Some((name, kind)) = steps.get(done.len()) {
        let (status, reason) = if kind.starts_with("Choice") && dice.chance(NOT_MET) {
            ("ConditionNotMet", "The condition does not hold on this device")
        } else if dice.chance(FAILING) {
            ("Failed", "The action ended with an error")
        } else {
            ("Completed", "")
        };
        done.push(json!({ "step_name": name, "status": status, "reason": reason, "reported_at": at }));
    }
    let last = done.last().and_then(|step| step["status"].as_str()).unwrap_or("Completed");
    let status = if last != "Completed" {
        last
    } else if done.len() >= steps.len() {
        "Completed"
    } else {
        "InProgress"
    };
    Some(Run {
        status: status.to_owned(),
        value: Value::Array(done.clone()).to_string(),
        return_code: None,
        millis: None,
        executed_at: Some(at),
    })
}

/// Names and types of the steps, in the order in which they follow one another.
fn steps(body: &Map<String, Value>) -> Vec<(String, String)> {
    let payload = body.get("payload");
    let Some(known) = payload.and_then(|payload| payload.get("steps")).and_then(Value::as_object) else {
        return Vec::new();
    };
    let start = payload.and_then(|payload| payload.get("starts_at")).and_then(Value::as_str);
    let mut next = start.or_else(|| known.keys().next().map(String::as_str));
    let mut steps = Vec::new();
    // A circle ends where every step has had its turn.
    while let Some((key, step)) = next.and_then(|key| Some((key, known.get(key)?)))
        && steps.len() < known.len()
    {
        let name = step["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(key);
        steps.push((name.to_owned(), step["type"].as_str().unwrap_or("Action").to_owned()));
        next = if step["end"].as_bool() == Some(true) { None } else { step["next"].as_str() };
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_one_another_and_a_circle_ends() {
        let body = |value: Value| value.as_object().cloned().unwrap_or_default();
        let names = |value| steps(&body(value)).into_iter().map(|step| step.0).collect::<Vec<_>>();
        let line = json!({"payload": {"starts_at": "b", "steps": {
            "a": {"name": "Install", "type": "Action", "end": true},
            "b": {"name": "Check", "type": "Choice", "next": "a"}}}});
        assert_eq!(names(line), ["Check", "Install"]);
        let circle = json!({"payload": {"steps": {"a": {"next": "b"}, "b": {"next": "a"}}}});
        assert_eq!(names(circle), ["a", "b"]);
        assert_eq!(names(json!({})), [""; 0]);
    }
}
