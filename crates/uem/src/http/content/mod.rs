//! Managed content: what is handed out to devices besides apps, and the categories it is sorted into.

mod categories;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    categories::routes(table);
}
