//! `POST /api/system/usergroups/createcustomusergroup`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, RecordId, Wrapped};
use crate::record::record;

record! {
    /// A custom group.
    CustomGroup {
        description: Option<String> = "Description",
        group_name: Option<String> = "GroupName",
        id: Option<Wrapped<RecordId>> = "Id",
        managed_by_organization_group_id: Option<i64> = "ManagedByOrganizationGroupID",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// Makes a custom group.
    CreateCustom = "usergroups.createcustom" is "systemv1/UserGroups_CreateCustomUserGroup":
        POST "/api/system/usergroups/createcustomusergroup", Write;
    path: (); query: Nothing; body: CustomGroup; answer: Created;
}
