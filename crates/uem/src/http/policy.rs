//! Who may do what: every route needs a right.
//!
//! The right is an argument of each registration, so a route without one does not compile. What rights there are
//! (a new resource is a line there) stands in `authority::rights`.

pub(crate) use crate::authority::rights::{Action, Resource, Right, Rights, needs};
