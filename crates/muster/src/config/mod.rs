//! Where settings come from: defaults < configuration file < environment < flags.
//!
//! The only place that reads the environment. What the settings mean is decided in the rooms that own them.

mod access;
mod connection;
mod environment;
mod file;
mod places;
mod policy;

pub(crate) use access::{proxy_address, which as which_certificate};
pub(crate) use connection::{Connection, Origin, Sign, address, connection, entry, no_tenant, unsigned};
pub(crate) use environment::Environment;
pub(crate) use file::{
    BasicEntry, By, CertificateEntry, ContextEntry, File, OAuthEntry, drop_context, edit, put_context, put_current,
    put_dialect, put_tenant_code,
};
pub(crate) use places::Places;
pub(crate) use policy::PolicyFile;
