//! Devices as callers see them: search, find, edit, count, and what is kept about one of them besides its row.
//!
//! Whoever reads says for which part of the tree: a device outside of it is treated as one that does not exist.

pub(crate) mod apps;
pub(crate) mod attributes;
mod change;
pub(crate) mod counts;
pub(crate) mod find;
pub(crate) mod groups;
pub(crate) mod notes;
pub(crate) mod roll;
mod row;
mod search;
pub(crate) mod updates;

pub(crate) use change::{Edit, Report, SettingsEdit, edit, move_to, remove, report, set_enrollment, set_user, settle};
pub(crate) use find::{Identifier, find, find_in, find_many, get};
pub(crate) use roll::Roll;
pub(crate) use row::Record;
pub(crate) use search::{Order, Wanted, records, search};
