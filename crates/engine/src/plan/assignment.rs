//! An assignment of an app that was taken away, in the words in which it is made again: what the tenant showed of it was
//! noted, and nothing of that is left to a default. Pure.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::apps::{AssignedGroup, DeploymentParameters};
use serde_json::{Map, Value, json};

/// Shown as `Enabled` or `Disabled`, or as a truth value; taken as a truth value.
const FLAGS: &[&str] = &[
    "AdaptiveManagement",
    "AllowManagement",
    "ApplicationBackup",
    "AutoUpdateDevicesWithPreviousVersion",
    "IsPerAppVpnEnabled",
    "MacOsDesiredStateManagement",
    "PreventRemoval",
    "RemoveOnUnEnroll",
    "RequiresApproval",
    "SendApplicationAttributes",
    "SendApplicationConfig",
    "VisibleInAppCatalog",
];

/// Taken in the form in which they are shown.
const PLAIN: &[&str] = &[
    "AfwVpnProfileId",
    "AmapiVpnProfileId",
    "AppAttributesBlobId",
    "AppConfigBlobId",
    "ApplicationAttributes",
    "ApplicationTransformIds",
    "NsxSecurityGroups",
    "VpnProfileId",
    "WhitelistedDomains",
];

/// How an assignment is made again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Again {
    pub parameters: DeploymentParameters,
    /// What cannot be put back as it was, and what becomes of it instead.
    pub remarks: Vec<String>,
    /// Why nobody can be sure that it comes back as it was.
    pub doubt: Option<String>,
}

impl Again {
    /// Of an assignment as the tenant showed it; `None` if that was not noted. `beside` says whether the app has kept
    /// other assignments.
    pub(crate) fn of(shown: Option<&AssignedGroup>, beside: bool) -> Self {
        let other = shown.map(|shown| shown.other.to_map()).unwrap_or_default();
        let mut remarks = Vec::new();
        let parameters = taken(&other);
        match other.get("Rank").and_then(Value::as_i64) {
            Some(rank) if beside => {
                remarks.push(format!("its rank {rank} does not come back: it is the last one then"))
            }
            _ => {}
        }
        let mode = shown.and_then(|shown| push_mode(&shown.push_mode));
        if mode.is_some() && parameters.is_empty() {
            remarks
                .push("of how the app reached it the tenant shows the push mode only: the rest is as usual".to_owned());
        }
        // Nothing is forced upon a device because nobody knows better.
        let mode_or = mode.unwrap_or("On-Demand").to_owned();
        let doubt = mode.is_none().then(|| {
            "its push mode is not known: it comes back as On-Demand, with which nothing is installed by itself"
                .to_owned()
        });
        let parameters = DeploymentParameters {
            assignment_type: mode_or.clone(),
            push_mode: mode_or,
            other: parameters,
            ..DeploymentParameters::default()
        };
        Self { parameters, remarks, doubt }
    }
}

/// `Auto` or `On-Demand`, in whatever spelling it is shown; entities say 0 or 1.
pub(crate) fn push_mode(word: &str) -> Option<&'static str> {
    let letters: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "auto" | "0" => Some("Auto"),
        "ondemand" | "1" => Some("On-Demand"),
        _ => None,
    }
}

/// What was shown beside the push mode, as it is taken.
fn taken(shown: &Map<String, Value>) -> Map<String, Value> {
    let there = |name: &&'static str| {
        let value = shown.get(*name).filter(|value| !is_nothing(value))?;
        Some((*name, value))
    };
    let flags = FLAGS.iter().filter_map(there).filter_map(|(name, value)| Some((name.to_owned(), flag(value)?.into())));
    let plain = PLAIN.iter().filter_map(there).map(|(name, value)| (name.to_owned(), value.clone()));
    let mut taken: Map<String, Value> = flags.chain(plain).collect();
    if let Some(date) = shown.get("EffectiveDate").and_then(moment) {
        taken.insert("EffectiveDate".to_owned(), json!(Stamp(date)));
    }
    if let Some(settings) = shown.get("AppConfigs").filter(|settings| !is_nothing(settings)) {
        taken.insert("ApplicationConfigurations".to_owned(), settings.clone());
    }
    taken
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if ["enabled", "true"].contains(&word.to_ascii_lowercase().as_str()) => Some(true),
        Value::String(word) if ["disabled", "false"].contains(&word.to_ascii_lowercase().as_str()) => Some(false),
        _ => None,
    }
}

/// A date, as a text or as a count since 1970 in seconds, milliseconds or microseconds.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse::<Stamp>().ok().map(|stamp| stamp.0),
        Value::Number(number) => match number.as_i64()? {
            count if count.abs() > 100_000_000_000_000 => Timestamp::from_microsecond(count).ok(),
            count if count.abs() > 100_000_000_000 => Timestamp::from_millisecond(count).ok(),
            count => Timestamp::from_second(count).ok(),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value) -> AssignedGroup {
        serde_json::from_value(value).expect("an assignment")
    }

    #[test]
    fn an_assignment_comes_back_with_all_that_was_shown_of_it() {
        let was = shown(json!({
            "SmartGroupId": 5, "PushMode": "OnDemand", "RemoveOnUnEnroll": "Enabled", "VisibleInAppCatalog": false,
            "ApplicationBackup": "Disabled", "EffectiveDate": 1_790_000_000_000_000_i64, "Rank": 1,
            "AppConfigs": [{"Key": "server", "Value": "a", "Type": "STRING"}],
        }));
        let again = Again::of(Some(&was), true);
        assert_eq!(
            serde_json::to_value(&again.parameters).expect("JSON"),
            json!({
                "AssignmentType": "On-Demand", "PushMode": "On-Demand", "RemoveOnUnEnroll": true,
                "VisibleInAppCatalog": false, "ApplicationBackup": false, "EffectiveDate": "2026-09-21T14:13:20.000",
                "ApplicationConfigurations": [{"Key": "server", "Value": "a", "Type": "STRING"}],
            })
        );
        assert_eq!((again.doubt, again.remarks.len()), (None, 1), "the rank");
        assert!(Again::of(Some(&was), false).remarks.is_empty(), "of one alone there is no rank");
    }

    #[test]
    fn what_was_not_shown_is_marked_and_nothing_is_forced() {
        let guide = Again::of(Some(&shown(json!({"SmartGroupId": 5, "PushMode": "Auto"}))), true);
        assert_eq!((guide.parameters.push_mode.as_str(), guide.doubt.is_none()), ("Auto", true));
        assert!(guide.remarks[0].contains("push mode only"), "{:?}", guide.remarks);
        for unknown in [None, Some(shown(json!({"SmartGroupId": 5, "PushMode": ""})))] {
            let again = Again::of(unknown.as_ref(), false);
            assert_eq!(again.parameters.push_mode, "On-Demand");
            assert!(again.doubt.is_some_and(|doubt| doubt.contains("not known")));
        }
    }
}
