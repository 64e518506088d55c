//! `POST /api/mam/apps/public`.

use super::{App, PublicApp};
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Adds an app from a store.
    PublicAdd = "apps.public.add" is "mamv1/PublicApps_InsertPublicAppAsync":
        POST "/api/mam/apps/public", Write;
    path: (); query: Nothing; body: PublicApp; answer: App;
}
