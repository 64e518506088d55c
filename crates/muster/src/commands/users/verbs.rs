//! Changes of users that were named one by one: activated, deactivated, deleted, put into groups and taken out.

use std::path::PathBuf;

use clap::Args;
use muster_client::Client;
use muster_engine::{Action, Secrets, Target};
use muster_workflows::bulk::{change as wishes, named};
use muster_workflows::selection::list;

use crate::app::App;
use crate::commands::change::{self, Pacing, Telling};
use crate::error::{Failure, Outcome};
use crate::{input, wiring};

/// Users, and how it goes.
#[derive(Debug, Args)]
pub(crate) struct OfUsers {
    /// User names
    #[arg(value_name = "USER", required_unless_present = "from_file")]
    users: Vec<String>,
    /// CSV with a column Username, or one name a line; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with = "users")]
    from_file: Option<PathBuf>,
    /// Of a report that is fed back by --from-file, only rows in this state: failed, unknown, skipped, held or expired
    #[arg(long, value_name = "STATE", requires = "from_file", value_parser = input::STATES)]
    only: Option<String>,
    #[command(flatten)]
    pacing: Pacing,
}

/// Users and a group.
#[derive(Debug, Args)]
pub(crate) struct InGroup {
    /// The user group: its name or number
    #[arg(long, value_name = "GROUP")]
    group: String,
    #[command(flatten)]
    users: OfUsers,
}

/// What is done to them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Activate,
    Deactivate,
    Delete,
}

/// Takes one of the plain ones all the way.
pub(super) async fn run(app: &mut App, args: OfUsers, deed: Deed) -> Outcome {
    let (purpose, action) = match deed {
        Deed::Activate => ("users activate", Action::SetUserActive { active: true }),
        Deed::Deactivate => ("users deactivate", Action::SetUserActive { active: false }),
        Deed::Delete => ("users delete", Action::DeleteUser),
    };
    let users = named_users(&args)?;
    let connected = wiring::connect(app).await?;
    carry_out(app, connected, purpose, users, action, &args.pacing).await
}

/// Into a group, or out of it.
pub(super) async fn membership(app: &mut App, args: InGroup, join: bool) -> Outcome {
    let users = named_users(&args.users)?;
    let connected = wiring::connect(app).await?;
    let (group, group_name) = group(&connected.client, &args.group).await?;
    let (purpose, action) = match join {
        true => ("users join", Action::JoinUserGroup { group, group_name }),
        false => ("users leave", Action::LeaveUserGroup { group, group_name }),
    };
    carry_out(app, connected, purpose, users, action, &args.users.pacing).await
}

async fn group(client: &Client, name: &str) -> Result<(muster_model::ids::UserGroupId, String), Failure> {
    Ok(named::user_group(client, name).await?)
}

type Users = Vec<(Target, Vec<(String, String)>)>;

async fn carry_out(
    app: &mut App,
    connected: wiring::Connected,
    purpose: &str,
    users: Users,
    action: Action,
    pacing: &Pacing,
) -> Outcome {
    let draft = wishes::draft_of(purpose, users, &action);
    let telling = Telling { report: &|_, tasks| wishes::report(tasks), summary: &wishes::summary, problems: 0 };
    change::carry_out(app, connected, draft, Secrets::default(), pacing, &telling).await
}

fn named_users(args: &OfUsers) -> Result<Users, Failure> {
    let target = |name: String| Target::User { name, id: None };
    let Some(path) = &args.from_file else {
        return Ok(args.users.iter().map(|name| (target(name.trim().to_owned()), Vec::new())).collect());
    };
    let mut users = list::users(&input::name(path), &input::read(path)?)?;
    if let Some(state) = &args.only {
        users = list::only_users(users, state)?;
    }
    Ok(users.into_iter().map(|user| (target(user.name), user.input)).collect())
}
