//! Event notifications: who is told when something happens to a device. What is sent is the business of `deliveries`.

mod rules;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    rules::routes(table);
}
