//! What the audit says became of each task: the second copy of a journal, which a hash over every record protects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::audit::AuditRecord;
use crate::journal::{Delivery, JobState, TaskState};

/// The last word on a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub state: TaskState,
    pub reason: String,
    pub class: Option<String>,
    pub attempt: i64,
    pub command_id: Option<String>,
    pub delivery: Option<Delivery>,
    pub at: Timestamp,
    /// When it was last noted as sending.
    pub sending_at: Option<Timestamp>,
    /// Names of target and action, where they were told.
    pub name: Option<String>,
}

/// What is known of how a job began.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Begun {
    pub at: Timestamp,
    pub by: String,
    pub plan: String,
    pub options: Value,
    pub retry_of: Option<String>,
    /// Tasks that were left out at the start, each of which looks like one that waits.
    pub left_out: u64,
}

/// All that is said of one job.
#[derive(Debug, Default)]
pub(super) struct OfJob {
    pub begun: Option<Begun>,
    /// Where it stands after the last event that is known.
    pub state: Option<JobState>,
    /// What waited when its deadline was over, or when it was cancelled, waits no more.
    pub over: Option<TaskState>,
    /// Another job has taken unknown tasks over.
    pub handed_over: bool,
    pub tasks: BTreeMap<i64, Word>,
}

/// What is said of everything.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub jobs: BTreeMap<String, OfJob>,
    /// Of each plan its hash and the number of its items.
    pub plans: BTreeMap<String, (String, i64)>,
}

impl Words {
    /// Takes in the next record, of which the hash was found to be right.
    pub(super) fn hear(&mut self, record: AuditRecord) {
        let details = &record.details;
        let text = |name: &str| details[name].as_str().map(str::to_owned);
        let count = |name: &str| details[name].as_u64().unwrap_or_default();
        if record.event == "plan.proposed" {
            if let (Some(hash), Some(items)) = (text("hash"), details["items"].as_i64()) {
                self.plans.insert(record.subject, (hash, items));
            }
            return;
        }
        if !record.event.starts_with("job.") && !record.event.starts_with("task.") {
            return;
        }
        if record.event == "job.started"
            && count("taken_over") > 0
            && let Some(parent) = text("retry_of")
        {
            self.jobs.entry(parent).or_default().handed_over = true;
        }
        let job = self.jobs.entry(record.subject.clone()).or_default();
        match record.event.as_str() {
            "job.started" => {
                job.state = Some(JobState::Ready);
                job.begun = Some(Begun {
                    at: record.at,
                    by: record.actor.clone(),
                    plan: text("plan").unwrap_or_default(),
                    options: details["options"].clone(),
                    retry_of: text("retry_of"),
                    left_out: count("left_out") + count("in_flight"),
                });
            }
            "job.run" if job.state != Some(JobState::Cancelled) => job.state = Some(JobState::Stopped),
            "job.stopped" => job.state = Some(JobState::Stopped),
            "job.finished" => job.state = Some(JobState::Finished),
            "job.cancelled" => {
                job.state = Some(JobState::Cancelled);
                job.end(TaskState::Cancelled);
            }
            "job.deadline" => job.end(TaskState::Expired),
            "task.sending" => job.sending(&record),
            "task.disproved" => job.disproved(&record),
            event => {
                if let Some(state) = event.strip_prefix("task.").and_then(TaskState::known) {
                    job.outcome(state, &record);
                }
            }
        }
    }
}

impl OfJob {
    /// What waits does so no more.
    fn end(&mut self, state: TaskState) {
        self.over = Some(state);
        self.tasks.values_mut().filter(|word| word.state == TaskState::Pending).for_each(|word| word.state = state);
    }

    fn sending(&mut self, record: &AuditRecord) {
        let ranges: Vec<(i64, i64)> = serde_json::from_value(record.details["indexes"].clone()).unwrap_or_default();
        for index in ranges.into_iter().flat_map(|(first, last)| first..=last) {
            let before = self.tasks.remove(&index);
            let word = Word {
                state: TaskState::Sending,
                reason: String::new(),
                class: None,
                attempt: before.as_ref().map_or(0, |word| word.attempt) + 1,
                command_id: before.as_ref().and_then(|word| word.command_id.clone()),
                delivery: None,
                at: record.at,
                sending_at: Some(record.at),
                name: before.and_then(|word| word.name),
            };
            self.tasks.insert(index, word);
        }
    }

    fn outcome(&mut self, state: TaskState, record: &AuditRecord) {
        let details = &record.details;
        let text = |name: &str| details[name].as_str().map(str::to_owned);
        let Some(index) = details["index"].as_i64() else { return };
        let before = self.tasks.remove(&index);
        let word = Word {
            state,
            reason: text("reason").unwrap_or_default(),
            class: text("class"),
            attempt: details["attempt"].as_i64().unwrap_or_default(),
            command_id: text("command_id").or_else(|| before.as_ref().and_then(|word| word.command_id.clone())),
            delivery: text("delivery").as_deref().and_then(Delivery::known),
            at: record.at,
            sending_at: before.and_then(|word| word.sending_at),
            name: text("target").zip(text("action")).map(|(target, action)| format!("{action} on {target}")),
        };
        self.tasks.insert(index, word);
    }

    fn disproved(&mut self, record: &AuditRecord) {
        let index = record.details["index"].as_i64().unwrap_or(-1);
        let Some(word) = self.tasks.get_mut(&index) else { return };
        word.state = TaskState::Failed;
        word.at = record.at;
        word.delivery = None;
        word.class = record.details["class"].as_str().map(str::to_owned);
        if let Some(reason) = record.details["reason"].as_str() {
            reason.clone_into(&mut word.reason);
        }
    }
}
