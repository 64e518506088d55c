//! What is forgotten, and when.

use std::time::Duration;

use jiff::Timestamp;
use muster_store::args;

use super::Rows;
use crate::Error;

/// How long rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    /// Runs, fires, snapshots, resolved alerts and what was told of them.
    pub(crate) history: Duration,
    /// Probes: there is one a minute.
    pub(crate) probes: Duration,
}

impl Rows {
    /// Deletes what is older than `retention` says; answers how many rows went. What is still under way
    /// stays, whatever its age.
    pub(crate) async fn forget(&self, retention: Retention, now: Timestamp) -> Result<u64, Error> {
        let before = |keep: Duration| now.checked_sub(keep).unwrap_or(Timestamp::MIN);
        let history = before(retention.history);
        let mut gone = 0;
        for (sql, limit) in [
            ("delete from tenant_probes where tenant = $1 and at < $2", before(retention.probes)),
            ("delete from fleet_snapshots where tenant = $1 and taken_at < $2", history),
            ("delete from workflow_runs where tenant = $1 and started_at < $2 and outcome <> 'running'", history),
            ("delete from schedule_fires where tenant = $1 and fired_at < $2", history),
            // What was told of an alert goes before the alert that it points to.
            (
                "delete from deliveries where alert_id in \
                 (select id from alerts where tenant = $1 and state = 'resolved' and resolved_at < $2)",
                history,
            ),
            ("delete from alerts where tenant = $1 and state = 'resolved' and resolved_at < $2", history),
        ] {
            gone += self.database.execute(sql, args![&self.tenant, limit]).await.map_err(Error::writing)?;
        }
        Ok(gone)
    }
}
