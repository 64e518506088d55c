//! Reads which apps and smart groups the names mean, and which of them belong together already.

use std::collections::BTreeMap;

use muster_client::SmartGroup;
use muster_model::apps::App;
use muster_model::ids::{AppId, SmartGroupId};

use super::choose::{self, Choice};
use super::params::Deployment;
use crate::error::{Error, Problems};
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::workflow::Watch;

/// What a deployment is decided by.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// One entry per deployment, in their order.
    pub wishes: Vec<Wish>,
    /// Smart groups of each app that was found.
    pub assigned: BTreeMap<AppId, Vec<SmartGroupId>>,
}

/// A deployment with what its names stand for. Neither of them is ambiguous.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub deployment: Deployment,
    pub app: Choice<App>,
    pub group: Choice<SmartGroup>,
}

/// Reads apps, smart groups and assignments.
///
/// # Errors
/// The tenant cannot be read, or names are ambiguous: all of those at once, with their candidates.
pub async fn observe(inventory: &dyn Inventory, deployments: &[Deployment], watch: &dyn Watch) -> Result<Facts, Error> {
    let wishes = gather("apps", watch, deployments.iter().collect(), |deployment| wish(inventory, deployment)).await?;
    let mut problems = Problems::of("deployments");
    for Wish { deployment, app, group } in &wishes {
        ambiguous("app", &deployment.app, app, "say which by `version` or `platform`", &mut problems);
        ambiguous("smart group", &deployment.smart_group, group, "rename one of them", &mut problems);
    }
    problems.settle()?;
    let mut apps: Vec<&App> = wishes.iter().filter_map(|wish| wish.app.chosen()).collect();
    apps.sort_by_key(|app| app.id);
    apps.dedup_by_key(|app| app.id);
    let assigned = gather("assignments of apps", watch, apps, |app| async move {
        Ok((app.id.0, inventory.app_assignments(app).await?))
    });
    Ok(Facts { assigned: assigned.await?.into_iter().collect(), wishes })
}

/// Finds one app by its name, as a deployment would.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Ambiguous`]; the tenant cannot be read.
pub async fn find_app(inventory: &dyn Inventory, deployment: &Deployment) -> Result<App, Error> {
    let name = deployment.app.clone();
    match app(inventory, deployment).await? {
        Choice::One { chosen, .. } => Ok(chosen),
        Choice::Missing { suggestion } => Err(Error::NotFound { what: "app", name, suggestion }),
        Choice::Ambiguous { candidates } => Err(Error::Ambiguous { what: "app", name, candidates }),
    }
}

async fn wish(inventory: &dyn Inventory, deployment: &Deployment) -> Result<Wish, Error> {
    let app = app(inventory, deployment).await?;
    let name = deployment.smart_group.trim();
    let mut group = choose::smart_group(name, &inventory.smart_groups(Some(name)).await?);
    if let Choice::Missing { .. } = group {
        // Only for the suggestion: what was asked for did not even contain the name.
        group = choose::smart_group(name, &inventory.smart_groups(None).await?);
    }
    Ok(Wish { deployment: deployment.clone(), app, group })
}

async fn app(inventory: &dyn Inventory, deployment: &Deployment) -> Result<Choice<App>, Error> {
    let choice = choose::app(deployment, &inventory.apps(Some(deployment.app.trim())).await?);
    match choice {
        Choice::Missing { .. } => Ok(choose::app(deployment, &inventory.apps(None).await?)),
        found => Ok(found),
    }
}

impl<T> Choice<T> {
    /// What the name stands for, if it stands for one thing.
    pub fn chosen(&self) -> Option<&T> {
        match self {
            Self::One { chosen, .. } => Some(chosen),
            Self::Missing { .. } | Self::Ambiguous { .. } => None,
        }
    }
}

fn ambiguous<T>(what: &str, name: &str, choice: &Choice<T>, advice: &str, problems: &mut Problems) {
    if let Choice::Ambiguous { candidates } = choice {
        let candidates = candidates.join("; ");
        problems.add(None, format!("the {what} `{name}` is ambiguous ({candidates}): {advice}"));
    }
}
