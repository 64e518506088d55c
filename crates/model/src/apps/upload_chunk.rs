//! `POST /api/mam/apps/internal/uploadchunk`.

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Base64, record};

record! {
    /// One piece of a file; the first one names no transaction.
    Chunk {
        chunk_data: Option<Base64> = "ChunkData",
        chunk_sequence_number: Option<i64> = "ChunkSequenceNumber",
        chunk_size: Option<i64> = "ChunkSize",
        total_application_size: Option<i64> = "TotalApplicationSize",
        transaction_id: Option<String> = "TransactionId",
    }

    /// The transaction to go on with.
    ChunkAnswer {
        chunk_sequence_number: Option<i64> = "ChunkSequenceNumber",
        transcation_id: Option<String> = "TranscationId",
        upload_success: Option<bool> = "UploadSuccess",
    }
}

endpoint! {
    /// Sends one piece of a package. The answer spells the transaction's name wrong, and so must everybody.
    UploadChunk = "apps.internal.uploadchunk" is "mamv1/InternalAppsV1_InsertInternalApplicationChunkAsync":
        POST "/api/mam/apps/internal/uploadchunk", Write;
    path: (); query: Nothing; body: Chunk; answer: ChunkAnswer;
}
