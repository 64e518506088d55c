//! `GET /api/mdm/groups/{organizationGroupUuid}/picklists/certificate-authorities`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Certificate authorities.
    AuthorityList {
        authorities: Vec<Authority> = "authorities",
    }

    /// A certificate authority.
    Authority {
        authority_name: Option<String> = "authority_name",
        authority_uuid: Option<Uuid> = "authority_uuid",
    }
}

endpoint! {
    /// Certificate authorities of an organization group.
    Authorities = "certificates.authorities" is "mdmv2/PickListsV2_GetDeviceCertificateAuthoritiesAsync":
        GET "/api/mdm/groups/{organizationGroupUuid}/picklists/certificate-authorities" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: AuthorityList;
}
