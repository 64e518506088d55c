//! Sensors: scripts that ask devices for a value.

mod assign;
mod assignments;
mod create;
mod delete_assignment;
mod delete_many;
mod get;
mod list;
mod update;

pub use assign::{Assign, NewAssignment};
pub use assignments::{AssignedGroup, Assignment, Assignments};
pub use create::{Create, NewSensor};
pub use delete_assignment::DeleteAssignment;
pub use delete_many::{DeleteMany, SensorList};
pub use get::{Get, Sensor};
pub use list::{List, ListQuery, SensorPage, SensorRow};
pub use update::{SensorEdit, Update};

use crate::record::record;

record! {
    /// A variable of a script.
    Variable {
        key: Option<String> = "key",
        value: Option<String> = "value",
    }
}
