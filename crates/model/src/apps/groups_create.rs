//! `POST /api/mam/apps/appgroups`.

use super::AppGroup;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Makes a group of apps.
    GroupsCreate = "apps.groups.create" is "mamv1/AppGroups_CreateApplicationGroup":
        POST "/api/mam/apps/appgroups", Write;
    path: (); query: Nothing; body: AppGroup; answer: AppGroup;
}
