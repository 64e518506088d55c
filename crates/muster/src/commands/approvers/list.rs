//! `muster approvers list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let mut sheet = Sheet::new(&["name", "roles", "accounts", "status", "vouched_by", "since", "+public_key"]);
    for one in wiring::engine(app).await?.approvers().await? {
        let roles: Vec<&str> = one.roles.iter().map(|role| role.as_str()).collect();
        let status = match (&one.objection, &one.removed) {
            (Some(why), _) => format!("does not count: {why}"),
            (None, Some((at, by))) => format!("removed by {by} at {at:.0}"),
            (None, None) => String::from("active"),
        };
        sheet.push(vec![
            one.name().into(),
            roles.join(", ").into(),
            one.accounts.join(", ").into(),
            status.into(),
            one.vouched_by.as_str().into(),
            one.at.to_string().into(),
            one.key.to_string().into(),
        ]);
    }
    app.list(&sheet, Heading::new("Approvers"))?;
    Ok(Exit::Success)
}
