//! `GET /api/system/users/enrollmenttoken/search`.

use uuid::Uuid;

use super::RegistrationAttribute;
use crate::endpoint::{Nothing, endpoint};
use crate::record::{Hidden, record};

record! {
    /// Criteria; an absent one matches everything.
    TokenSearchQuery {
        username: Option<String> = "username",
        userid: Option<i64> = "userid",
        organizationgroupid: Option<i64> = "organizationgroupid",
        organizationgroup: Option<String> = "organizationgroup",
        serialnumber: Option<String> = "serialnumber",
        assetnumber: Option<String> = "assetnumber",
        enrollmentstatusid: Option<i64> = "enrollmentstatusid",
        compliancestatusid: Option<i64> = "compliancestatusid",
    }

    /// Tokens.
    TokenList {
        device: Vec<TokenOfDevice> = "Device",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }

    /// A token and the device that it is for.
    TokenOfDevice {
        asset_number: Option<String> = "AssetNumber",
        compliance_status_id: Option<String> = "ComplianceStatusID",
        custom_attributes: Vec<RegistrationAttribute> = "CustomAttributes",
        enrollment_status_id: Option<String> = "EnrollmentStatusID",
        friendly_name: Option<String> = "FriendlyName",
        organization_group: Option<String> = "OrganizationGroup",
        serial_number: Option<String> = "SerialNumber",
        token: Option<Hidden> = "Token",
        username: Option<String> = "Username",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Tokens with which announced devices enroll.
    TokenSearch = "users.enrollmenttokens" is "systemv1/DeviceRegistrationV1_EnrollmentTokenSearch":
        GET "/api/system/users/enrollmenttoken/search", Read;
    path: (); query: TokenSearchQuery; body: Nothing; answer: TokenList, or empty;
}
