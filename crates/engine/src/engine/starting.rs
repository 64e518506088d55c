//! From a plan to a job: what is kept is verified and put before the guard once more, a page at a time.

use jiff::Timestamp;

use super::Engine;
use super::hearing::Hearing;
use crate::error::Error;
use crate::guard::{self, Explanation, Judgement, Survey, Wanted};
use crate::journal::JobOptions;
use crate::plan::{Decision, Hash, JobId, PlanHead, PlanItem, PlanStatus, Reason, Verdict};

impl Engine {
    /// What would happen to a plan if it were carried out now, rule by rule.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn explain(&self, plan: &PlanHead) -> Result<(Decision, Vec<Explanation>), Error> {
        // Whoever carries it out reads its targets again.
        let mut plan = plan.clone();
        plan.surroundings.read_at = None;
        let (judgement, _) = self.judge(&plan, |_, _| {}).await?;
        Ok((judgement.plan, judgement.rules))
    }

    /// Turns a plan into a job. Held items that no valid approval and no template
    /// lets through become held tasks.
    ///
    /// # Errors
    /// [`Error::AlreadyApplied`], which names the job, [`Error::Expired`], [`Error::Altered`],
    /// [`Error::Stricter`] if the guard would not let through any more what it did, [`Error::NotFound`],
    /// [`Error::Journal`].
    pub async fn start(&self, plan: &PlanHead, options: JobOptions) -> Result<JobId, Error> {
        self.start_without(plan, options, (&[], plan.surroundings.read_at)).await
    }

    /// The same, with the items left out that are not any more as the plan says: they become skipped tasks with the
    /// reason given. The targets were read again at that moment: what counts is how old this is, and not how old the
    /// plan.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start_without(
        &self,
        plan: &PlanHead,
        options: JobOptions,
        (left_out, read_at): (&[(usize, String)], Option<Timestamp>),
    ) -> Result<JobId, Error> {
        // What is carried out is what is kept, not what the caller holds in memory.
        let mut kept = self.journal.plan_head(&plan.id.to_string()).await?;
        match kept.status {
            PlanStatus::Applied { job } => return Err(Error::AlreadyApplied { plan: kept.id, job }),
            PlanStatus::Expired => return Err(Error::Expired { plan: kept.id }),
            PlanStatus::Proposed => {}
        }
        if kept.hash != plan.hash {
            return Err(Error::Altered { plan: kept.id });
        }
        kept.surroundings.read_at = read_at;
        self.still_lets_through(&kept).await?;
        self.journal.start(&kept, &options, left_out).await
    }

    /// Time passes between a plan and its start: caps fill up, freezes begin, contexts are locked. What was let
    /// through then and would not be now is not sent; an approval covers what is held, and nothing that is refused.
    async fn still_lets_through(&self, plan: &PlanHead) -> Result<(), Error> {
        let approved = plan.approval(self.journal.now()).is_some();
        let mut stricter: Vec<Reason> = Vec::new();
        let (judgement, hash) = self
            .judge(plan, |item, now| {
                if approved || item.decision.verdict != Verdict::Allow || now.verdict == Verdict::Allow {
                    return;
                }
                take_in(&mut stricter, &now.reasons);
            })
            .await?;
        if hash != plan.hash {
            return Err(Error::Altered { plan: plan.id });
        }
        let mut reasons = if judgement.plan.verdict == Verdict::Refuse { judgement.plan.reasons } else { Vec::new() };
        take_in(&mut reasons, &stricter);
        if reasons.is_empty() { Ok(()) } else { Err(Error::Stricter { plan: plan.id, reasons }) }
    }

    /// What every rule of the guard says to a kept plan now, and the hash of its items as they are kept. `each` is
    /// told what is said to each item.
    async fn judge(
        &self,
        plan: &PlanHead,
        mut each: impl FnMut(&PlanItem, &Decision),
    ) -> Result<(Judgement, String), Error> {
        let items = plan.verdicts.total();
        let mut assumed = Survey { items, weighty: self.journal.is_weighty(plan.id).await? };
        loop {
            let mut hearing = Hearing::of(self, plan, assumed).await?;
            let (mut hash, mut pages) = (Hash::default(), self.journal.pages(plan.id));
            while let Some(page) = pages.next().await? {
                let wanted: Vec<Wanted> = page.iter().map(Wanted::from).collect();
                let decisions = hearing.page(&wanted).await?;
                for (item, now) in page.iter().zip(&decisions) {
                    hash.item(item);
                    each(item, now);
                    if item.decision != *now {
                        hearing.remember(item.index, now);
                    }
                }
            }
            let judgement = hearing.end();
            if !judgement.again {
                return Ok((judgement, hash.of(&plan.tenant)));
            }
            assumed = judgement.survey;
        }
    }
}

/// Adds the first distinct reasons.
fn take_in(reasons: &mut Vec<Reason>, more: &[Reason]) {
    for reason in more {
        if reasons.len() < guard::REPEATED_REASONS && !reasons.iter().any(|known| known.text == reason.text) {
            reasons.push(reason.clone());
        }
    }
}
