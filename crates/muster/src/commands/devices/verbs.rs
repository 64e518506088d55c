//! Changes of devices beside commands and tags: one table of what each needs, and one way for all of them.

use async_trait::async_trait;
use clap::Args;
use muster_client::Client;
use muster_engine::{Action, Channel, DeviceChange, Secrets};
use muster_workflows::bulk::change::{self as wishes, Wish, fill};
use muster_workflows::bulk::named;
use muster_workflows::selection::select;
use muster_workflows::{Unwatched, words};

use super::targets::{TargetFlags, say_left_out};
use crate::app::App;
use crate::commands::change::{self, Pacing, Telling};
use crate::error::{Failure, Outcome};
use crate::wiring;

/// A change together with the devices that it is for.
#[derive(Debug, Args)]
pub(crate) struct OnDevices<T: Args> {
    #[command(flatten)]
    pub(crate) what: T,
    #[command(flatten)]
    pub(crate) targets: TargetFlags,
    #[command(flatten)]
    pub(crate) pacing: Pacing,
}

/// What somebody asked for, before names are looked up.
#[async_trait]
pub(crate) trait Asked: Send + Sync {
    /// Looks names up and says what is to be done to each device.
    async fn wish(self, client: &Client) -> Result<Wish, Failure>;
}

/// Takes it all the way.
pub(crate) async fn run<T: Args + Asked>(app: &mut App, args: OnDevices<T>) -> Outcome {
    let targets = args.targets.targets()?;
    let connected = wiring::connect(app).await?;
    let wish = args.what.wish(&connected.client).await?;
    let selected = select(&connected.client, &targets, &Unwatched).await?;
    say_left_out(app.notes, &selected);
    let draft = wishes::draft(&wish, &selected)?;
    let telling = Telling { report: &|_, tasks| wishes::report(tasks), summary: &wishes::summary, problems: 0 };
    change::carry_out(app, connected, draft, Secrets::default(), &args.pacing, &telling).await
}

/// One action that is the same for every device.
fn same(purpose: &str, action: Action) -> Wish {
    let actions = Box::new(move |_: &_| Ok(vec![action.clone()]));
    Wish { purpose: purpose.to_owned(), unenrolled: false, assigned: None, actions }
}

/// `devices rename`
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The new name; {serial}, {user}, {model}, {asset} or a column of the input file stand for what they say
    #[arg(value_name = "NAME")]
    name: String,
}

#[async_trait]
impl Asked for Rename {
    async fn wish(self, _client: &Client) -> Result<Wish, Failure> {
        let actions = move |chosen: &_| {
            let friendly_name = Some(fill(&self.name, chosen)?);
            Ok(vec![Action::EditDevice { changes: DeviceChange { friendly_name, ..DeviceChange::default() } }])
        };
        let purpose = "devices rename".to_owned();
        Ok(Wish { purpose, unenrolled: false, assigned: None, actions: Box::new(actions) })
    }
}

/// `devices set`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Set {
    /// The friendly name; columns of the input file may stand in it, as in `rename`
    #[arg(long, value_name = "TEXT", group = "what")]
    name: Option<String>,
    /// The asset number; columns may stand in it
    #[arg(long, value_name = "TEXT", group = "what")]
    asset_number: Option<String>,
    /// C (corporate), E (employee's own) or S (shared)
    #[arg(long = "owner", value_name = "LETTER", group = "what")]
    owner: Option<String>,
    /// A custom attribute; columns may stand in the value; may be given several times
    #[arg(long, value_name = "NAME=TEXT", group = "what")]
    attribute: Vec<String>,
    /// A custom attribute to take away; may be given several times
    #[arg(long, value_name = "NAME", group = "what")]
    remove_attribute: Vec<String>,
}

#[async_trait]
impl Asked for Set {
    async fn wish(self, _client: &Client) -> Result<Wish, Failure> {
        let ownership = self.owner.as_deref().map(words::ownership).transpose()?;
        let pair = |text: &String| {
            let pair = text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned()));
            pair.filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| Failure::usage(format!("`{text}` is no attribute; write NAME=TEXT")))
        };
        let attributes: Vec<(String, String)> = self.attribute.iter().map(pair).collect::<Result<_, _>>()?;
        let actions = move |chosen: &_| {
            let filled = |text: &Option<String>| text.as_ref().map(|text| fill(text, chosen)).transpose();
            let changes = DeviceChange {
                friendly_name: filled(&self.name)?,
                asset_number: filled(&self.asset_number)?,
                ownership: ownership.clone(),
            };
            let mut actions = Vec::new();
            if !changes.is_empty() {
                actions.push(Action::EditDevice { changes });
            }
            if !attributes.is_empty() || !self.remove_attribute.is_empty() {
                let set = attributes.iter().map(|(name, value)| Ok((name.clone(), fill(value, chosen)?)));
                let set = set.collect::<Result<_, String>>()?;
                actions.push(Action::SetAttributes { set, remove: self.remove_attribute.clone() });
            }
            Ok(actions)
        };
        let purpose = "devices set".to_owned();
        Ok(Wish { purpose, unenrolled: false, assigned: None, actions: Box::new(actions) })
    }
}

/// `devices move`
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The organization group: its name, group id or number
    #[arg(value_name = "GROUP")]
    group: String,
}

#[async_trait]
impl Asked for Move {
    async fn wish(self, client: &Client) -> Result<Wish, Failure> {
        let (group, group_name) = named::organization_group(client, &self.group).await?;
        Ok(same("devices move", Action::MoveDevice { group, group_name }))
    }
}

/// `devices message`
#[derive(Debug, Args)]
pub(crate) struct Message {
    /// What is said
    #[arg(value_name = "TEXT")]
    text: String,
    /// push, email or sms
    #[arg(long, value_name = "WAY", value_enum, default_value = "push")]
    by: Way,
    /// Subject of a mail
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
}

/// The way that a message takes.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Way {
    Push,
    Email,
    Sms,
}

#[async_trait]
impl Asked for Message {
    async fn wish(self, _client: &Client) -> Result<Wish, Failure> {
        let by = match self.by {
            Way::Push => Channel::Push,
            Way::Email => Channel::Email,
            Way::Sms => Channel::Sms,
        };
        if self.subject.is_some() && by != Channel::Email {
            return Err(Failure::usage("only a mail has a subject").hint("add --by email"));
        }
        Ok(same("devices message", Action::SendMessage { by, subject: self.subject, text: self.text }))
    }
}

/// `devices update`
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The version, as the tenant lists it
    #[arg(value_name = "VERSION")]
    version: String,
    /// Default, DownloadOnly, InstallASAP, NotifyOnly or InstallLater
    #[arg(long, value_name = "HOW", default_value = "Default")]
    how: String,
}

#[async_trait]
impl Asked for Update {
    async fn wish(self, _client: &Client) -> Result<Wish, Failure> {
        Ok(same("devices update", Action::UpdateOs { version: self.version, action: self.how }))
    }
}

/// `devices delete`
#[derive(Debug, Args)]
pub(crate) struct Delete {}

#[async_trait]
impl Asked for Delete {
    async fn wish(self, _client: &Client) -> Result<Wish, Failure> {
        Ok(Wish { unenrolled: true, ..same("devices delete", Action::DeleteDevice) })
    }
}

/// `profiles install` and `profiles remove`
#[derive(Debug, Args)]
pub(crate) struct Profile<const INSTALL: bool> {
    /// The profile: its name or number
    #[arg(value_name = "PROFILE")]
    profile: String,
}

#[async_trait]
impl<const INSTALL: bool> Asked for Profile<INSTALL> {
    async fn wish(self, client: &Client) -> Result<Wish, Failure> {
        let (profile, profile_name) = named::profile(client, &self.profile).await?;
        Ok(match INSTALL {
            true => same("profiles install", Action::InstallProfile { profile, profile_name }),
            false => same("profiles remove", Action::RemoveProfile { profile, profile_name }),
        })
    }
}

/// `apps install` and `apps remove`
#[derive(Debug, Args)]
pub(crate) struct AppOn<const INSTALL: bool> {
    /// The app: its name or number
    #[arg(value_name = "APP")]
    app: String,
}

#[async_trait]
impl<const INSTALL: bool> Asked for AppOn<INSTALL> {
    async fn wish(self, client: &Client) -> Result<Wish, Failure> {
        let app = named::app(client, &self.app).await?;
        // Whom it is assigned to is one list for all devices. Where it cannot be read, the tenant says it when it is asked.
        let assigned = match INSTALL {
            true => client.fresh().app_devices(&app).await.ok(),
            false => None,
        };
        let assigned = assigned.map(|rows| rows.into_iter().map(|row| row.device_id).collect());
        let (id, uuid, name) = (app.id.0, app.uuid, app.application_name);
        Ok(match INSTALL {
            true => {
                let action = Action::InstallApp { app: id, app_uuid: uuid, app_name: name };
                Wish { assigned, ..same("apps install", action) }
            }
            false => same("apps remove", Action::RemoveApp { app: id, app_uuid: uuid, app_name: name }),
        })
    }
}
