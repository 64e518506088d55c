//! What travels on the wire between a Workspace ONE UEM tenant and its clients.
//!
//! Every operation of the API is a type that implements [`Endpoint`]: method, path, version, what it
//! does to the tenant, and the types of its path, query, body and answer. Client and server are both
//! derived from these types, so a path is written once in the whole workspace.
//!
//! The API is spoken in two dialects. The *published* one (`/api/mdm/…`, version in `Accept`) lives in
//! the folders named after its resources; the *guide* one (`/API/v1/devices/…`) lives in [`guide`].
//! Both share the rows they carry ([`devices::Device`], [`users::User`], …).
//!
//! Not here: anything that waits, reads a file, opens a socket or knows a database.

pub mod admins;
pub mod apps;
pub mod blobs;
pub mod bulk;
pub mod catalog;
pub mod certificates;
pub mod commands;
pub mod compliance;
pub mod devices;
pub mod endpoint;
pub mod enrollment;
pub mod error;
pub mod events;
pub mod guide;
pub mod ids;
mod member;
pub mod messages;
pub mod operations;
pub mod organization_groups;
pub mod page;
pub mod products;
pub mod profiles;
pub mod record;
pub mod reports;
pub mod scripts;
pub mod sensors;
pub mod smart_groups;
pub mod system;
pub mod tags;
mod text;
pub mod time;
pub mod user_groups;
pub mod users;
pub mod wipes;
pub mod words;

pub use endpoint::{Call, Effect, Endpoint, Method, Nothing};
pub use error::Fault;
pub use page::Paged;
pub use record::Wire;
pub use text::Text;
pub use time::Stamp;
