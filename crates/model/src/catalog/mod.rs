//! The API as data.
//!
//! [`facts`] knows every operation that is published (979 of them) and those of the guide dialect: method, path,
//! version, parameters and the shapes of bodies and answers. [`ALL`] lists the few that have types of their own,
//! because the toolkit itself calls them.

pub mod facts;
mod read;
mod shape;
mod typed;
mod write;

pub use shape::{Form, Shape};
pub use typed::{ALL, Entry};
