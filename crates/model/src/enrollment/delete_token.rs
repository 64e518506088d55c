//! `DELETE /api/mdm/groups/{ogUuid}/enrollment-tokens/{tokenUuid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes a registration record.
    DeleteToken = "enrollment.tokens.delete" is "mdmv1/EnrollmentTokenV1_DeleteByIdAsync":
        DELETE "/api/mdm/groups/{ogUuid}/enrollment-tokens/{tokenUuid}" => 204, Destroy;
    path: (Uuid, Uuid); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
