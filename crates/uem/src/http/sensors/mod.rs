//! Sensors: small programs that report one value of a device at a time.

mod assignments;
mod definitions;
mod values;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    definitions::routes(table);
    assignments::routes(table);
    values::routes(table);
}
