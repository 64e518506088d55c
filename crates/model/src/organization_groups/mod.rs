//! Organization groups: the tree in which everything is owned.

mod children;
mod create;
mod create_v1;
mod delete;
mod delete_v2;
mod device_counts;
mod get;
mod get_v2;
mod search;
mod search_v1;
mod tags;
mod update;
mod update_v2;

pub use children::Children;
pub use create::{ApiAccess, Create, NewGroup};
pub use create_v1::CreateV1;
pub use delete::Delete;
pub use delete_v2::DeleteV2;
pub use device_counts::{CountByStatus, DeviceCount, DeviceCountPage, DeviceCounts, DeviceCountsQuery};
pub use get::Get;
pub use get_v2::GetV2;
pub use search::{GroupPage, GroupQuery, OrganizationGroup, Search};
pub use search_v1::{LocationGroupPage, SearchV1, SearchV1Query};
pub use tags::{GroupTag, GroupTags, Tags};
pub use update::Update;
pub use update_v2::UpdateV2;

use uuid::Uuid;

use crate::ids::{RecordId, Reference, Wrapped};
use crate::record::record;

record! {
    /// A group in the older form. The counters are texts.
    LocationGroup {
        add_default_location: Option<String> = "AddDefaultLocation",
        admins: Option<String> = "Admins",
        country: Option<String> = "Country",
        created_on: Option<String> = "CreatedOn",
        devices: Option<String> = "Devices",
        group_id: Option<String> = "GroupId",
        id: Option<Wrapped<RecordId>> = "Id",
        is_customer_type_exist_in_parent_hierarchy: Option<bool> = "IsCustomerTypeExistInParentHierarchy",
        lg_level: Option<i64> = "LgLevel",
        locale: Option<String> = "Locale",
        location_group_type: Option<String> = "LocationGroupType",
        name: Option<String> = "Name",
        parent_location_group: Option<Reference> = "ParentLocationGroup",
        users: Option<String> = "Users",
        uuid: Option<Uuid> = "Uuid",
    }

    /// A group in the form of version 2.
    GroupDetail {
        add_default_location: Option<String> = "AddDefaultLocation",
        admins: Option<String> = "Admins",
        country: Option<String> = "Country",
        created_on: Option<String> = "CreatedOn",
        devices: Option<String> = "Devices",
        enable_rest_api_access: Option<bool> = "EnableRestApiAccess",
        group_id: Option<String> = "GroupId",
        locale: Option<String> = "Locale",
        location_group_type: Option<String> = "LocationGroupType",
        name: Option<String> = "Name",
        timezone: Option<i64> = "Timezone",
        users: Option<String> = "Users",
        customer_industry_type: Option<String> = "customer_industry_type",
        id: Option<i64> = "id",
        location: Option<Place> = "location",
        timezone_code: Option<String> = "timezone_code",
        uuid: Option<Uuid> = "uuid",
    }

    /// Where a group is.
    Place {
        display_name: Option<String> = "DisplayName",
        internal_name: Option<String> = "InternalName",
        is_active: Option<i64> = "IsActive",
        location_type: Option<i64> = "LocationType",
        primary_location_group_id: Option<i64> = "PrimaryLocationGroupId",
        status: Option<i64> = "Status",
        timezone: Option<i64> = "Timezone",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }
}
