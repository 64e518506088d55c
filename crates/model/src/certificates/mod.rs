//! Certificates and who issues them.

mod authorities;
mod upload;

pub use authorities::{Authorities, Authority, AuthorityList};
pub use upload::{Certificate, Upload};
