//! The list of the scripts.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod any_operation;
mod batches;
mod bulk;
mod compliance;
mod connectivity;
mod deployment;
mod operations;
mod pagination;
mod parallel;
mod provisioning;
mod rate_limit;
mod resilience;
mod tags;
mod tickets;

use std::future::Future;
use std::pin::Pin;

include!("../stage.inc");

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;
type Script = (&'static str, &'static str, fn() -> Pin<Box<dyn Future<Output = Outcome>>>);

/// Name, what it is about, and how to run it.
pub(crate) const ALL: &[Script] = &[
    ("connectivity", "is the tenant there, and am I let in?", || Box::pin(connectivity::run())),
    ("bulk", "one command to many devices", || Box::pin(bulk::run())),
    ("tags", "tags for many devices; others stay", || Box::pin(tags::run())),
    ("compliance", "who is out of compliance, and what to do about it", || Box::pin(compliance::run())),
    ("provisioning", "users from a CSV file, and their groups", || Box::pin(provisioning::run())),
    ("deployment", "an app for a smart group, watched and tried again", || Box::pin(deployment::run())),
    ("resilience", "lost answers, a server in trouble, too many requests", || Box::pin(resilience::run())),
    ("batches", "batches with a rest between them, and rows that fail", || Box::pin(batches::run())),
    ("operations", "waiting for what takes long", || Box::pin(operations::run())),
    ("parallel", "many reads at once", || Box::pin(parallel::run())),
    ("pagination", "every page of a list, or an error", || Box::pin(pagination::run())),
    ("rate_limit", "never faster than allowed", || Box::pin(rate_limit::run())),
    ("tickets", "a ticket for every device that somebody should look at", || Box::pin(tickets::run())),
    ("any_operation", "one of the 979 operations, by its facts", || Box::pin(any_operation::run())),
];

/// A line for whoever runs it.
pub(crate) fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
}
