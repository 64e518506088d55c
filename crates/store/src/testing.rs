//! A real PostgreSQL for tests (feature `testing`): found on the machine, started as another user when root, on a
//! Unix socket in a temporary folder, and gone with the test process however that ends.
//!
//! It is no substitute for a server that keeps data: everything that costs time for safety is switched off.

mod disk;

pub use disk::{Disk, Image, Workshop};

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use uuid::Uuid;

use crate::{Database, Error, Options, args};

/// Waits until the test lets go of its end of the pipe (or dies), then stops the server and removes its folder.
const KEEPER: &str = r#"
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

const READY: &str = "ready to accept connections";

/// A running server. Its keeper stops it when this process ends.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    /// Never waited for: it outlives us by the moment that it needs to stop the server and to clean up.
    _keeper: Child,
    databases: AtomicU32,
}

impl Postgres {
    /// The server that the tests of this process share, or `None` where no PostgreSQL is installed.
    ///
    /// # Errors
    /// What went wrong when an installed PostgreSQL was started; that there is none, where `MUSTER_REQUIRE_POSTGRES`
    /// is 1, as on machines that prove something.
    pub fn shared() -> Result<Option<&'static Self>, String> {
        static SHARED: OnceLock<Result<Option<Postgres>, String>> = OnceLock::new();
        let start = || match programs() {
            Some(programs) => Self::start(&programs).map(Some).map_err(|error| error.to_string()),
            None if is_required("MUSTER_REQUIRE_POSTGRES") => {
                Err("MUSTER_REQUIRE_POSTGRES is 1, and PostgreSQL is not installed".to_owned())
            }
            None => Ok(None),
        };
        SHARED.get_or_init(start).as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    fn start(programs: &Path) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("muster-pg-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder)?;
        let user = if fs::metadata(&folder)?.uid() == 0 { Some(other_user()?) } else { None };
        let mut initdb = Command::new(programs.join("initdb"));
        initdb.arg("-D").arg(folder.join("data")).current_dir(&folder);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(programs.join("postgres")).arg(&folder).current_dir(&folder);
        if let Some((uid, gid)) = user {
            // PostgreSQL refuses to run as root.
            chown(&folder, Some(uid), Some(gid))?;
            initdb.uid(uid).gid(gid);
            keeper.uid(uid).gid(gid);
        }
        let made = initdb.output()?;
        if !made.status.success() {
            return Err(io::Error::other(format!("initdb: {}", String::from_utf8_lossy(&made.stderr))));
        }
        let mut keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        wait_until_ready(&mut keeper)?;
        Ok(Self { folder, _keeper: keeper, databases: AtomicU32::new(0) })
    }

    /// The URL of a new, empty database on this server.
    ///
    /// # Errors
    /// What the server says.
    pub async fn database(&self) -> Result<String, Error> {
        let name = format!("story_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let server =
            Database::open(&self.url("postgres"), Options { durable: false, readers: 1, ..Options::default() }).await?;
        server.execute(format!("create database {name}"), args![]).await?;
        server.close().await;
        Ok(self.url(&name))
    }

    /// The URL of a new database that begins as a copy of another one of this server, which nobody has open.
    ///
    /// # Errors
    /// What the server says.
    pub async fn copy_of(&self, url: &str) -> Result<String, Error> {
        let template = url.split(['/', '?']).find(|part| part.starts_with("story_")).unwrap_or_default();
        let name = format!("story_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let options = Options { durable: false, readers: 1, ..Options::default() };
        let server = Database::open(&self.url("postgres"), options).await?;
        server.execute(format!("create database {name} template {template}"), args![]).await?;
        server.close().await;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }
}

/// Reads the server's log until it says that it is ready, and lets a thread read what follows.
fn wait_until_ready(keeper: &mut Child) -> io::Result<()> {
    let log = keeper.stderr.take().ok_or_else(|| io::Error::other("the server has no log"))?;
    let mut lines = BufReader::new(log).lines();
    let mut said = String::new();
    loop {
        let Some(line) = lines.next().transpose()? else {
            return Err(io::Error::other(format!("postgres: {said}")));
        };
        if line.contains(READY) {
            break;
        }
        said.push_str(&line);
        said.push('\n');
    }
    std::thread::spawn(move || lines.for_each(drop));
    Ok(())
}

fn is_required(wish: &str) -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test fixture is told by whoever runs the tests")]
    let wish = std::env::var_os(wish);
    wish.is_some_and(|wish| wish == "1")
}

/// The folder with `initdb` and `postgres`: on the path, or where Debian keeps the newest version.
fn programs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test fixture looks for a program as a shell would")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let whole = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    if let Some(folder) = std::env::split_paths(&path).find(whole) {
        return Some(folder);
    }
    let version = |folder: &fs::DirEntry| folder.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().collect();
    versions.sort_by_key(version);
    versions.iter().rev().map(|version| version.path().join("bin")).find(whole)
}

/// The numbers of the user `postgres`, else of `nobody`.
fn other_user() -> io::Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let numbers = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    numbers("postgres")
        .or_else(|| numbers("nobody"))
        .ok_or_else(|| io::Error::other("no user to run PostgreSQL as: neither postgres nor nobody exists"))
}
