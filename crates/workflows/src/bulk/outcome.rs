//! What became of one device, in the words of the guide's bulk reports.

use muster_engine::{Plan, Selection, Target, Task, TaskState};

use crate::report::Summary;

/// Why a device is among the targets.
pub(super) fn why(selection: &Selection) -> String {
    match selection {
        Selection::Listed => "named one by one".to_owned(),
        Selection::Filter { text, .. } => format!("matches {text}"),
        Selection::Decided { by } => format!("decided by {by}"),
    }
}

/// Id, serial number and name of a device.
pub(super) fn device(target: &Target) -> [String; 3] {
    match target {
        Target::Device(device) => [device.id.to_string(), device.serial.clone(), device.name.clone()],
        Target::User { .. } | Target::App { .. } | Target::ApiKey { .. } | Target::Resource { .. } => {
            Default::default()
        }
    }
}

/// The state in the guide's words, and in our own for what the guide does not know.
pub(super) fn status(state: TaskState) -> &'static str {
    match state {
        TaskState::Done => "Success",
        TaskState::Failed => "Failed",
        TaskState::Unknown | TaskState::Sending => "Unknown",
        TaskState::Skipped => "Skipped",
        TaskState::Held => "Held",
        TaskState::Cancelled => "Cancelled",
        TaskState::Expired => "Expired",
        TaskState::Pending => "Pending",
    }
}

/// Why a task ended as it did; a success says what was done.
pub(super) fn message(task: &Task, plan: &Plan, success: &str) -> String {
    let planned = plan.items.get(task.index).map(|item| item.reason.as_str());
    match task.state {
        // A done task may still carry the reason why it ought to be done.
        TaskState::Done if task.reason.is_empty() || planned == Some(task.reason.as_str()) => success.to_owned(),
        _ => task.reason.clone(),
    }
}

/// Successes and failures, and whatever else there was.
pub(super) fn tally(title: &'static str, tasks: &[Task]) -> Summary {
    let count = |states: &[TaskState]| tasks.iter().filter(|task| states.contains(&task.state)).count();
    let mut summary =
        Summary::of(title).with("Successful", count(&[TaskState::Done])).with("Failed", count(&[TaskState::Failed]));
    // What a platform does not have is not as wanted, nor is what the guard keeps back.
    let unsupported = tasks.iter().filter(|task| task.is_unsupported()).count();
    let kept_back = tasks.iter().filter(|task| task.is_kept_back()).count();
    for (name, number) in [
        ("Outcome unknown", count(&[TaskState::Unknown, TaskState::Sending])),
        ("Held for approval", count(&[TaskState::Held])),
        ("Not supported", unsupported),
        ("Left out", kept_back),
        ("Nothing to do", count(&[TaskState::Skipped]) - unsupported - kept_back),
        ("Not sent", count(&[TaskState::Pending, TaskState::Cancelled, TaskState::Expired])),
    ] {
        if number > 0 {
            summary = summary.with(name, number);
        }
    }
    summary
}
