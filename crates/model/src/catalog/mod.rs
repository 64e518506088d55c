//! The API as data.
//!
//! [`facts`] knows every operation that is published (979 of them) and those of the guide dialect: method, path,
//! version, parameters, the shapes of bodies and answers, and what it does to the tenant. [`call`] makes a request of
//! arguments that fit them. [`ALL`] lists those that have types of their own: what the toolkit itself calls, and what
//! people script.

pub mod call;
mod described;
mod effects;
pub mod facts;
mod find;
mod media;
mod named;
mod paging;
mod read;
mod secret;
mod shape;
mod typed;
mod write;
pub mod xml;

pub use effects::{Decider, Line, Where};
pub use media::Media;
pub use named::{DeviceName, Named};
pub use paging::{Paging, Spot, Style};
pub use secret::is_secret;
pub use shape::{Form, Shape};
pub use typed::{ALL, Entry};
