//! `POST /api/mdm/devices/commands/changeorganizationgroup`.

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    MoveFoundQuery {
        search_by: Option<String> = "searchBy",
        id: Option<String> = "id",
        ogid: Option<i64> = "ogid",
    }
}

endpoint! {
    /// Moves a device that another identifier names. A POST, where [`super::MoveTo`] is a PUT.
    MoveFound = "devices.move.found" is "mdmv1/CommandsV1_ChangeOrganizationGroupByAlternateIdAsync":
        POST "/api/mdm/devices/commands/changeorganizationgroup" => 202, Write;
    path: (); query: MoveFoundQuery; body: Nothing; answer: Nothing, or empty;
}
