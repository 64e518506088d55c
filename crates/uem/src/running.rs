//! A tenant from start to stop.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_model::catalog::facts::Operation;
use muster_store::{Clock, Database, FolderLock, Options, args};
use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::authority::ca::Authority;
use crate::clock::TenantClock;
use crate::credentials::{self, Credentials};
use crate::deliveries::Deliveries;
use crate::error::Error;
use crate::fleet::{self, Fleet, History};
use crate::http::door::{self, Doorway, Identity};
use crate::http::faults::Faults;
use crate::http::{self, Server};
use crate::lab::{self, Lab};
use crate::ready::{Ready, ReadyGroup, ReadyLab, ReadyOAuth};
use crate::settings::{Data, Pace, Settings, Tls};
use crate::store::devices::Roll;
use crate::{secret, store};

/// How long a stopping tenant waits for answers that are on their way.
const GRACE: Duration = Duration::from_secs(5);

/// Bytes under way in each direction of a connection from within.
const PIPE: usize = 64 * 1024;

/// Pages of the database that gather in its log, in front of the file: 64 MB.
const LOG_PAGES: u32 = 16_000;

/// Pages of the database that are kept for writing, in megabytes, where the engine runs inside of this process: a change
/// of some hundred devices must fit.
const PAGES_MB: u32 = 48;

/// A tenant that accepts connections. Dropping it stops it without waiting.
pub struct Running {
    /// Where it listens, with the port that it got.
    pub url: Url,
    /// What a client needs to speak to it.
    pub ready: Ready,
    database: Database,
    clock: Arc<TenantClock>,
    server: Arc<Server>,
    /// Present when the fleet is stepped.
    fleet: Option<Arc<Fleet>>,
    /// Present when the fleet is stepped.
    deliveries: Option<Deliveries>,
    dial: mpsc::UnboundedSender<DuplexStream>,
    shutdown: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// Kept until the database is closed.
    _lock: Option<FolderLock>,
}

/// How often a device was sent a command: what crash tests count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effect {
    pub device_id: i64,
    pub command: String,
    pub count: u64,
}

/// Starts a tenant and answers once it accepts connections.
///
/// The first start on a folder makes organization groups, credentials and the fleet; a later one keeps
/// what there is, also the number of devices and the seed.
///
/// # Errors
/// [`Error`], of kind `Locked` when another process has the folder.
pub async fn start(settings: Settings) -> Result<Running, Error> {
    check_listening(&settings)?;
    let folder = settings.data.folder();
    let lock = folder.map(FolderLock::acquire).transpose()?;
    let database = open(&settings.data, settings.inline).await?;
    store::migrate(&database).await?;

    let clock = Arc::new(TenantClock::new(Arc::clone(&settings.clock)));
    let credentials = match folder {
        Some(folder) => Credentials::keep_in(&folder.join(credentials::FILE))?,
        None => Credentials::random()?,
    };
    store::tenant::prepare(&database, clock.now()).await?;
    credentials.admit(&database, clock.now()).await?;
    let seed = populate(&database, &settings, clock.as_ref()).await?;

    let listening = |source| Error::Listen { address: settings.listen, source };
    let (dial, dialled) = mpsc::unbounded_channel();
    let listener = match settings.inline {
        true => None,
        false => Some(TcpListener::bind(settings.listen).await.map_err(listening)?),
    };
    let address = listener.as_ref().map_or(Ok(settings.listen), TcpListener::local_addr).map_err(listening)?;
    let origin = origin(&settings, address);
    let (url, mut ready) = ready(&database, &credentials, address, origin).await?;
    let tls = match &settings.tls {
        Some(wanted) => {
            let (tls, authority) = secure(&database, wanted, address, clock.now()).await?;
            ready.ca_pem = Some(authority);
            Some(tls)
        }
        None => None,
    };
    let lab_listener = match settings.lab {
        Some(address) => Some(TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })?),
        None => None,
    };

    let roll = Arc::new(Roll::new(database.clone()));
    roll.begin().await?;
    let (shutdown, stopping) = watch::channel(false);
    let tenant = http::Tenant::new(
        database.clone(),
        Arc::clone(&roll),
        Arc::clone(&clock) as Arc<dyn Clock>,
        settings.speed,
        ready.url.clone(),
        |tx, devices, now, speed| Box::pin(fleet::wake(tx, devices, now, speed)),
    );
    let recorded = Arc::clone(&tenant.recorded);
    let server = Arc::new(Server::new(tenant, &settings).await?);
    let doorway = match listener {
        Some(listener) => Doorway::Socket(listener, tls),
        None => Doorway::Inside(dialled, address),
    };
    let mut tasks = vec![tokio::spawn(http::serve(doorway, Arc::clone(&server), stopping.clone()))];
    tasks.push(tokio::spawn(Arc::clone(&server).keep_log(stopping.clone())));
    for order in &settings.faults {
        lab::order_with(&server.faults, &clock, order.clone());
    }
    let fleet = Fleet::new(database.clone(), Arc::clone(&clock) as Arc<dyn Clock>, seed, settings.speed);
    let faults = server.faults.clone();
    let fleet = fleet.suffering(move || faults.hardship()).telling(move |heard| roll.heard(heard));
    let deliveries = Deliveries::new(database.clone(), Arc::clone(&clock) as Arc<dyn Clock>);
    let (fleet, deliveries) = match settings.fleet {
        Pace::Live => {
            tasks.push(tokio::spawn(fleet.live(stopping.clone())));
            tasks.push(tokio::spawn(deliveries.live(stopping.clone())));
            (None, None)
        }
        Pace::Stepped => (Some(Arc::new(fleet)), Some(deliveries)),
    };
    if let Some(listener) = lab_listener {
        let address = listener.local_addr().map_err(listening)?;
        let token = secret::random()?;
        ready.lab = Some(ReadyLab { url: format!("http://{address}"), token: token.clone() });
        let lab = Lab {
            database: database.clone(),
            clock: Arc::clone(&clock),
            fleet: fleet.clone(),
            deliveries: deliveries.clone(),
            faults: server.faults.clone(),
            recorded,
            token,
            stopping,
        };
        tasks.push(tokio::spawn(lab::serve(listener, lab)));
    }
    tracing::info!(%url, "the tenant accepts connections");
    Ok(Running { url, ready, database, clock, server, fleet, deliveries, dial, shutdown, tasks, _lock: lock })
}

pub(crate) async fn open(data: &Data, inline: bool) -> Result<Database, Error> {
    // What was acknowledged survives a power failure; changes that come together share a trip to the disk.
    let options = Options {
        durable: true,
        grouped: true,
        log_pages: LOG_PAGES,
        cache_mb: PAGES_MB,
        inline,
        watched: &store::SHOWN_WITH_DEVICES,
        ..Options::default()
    };
    Ok(Database::open(&data.address(), options).await?)
}

/// Makes the fleet at the first start. Answers the seed that it lives by.
async fn populate(database: &Database, settings: &Settings, clock: &TenantClock) -> Result<u64, Error> {
    const SEED: &str = "fleet.seed";
    if let Some(seed) = store::tenant::setting(database, SEED).await? {
        let seed = seed.parse().unwrap_or(settings.seed);
        if seed != settings.seed {
            tracing::warn!(kept = seed, asked = settings.seed, "the fleet keeps the seed of its first start");
        }
        return Ok(seed);
    }
    // Without the mark, whatever is there comes from a first start that was interrupted.
    store::tenant::clear_fleet(database).await?;
    fleet::seed(database, settings, clock.now()).await?;
    store::tenant::set_setting(database, SEED, &settings.seed.to_string()).await?;
    Ok(settings.seed)
}

/// Where clients find the tenant. An address that stands for all addresses of the machine is none to connect to.
fn origin(settings: &Settings, address: SocketAddr) -> String {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

/// TLS with a new certificate of the tenant's own authority, and that authority's certificate.
async fn secure(
    database: &Database,
    wanted: &Tls,
    address: SocketAddr,
    now: Timestamp,
) -> Result<(TlsAcceptor, String), Error> {
    let authority = Authority::open(database, now).await?;
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    names.push(address.ip().to_string());
    names.extend(wanted.names.iter().cloned());
    names.sort();
    names.dedup();
    let (chain, key) = authority.issue_server(&names, now)?;
    let identity = Identity { chain: &chain, key: &key, clients: authority.pem() };
    let tls = door::tls(&identity).map_err(|why| Error::Tls { why })?;
    Ok((tls, authority.pem().to_owned()))
}

/// Without TLS, only this machine is served, unless it is wished.
fn check_listening(settings: &Settings) -> Result<(), Error> {
    let api = settings.tls.is_none().then_some(settings.listen);
    let exposed = api.into_iter().chain(settings.lab).find(|address| !address.ip().to_canonical().is_loopback());
    match exposed {
        Some(address) if !settings.plain_for_others => Err(Error::InClear { address }),
        _ => Ok(()),
    }
}

async fn ready(
    database: &Database,
    credentials: &Credentials,
    address: SocketAddr,
    origin: String,
) -> Result<(Url, Ready), Error> {
    let (id, uuid, group_id, name) = store::tenant::root(database).await?;
    // An address always makes a URL.
    let url = Url::parse(&origin).map_err(|error| Error::Listen { address, source: std::io::Error::other(error) })?;
    let ready = Ready {
        tenant_code: credentials.tenant_code.clone(),
        username: credentials.username.clone(),
        password: credentials.password.clone(),
        oauth: ReadyOAuth {
            token_url: format!("{origin}/connect/token"),
            client_id: credentials.client_id.clone(),
            client_secret: credentials.client_secret.clone(),
        },
        organization_group: ReadyGroup { id, uuid, group_id, name },
        ca_file: None,
        ca_pem: None,
        lab: None,
        url: origin,
    };
    Ok((url, ready))
}

impl Running {
    /// Stops: no new connections, answers on their way go out, then the database closes.
    pub async fn stop(mut self) {
        // The receivers are the tasks; if they are gone already, there is nobody to tell.
        let _ = self.shutdown.send(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
        if let Err(error) = self.server.flush_log().await {
            tracing::error!(%error, "the log of the API cannot be written");
        }
        self.database.close().await;
    }

    /// A connection to a tenant that is [`Settings::inline`], as a client has it that dialled its address.
    ///
    /// # Errors
    /// That it is refused: the tenant has stopped, or listens on a socket.
    pub fn dial(&self) -> std::io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        self.dial.send(theirs).map_err(|_| std::io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }

    /// Moves the tenant's clock, lets every device that is due live up to it, and sends what is due to be sent. A
    /// fleet that lives by itself only sees the clock jump.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn step(&self, by: Duration) -> Result<(), Error> {
        self.clock.advance(by);
        if let Some(fleet) = &self.fleet {
            fleet.step().await?;
        }
        if let Some(deliveries) = &self.deliveries {
            deliveries.step().await?;
        }
        Ok(())
    }

    /// What goes wrong on purpose with the next answers.
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// How long one of `times` such requests takes on average until its handler has it, with credentials, limits and
    /// rights: for benchmarks. `certificate` (DER) is what a TLS handshake has proven.
    ///
    /// # Errors
    /// The status with which the request is refused.
    pub async fn time_reception(
        &self,
        request: axum::http::Request<()>,
        certificate: Option<&[u8]>,
        times: u32,
    ) -> Result<Duration, u16> {
        self.server.time_reception(request, certificate, times).await
    }

    /// The tenant's own database, for tests that look behind the API.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The tenant's time.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// What the fleet has lived through since the tenant's first start.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn history(&self) -> Result<History, Error> {
        Ok(History::of(&self.database).await?)
    }

    /// How often each device was sent each command, by device and command.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn effects(&self) -> Result<Vec<Effect>, Error> {
        let sql = "select device_id, command, count(*) as count from commands \
                   group by device_id, command order by device_id, command";
        let rows = self.database.fetch(sql, args![]).await?;
        let read = |row: &muster_store::Row| {
            Ok(Effect { device_id: row.get("device_id")?, command: row.get("command")?, count: row.get("count")? })
        };
        rows.iter().map(read).collect()
    }

    /// The operations that are built, each with the name of its route: the endpoint's, or the key of its facts.
    pub fn built(&self) -> Vec<(&'static str, &'static Operation)> {
        let built = self.server.table.all().iter().filter(|route| route.right().is_some());
        built.map(|route| (route.name, route.operation)).collect()
    }

    /// The right that each built operation asks for, as roles name it, by the key of its facts.
    pub fn policy(&self) -> BTreeMap<&'static str, String> {
        let routes = self.server.table.all().iter();
        routes.filter_map(|route| Some((route.operation.key.as_str(), route.right()?.to_string()))).collect()
    }

    /// How many requests each route has answered with success, if [`Settings::check_answers`] asks for it.
    pub fn served(&self) -> BTreeMap<&'static str, u64> {
        self.server.tally.counts().served
    }

    /// How many requests each route has answered with an error, under the same condition.
    pub fn refused(&self) -> BTreeMap<&'static str, u64> {
        self.server.tally.counts().refused
    }

    /// What answers did to break their published shapes, if [`Settings::check_answers`] asks for it.
    pub fn offences(&self) -> Vec<String> {
        self.server.tally.counts().offences
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// The tasks end when `shutdown` is gone, so that a test that forgets [`Running::stop`] leaves nothing running.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.shutdown.send(true);
    }
}
