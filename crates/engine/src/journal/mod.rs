//! The durable record of plans, jobs and tasks: all SQL of the room.

mod job;
mod task;

pub use job::{Counts, JobDetail, JobOptions, JobState, JobSummary, Only, StopAfter, Stopped};
pub use task::{Task, TaskState};
