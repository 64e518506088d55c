//! `DELETE /api/mam/blobs/blob/{blobId}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Removes a file.
    Delete = "blobs.delete" is "mamv1/BlobsV1_DeleteBlobAsync":
        DELETE "/api/mam/blobs/blob/{blobId}", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
