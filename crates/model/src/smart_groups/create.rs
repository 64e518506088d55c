//! `POST /api/mdm/smartgroups`.

use super::SmartGroupEdit;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes a smart group.
    Create = "smartgroups.create" is "mdmv1/SmartGroups_CreateSmartGroupAsync":
        POST "/api/mdm/smartgroups" => 201, Write;
    path: (); query: Nothing; body: SmartGroupEdit; answer: Created;
}
