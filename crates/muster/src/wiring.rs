//! The composition root: settings become handles, and handles become what a command works with.
//! Everything that is plugged together in this program is plugged together on this page.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use muster_client::{Client, Clock, Credentials, Dialect, Prepared, Quota, Rate, Settings, Writer};
use muster_engine::{Engine, Permitted, Secrets, SharedQuota, SigningKey, Tenant, Urgency};
use muster_store::{Database, FolderLock, Options, SystemClock};
use secrecy::ExposeSecret as _;

use crate::app::{App, Spoken};
use crate::config::{self, By, Connection, Origin, PolicyFile, Sign};
use crate::error::Failure;

/// A tenant that answers, with both handles.
pub(crate) struct Connected {
    pub(crate) client: Client,
    writer: Writer,
    /// How plans and jobs call the tenant.
    pub(crate) tenant: String,
}

impl Connected {
    /// Connects with what is ready.
    pub(crate) async fn new(ready: Prepared, quota: Option<Arc<SharedQuota>>) -> Result<Self, muster_client::Error> {
        let (client, writer) = ready.connect(quota.map(|quota| quota as Arc<dyn Quota>)).await?;
        Ok(Self { tenant: tenant_name(client.url()), client, writer })
    }

    /// What the engine's runner takes: from here on nobody else can write.
    pub(crate) fn into_tenant(self, secrets: Secrets) -> Tenant {
        Tenant { name: self.tenant, client: self.client, writer: self.writer, secrets }
    }
}

/// The clock of this machine, for signatures that say when they were made.
#[derive(Debug)]
struct TimeOfDay;

impl Clock for TimeOfDay {
    fn now(&self) -> jiff::Timestamp {
        muster_store::Clock::now(&SystemClock)
    }
}

/// How long a command believes lists of what rarely changes.
const KEEP: Duration = Duration::from_secs(60);

/// The client's settings for a connection: flags over context over defaults.
pub(crate) fn settings(app: &App, connection: Connection) -> Result<Settings, Failure> {
    let defaults = &app.file.defaults;
    let credentials = match connection.sign {
        Sign::Basic { username, password, tenant_code } => Credentials::Basic { username, password, tenant_code },
        Sign::OAuth { token_url, client_id, client_secret, secret_in, tenant_code } => {
            Credentials::OAuth { token_url, client_id, client_secret, secret_in, tenant_code }
        }
        Sign::Nobody => Credentials::Nobody,
        Sign::Certificate { identity, by: By::Signature, tenant_code } => {
            Credentials::Certificate { identity, tenant_code, clock: Arc::new(TimeOfDay) }
        }
        Sign::Certificate { identity, by: By::Handshake, tenant_code } => {
            Credentials::TlsCertificate { identity, tenant_code, clock: Arc::new(TimeOfDay) }
        }
    };
    let mut settings = Settings::new(connection.url, credentials);
    settings.trust = connection.trust;
    settings.identity = connection.identity;
    if let Some(proxy) = connection.proxy {
        settings.proxy = proxy;
    }
    settings.dialect = connection
        .dialect
        .map(|word| word.parse::<Dialect>())
        .transpose()
        .map_err(|error| Failure::config(error.to_string()))?;
    if let Some(rate) = app.globals.rate.or(connection.rate).or(defaults.rate) {
        // A second's worth may leave at once, but never more than the default bucket holds.
        let burst = rate.ceil().clamp(1.0, f64::from(Rate::default().burst)) as u32;
        settings.rate = Rate { per_second: rate, burst };
    }
    settings.keep = if app.globals.fresh { Duration::ZERO } else { KEEP };
    if let Some(lanes) = app.globals.lanes.map(usize::from).or(connection.lanes).or(defaults.lanes) {
        settings.lanes = lanes;
    }
    if let Some(rows) = connection.page_size.or(defaults.page_size) {
        settings.page_size = rows;
    }
    if let Some(seconds) = connection.timeout_seconds.or(defaults.timeout_seconds) {
        settings.timeout = Duration::from_secs(seconds);
    }
    let flag = app.globals.ca_file.clone();
    if let Some(path) = flag.or_else(|| app.environment.path("MUSTER_CA_FILE")).or(connection.ca_file.map(Into::into)) {
        let pem = std::fs::read(&path)
            .map_err(|error| Failure::io(format!("cannot read the certificates in {}", path.display()), &error))?;
        settings.extra_roots_pem = Some(pem);
    }
    Ok(settings)
}

/// Connects to the tenant that this command speaks to, and remembers its dialect if it had to be asked for.
pub(crate) async fn connect(app: &App) -> Result<Connected, Failure> {
    // The database opens in a thread of its own: meanwhile there is time to look up what the connection needs.
    let (_, connection) = tokio::join!(open_ahead(app), app.connection());
    let connection = connection?;
    let (name, origin, known) = (connection.name.clone(), connection.origin, connection.dialect.is_some());
    let settings = settings(app, connection)?;
    let rate = settings.rate.per_second;
    let tenant = tenant_name(&settings.url);
    // While the record of calls is asked how it stands, the rest is made ready.
    let (quota, ready) = tokio::join!(quota(app, &name, &tenant), async { muster_client::prepare(&settings) });
    let connected = Connected::new(ready?, quota.clone()).await?;
    // The first connection of a command is the one that counts.
    let since = muster_store::Clock::now(&SystemClock);
    let _ = app.spoken.set(Spoken { client: connected.client.clone(), quota, rate, since });
    if !known && (origin != Origin::Environment || app.environment.get("MUSTER_URL").is_none()) {
        remember_dialect(app, &name, connected.client.dialect());
    }
    Ok(connected)
}

/// Opens what this machine keeps if the record of calls will need it. What goes wrong shows there.
async fn open_ahead(app: &App) {
    let known = |name: &String| app.file.contexts.contains_key(name);
    let elsewhere = |name: &String| app.file.limits.get(name).is_some_and(|limits| limits.record.is_some());
    if app.context_name().is_some_and(|name| known(&name) && !elsewhere(&name)) {
        let _ = kept(app).await;
    }
}

/// This process's share in the calls that the tenant permits. Where nothing can be written, the process counts for
/// itself, and says so.
pub(crate) async fn quota(app: &App, context: &str, tenant: &str) -> Option<Arc<SharedQuota>> {
    let limits = app.file.limits.get(context).cloned().unwrap_or_default();
    let permitted = Permitted { per_minute: limits.calls_per_minute, per_day: limits.calls_per_day };
    let urgency = if app.globals.urgent { Urgency::Urgent } else { Urgency::Usual };
    let group = limits.organization_group.as_deref().unwrap_or(context);
    // With and without what the client leaves out, it is one tenant.
    let tenant = tenant.strip_suffix("/api").or_else(|| tenant.strip_suffix("/API")).unwrap_or(tenant);
    let opened = async {
        let database = match &limits.record {
            Some(reference) => Database::open(app.secret(reference).await?.expose_secret(), Options::default()).await?,
            None => kept(app).await?,
        };
        let quota = SharedQuota::open(database, Arc::new(SystemClock), tenant, group, permitted, urgency).await;
        Ok::<_, Failure>(quota?)
    };
    match opened.await {
        Ok(quota) => Some(Arc::new(quota)),
        Err(failure) => {
            tracing::warn!(
                "the shared record of calls cannot be used, this process counts for itself: {}",
                failure.message
            );
            None
        }
    }
}

/// What this machine keeps: one handle for a command, however many rooms have their rows there.
async fn kept(app: &App) -> Result<Database, Failure> {
    let mut options = Options::default();
    if app.brief {
        // Whoever opens the database reads its log, and short commands open it often.
        options.log_pages = SHORT_LOG;
    }
    app.kept.get_or_try_init(async || database_in(&app.places()?.state, options).await).await.cloned()
}

/// Pages that short commands leave in the log.
const SHORT_LOG: u32 = 32;

/// The database of a state folder, which is made if it is missing.
async fn database_in(state: &Path, options: Options) -> Result<Database, Failure> {
    private_folder(state).map_err(|error| {
        Failure::io(format!("cannot use the state folder {}", state.display()), &error).hint(NO_STATE)
    })?;
    let url = format!("sqlite:{}", state.join("muster.db").display());
    Ok(Database::open(&url, options).await?)
}

/// A new database with the tables of every room that keeps something there.
pub(crate) async fn new_state(url: &str) -> Result<Database, Failure> {
    let database = Database::open(url, Options::default()).await?;
    SharedQuota::make_tables(&database).await?;
    #[cfg(feature = "server")]
    muster_controller::make_tables(&database).await?;
    Ok(database)
}

/// Notes which dialect a context speaks. If that fails, the next command asks again: no harm done.
pub(crate) fn remember_dialect(app: &App, name: &str, dialect: Dialect) {
    let noted = app.places().and_then(|places| {
        config::edit(&places.config_file, |document| config::put_dialect(document, name, dialect.as_str()))
    });
    if let Err(failure) = noted {
        tracing::info!(context = name, "cannot remember the dialect: {}", failure.message);
    }
}

/// How plans and jobs call a tenant.
pub(crate) fn tenant_name(url: &url::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The engine over this machine's state, for looking and planning: others may do so at the same time.
pub(crate) async fn engine(app: &App) -> Result<Engine, Failure> {
    engine_and_database(app).await.map(|(_, engine)| engine)
}

/// The engine of this command, and the database below it for others who keep their rows there.
pub(crate) async fn engine_and_database(app: &App) -> Result<(Database, Engine), Failure> {
    let policy = PolicyFile::find(app)?.policy;
    let database = kept(app).await?;
    let engine = Engine::open(database.clone(), Arc::new(SystemClock), policy).await?;
    Ok((database, rooted(app, engine.in_context(app.context_name()))?))
}

/// The same engine; its first approver is the one that the configuration names, if it names one.
fn rooted(app: &App, engine: Engine) -> Result<Engine, Failure> {
    match &app.file.approvals.root {
        Some(key) => Ok(engine.rooted_in(key.parse()?)),
        None => Ok(engine),
    }
}

/// The engine with the key that signs its record.
pub(crate) async fn engine_that_signs(app: &App) -> Result<Engine, Failure> {
    signing(app, engine(app).await?).await
}

/// The same engine; whatever it does is followed by checkpoints of its record.
pub(crate) async fn signing(app: &App, engine: Engine) -> Result<Engine, Failure> {
    let key = match &app.file.audit.key {
        Some(reference) => SigningKey::from_secret(&app.secret(reference).await?)?,
        None => own_key(app).await?,
    };
    Ok(engine.signed_by(&key).await?)
}

/// The key in the state folder, made when it is first needed.
async fn own_key(app: &App) -> Result<SigningKey, Failure> {
    let path = app.places()?.state.join("audit.key");
    if !path.exists() {
        let secret = SigningKey::generate("audit")?.to_secret();
        crate::secrets::replace_private(&path, secret.expose_secret().as_bytes())
            .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
    }
    Ok(SigningKey::from_secret(&app.secret(&format!("file:{}", path.display())).await?)?)
}

/// An engine that goes by the documented defaults, over a state folder of its own.
#[cfg(feature = "server")]
pub(crate) async fn engine_in(state: &Path) -> Result<Engine, Failure> {
    let policy = muster_engine::GuardPolicy::default();
    Ok(Engine::open(database_in(state, Options::default()).await?, Arc::new(SystemClock), policy).await?)
}

const NO_STATE: &str = "it has to be a folder that you may write to; MUSTER_HOME=DIR names another one";

/// Plans and jobs tell a lot about a fleet: their folder is its owner's.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// What somebody can do whose state folder another muster works in.
const BESIDE: &str = "wait for it (muster jobs list shows its job, muster jobs watch JOB how far it is), or add --urgent to run beside it";

/// The engine for carrying out jobs, alone in the state folder for as long as the second value lives. Urgent work does
/// not wait for another job: it runs beside it, and the lease of each job keeps the two apart.
pub(crate) async fn engine_alone(app: &App) -> Result<(Engine, Option<FolderLock>), Failure> {
    let lock = match FolderLock::acquire(&app.places()?.state) {
        Ok(lock) => lock,
        Err(error) if error.kind() != muster_store::Kind::Locked => return Err(error.into()),
        Err(_) if app.globals.urgent => return Ok((engine_that_signs(app).await?, None)),
        Err(error) => return Err(Failure::from(error).hint(BESIDE)),
    };
    let engine = engine_that_signs(app).await?.alone();
    let age = jiff::SignedDuration::from_hours(i64::from(muster_engine::KEEP_JOBS_DAYS) * 24);
    if let Err(error) = engine.prune(age, "retention").await {
        tracing::warn!(%error, "old jobs could not be forgotten");
    }
    Ok((engine, Some(lock)))
}
