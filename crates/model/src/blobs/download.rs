//! `GET /api/mam/blobs/downloadblob/{blobId}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;
use crate::record::Raw;

endpoint! {
    /// A file that was uploaded; 500 if there is none.
    Download = "blobs.download" is "mamv1/BlobsV1_DownloadBlobAsync":
        GET "/api/mam/blobs/downloadblob/{blobId}", Read;
    path: RecordId; query: Nothing; body: Nothing; answer: Raw;
}
