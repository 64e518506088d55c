//! Before anything is sent: what was held when the plan was made is let through by a signature that counts now,
//! or it is held again. Whoever started the job has looked too; here nobody else is believed.

use super::run::{Run, entry};
use crate::error::Error;
use crate::journal::{Entry, TaskState};

/// The class of tasks that are held because nothing lets them through (any more).
const CLASS: &str = "approval";

impl Run<'_> {
    /// Holds what nothing lets through.
    pub(super) async fn hold_back(&mut self) -> Result<(), Error> {
        let tasks = self.order.journal.not_let_through(self.claim.job).await?;
        if tasks.is_empty() {
            return Ok(());
        }
        let why = "no approval lets it through now: it has run out, was taken back, or was never given";
        let entries: Vec<Entry> = tasks
            .iter()
            .map(|task| Entry { class: Some(CLASS.to_owned()), ..entry(task, TaskState::Held, why) })
            .collect();
        self.conclude(entries).await
    }
}
