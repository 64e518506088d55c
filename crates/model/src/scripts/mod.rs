//! Scripts that devices run.

mod assign;
mod assignments;
mod create;
mod delete_many;
mod get;
mod list;
mod samples;
mod update;

pub use assign::{Assign, NewAssignment, NewAssignments, Trigger};
pub use assignments::{Assignment, AssignmentPage, Assignments};
pub use create::{Create, NewScript};
pub use delete_many::DeleteMany;
pub use get::{Get, Script};
pub use list::{List, ListQuery, ScriptPage, ScriptRow};
pub use samples::{Sample, SamplePage, SampleSearch, Samples};
pub use update::{ScriptEdit, Update};

use crate::record::record;
use uuid::Uuid;

record! {
    /// How the catalogue shows it.
    CatalogDisplay {
        action_type: Option<String> = "action_type",
        catalog_icon_url: Option<String> = "catalog_icon_url",
        categories: Option<Vec<i64>> = "categories",
        display_desc: Option<String> = "display_desc",
        display_name: Option<String> = "display_name",
        post_action_text: Option<String> = "post_action_text",
        pre_action_text: Option<String> = "pre_action_text",
        use_default_icon: Option<bool> = "use_default_icon",
    }

    /// A variable of a script.
    Variable {
        is_lookup: Option<bool> = "is_lookup",
        name: Option<String> = "name",
        value: Option<String> = "value",
    }

    /// A smart group that it is assigned to.
    AssignedGroup {
        smart_group_name: Option<String> = "smart_group_name",
        smart_group_uuid: Option<Uuid> = "smart_group_uuid",
    }
}
