//! `POST /api/mam/apps/purchased/account`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::record::record;

record! {
    /// The store of an organization group; its token was uploaded before.
    StoreAccount {
        description: Option<String> = "description",
        organization_group_id: Option<OrganizationGroupId> = "organizationGroupId",
        reset_client_context: Option<bool> = "resetClientContext",
        s_token_blob_id: Option<i64> = "sTokenBlobId",
        send_invite: Option<bool> = "sendInvite",
    }
}

endpoint! {
    /// Keeps the token of the store in which apps are bought.
    PurchasedAccount = "apps.purchased.account" is "mamv1/PurchasedAppsV1_SaveVppSettings":
        POST "/api/mam/apps/purchased/account" => 204, Write;
    path: (); query: Nothing; body: StoreAccount; answer: Nothing, or empty;
}
