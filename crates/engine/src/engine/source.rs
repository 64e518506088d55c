//! Where the items of a plan come from, a page at a time.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::Error;
use crate::inquiry::Seen;
use crate::journal::{JobDetail, Journal, Only, PAGE};
use crate::plan::{DraftItem, PlanId, PlanItem, Wish};
use crate::retry::Again;
use crate::undo::TakingBack;

/// Items in their order.
#[async_trait]
pub(super) trait Source: Send {
    /// The next items, about as many as fit into a page; none at the end.
    async fn next(&mut self) -> Result<Vec<Wish>, Error>;

    /// How many there will be, if that is known.
    fn total(&self) -> Option<usize> {
        None
    }
}

/// Items that somebody hands over.
pub(super) struct Given<I>(pub(super) I);

#[async_trait]
impl<I: Iterator<Item = DraftItem> + Send> Source for Given<I> {
    async fn next(&mut self) -> Result<Vec<Wish>, Error> {
        Ok(self.0.by_ref().take(PAGE).map(Wish::from).collect())
    }

    fn total(&self) -> Option<usize> {
        let (least, most) = self.0.size_hint();
        most.filter(|most| *most == least)
    }
}

/// Items of a plan that was made elsewhere.
pub(super) struct Made(pub(super) std::vec::IntoIter<PlanItem>);

#[async_trait]
impl Source for Made {
    async fn next(&mut self) -> Result<Vec<Wish>, Error> {
        let wish = |item: PlanItem| Wish {
            origin: None,
            unsettled_since: item.unsettled_since,
            item: DraftItem {
                nothing_to_do: item.nothing_to_do().map(str::to_owned),
                doubt: item.doubt().map(str::to_owned),
                target: item.target,
                action: item.action,
                reason: item.reason,
                before: item.before,
                input: item.input,
                after: item.after,
            },
        };
        Ok(self.0.by_ref().take(PAGE).map(wish).collect())
    }

    fn total(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// What a job did not get done.
pub(super) struct Undone<'a> {
    journal: &'a Journal,
    job: &'a JobDetail,
    plan: PlanId,
    again: Again,
    /// Whether any item waits for another.
    awaited: bool,
    beyond: i64,
}

impl<'a> Undone<'a> {
    pub(super) async fn of(journal: &'a Journal, job: &'a JobDetail, only: Only) -> Result<Self, Error> {
        let awaited = journal.has_order(job.id).await?;
        Ok(Self { journal, job, plan: job.plan_id, again: Again::new(only), awaited, beyond: -1 })
    }
}

#[async_trait]
impl Source for Undone<'_> {
    async fn next(&mut self) -> Result<Vec<Wish>, Error> {
        loop {
            let tasks = self.journal.tasks(self.job.id, self.beyond, PAGE).await?;
            let Some(last) = tasks.last() else { return Ok(Vec::new()) };
            let sent_at: Vec<(usize, Timestamp)> = self.journal.sent_at(self.job.id, self.beyond, last.index).await?;
            let items = self.journal.items_between(self.plan, self.beyond, last.index).await?;
            self.beyond = i64::try_from(last.index).unwrap_or(i64::MAX);
            let wishes = self.again.page(items, &tasks, &sent_at, self.awaited);
            if !wishes.is_empty() {
                return Ok(wishes);
            }
        }
    }
}

/// What a job did, to be taken back.
pub(super) struct Done<'a> {
    journal: &'a Journal,
    job: &'a JobDetail,
    taking: TakingBack<'a>,
    before: i64,
}

impl<'a> Done<'a> {
    /// With what the tenant says of the targets now, if it was asked.
    pub(super) fn of(journal: &'a Journal, job: &'a JobDetail, seen: Option<&'a Seen>) -> Self {
        Self { journal, job, taking: TakingBack::new(job.id, seen), before: i64::MAX }
    }
}

#[async_trait]
impl Source for Done<'_> {
    async fn next(&mut self) -> Result<Vec<Wish>, Error> {
        loop {
            let tasks = self.journal.tasks_before(self.job.id, self.before, PAGE).await?;
            let Some((last, _)) = tasks.last() else { return Ok(Vec::new()) };
            self.before = i64::try_from(last.index).unwrap_or_default();
            let items = self.taking.page(&tasks);
            if !items.is_empty() {
                return Ok(items.into_iter().map(Wish::from).collect());
            }
        }
    }
}
