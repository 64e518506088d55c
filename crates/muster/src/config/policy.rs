//! The guard's policy: `--policy FILE`, `MUSTER_POLICY`, or `muster.policy.toml` beside the configuration; without any,
//! the defaults. Unknown keys are errors, and what a policy cannot mean is one too: a guard that was misread guards
//! nothing.

use std::path::{Path, PathBuf};

use muster_engine::GuardPolicy;
use muster_workflows::words::nearest;
use toml_edit::{DocumentMut, Item, value};

use super::Places;
use crate::app::App;
use crate::error::Failure;

/// Name of the file beside the configuration.
const NAME: &str = "muster.policy.toml";

/// A policy and where it comes from.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    /// `None` for the defaults.
    pub(crate) path: Option<PathBuf>,
    pub(crate) policy: GuardPolicy,
}

impl PolicyFile {
    /// The policy that this command goes by.
    pub(crate) fn find(app: &App) -> Result<Self, Failure> {
        let named = app.globals.policy.clone().or_else(|| app.environment.path("MUSTER_POLICY"));
        if let Some(path) = named {
            return Self::read(&path);
        }
        let path = beside(&app.places()?);
        if path.exists() { Self::read(&path) } else { Ok(Self { path: None, policy: GuardPolicy::default() }) }
    }

    /// A policy out of a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::io(format!("cannot read the policy {}", path.display()), &error))?;
        let unusable = || Failure::config(format!("{} is not a valid policy", path.display())).hint(NEXT);
        let policy: GuardPolicy = typed(&text).map_err(|error| {
            let text = error.to_string();
            unusable().because(text.trim_end()).candidates(meant(&text))
        })?;
        let faults = policy.faults();
        if faults.is_empty() {
            return Ok(Self { path: Some(path.to_owned()), policy });
        }
        let mut failure = unusable();
        let mut candidates = Vec::new();
        for fault in faults {
            failure = failure.because(format!("{} {}", fault.place, fault.what));
            if let Some((word, known)) = &fault.unknown {
                candidates.extend(nearest(word, known.iter().map(String::as_str)).map(str::to_owned));
            }
        }
        Err(failure.candidates(candidates))
    }

    /// Where it comes from, in words.
    pub(crate) fn origin(&self) -> String {
        self.path.as_ref().map_or_else(|| String::from("the defaults"), |path| path.display().to_string())
    }
}

/// Reads the text. Times may stand without quotes, as TOML has them.
fn typed(text: &str) -> Result<GuardPolicy, toml_edit::de::Error> {
    if let Ok(mut document) = text.parse::<DocumentMut>()
        && quote(document.as_item_mut()) > 0
    {
        return toml_edit::de::from_document(document);
    }
    // Out of the text itself, so that what is wrong in it can be shown.
    toml_edit::de::from_str(text)
}

/// Makes texts of the times in a document; answers how many there were.
fn quote(item: &mut Item) -> usize {
    if let Some(time) = item.as_datetime() {
        *item = value(time.to_string());
        return 1;
    }
    if let Some(tables) = item.as_array_of_tables_mut() {
        return tables.iter_mut().flat_map(|table| table.iter_mut()).map(|(_, item)| quote(item)).sum();
    }
    item.as_table_like_mut().map_or(0, |table| table.iter_mut().map(|(_, item)| quote(item)).sum())
}

const NEXT: &str = "docs/guide/policy.md has every key; `muster policy show` shows the policy in effect";

/// Where the policy lies if nobody says otherwise.
pub(crate) fn beside(places: &Places) -> PathBuf {
    places.config_file.with_file_name(NAME)
}

/// The key that an unknown one was probably meant to be, out of the reader's own complaint.
fn meant(complaint: &str) -> Option<String> {
    let (_, rest) = complaint.split_once("unknown field `").or_else(|| complaint.split_once("unknown variant `"))?;
    let (word, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    nearest(word, known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PolicyFile, Failure> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        std::fs::write(&path, text).expect("writes");
        PolicyFile::read(&path)
    }

    #[test]
    fn what_a_policy_does_not_say_is_as_the_defaults_say_and_what_it_shows_reads_back() {
        let read_back = |policy: &GuardPolicy| read(&toml_edit::ser::to_string_pretty(policy).expect("writes"));
        assert_eq!(read("").expect("a policy").policy, GuardPolicy::default());
        assert_eq!(read_back(&GuardPolicy::default()).expect("a policy").policy, GuardPolicy::default());
        let policy = read(EXAMPLE).expect("a policy").policy;
        assert_eq!((policy.plan_hours, policy.caps.len(), policy.protected.len()), (24, 1, 1));
        assert_eq!(read_back(&policy).expect("a policy").policy, policy);
    }

    const EXAMPLE: &str = r#"
read_only = ["production"]

[[caps]]
actions = ["DeviceWipe", "EnterpriseWipe"]
per = "group"
window = "24h"
targets = 5
percent = 0.5
of = "tenant"

[[protected]]
name = "board"
users = ["ada"]

[[freezes]]
name = "year's end"
from = 2026-12-18T18:00:00
until = "2027-01-04T06:00"
time_zone = "Europe/Berlin"

[[windows]]
name = "nights"
days = ["mon", "tue"]
from = "22:00"
until = "05:00"
time_zone = "America/New_York"
"#;

    #[test]
    fn an_unknown_key_is_an_error_with_a_near_word() {
        for (text, near) in [
            ("plan_hour = 3", "plan_hours"),
            ("[[caps]]\nwindow = \"1h\"\nrisk = \"irreversable\"\ntargets = 1", "irreversible"),
            ("[[caps]]\nwindow = \"1h\"\naction = [\"DeviceWipe\"]\ntargets = 1", "actions"),
            ("[[caps]]\nwindow = \"1h\"\nactions = [\"DeviceWype\"]\ntargets = 1", "DeviceWipe"),
        ] {
            let failure = read(text).expect_err("refused");
            assert_eq!(failure.candidates, [near], "{failure:?}");
        }
    }
}
