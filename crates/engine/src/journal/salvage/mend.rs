//! What becomes of one task of a salvaged journal. Pure: a row that may be damaged, or none, what the audit says of the
//! task, and what is known of its job.
//!
//! A task is never thought to wait because of what is not there. In doubt it is unknown, and whether it was sent is read
//! from the tenant; and where it may have been left out on purpose, its job sends nothing any more.

use jiff::Timestamp;

use super::words::Word;
use crate::journal::{Delivery, TaskState};

/// The reason of a task of which it was not known what became of it.
pub(super) const LOST: &str = "its record was damaged; what became of it is read back";

/// What a task's row says of it, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub state: TaskState,
    pub attempt: i64,
    pub command_id: Option<String>,
    pub delivery: Option<Delivery>,
    pub sending_at: Option<Timestamp>,
}

/// What is known of the job of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    /// Nothing of the audit is missing, so that what it does not say did not happen.
    pub whole: bool,
    /// It came to its end, one way or the other.
    pub closed: bool,
    /// What waited is this now: its deadline is over, or it was cancelled.
    pub over: Option<TaskState>,
    pub handed_over: bool,
    /// It is not known of every task that was left out at the start.
    pub left_out: bool,
}

/// What becomes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mended {
    /// Its row is as it was written.
    Kept,
    /// It is as the audit says.
    Restored,
    /// It is skipped, as its plan says.
    Skipped,
    /// Nobody knows; it is read back.
    Unknown,
    /// Nobody knows, nor whether it was to be sent at all.
    Doubtful,
}

fn is_end(state: TaskState) -> bool {
    !matches!(state, TaskState::Pending | TaskState::Sending | TaskState::Unknown)
}

/// `row` is none if there is no row, or not one that can be read; `skipped` is what the plan says.
pub(super) fn mend(row: Option<&Row>, word: Option<&Word>, skipped: bool, job: Job) -> Mended {
    if let Some(row) = row {
        if row.state == TaskState::Cancelled && job.handed_over {
            return Mended::Kept;
        }
        if agrees(row, word, job) {
            return Mended::Kept;
        }
    }
    let doubt = if job.closed || job.left_out || job.handed_over { Mended::Doubtful } else { Mended::Unknown };
    match word {
        Some(word) if is_end(word.state) => Mended::Restored,
        // It was sent once, so that it was to be sent.
        Some(_) if job.closed || job.handed_over => Mended::Doubtful,
        Some(_) => Mended::Unknown,
        None if skipped => Mended::Skipped,
        // What can be read waited or was being sent, and was no other's.
        None if row.is_some_and(|row| !is_end(row.state)) && !job.closed => Mended::Unknown,
        None => doubt,
    }
}

/// Whether a row can stay as it is.
fn agrees(row: &Row, word: Option<&Word>, job: Job) -> bool {
    let Some(word) = word else {
        return match row.state {
            TaskState::Held | TaskState::Skipped => true,
            TaskState::Pending => job.whole && !job.closed && job.over.is_none(),
            TaskState::Cancelled | TaskState::Expired => !job.whole || job.over == Some(row.state),
            // Of an item that an earlier job had sent.
            TaskState::Unknown => job.whole || !job.closed,
            TaskState::Done | TaskState::Failed => !job.whole,
            TaskState::Sending => false,
        };
    };
    let same = row.state == word.state
        && row.attempt == word.attempt
        && (word.command_id.is_none() || row.command_id == word.command_id)
        && (word.sending_at.is_none() || row.sending_at == word.sending_at)
        && (word.state != TaskState::Done || row.delivery >= word.delivery);
    if job.whole {
        return same;
    }
    // The row may be younger than the last word that is left, but what came to its end did not begin again.
    match (is_end(row.state), is_end(word.state)) {
        (true, true) => same || (word.state == TaskState::Done && row.state == TaskState::Failed),
        (true, false) => true,
        (false, true) => false,
        (false, false) => same && row.state == TaskState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Job = Job { whole: true, closed: false, over: None, handed_over: false, left_out: false };

    fn row(state: TaskState) -> Row {
        Row { state, attempt: 1, command_id: None, delivery: None, sending_at: None }
    }

    fn word(state: TaskState) -> Word {
        Word {
            state,
            reason: String::new(),
            class: None,
            attempt: 1,
            command_id: None,
            delivery: None,
            at: Timestamp::UNIX_EPOCH,
            sending_at: None,
            name: None,
        }
    }

    #[test]
    fn a_row_that_agrees_with_the_audit_is_kept() {
        for state in TaskState::ALL {
            assert_eq!(mend(Some(&row(state)), Some(&word(state)), false, OPEN), Mended::Kept, "{state}");
        }
        assert_eq!(mend(Some(&row(TaskState::Pending)), None, false, OPEN), Mended::Kept);
    }

    #[test]
    fn nothing_that_was_sent_is_ever_thought_to_wait() {
        for row_state in TaskState::ALL {
            for word_state in [TaskState::Sending, TaskState::Unknown, TaskState::Done, TaskState::Failed] {
                for whole in [true, false] {
                    let job = Job { whole, ..OPEN };
                    let found = mend(Some(&row(row_state)), Some(&word(word_state)), false, job);
                    assert!(row_state != TaskState::Pending || found != Mended::Kept, "{row_state} {word_state}");
                    assert_ne!(found, Mended::Skipped, "{row_state} {word_state}");
                }
            }
        }
    }

    #[test]
    fn with_a_gap_in_the_audit_nothing_waits_any_more() {
        let gap = Job { whole: false, ..OPEN };
        for state in [TaskState::Pending, TaskState::Sending] {
            assert_eq!(mend(Some(&row(state)), None, false, gap), Mended::Unknown, "{state}");
            assert_eq!(mend(Some(&row(state)), Some(&word(state)), false, gap), Mended::Unknown, "{state}");
        }
        assert_eq!(mend(Some(&row(TaskState::Done)), None, false, gap), Mended::Kept);
        assert_eq!(mend(Some(&row(TaskState::Done)), Some(&word(TaskState::Sending)), false, gap), Mended::Kept);
    }

    #[test]
    fn what_is_lost_is_restored_or_unknown_and_what_may_have_been_left_out_is_in_doubt() {
        assert_eq!(mend(None, Some(&word(TaskState::Done)), false, OPEN), Mended::Restored);
        assert_eq!(mend(None, Some(&word(TaskState::Sending)), false, OPEN), Mended::Unknown);
        assert_eq!(mend(None, None, false, OPEN), Mended::Unknown);
        assert_eq!(mend(None, None, true, OPEN), Mended::Skipped);
        for job in [Job { closed: true, ..OPEN }, Job { left_out: true, ..OPEN }, Job { handed_over: true, ..OPEN }] {
            assert_eq!(mend(None, None, false, job), Mended::Doubtful);
        }
        // A cancelled job has nothing that waits.
        let cancelled = Job { closed: true, over: Some(TaskState::Cancelled), ..OPEN };
        assert_eq!(mend(Some(&row(TaskState::Cancelled)), None, false, cancelled), Mended::Kept);
        assert_eq!(mend(Some(&row(TaskState::Pending)), None, false, cancelled), Mended::Doubtful);
    }
}
