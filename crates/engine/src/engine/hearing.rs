//! The guard at work on a draft or a plan, a page after the other, with what it has to know from the journal.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Engine;
use crate::error::Error;
use crate::guard::{Earlier, Facts, Guard, Judgement, Survey, Wanted};
use crate::journal::{Lookback, PAGE};
use crate::plan::{Decision, History, PlanHead, PlanId};

/// Decisions on single items that are remembered beside what is written.
const REMEMBERED: usize = 10 * PAGE;

/// One hearing.
pub(super) struct Hearing<'a> {
    engine: &'a Engine,
    plan: PlanId,
    tenant: &'a str,
    now: Timestamp,
    guard: Guard<'a>,
    looked_back: bool,
    last: Option<(u64, Timestamp)>,
    next: usize,
    /// Decisions that are not those that the journal has.
    changed: BTreeMap<usize, Decision>,
}

impl<'a> Hearing<'a> {
    /// Begins to hear the items of a plan.
    pub(super) async fn of(engine: &'a Engine, plan: &'a PlanHead, assumed: Survey) -> Result<Self, Error> {
        let (tenant, selection) = (plan.tenant.as_str(), &plan.selection);
        let last = engine.journal.last_run(&plan.purpose, selection, tenant).await?;
        let now = engine.journal.now();
        let facts = Facts {
            selection,
            policy: &engine.policy,
            tenant,
            context: engine.context.as_deref(),
            surroundings: &plan.surroundings,
            history: History { sent: Vec::new(), last },
            now,
            assumed,
        };
        let guard = Guard::new(facts);
        let (looked_back, changed) = (false, BTreeMap::new());
        Ok(Self { engine, plan: plan.id, tenant, now, guard, looked_back, last, next: 0, changed })
    }

    /// What the guard says to the next items.
    pub(super) async fn page(&mut self, items: &[Wanted<'_>]) -> Result<Vec<Decision>, Error> {
        if !self.looked_back && self.guard.looks_back(items.iter().map(|item| item.action)) {
            self.look_back().await?;
        }
        let earlier = self.earlier(items).await?;
        let decisions = self.guard.page(self.next, items, &earlier);
        self.next += items.len();
        Ok(decisions)
    }

    /// Remembers a decision that is not the one that is written.
    pub(super) fn remember(&mut self, index: usize, decision: &Decision) {
        if self.changed.len() < REMEMBERED {
            self.changed.insert(index, decision.clone());
        }
    }

    /// Looks whether anything is there twice, which shows only when all items are written down.
    pub(super) async fn look_for_twins(&mut self) -> Result<(), Error> {
        for (item, first) in self.engine.journal.twins(self.plan, crate::guard::REPEATED_REASONS).await? {
            self.guard.twice(Wanted::from(&item), first, item.index);
        }
        Ok(())
    }

    /// What comes of it.
    pub(super) fn end(self) -> Judgement {
        self.guard.end()
    }

    /// Reads what was sent before. Where no cap counts, there is nothing to look back for.
    async fn look_back(&mut self) -> Result<(), Error> {
        let policy = &self.engine.policy;
        let (risks, words) = policy.counted();
        let back = |window| self.now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let lookback = Lookback { tenant: self.tenant, since: policy.longest_window().map(back), risks, words };
        let sent = self.engine.journal.sent(&lookback).await?;
        self.guard.learn(History { sent, last: self.last });
        self.looked_back = true;
        Ok(())
    }

    /// What items of earlier pages came to, as far as these wait for them.
    async fn earlier(&self, items: &[Wanted<'_>]) -> Result<BTreeMap<usize, Earlier>, Error> {
        let mut places: Vec<usize> =
            items.iter().filter_map(|item| item.after).filter(|first| *first < self.next).collect();
        if places.is_empty() {
            return Ok(BTreeMap::new());
        }
        places.sort_unstable();
        places.dedup();
        let found = self.engine.journal.items_at(self.plan, &places).await?;
        let earlier = found.into_iter().map(|item| {
            let name = Wanted::from(&item).name();
            let decision = self.changed.get(&item.index).cloned().unwrap_or(item.decision);
            (item.index, Earlier { name, decision })
        });
        Ok(earlier.collect())
    }
}
