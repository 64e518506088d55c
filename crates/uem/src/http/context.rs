//! What a handler gets besides its call: the tenant, and who calls.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use muster_model::commands::Command;
use muster_store::{Clock, Database, Error, Transaction};
use tokio::sync::Notify;

use super::change::{Change, Errand};
use super::commands::Intake;
use super::kept::Kept;
use super::policy::{Action, Resource, Right, Rights, needs};
use super::reception::Reception;
use super::refusal::Refusal;
use crate::authority::book::{Account, ApiKey, Granted};
use crate::store::devices::Roll;
use crate::store::scope::Scope;

/// Makes it known that something was queued for devices, in the transaction that queued it: devices, now,
/// and the speed of the fleet. Given by whoever starts the tenant, because callers and devices never meet.
pub(crate) type Push = for<'a> fn(
    &'a mut Transaction,
    &'a [i64],
    Timestamp,
    f64,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// The tenant behind the API.
pub(crate) struct Tenant {
    pub(crate) database: Database,
    /// What searches for devices ask.
    pub(crate) roll: Arc<Roll>,
    pub(crate) clock: Arc<dyn Clock>,
    /// By how much the fleet lives faster than time.
    pub(crate) speed: f64,
    /// Without a trailing slash.
    pub(crate) url: String,
    pub(crate) push: Push,
    /// Told whenever effects were recorded.
    pub(crate) recorded: Arc<Notify>,
    /// Commands that wait to be accepted together.
    pub(super) intake: Intake,
    pub(super) kept: Kept,
}

impl Tenant {
    /// A tenant over what there is of it.
    pub(crate) fn new(
        database: Database,
        roll: Arc<Roll>,
        clock: Arc<dyn Clock>,
        speed: f64,
        url: String,
        push: Push,
    ) -> Self {
        let kept = Kept::new(database.changes().cloned());
        Self { database, roll, clock, speed, url, push, recorded: Arc::default(), intake: Intake::default(), kept }
    }

    pub(super) async fn push(&self, tx: &mut Transaction, devices: &[i64], now: Timestamp) -> Result<(), Error> {
        (self.push)(tx, devices, now, self.speed).await
    }
}

/// What `by` says of an access token.
pub(super) const TOKEN: &str = "token";

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Their account; 0 for an OAuth client.
    pub(super) account: i64,
    /// As the event log names them.
    pub(crate) name: Arc<str>,
    /// The organization group that they belong to.
    pub(crate) group: i64,
    /// The part of the tree in which they may do what the route does.
    pub(crate) scope: Scope,
    /// What they may do there.
    pub(crate) rights: Arc<Rights>,
    /// By which means they proved who they are.
    pub(super) by: &'static str,
    /// The service of their API key.
    pub(super) service: Option<Arc<str>>,
    grants: Arc<[Granted]>,
    /// What their API key restricts them to.
    restriction: Option<Arc<Rights>>,
}

impl Caller {
    /// Somebody who was recognised, before it is known what they want.
    pub(super) fn new(account: &Account, key: Option<&ApiKey>, by: &'static str) -> Self {
        Self {
            account: account.id,
            name: Arc::clone(&account.name),
            group: account.group,
            scope: Scope::Groups(Arc::default()),
            rights: Arc::new(Rights::NONE),
            by,
            service: key.map(|key| Arc::clone(&key.service)),
            grants: Arc::clone(&account.grants),
            restriction: key.and_then(|key| key.rights.clone()),
        }
    }

    /// Whether they came with an access token.
    pub(super) fn has_token(&self) -> bool {
        self.by == TOKEN
    }

    /// The same caller where they have a right: roles that do not give it are left aside.
    pub(super) fn with(self, right: Right) -> Self {
        self.narrowed(|rights| rights.allow(right))
    }

    fn narrowed(mut self, fits: impl Fn(&Rights) -> bool) -> Self {
        if self.restriction.as_ref().is_some_and(|only| !fits(only)) {
            (self.rights, self.scope) = (Arc::new(Rights::NONE), Scope::Groups(Arc::default()));
            return self;
        }
        let mut fitting = self.grants.iter().filter(|grant| fits(&grant.rights));
        let Some(first) = fitting.next() else {
            (self.rights, self.scope) = (Arc::new(Rights::NONE), Scope::Groups(Arc::default()));
            return self;
        };
        (self.rights, self.scope) = (Arc::clone(&first.rights), first.scope.clone());
        for grant in fitting {
            // Several roles: everywhere that one of them reaches, what all of them allow.
            self.rights = Arc::new(self.rights.both(&grant.rights));
            self.scope = self.scope.and(&grant.scope);
        }
        if let Some(only) = &self.restriction {
            self.rights = Arc::new(self.rights.both(only));
        }
        self
    }
}

#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) caller: Caller,
    pub(crate) errand: Errand,
    pub(crate) reception: Arc<Reception>,
}

impl Context {
    pub(crate) fn database(&self) -> &Database {
        &self.tenant.database
    }

    /// What searches for devices ask.
    pub(crate) fn roll(&self) -> &Roll {
        &self.tenant.roll
    }

    /// Begins a change. What it did is recorded with it.
    pub(crate) async fn begin(&self) -> Result<Change, Error> {
        Change::begin(&self.tenant, self.errand.clone()).await
    }

    /// The same request where its caller may send this very command, or 403. (Sending at all is the route's right.)
    pub(crate) fn for_command(&self, command: Command) -> Result<Self, Refusal> {
        let sends = needs(Resource::Commands, Action::Execute);
        let mut context = self.clone();
        context.caller = context.caller.narrowed(|rights| rights.allow(sends) && rights.allow_command(command));
        if context.caller.rights.allow_command(command) {
            return Ok(context);
        }
        Err(Refusal::forbidden(format_args!("{sends}:{}", command.as_str())))
    }

    /// Lets a change of the tree, of accounts or of roles hold for the next request.
    pub(crate) async fn reread_who_may_call(&self) -> Result<(), Refusal> {
        self.reception.gate.reload(self.database()).await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "who may call cannot be read again");
            Refusal::new(500, muster_model::error::code::INTERNAL, "An internal error occurred.")
        })
    }

    /// The part of the tree that the caller sees.
    pub(crate) fn scope(&self) -> &Scope {
        &self.caller.scope
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tenant.clock.now()
    }
}
