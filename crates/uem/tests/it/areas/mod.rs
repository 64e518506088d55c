//! One story per area that is built by facts: effects, errors, shapes, and no operation left out.

mod content;
mod organization_groups;
mod user_groups;
mod users;
