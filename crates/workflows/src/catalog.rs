//! The list of workflows, for whoever starts one by its name.

use std::pin::Pin;

use jiff::Timestamp;
use serde_json::Value;

use crate::bulk::command::BulkCommand;
use crate::bulk::tags::BulkTags;
use crate::compliance::Compliance;
use crate::deployment::AppDeployment;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::provisioning::UserProvisioning;
use crate::words;
use crate::workflow::{Decided, Watch, Workflow};

/// Every workflow there is.
pub static CATALOG: [Entry; 5] = [
    Entry::of::<Compliance>(),
    Entry::of::<UserProvisioning>(),
    Entry::of::<AppDeployment>(),
    Entry::of::<BulkCommand>(),
    Entry::of::<BulkTags>(),
];

/// A workflow without its types: parameters come as JSON.
pub struct Entry {
    pub name: &'static str,
    pub summary: &'static str,
    decide: for<'a> fn(&'a dyn Inventory, Value, Timestamp, &'a dyn Watch) -> Deciding<'a>,
}

type Deciding<'a> = Pin<Box<dyn Future<Output = Result<Decided, Error>> + Send + 'a>>;

/// The workflow of this name.
///
/// # Errors
/// [`Error::UnknownWord`] with the nearest name.
pub fn find(name: &str) -> Result<&'static Entry, Error> {
    let known = CATALOG.iter().map(|entry| entry.name);
    CATALOG
        .iter()
        .find(|entry| entry.name.eq_ignore_ascii_case(name.trim()))
        .ok_or_else(|| words::unknown("workflow", name, known))
}

impl Entry {
    const fn of<W: Workflow + 'static>() -> Self {
        Self {
            name: W::NAME,
            summary: W::SUMMARY,
            decide: |inventory, parameters, now, watch| Box::pin(run::<W>(inventory, parameters, now, watch)),
        }
    }

    /// Observes and decides.
    ///
    /// # Errors
    /// Parameters that are not the workflow's, or cannot be right; a tenant that cannot be read.
    pub async fn decide(
        &self,
        inventory: &dyn Inventory,
        parameters: Value,
        now: Timestamp,
        watch: &dyn Watch,
    ) -> Result<Decided, Error> {
        (self.decide)(inventory, parameters, now, watch).await
    }
}

async fn run<W: Workflow>(
    inventory: &dyn Inventory,
    parameters: Value,
    now: Timestamp,
    watch: &dyn Watch,
) -> Result<Decided, Error> {
    let parameters: W::Parameters = serde_json::from_value(parameters)
        .map_err(|error| Error::Usage(format!("these are no parameters of {}: {error}", W::NAME)))?;
    let facts = W::observe(inventory, &parameters, watch).await?;
    W::decide(&parameters, &facts, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_found_by_name_and_names_are_told_apart() {
        assert_eq!(find("Compliance").expect("known").name, "compliance");
        assert!(find("provisoning").err().expect("unknown").to_string().contains("did you mean `provisioning`?"));
        for entry in &CATALOG {
            assert_eq!(CATALOG.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
        }
    }
}
