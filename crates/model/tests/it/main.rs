//! The typed endpoints held against what is published, and their reader against everything that is on record.

mod forms;
mod published;
mod samples;
