//! Stories of the workflows: readers against arbitrary input, and decisions against a tenant that lives.

mod bulk;
mod catalog;
mod compliance;
mod deployment;
mod economy;
mod provisioning;
mod readers;
mod stage;
