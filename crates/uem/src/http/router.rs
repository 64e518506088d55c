//! The table of contents: every endpoint of the tenant and the function that carries it out.

use super::table::Table;

pub(super) fn table() -> Table {
    Table::default()
}
