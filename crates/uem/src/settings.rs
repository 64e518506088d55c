//! What a tenant needs to know before it starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use muster_store::{Clock, ManualClock, SystemClock};

use crate::fault::FaultOrder;

/// Where a tenant keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In this folder, which one process at a time may use.
    Folder(PathBuf),
    /// Nowhere: it is gone when the tenant stops.
    Memory,
    /// In the database at this address, which nobody else uses. Credentials are new at every start.
    Database(String),
    /// In the database at this address, its credentials in the folder.
    Beside { folder: PathBuf, database: String },
}

impl Data {
    /// The folder that one process at a time may use.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) | Self::Beside { folder, .. } => Some(folder),
            Self::Memory | Self::Database(_) => None,
        }
    }

    /// The file of the database, if it is one.
    pub(crate) fn database_file(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join("tenant.db")),
            Self::Memory | Self::Database(_) | Self::Beside { .. } => None,
        }
    }

    /// Where the database is, as the store has it.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite:{}", folder.join("tenant.db").display()),
            Self::Memory => "sqlite::memory:".to_owned(),
            Self::Database(address) | Self::Beside { database: address, .. } => address.clone(),
        }
    }

    /// What a person calls it.
    pub(crate) fn place(&self) -> PathBuf {
        self.folder().unwrap_or(Path::new("the database")).to_owned()
    }
}

/// Who moves the devices' time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Devices live by themselves, as the clock goes.
    Live,
    /// Devices live only while [`crate::Running::step`] is called.
    Stepped,
}

/// Connections by TLS, with a certificate of the tenant's own authority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// Names and addresses in the server's certificate, besides those that it always has: `localhost`, `127.0.0.1`,
    /// `::1` and the address that it listens on.
    pub names: Vec<String>,
}

/// Settings of one tenant. Build them with [`Settings::in_folder`] or [`Settings::in_memory`].
#[derive(Clone)]
pub struct Settings {
    pub data: Data,
    /// Port 0 takes any free port; [`crate::Running::url`] tells which.
    pub listen: SocketAddr,
    /// How many devices the first start makes. A later start keeps what there is.
    pub devices: u32,
    /// Decides everything about the fleet that is not decided by callers. Kept from the first start.
    pub seed: u64,
    /// Every interval of the fleet is divided by it: at 60 a four-hour check-in happens every four minutes.
    pub speed: f64,
    /// Requests per minute; without it [`DEFAULT_RATE_LIMIT`] holds.
    pub rate_limit: Option<u32>,
    /// The tenant's time of day.
    pub clock: Arc<dyn Clock>,
    pub fleet: Pace,
    pub habits: Habits,
    /// Counts answers by route, compares each with its published shape and remembers what differs. For tests: it costs
    /// time.
    pub check_answers: bool,
    pub tls: Option<Tls>,
    /// Whether others than this machine may be served without TLS, so that credentials cross the network in clear.
    pub plain_for_others: bool,
    /// Where the laboratory listens, if there is one.
    pub lab: Option<SocketAddr>,
    /// What goes wrong from the start.
    pub faults: Vec<FaultOrder>,
    /// Everything happens in the thread of the caller, and connections come from [`crate::Running::dial`] alone: no
    /// socket, no other thread, nothing that is left to the operating system. For simulations, in memory.
    pub inline: bool,
}

/// In what real tenants differ, so that clients can be tried against both ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// 200 with an empty list where the published API answers 204.
    pub empty_lists: bool,
    /// 400 for query parameters that an operation does not have, instead of ignoring them.
    pub refuse_unknown_queries: bool,
}

/// Requests per minute of a tenant whose settings name no limit: the largest that a real one announced.
pub const DEFAULT_RATE_LIMIT: u32 = 250_000;

impl Settings {
    /// A persistent tenant on a free loopback port with 2,000 devices that live in real time.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            data: Data::Folder(folder.into()),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            devices: 2_000,
            seed: 1,
            speed: 1.0,
            rate_limit: None,
            clock: Arc::new(SystemClock),
            fleet: Pace::Live,
            habits: Habits::default(),
            check_answers: false,
            tls: None,
            plain_for_others: false,
            lab: None,
            faults: Vec::new(),
            inline: false,
        }
    }

    /// A tenant for tests: in memory, 200 devices, and a clock that stands still until it is stepped.
    pub fn in_memory() -> Self {
        // Monday, 5 January 2026, 08:00 UTC: any fixed moment makes runs repeatable.
        let start = jiff::Timestamp::from_second(1_767_600_000).unwrap_or_default();
        Self {
            data: Data::Memory,
            devices: 200,
            clock: Arc::new(ManualClock::at(start)),
            fleet: Pace::Stepped,
            check_answers: true,
            ..Self::in_folder(PathBuf::new())
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("data", &self.data)
            .field("listen", &self.listen)
            .field("devices", &self.devices)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .field("rate_limit", &self.rate_limit)
            .field("fleet", &self.fleet)
            .field("habits", &self.habits)
            .field("tls", &self.tls)
            .field("lab", &self.lab)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
