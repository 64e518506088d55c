//! `POST /api/mam/blobs/uploadblob`.

use crate::endpoint::endpoint;
use crate::ids::{Created, OrganizationGroupId};
use crate::record::{Hidden, Raw, record};

record! {
    /// What the call needs besides its path.
    UploadQuery {
        file_name: Option<String> = "fileName",
        organization_group_id: Option<OrganizationGroupId> = "organizationGroupId",
        module_type: Option<String> = "moduleType",
        file_link: Option<String> = "fileLink",
        access_via: Option<String> = "accessVia",
        content_gateway_id: Option<i64> = "contentGatewayId",
        downloadfilefromlink: Option<bool> = "downloadfilefromlink",
        username: Option<String> = "username",
        password: Option<Hidden> = "password",
    }
}

endpoint! {
    /// Uploads a file.
    Upload = "blobs.upload" is "mamv1/BlobsV1_UploadBlobAsync":
        POST "/api/mam/blobs/uploadblob", Write;
    path: (); query: UploadQuery; body: Raw; answer: Created;
}
