//! Speak to one UEM tenant: authenticate, page, retry, stay within quota.
//!
//! [`connect`] yields two handles. [`Client`] is cloned freely and only reads; [`Writer`] exists once and
//! only changes. Both offer the tenant's operations with one meaning in both dialects of the API, and
//! nothing above this crate knows which one is spoken.
//!
//! ```no_run
//! # async fn story() -> Result<(), muster_client::Error> {
//! use muster_client::{Credentials, DeviceFilter, Settings, connect};
//!
//! let credentials = Credentials::Basic {
//!     username: "api".into(),
//!     password: "secret".to_owned().into(),
//!     tenant_code: "code".to_owned().into(),
//! };
//! let url = "https://as000.example.com".parse().expect("a URL");
//! let (client, _writer) = connect(Settings::new(url, credentials)).await?;
//! println!("{} devices", client.devices(&DeviceFilter::default()).await?.len());
//! # Ok(())
//! # }
//! ```
//!
//! Reading through the writer and writing through the client are compile errors:
//!
//! ```compile_fail,E0277
//! # async fn story(client: muster_client::Client) {
//! use muster_model::{Call, guide::DeviceUpdate};
//! let call = Call::<DeviceUpdate>::with_body(Default::default(), Default::default());
//! let _ = client.read(call).await;
//! # }
//! ```
//!
//! ```compile_fail,E0277
//! # async fn story(writer: muster_client::Writer) {
//! use muster_model::{Call, Nothing, guide::DevicesGet};
//! let call = Call::<DevicesGet>::new(Default::default(), Nothing);
//! let _ = writer.send(call).await;
//! # }
//! ```
//!
#![doc = include_str!("areas.md")]
//!
//! Not here: jobs, plans, journals; environment, files and the time of day (the client only remembers what
//! the server's clock said).

mod api_keys;
mod auth;
mod cache;
pub mod catalog;
mod client;
mod clock;
mod connect;
mod dialect;
mod error;
mod http;
mod limiter;
mod operations;
mod outside;
mod pages;
mod quota;
mod request;
mod retry;
mod settings;
mod statistics;
mod tenant;
mod tls;
mod transport;
mod writer;

pub use auth::{Identity, Region, SignIn, token_url};
pub use client::Client;
pub use clock::Clock;
pub use connect::{Prepared, connect, connect_with, greet, prepare};
pub use dialect::Recipient;
pub use error::{Error, IdentityFault, Kind, NoConnection};
pub use muster_model::catalog::call::Arguments;
pub use outside::{Link, Outside};
pub use pages::{Pages, Place, Rows};
pub use quota::{Exhausted, Quota, ToldLimit};
pub use settings::{Credentials, Dialect, Proxy, Rate, RetrySettings, SecretIn, Settings, UnknownDialect};
pub use statistics::Statistics;
pub use tenant::{
    AppOnDevice, Compliance, DeviceFilter, HeldTag, OperationState, Receipt, RuleState, SmartGroup, TenantInfo,
    UserGroup,
};
pub use tls::{Pin, Pins, ServerCertificate, Trust, server_certificate};
pub use writer::Writer;
