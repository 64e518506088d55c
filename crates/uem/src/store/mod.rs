//! Every SQL statement of the tenant, one file per group of tables. (The fleet keeps the statements
//! that only it needs in its own folder.)

pub(crate) mod access;
pub(crate) mod agent_runs;
pub(crate) mod apps;
pub(crate) mod automated_enrollment;
pub(crate) mod blobs;
pub(crate) mod bulk_limits;
pub(crate) mod commands;
pub(crate) mod compliance;
pub(crate) mod content;
pub(crate) mod deliveries;
pub(crate) mod deployments;
pub(crate) mod devices;
pub(crate) mod effects;
pub(crate) mod enrolled_devices;
pub(crate) mod event_rules;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod filter;
pub(crate) mod inventory;
pub(crate) mod names;
pub(crate) mod notifications;
pub(crate) mod objects;
pub(crate) mod operations;
pub(crate) mod organization_groups;
pub(crate) mod page;
pub(crate) mod products;
pub(crate) mod profiles;
pub(crate) mod reach;
pub(crate) mod recipients;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod smart_groups;
pub(crate) mod tags;
pub(crate) mod tenant;
pub(crate) mod user_groups;
pub(crate) mod users;
pub(crate) mod wipes;

use muster_store::{Database, Engine, Error, Migration, Transaction, args};

/// Migrations by name, oldest first; one that is in use is never changed.
macro_rules! migrations {
    ($($name:literal $($own:ident)?),+ $(,)?) => {
        const MIGRATIONS: &[Migration] = &[$(Migration {
            name: $name,
            sql: include_str!(concat!("migrations/", $name, ".sql")),
            postgres: migrations!(@ $name $($own)?),
        }),+];
    };
    (@ $name:literal) => { None };
    // Triggers are written differently in each engine.
    (@ $name:literal postgres) => { Some(include_str!(concat!("migrations/", $name, ".postgres.sql"))) };
}

migrations! {
    "0001_tenant",
    "0002_effects",
    "0003_objects",
    "0004_profiles",
    "0005_authority",
    "0006_people",
    "0007_device_data",
    "0008_content",
    "0009_wipes",
    "0010_event_notifications" postgres,
    "0011_agent_runs",
    "0012_exported_files",
    "0013_product_jobs",
    "0014_tags",
    "0015_smart_groups",
    "0016_device_order",
    "0017_apps",
    "0018_policies",
    "0019_operations_of_groups",
    "0020_check_ins",
    "0021_device_roll" postgres,
    "0022_commands_tell",
}

/// The tables that a device is shown from.
pub(crate) const SHOWN_WITH_DEVICES: [&str; 3] = ["devices", "users", "organization_groups"];

/// The name under which the tenant's migrations are recorded.
pub(crate) const ROOM: &str = "uem";

/// Brings the tenant's tables to their newest form.
pub(crate) async fn migrate(database: &Database) -> Result<(), Error> {
    database.migrate(ROOM, MIGRATIONS).await
}

/// Brings the tenant's tables to an earlier form, after which just these had run; tells whether they are ours.
pub(crate) async fn migrate_as(database: &Database, names: &[String]) -> Result<bool, Error> {
    let ours = MIGRATIONS.iter().map(|migration| migration.name);
    if names.len() > MIGRATIONS.len() || !ours.zip(names).all(|(ours, name)| ours == name) {
        return Ok(false);
    }
    database.migrate(ROOM, &MIGRATIONS[..names.len()]).await?;
    Ok(true)
}

/// Any number that nothing else in the database locks.
const WRITERS: i64 = 0x7565_6d77;

/// Begins a change. Changes follow one another, because the next id is counted up from the last one: on
/// SQLite and in groups they do so anyway, else on PostgreSQL they wait for a lock that ends with the transaction.
pub(crate) async fn begin(database: &Database) -> Result<Transaction, Error> {
    let mut tx = database.begin().await?;
    if database.engine() == Engine::Postgres && !database.is_grouped() {
        tx.fetch("select pg_advisory_xact_lock($1)::text as locked", args![WRITERS]).await?;
    }
    Ok(tx)
}
