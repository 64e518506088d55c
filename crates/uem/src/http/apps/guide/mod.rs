//! Apps in the guide dialect.

mod catalogue;
mod deploy;
mod groups;
mod tracking;
mod wrapping;

use super::super::table::Table;

pub(super) fn routes(table: &mut Table) {
    deploy::routes(table);
    catalogue::routes(table);
    groups::routes(table);
    tracking::routes(table);
    wrapping::routes(table);
}
