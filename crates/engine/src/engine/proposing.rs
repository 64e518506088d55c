//! From a draft to a plan that is kept: the guard hears the items a page at a time, and they are written down as they
//! pass by. What has more than one page is written in several transactions, so that nobody else waits long for the
//! journal; it becomes a plan with the last one.

use jiff::SignedDuration;

use super::hearing::Hearing;
use super::source::{Done, Given, Made, Source, Undone};
use super::{Engine, Requester};
use crate::error::Error;
use crate::guard::{Judgement, Survey, Wanted};
use crate::inquiry::Seen;
use crate::journal::{Kept, Only};
use crate::plan::{
    Decision, Draft, DraftItem, Hash, JobId, Plan, PlanHead, PlanId, PlanItem, PlanStatus, Selection, Surroundings,
    Verdict, Verdicts, Wish,
};

impl Engine {
    /// Lets the guard decide on a draft without knowing more of the tenant than the draft says.
    ///
    /// # Errors
    /// As [`Engine::propose_knowing`].
    pub async fn propose(&self, draft: Draft, requested_by: impl Into<Requester>, tenant: &str) -> Result<Plan, Error> {
        self.propose_knowing(draft, requested_by, tenant, Surroundings::default()).await
    }

    /// Lets the guard decide on a draft and keeps the result as a plan. A preview ends here.
    ///
    /// # Errors
    /// [`Error::Refused`] with the guard's reasons (nothing is kept then but the audit's record),
    /// [`Error::Draft`], [`Error::Journal`].
    pub async fn propose_knowing(
        &self,
        draft: Draft,
        requested_by: impl Into<Requester>,
        tenant: &str,
        surroundings: Surroundings,
    ) -> Result<Plan, Error> {
        let Draft { purpose, selection, items } = draft;
        let head = self.head(purpose, selection, requested_by.into(), tenant, surroundings);
        let proposed = self.hear(head, Given(items.into_iter())).await?;
        self.whole(proposed).await
    }

    /// The same for items that come one by one, of which there may be a million: no more than a page of them is in memory
    /// at one time. Answers the plan without its items.
    ///
    /// # Errors
    /// As [`Engine::propose_knowing`].
    pub async fn propose_each(
        &self,
        (purpose, selection): (String, Selection),
        items: impl Iterator<Item = DraftItem> + Send,
        requested_by: impl Into<Requester>,
        tenant: &str,
        surroundings: Surroundings,
    ) -> Result<PlanHead, Error> {
        let head = self.head(purpose, selection, requested_by.into(), tenant, surroundings);
        Ok(self.hear(head, Given(items)).await?.0)
    }

    /// Takes a plan that was made elsewhere. Its hash has to fit; the guard decides anew, by the policy of this
    /// engine, and who takes it is its requester. Approvals that were given elsewhere do not come with it.
    ///
    /// # Errors
    /// [`Error::Altered`] if its hash does not fit, or another plan has its id; [`Error::Expired`],
    /// [`Error::Elsewhere`], and those of [`Engine::propose_knowing`].
    pub async fn import(&self, plan: Plan, by: impl Into<Requester>) -> Result<Plan, Error> {
        let now = self.journal.now();
        let mut requester = by.into();
        // Whoever made it elsewhere had a hand in it.
        requester.others.extend(plan.authors.iter().cloned().chain([plan.requested_by.clone()]));
        if plan.compute_hash() != plan.hash {
            return Err(Error::Altered { plan: plan.id });
        }
        match self.journal.plan(&plan.id.to_string()).await {
            Ok(kept) if kept.hash == plan.hash => return Ok(kept),
            Ok(_) => return Err(Error::Altered { plan: plan.id }),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        if let Some(job) = plan.retry_of {
            return Err(Error::Elsewhere { plan: plan.id, job });
        }
        let lifetime = SignedDuration::from_hours(self.policy.plan_hours.into());
        let latest = plan.created_at.min(now).checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        let expires_at = plan.expires_at.min(latest);
        if expires_at <= now {
            return Err(Error::Expired { plan: plan.id });
        }
        let Plan { mut head, items } = plan;
        // Whoever carries it out reads its targets again.
        head.surroundings.read_at = None;
        let head = PlanHead {
            expires_at,
            authors: requester.authors(),
            requested_by: requester.name,
            status: PlanStatus::Proposed,
            approvals: Vec::new(),
            ..head
        };
        let proposed = self.hear(head, Made(items.into_iter())).await?;
        self.whole(proposed).await
    }

    /// Proposes a new plan from the tasks of a job that are in one state, with those that were skipped
    /// because they wait for one of them. It passes the guard again. Tasks whose outcome is unknown are
    /// read back before anything is sent, and leave the old job when the new one starts.
    ///
    /// # Errors
    /// As [`Engine::job`] and [`Engine::propose`], and [`Error::NothingToRetry`].
    pub async fn retry(&self, id: &str, only: Only, requested_by: impl Into<Requester>) -> Result<Plan, Error> {
        let proposed = self.take_up(id, only, requested_by.into(), None).await?;
        self.whole(proposed).await
    }

    /// The same with what the tenant says now; without the items. What nobody asked about is as it was.
    ///
    /// # Errors
    /// As [`Engine::retry`].
    pub async fn retry_knowing(
        &self,
        id: &str,
        only: Only,
        requested_by: impl Into<Requester>,
        surroundings: Option<Surroundings>,
    ) -> Result<PlanHead, Error> {
        Ok(self.take_up(id, only, requested_by.into(), surroundings).await?.0)
    }

    /// What [`Engine::retry`] would propose, so that the tenant can be asked about it.
    ///
    /// # Errors
    /// As [`Engine::retry`].
    pub async fn retry_draft(&self, id: &str, only: Only) -> Result<Draft, Error> {
        let job = self.journal.job(id).await?;
        let head = self.journal.plan_head(&job.plan_id.to_string()).await?;
        let items = all(&mut Undone::of(&self.journal, &job, only).await?).await?;
        Ok(Draft { purpose: head.purpose, selection: head.selection, items })
    }

    async fn take_up(
        &self,
        id: &str,
        only: Only,
        mut requester: Requester,
        surroundings: Option<Surroundings>,
    ) -> Result<Proposed, Error> {
        let job = self.journal.job(id).await?;
        let plan = self.journal.plan_head(&job.plan_id.to_string()).await?;
        // What is taken up again is the work of whoever asked for it first, too.
        requester.others.extend(plan.authors.iter().cloned().chain([plan.requested_by.clone()]));
        let mut source = Undone::of(&self.journal, &job, only).await?;
        if source.next().await?.is_empty() {
            return Err(Error::NothingToRetry { job: job.id, state: only.state().as_str() });
        }
        let purpose = format!("{} (again: {})", plan.purpose, only.state());
        // Targets are not read again for that; the verbs see for themselves.
        let known = Surroundings { read_at: None, ..surroundings.unwrap_or(plan.surroundings) };
        let head = self.head(purpose, plan.selection, requester, &job.tenant, known);
        let head = PlanHead { retry_of: Some(job.id), ..head };
        self.hear(head, Undone::of(&self.journal, &job, only).await?).await
    }

    /// Proposes a plan that takes back what a job did, out of what was noted before it was sent. It passes the
    /// guard as every plan does; what cannot be taken back is in it as a skipped item with the reason. Nobody is asked
    /// what the targets are like now, so what somebody may have changed since is held.
    ///
    /// # Errors
    /// As [`Engine::job`] and [`Engine::propose`], and [`Error::NothingToUndo`].
    pub async fn undo(&self, id: &str, requested_by: impl Into<Requester>) -> Result<Plan, Error> {
        self.undo_knowing(id, requested_by, Surroundings::default(), None).await
    }

    /// The same with what the tenant says now, of the draft and of its targets: an item that would overwrite what was
    /// changed since is held, and says so.
    ///
    /// # Errors
    /// As [`Engine::undo`].
    pub async fn undo_knowing(
        &self,
        id: &str,
        requested_by: impl Into<Requester>,
        mut surroundings: Surroundings,
        seen: Option<&Seen>,
    ) -> Result<Plan, Error> {
        surroundings.unread.extend(seen.iter().flat_map(|seen| seen.unread.iter().cloned()));
        let job = self.journal.job(id).await?;
        // What somebody has put back meanwhile is in the plan, as left out.
        let mut source = Done::of(&self.journal, &job, None);
        loop {
            let page = source.next().await?;
            if page.is_empty() {
                return Err(Error::NothingToUndo { job: job.id });
            }
            if page.iter().any(|wish| wish.item.nothing_to_do.is_none()) {
                break;
            }
        }
        let (purpose, selection) = undoing(job.id, &job.purpose);
        let head = self.head(purpose, selection, requested_by.into(), &job.tenant, surroundings);
        let proposed = self.hear(head, Done::of(&self.journal, &job, seen)).await?;
        self.whole(proposed).await
    }

    /// What [`Engine::undo`] would propose, so that the tenant can be asked about it.
    ///
    /// # Errors
    /// As [`Engine::job`].
    pub async fn undo_draft(&self, id: &str) -> Result<Draft, Error> {
        let job = self.journal.job(id).await?;
        let (purpose, selection) = undoing(job.id, &job.purpose);
        let items = all(&mut Done::of(&self.journal, &job, None)).await?;
        Ok(Draft { purpose, selection, items })
    }

    /// A plan that has no items, no hash and no decision yet.
    fn head(
        &self,
        purpose: String,
        selection: Selection,
        requester: Requester,
        tenant: &str,
        surroundings: Surroundings,
    ) -> PlanHead {
        let now = self.journal.now();
        let lifetime = SignedDuration::from_hours(self.policy.plan_hours.into());
        PlanHead {
            id: PlanId::new(now),
            hash: String::new(),
            created_at: now,
            expires_at: now.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX),
            authors: requester.authors(),
            requested_by: requester.name,
            tenant: tenant.to_owned(),
            purpose,
            selection,
            decision: Decision::default(),
            status: PlanStatus::Proposed,
            approvals: Vec::new(),
            retry_of: None,
            surroundings,
            verdicts: Verdicts::default(),
        }
    }

    /// A plan with its items, which are at hand if they are few.
    async fn whole(&self, (head, items): Proposed) -> Result<Plan, Error> {
        match items {
            Some(items) => Ok(Plan::new(head, items)),
            None => self.journal.plan(&head.id.to_string()).await,
        }
    }

    /// Lets the guard hear all items, and keeps them with the plan if it lets them.
    async fn hear(&self, head: PlanHead, mut source: impl Source) -> Result<Proposed, Error> {
        let id = head.id.to_string();
        let heard = self.hear_all(head, &mut source).await;
        if heard.is_err() {
            // What was written down is no plan. If the journal is out of order, it is that error that counts.
            if let Err(error) = self.journal.forget_draft(&id).await {
                tracing::warn!(%error, "what was written down of a plan is still there");
            }
        }
        heard
    }

    async fn hear_all(&self, mut head: PlanHead, source: &mut impl Source) -> Result<Proposed, Error> {
        let mut page = source.next().await?;
        let items = source.total().map_or(page.len(), |left| left + page.len()) as u64;
        let bare = head.clone();
        let mut hearing = Hearing::of(self, &bare, Survey { items, weighty: false }).await?;
        let (mut sum, mut start, mut written) = (Sum::default(), 0, false);
        let mut kept = loop {
            Wish::check(start, &page).map_err(Error::Draft)?;
            let wanted: Vec<Wanted> = page.iter().map(|wish| Wanted::from(&wish.item)).collect();
            let decisions = hearing.page(&wanted).await?;
            let next = source.next().await?;
            let kept: Vec<Kept> = (start..).zip(page).zip(decisions).map(item).collect();
            kept.iter().for_each(|kept| sum.add(&kept.item));
            start += kept.len();
            if next.is_empty() {
                break kept;
            }
            if !written {
                self.journal.forget_given_up().await?;
                written = true;
            }
            self.journal.keep_page(head.id, &kept).await?;
            page = next;
        };
        if written {
            self.journal.keep_page(head.id, &std::mem::take(&mut kept)).await?;
            hearing.look_for_twins().await?;
        }
        let mut judgement = hearing.end();
        while judgement.again {
            // It turned out to be more, or weightier, than was assumed.
            sum = Sum::default();
            judgement = self.hear_again(&bare, judgement.survey, written, &mut kept, &mut sum).await?;
        }
        if judgement.plan.verdict == Verdict::Refuse {
            let reasons = judgement.plan.reasons;
            self.journal.record_refusal(&head.requested_by, &head.purpose, &reasons).await?;
            return Err(Error::Refused { reasons });
        }
        head.decision = judgement.plan;
        head.verdicts = sum.verdicts;
        head.hash = sum.hash.of(&head.tenant);
        self.journal.keep_plan(&head, &kept).await?;
        Ok((head, (!written).then(|| kept.into_iter().map(|kept| kept.item).collect())))
    }

    /// Hears the items once more, those that are written down or those at hand.
    async fn hear_again(
        &self,
        head: &PlanHead,
        assumed: Survey,
        written: bool,
        kept: &mut [Kept],
        sum: &mut Sum,
    ) -> Result<Judgement, Error> {
        let mut hearing = Hearing::of(self, head, assumed).await?;
        if !written {
            let wanted: Vec<Wanted> = kept.iter().map(|kept| Wanted::from(&kept.item)).collect();
            let decisions = hearing.page(&wanted).await?;
            for (kept, decision) in kept.iter_mut().zip(decisions) {
                kept.item.decision = decision;
                sum.add(&kept.item);
            }
            return Ok(hearing.end());
        }
        let mut pages = self.journal.pages(head.id);
        while let Some(mut page) = pages.next().await? {
            let wanted: Vec<Wanted> = page.iter().map(Wanted::from).collect();
            let decisions = hearing.page(&wanted).await?;
            let mut changed = Vec::new();
            for (item, decision) in page.iter_mut().zip(decisions) {
                if item.decision != decision {
                    changed.push((item.index, decision.clone()));
                    item.decision = decision;
                }
                sum.add(item);
            }
            if !changed.is_empty() {
                self.journal.redecide(head.id, &changed).await?;
            }
        }
        hearing.look_for_twins().await?;
        Ok(hearing.end())
    }
}

/// A plan without its items, and its items if they are at hand.
type Proposed = (PlanHead, Option<Vec<PlanItem>>);

/// What is gathered of all items.
#[derive(Default)]
struct Sum {
    hash: Hash,
    verdicts: Verdicts,
}

impl Sum {
    fn add(&mut self, item: &PlanItem) {
        self.hash.item(item);
        self.verdicts.add(item.decision.verdict);
    }
}

fn undoing(job: JobId, purpose: &str) -> (String, Selection) {
    (format!("undo: {purpose}"), Selection::Decided { by: format!("undo of job {job}") })
}

/// Every item of a source.
async fn all(source: &mut impl Source) -> Result<Vec<DraftItem>, Error> {
    let mut items = Vec::new();
    loop {
        let page = source.next().await?;
        if page.is_empty() {
            return Ok(items);
        }
        items.extend(page.into_iter().map(|wish| wish.item));
    }
}

fn item(((index, wish), decision): ((usize, Wish), Decision)) -> Kept {
    let Wish { item, origin, unsettled_since } = wish;
    let DraftItem { target, action, reason, before, input, after, nothing_to_do: _, doubt: _ } = item;
    let item = PlanItem { index, target, action, reason, before, input, after, decision, unsettled_since };
    Kept { item, origin }
}
