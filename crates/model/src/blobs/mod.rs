//! Files: packages of apps, icons, documents.

mod delete;
mod download;
mod upload;

pub use delete::Delete;
pub use download::Download;
pub use upload::{Upload, UploadQuery};
