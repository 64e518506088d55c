//! One story per area that is built by facts: effects, errors, shapes, and no operation left out.

pub(crate) mod access;
mod admins;
mod commands;
mod content;
mod devices;
mod devices_own;
mod devices_updates;
mod enrollment;
mod events;
mod organization_groups;
mod pick_lists;
mod products;
mod profiles;
mod relay_servers;
mod reports;
mod scim;
mod scripts;
mod sensors;
mod settings;
mod smart_groups;
mod tags;
mod user_groups;
mod users;
mod wipes;
mod workflows;
