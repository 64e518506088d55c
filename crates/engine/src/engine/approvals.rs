//! Approvers, approvals and templates, from outside.

use jiff::Timestamp;
use uuid::Uuid;

use super::Engine;
use crate::approval::{self, Approver, Role, Template, Terms};
use crate::error::Error;
use crate::note::{PublicKey, SigningKey};
use crate::plan::{Approval, ApprovalKind, Plan, PlanHead, PlanId};

impl Engine {
    /// Believes approvers only if the first of them has this key, whatever the database says.
    #[must_use]
    pub fn rooted_in(self, key: PublicKey) -> Self {
        Self { journal: self.journal.rooted_in(key), ..self }
    }

    /// Everybody who may approve, and who could once, in the order in which they came.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn approvers(&self) -> Result<Vec<Approver>, Error> {
        Ok(self.journal.roster().await?.into_inner())
    }

    /// Adds an approver, whom the holder of `by` vouches for; the very first one vouches for itself.
    ///
    /// # Errors
    /// [`Error::NoConsent`] if that key may not vouch, or the name or key is somebody's already; [`Error::Journal`].
    pub async fn add_approver(
        &self,
        key: PublicKey,
        roles: &[Role],
        accounts: &[String],
        by: &SigningKey,
        actor: &str,
    ) -> Result<Approver, Error> {
        let approver = Approver {
            key,
            roles: roles.iter().copied().collect(),
            accounts: accounts.to_vec(),
            at: self.journal.now(),
            vouched_by: String::new(),
            removed: None,
            objection: None,
        };
        self.journal.add_approver(approver, by, actor).await
    }

    /// Ends an approver's entry: nothing that they signed counts any more, and nothing that waits for being sent is
    /// sent on the strength of it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoConsent`] if that key may not do it, [`Error::Journal`].
    pub async fn remove_approver(&self, name: &str, by: &SigningKey, actor: &str) -> Result<(), Error> {
        self.journal.remove_approver(name, by, actor).await
    }

    /// Signs what a plan holds back, as an approver who did not ask for it, for a limited time.
    ///
    /// # Errors
    /// As [`Engine::plan`], and [`Error::NoConsent`], [`Error::AlreadyApplied`], [`Error::Expired`],
    /// [`Error::NothingHeld`], [`Error::Altered`].
    pub async fn approve(&self, id: &str, key: &SigningKey, note: &str) -> Result<Plan, Error> {
        let plan = self.journal.plan(id).await?;
        let approval = self.consent(&plan, ApprovalKind::Signed, key, note).await;
        self.keep(plan, approval, key.name(), key.name()).await
    }

    /// The same without keeping it: the signed text, to be taken in elsewhere.
    ///
    /// # Errors
    /// As [`Engine::approve`].
    pub async fn sign_approval(&self, id: &str, key: &SigningKey, note: &str) -> Result<String, Error> {
        let plan = self.journal.plan(id).await?;
        let approval = self.consent(&plan, ApprovalKind::Signed, key, note).await?;
        Ok(approval.signed.unwrap_or_default())
    }

    /// Takes in an approval that somebody signed elsewhere.
    ///
    /// # Errors
    /// As [`Engine::approve`], and [`Error::Note`].
    pub async fn take_approval(&self, id: &str, signed: &str, actor: &str) -> Result<Plan, Error> {
        let plan = self.journal.plan(id).await?;
        let roster = self.journal.roster().await?;
        let approval = approval::read(&plan, signed, &roster, self.journal.now());
        self.keep(plan, approval, actor, actor).await
    }

    /// Lets the plan's one device through on one person's own signature, for an hour, with an alarm.
    ///
    /// # Errors
    /// As [`Engine::approve`]; [`Error::NoConsent`] also for more than one device, without a reason, and after the
    /// third time within a day.
    pub async fn break_glass(&self, id: &str, key: &SigningKey, reason: &str) -> Result<Plan, Error> {
        let plan = self.journal.plan(id).await?;
        let approval = self.consent(&plan, ApprovalKind::BreakGlass, key, reason).await;
        self.keep(plan, approval, key.name(), key.name()).await
    }

    /// Lets through, on the requester's word, what needs no second person: taking back an API key of our own.
    ///
    /// # Errors
    /// As [`Engine::approve`], and [`Error::Nameless`]; [`Error::NoConsent`] if anything else is held.
    pub async fn confirm(&self, id: &str, by: &str, note: &str) -> Result<Plan, Error> {
        let plan = self.journal.plan(id).await?;
        let approval = approval::confirm(&plan, by, note, self.journal.now(), self.policy.approval_hours);
        self.keep(plan, approval, by, by).await
    }

    async fn consent(&self, plan: &Plan, kind: ApprovalKind, key: &SigningKey, note: &str) -> Result<Approval, Error> {
        let roster = self.journal.roster().await?;
        approval::sign(plan, kind, (key, note), &roster, (self.journal.now(), self.policy.approval_hours))
    }

    /// Keeps an approval, or the fact that it was turned away.
    async fn keep(&self, plan: Plan, approval: Result<Approval, Error>, by: &str, actor: &str) -> Result<Plan, Error> {
        let kept = match approval {
            Ok(approval) => self.journal.keep_approval(&plan, &approval, actor).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => self.journal.plan(&plan.id.to_string()).await,
            Err(Error::NoConsent { why }) => {
                self.journal.record_no_consent(by, &plan, &why).await?;
                Err(Error::NoConsent { why })
            }
            Err(error) => Err(error),
        }
    }

    /// Every template, the oldest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn templates(&self) -> Result<Vec<Template>, Error> {
        self.journal.templates().await
    }

    /// Signs a template.
    ///
    /// # Errors
    /// [`Error::NoConsent`] if its terms bound nothing, or that key may not sign it; [`Error::Journal`].
    pub async fn add_template(&self, terms: Terms, key: &SigningKey, actor: &str) -> Result<Template, Error> {
        let template = approval::sign_template(terms, key, &self.journal.roster().await?, self.journal.now())?;
        self.journal.keep_template(&template, actor).await?;
        Ok(template)
    }

    /// Takes a template back. Nobody needs a signature to make less possible.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Journal`].
    pub async fn revoke_template(&self, name: &str, actor: &str) -> Result<Template, Error> {
        let template = self.journal.templates().await?.into_iter().find(|template| {
            template.revoked.is_none() && (template.terms.name == name || template.terms.id.to_string() == name)
        });
        let template = template.ok_or_else(|| Error::NotFound { what: "template", id: name.to_owned() })?;
        self.journal.revoke_template(template.terms.id, actor).await?;
        Ok(template)
    }

    /// How many of the held items would be let through if the plan was started now.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn let_through(&self, plan: &PlanHead) -> Result<usize, Error> {
        if plan.approval(self.journal.now()).is_some() {
            return Ok(usize::try_from(plan.verdicts.hold).unwrap_or(usize::MAX));
        }
        let (templates, roster) = (self.journal.templates().await?, self.journal.roster().await?);
        let mut passage = approval::Passage::new(plan, &templates, &roster);
        let (mut pages, mut through) = (self.journal.held_pages(plan.id), 0);
        while !passage.is_closed() {
            let Some(page) = pages.next().await? else { break };
            through += page.iter().filter(|item| passage.next(item).is_some()).count();
        }
        Ok(through)
    }

    /// Every time that the glass was broken since then, with the plan, the oldest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn broken_glasses(&self, since: Timestamp) -> Result<Vec<(PlanId, Approval)>, Error> {
        self.journal.broken_glasses(since).await
    }

    /// A new name for a template.
    pub fn template_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
