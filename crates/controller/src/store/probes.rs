//! `tenant_probes`.

use std::time::Duration;

use muster_store::{Row, args};

use super::{Rows, big};
use crate::health::{Outcome, Probe};
use crate::{Error, ids};

impl Rows {
    /// Keeps a probe.
    pub(crate) async fn keep_probe(&self, probe: &Probe, controller: &str) -> Result<(), Error> {
        self.database
            .execute(
                "insert into tenant_probes \
                 (id, tenant, at, controller, outcome, message, latency_microseconds, product) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                args![
                    ids::fresh(probe.at),
                    &self.tenant,
                    probe.at,
                    controller,
                    probe.outcome.as_str(),
                    probe.message.as_str(),
                    big(u64::try_from(probe.latency.as_micros()).unwrap_or(u64::MAX)),
                    probe.product.as_str()
                ],
            )
            .await
            .map(drop)
            .map_err(Error::writing)
    }

    /// The newest probes, newest first.
    pub(crate) async fn probes(&self, limit: u32) -> Result<Vec<Probe>, Error> {
        let rows = self
            .database
            .fetch(
                "select at, outcome, message, latency_microseconds, product from tenant_probes \
                 where tenant = $1 order by at desc, id desc limit $2",
                args![&self.tenant, limit],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter().map(read).collect()
    }

    /// The newest probe that reached the tenant.
    pub(crate) async fn last_reached(&self) -> Result<Option<Probe>, Error> {
        let row = self
            .database
            .fetch_optional(
                "select at, outcome, message, latency_microseconds, product from tenant_probes \
                 where tenant = $1 and outcome = 'reached' order by at desc limit 1",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        row.as_ref().map(read).transpose()
    }

    /// How many of the probes that are kept ended how.
    pub(crate) async fn probe_counts(&self) -> Result<Vec<(Outcome, u64)>, Error> {
        let rows = self
            .database
            .fetch(
                "select outcome, count(*) as number from tenant_probes where tenant = $1 group by outcome order by outcome",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter().map(|row| Ok((outcome(row)?, row.get("number").map_err(Error::reading)?))).collect()
    }
}

fn outcome(row: &Row) -> Result<Outcome, Error> {
    let value: String = row.get("outcome").map_err(Error::reading)?;
    Outcome::known(&value).ok_or(Error::Corrupt { table: "tenant_probes", what: "outcome", value })
}

fn read(row: &Row) -> Result<Probe, Error> {
    Ok(Probe {
        at: row.get("at").map_err(Error::reading)?,
        outcome: outcome(row)?,
        message: row.get("message").map_err(Error::reading)?,
        latency: Duration::from_micros(row.get("latency_microseconds").map_err(Error::reading)?),
        product: row.get("product").map_err(Error::reading)?,
    })
}
