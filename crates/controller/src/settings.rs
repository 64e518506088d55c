//! What a controller has to be told. Where it comes from is the program's business.

use std::path::PathBuf;
use std::time::Duration;

use muster_engine::{JobOptions, KEEP_JOBS_DAYS};
use muster_workflows::compliance::RuleTable;

use crate::Error;
use crate::alerts::Thresholds;
use crate::schedule::Declared;

/// Settings of one controller, which serves one tenant.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name under which plans for this tenant are made.
    pub tenant: String,
    /// Tells this process from other controllers that share its database: no two may have the same.
    pub controller: String,
    /// The schedules there are; those of an earlier start that are missing here are deleted.
    pub schedules: Vec<Declared>,
    /// The ladder of the compliance workflow.
    pub remedies: RuleTable,
    /// For how long a schedule does not send again what it has sent, also if nothing has come of it yet: a
    /// cleared passcode waits for a person, an update for the night. Default 24 hours.
    pub ask_again_after: Duration,
    /// How jobs are carried out for schedules that apply.
    pub job: JobOptions,
    /// The folder whose lock this machine's other processes take before they carry out jobs; it is held
    /// while a job is carried out here. `None` where the database is no file. Default `None`.
    pub state_folder: Option<PathBuf>,
    /// From which point on a figure is worth an alert.
    pub thresholds: Thresholds,
    /// How often the tenant is asked how it is, and alerts are judged. Default one minute.
    pub watch_every: Duration,
    /// How long runs, snapshots and resolved alerts are kept. Default 90 days.
    pub keep_history: Duration,
    /// How long jobs are kept after their end, with their items and plans; never less than caps count. Default
    /// 400 days.
    pub keep_jobs: Duration,
    /// How long probes are kept. Default 7 days.
    pub keep_probes: Duration,
    /// How long groups and apps are believed to be as they were read. Default one hour.
    pub cache_for: Duration,
}

impl Settings {
    /// The documented defaults for one tenant, without a schedule.
    pub fn new(tenant: impl Into<String>, controller: impl Into<String>) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        Self {
            tenant: tenant.into(),
            controller: controller.into(),
            schedules: Vec::new(),
            remedies: RuleTable::default(),
            ask_again_after: DAY,
            job: JobOptions::default(),
            state_folder: None,
            thresholds: Thresholds::default(),
            watch_every: Duration::from_secs(60),
            keep_history: 90 * DAY,
            keep_jobs: KEEP_JOBS_DAYS * DAY,
            keep_probes: 7 * DAY,
            cache_for: Duration::from_secs(3600),
        }
    }

    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Settings(text));
        for (index, schedule) in self.schedules.iter().enumerate() {
            if schedule.name.trim().is_empty() {
                return wrong("a schedule needs a name".to_owned());
            }
            if schedule.every < Duration::from_secs(1) {
                return wrong(format!("the schedule `{}` needs an interval of a second at least", schedule.name));
            }
            if self.schedules[..index].iter().any(|earlier| earlier.name == schedule.name) {
                return wrong(format!("there are two schedules named `{}`", schedule.name));
            }
        }
        if self.watch_every < Duration::from_secs(1) {
            return wrong("the tenant cannot be watched more often than once a second".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Workflow;

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let schedule = |name: &str, seconds| Declared {
            name: name.into(),
            workflow: Workflow::Compliance,
            every: Duration::from_secs(seconds),
            apply: false,
        };
        for (schedules, sound) in [
            (vec![], true),
            (vec![schedule("a", 1), schedule("b", 900)], true),
            (vec![schedule("a", 0)], false),
            (vec![schedule(" ", 60)], false),
            (vec![schedule("a", 60), schedule("a", 90)], false),
        ] {
            let settings = Settings { schedules, ..Settings::new("acme", "c1") };
            assert_eq!(settings.check().is_ok(), sound, "{:?}", settings.schedules);
        }
    }
}
