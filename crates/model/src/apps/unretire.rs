//! `POST /api/mam/apps/internal/{applicationid}/unretire`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// What the call needs besides its path.
    UnretireQuery {
        retirepreviousversion: Option<String> = "retirepreviousversion",
    }
}

endpoint! {
    /// Takes a version back into use.
    Unretire = "apps.internal.unretire" is "mamv1/InternalAppsV1_UnRetireAppAsync":
        POST "/api/mam/apps/internal/{applicationid}/unretire" => 202, Destroy;
    path: AppId; query: UnretireQuery; body: Nothing; answer: Nothing, or empty;
}
