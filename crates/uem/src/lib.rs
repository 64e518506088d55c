//! A UEM that people can trust in tests, rehearsals and demos: the API in both dialects, persistence,
//! and devices that live.
//!
//! [`start`] opens a tenant and answers once it accepts connections. Callers and devices never meet:
//! the API (`http`) writes rows (`store`), and the devices (`fleet`) find them when they check in. What happens to
//! devices is told to whoever asked for it (`deliveries`).
//!
//! Nothing outside `muster` and tests may use this crate; a client cannot tell it from a real tenant.

mod authority;
mod backup;
mod clock;
mod console;
mod credentials;
mod deliveries;
mod error;
mod fault;
mod fleet;
mod http;
mod lab;
mod ready;
mod running;
mod secret;
mod settings;
mod store;

pub use backup::{Contents, backup, restore};
pub use console::{AccountWish, CertificateFiles, ClientWish, Console, KeyWish, LogWish, Objection, SettingsWish};
pub use error::{Error, Kind};
pub use fault::{FaultOrder, On};
pub use fleet::History;
pub use http::faults::Faults;
pub use ready::{Ready, ReadyGroup, ReadyLab, ReadyOAuth};
pub use running::{Effect, Running, start};
pub use secret::write_private;
pub use settings::{DEFAULT_RATE_LIMIT, Data, Habits, Pace, Settings, Tls};

/// Papers about the API, made from what is built.
pub mod papers {
    pub use crate::http::papers::{Area, Coverage, Dialect, coverage, openapi, postman, postman_environment};
}
