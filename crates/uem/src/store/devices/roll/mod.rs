//! The roll: what a search needs to know of every device, kept in memory.
//!
//! A search wants to know how many devices match, and which of them stand on one page of a sorted list. An engine of SQL
//! answers both by walking over everything that matches, or lies before the page. Here each criterion is a column of
//! small numbers, and comparing a million of them takes a fraction of a millisecond (about 120 bytes a device). The rows
//! that are shown come from the database, always.
//!
//! It follows the database: triggers mark devices and users whose criteria change, in the transaction that changes them,
//! and before a search, if anything was changed since the last one, what is marked is read again. Check-ins are not marked, they would cost as much again: whoever
//! writes them tells when devices were [heard](Roll::heard) from. Should devices ever have ids that are far apart, there
//! is no roll, and searches take the long way.

mod columns;
mod select;
mod sorted;
mod texts;

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use muster_store::{Changes, Database, Engine, Error, Row, Value, args};
use tokio::sync::Mutex;

use self::columns::{Columns, Entry};
use self::select::Test;
use super::super::page::Page;
use super::super::scope::Scope;
use super::search::Wanted;

/// Rows that are read at once.
const AT_ONCE: usize = 5_000;
/// Marks that are kept before those that were followed are removed.
const MARKS: i64 = 10_000;
/// Users whose devices are looked up; those of more are found by going through all devices.
const FEW_USERS: usize = 100;

/// The roll of a tenant's devices.
pub(crate) struct Roll {
    database: Database,
    state: RwLock<State>,
    /// Held by whoever brings it up to date.
    following: Mutex<()>,
}

#[derive(Default)]
struct State {
    stage: Stage,
    /// The last mark that was followed, and the last one that was removed.
    marks: (i64, i64),
    /// The count of changes when it was last looked for marks, if there is one.
    at: Option<u64>,
    columns: Columns,
}

#[derive(Default)]
enum Stage {
    #[default]
    Unread,
    /// It is being read. Devices that are heard from meanwhile, and when.
    Reading(Vec<(i64, i64)>),
    Ready,
    /// Ids are too far apart.
    Impossible,
}

impl Roll {
    /// An empty roll, which is read when it is first needed.
    pub(crate) fn new(database: Database) -> Self {
        Self { database, state: RwLock::default(), following: Mutex::default() }
    }

    /// What was marked before now is of no interest, and one database's marks are not to be taken for another's that was
    /// restored.
    pub(crate) async fn begin(&self) -> Result<(), Error> {
        self.database.execute("delete from device_marks", args![]).await.map(drop)
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Devices were heard from, each at a moment, and it is in the database by now.
    pub(crate) fn heard(&self, devices: &[(i64, i64)]) {
        let mut state = self.write();
        let State { stage, columns, .. } = &mut *state;
        match stage {
            Stage::Unread | Stage::Impossible => {}
            Stage::Reading(heard) => heard.extend_from_slice(devices),
            Stage::Ready => devices.iter().for_each(|(id, at)| columns.heard(*id, *at)),
        }
        drop(state);
        // What was read since it is in the database may have been in the order of before.
        if let Some(changes) = self.database.changes() {
            changes.note();
        }
    }

    /// The ids of one page in order, and how many devices match; `None` if a criterion is not in the roll.
    pub(super) async fn find(
        &self,
        wanted: &Wanted,
        scope: &Scope,
        page: Page,
    ) -> Result<Option<(Vec<i64>, u64)>, Error> {
        if !wanted.is_in_roll() || page.size > Page::MAX_SIZE || !self.follow().await? {
            return Ok(None);
        }
        let groups = match wanted.group {
            None => None,
            Some(group) => Some(self.below(group).await?),
        };
        let users = wanted.user.as_deref().filter(|text| !text.is_empty()).map(|text| self.read().columns.users(text));
        let users = match users {
            None => None,
            Some(users) if users.len() > FEW_USERS => Some(self.read().columns.of_users(&users)),
            Some(users) => Some(self.of_users(&users).await?),
        };
        let state = self.read();
        if state.columns.is_full {
            return Ok(None);
        }
        let mut tests = state.columns.tests(wanted, scope, groups.as_ref());
        tests.extend(users.map(Test::one_of));
        Ok(Some(state.columns.page(&tests, wanted.order, wanted.descending, page)))
    }

    /// One mark for each argument of a list. (SQLite walks through the numbered ones before each of them.)
    pub(super) fn marks(&self, count: usize) -> String {
        let mark = |number: usize| match self.database.engine() {
            Engine::Sqlite => "?".to_owned(),
            Engine::Postgres => format!("${number}"),
        };
        (1..=count).map(mark).collect::<Vec<_>>().join(", ")
    }

    /// An organization group and those below it.
    async fn below(&self, group: i64) -> Result<BTreeSet<i64>, Error> {
        let sql = "with recursive below (id) as (select $1 + 0 union all select o.id from organization_groups o \
                   join below on o.parent_id = below.id) select id from below";
        self.database.fetch(sql, args![group]).await?.iter().map(|row| row.get("id")).collect()
    }

    /// Devices of a few users.
    async fn of_users(&self, users: &[u32]) -> Result<Vec<u32>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("select id from devices where user_id in ({})", self.marks(users.len()));
        let rows = self.database.fetch(sql, users.iter().map(|user| Value::from(*user)).collect()).await?;
        rows.iter().map(|row| row.get::<u32>("id")).collect()
    }

    /// Brings it up to date; tells whether there is a roll.
    async fn follow(&self) -> Result<bool, Error> {
        let at = self.database.changes().and_then(Changes::settled);
        match self.read() {
            state if matches!(state.stage, Stage::Impossible) => return Ok(false),
            // Nothing has changed at all.
            state if matches!(state.stage, Stage::Ready) && at.is_some() && state.at == at => return Ok(true),
            _ => {}
        }
        let newest = self.newest().await?;
        let _one_at_a_time = self.following.lock().await;
        let marks = {
            let state = self.read();
            matches!(state.stage, Stage::Ready).then_some(state.marks)
        };
        match marks {
            Some((followed, removed)) => {
                self.read_again(followed, newest).await?;
                self.write().at = at;
                if newest - removed > MARKS {
                    self.database.execute("delete from device_marks where id <= $1", args![newest]).await?;
                    self.write().marks.1 = newest;
                }
            }
            None => self.read_all().await?,
        }
        Ok(matches!(self.read().stage, Stage::Ready))
    }

    /// The number of the last mark.
    async fn newest(&self) -> Result<i64, Error> {
        let sql = "select coalesce(max(id), 0) as newest from device_marks";
        self.database.fetch_one(sql, args![]).await?.get("newest")
    }

    async fn read_all(&self) -> Result<(), Error> {
        // Marks of before say nothing that is not read after them.
        let followed = self.newest().await?;
        self.write().stage = Stage::Reading(Vec::new());
        let read = self.read_columns().await;
        let mut state = self.write();
        let Stage::Reading(heard) = std::mem::take(&mut state.stage) else { return Ok(()) };
        if let Some(mut columns) = read? {
            columns.sort();
            heard.iter().for_each(|(id, at)| columns.heard(*id, *at));
            *state = State { stage: Stage::Ready, marks: (followed, 0), at: None, columns };
        } else {
            tracing::warn!("ids of devices are too far apart to keep a roll of them: searches will be slow");
            state.stage = Stage::Impossible;
        }
        Ok(())
    }

    async fn read_columns(&self) -> Result<Option<Columns>, Error> {
        let sql = "select count(*) as devices, coalesce(max(id), 0) as last, \
                   (select coalesce(max(id), 0) from users) as user from devices";
        let row = self.database.fetch_one(sql, args![]).await?;
        let (devices, last, user): (i64, i64, i64) = (row.get("devices")?, row.get("last")?, row.get("user")?);
        if !Columns::can_hold(devices, last.max(user)) {
            return Ok(None);
        }
        let (mut columns, mut after) = (Columns::default(), 0_i64);
        columns.make_room(usize::try_from(last).unwrap_or_default() + 1);
        loop {
            let sql = format!("select {COLUMNS} from devices where id > $1 order by id limit {AT_ONCE}");
            let rows = self.database.fetch(sql, args![after]).await?;
            let Some(last) = rows.last() else { break };
            after = last.get("id")?;
            rows.iter().try_for_each(|row| put(&mut columns, row))?;
        }
        let mut after = 0_i64;
        loop {
            let sql = format!("select id, username from users where id > $1 order by id limit {AT_ONCE}");
            let rows = self.database.fetch(sql, args![after]).await?;
            let Some(last) = rows.last() else { break };
            after = last.get("id")?;
            for row in &rows {
                columns.put_user(row.get("id")?, &row.get::<String>("username")?);
            }
        }
        Ok(Some(columns))
    }

    /// Reads what was marked after a mark, up to another one.
    async fn read_again(&self, after: i64, until: i64) -> Result<(), Error> {
        if until <= after {
            return Ok(());
        }
        let sql = "select distinct device_id, user_id from device_marks where id > $1 and id <= $2";
        let (mut devices, mut users) = (Vec::new(), Vec::new());
        for row in self.database.fetch(sql, args![after, until]).await? {
            devices.extend(row.get::<Option<u32>>("device_id")?);
            users.extend(row.get::<Option<u32>>("user_id")?);
        }
        for ids in devices.chunks(AT_ONCE) {
            let sql = format!("select {COLUMNS} from devices where id in ({})", self.marks(ids.len()));
            let rows = self.database.fetch(sql, ids.iter().map(|id| Value::from(*id)).collect()).await?;
            let mut state = self.write();
            // Those that are not there any more have no row.
            ids.iter().for_each(|id| state.columns.remove(*id));
            rows.iter().try_for_each(|row| put(&mut state.columns, row))?;
        }
        for ids in users.chunks(AT_ONCE) {
            let sql = format!("select id, username from users where id in ({})", self.marks(ids.len()));
            let rows = self.database.fetch(sql, ids.iter().map(|id| Value::from(*id)).collect()).await?;
            let mut state = self.write();
            ids.iter().for_each(|id| state.columns.remove_user(*id));
            for row in rows {
                state.columns.put_user(row.get("id")?, &row.get::<String>("username")?);
            }
        }
        self.write().marks.0 = until;
        Ok(())
    }

    // Whoever held it and failed had not begun to change it.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Roll {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Roll").finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, platform, ownership, compliance_status, enrollment_status, model, organization_group_id, \
    user_id, last_seen_at, enrolled_at, friendly_name, case when imei = '' then 0 else 1 end as has_modem";

fn put(columns: &mut Columns, row: &Row) -> Result<(), Error> {
    let text = |column| row.get::<String>(column);
    let (platform, ownership, compliance) = (text("platform")?, text("ownership")?, text("compliance_status")?);
    let (enrollment, model, name) = (text("enrollment_status")?, text("model")?, text("friendly_name")?);
    let group = row.get::<i64>("organization_group_id")?.to_string();
    columns.put(&Entry {
        id: row.get("id")?,
        words: [&platform, &ownership, &compliance, &enrollment, &model, &group],
        user: row.get("user_id")?,
        seen: row.get("last_seen_at")?,
        enrolled: row.get("enrolled_at")?,
        has_modem: row.get("has_modem")?,
        name: &name,
    });
    Ok(())
}
