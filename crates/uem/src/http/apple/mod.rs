//! What only devices of one maker have: automated enrollment, and screens that they can be shown on.

mod automated_enrollment;
mod enrollable_devices;
mod remote_view;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    automated_enrollment::routes(table);
    enrollable_devices::routes(table);
    remote_view::routes(table);
}
