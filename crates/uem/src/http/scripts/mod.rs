//! Scripts: programs that devices run, once or again and again.

mod assignments;
mod definitions;
mod for_devices;
mod samples;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    definitions::routes(table);
    assignments::routes(table);
    samples::routes(table);
    for_devices::routes(table);
}
