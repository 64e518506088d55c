//! `/`: how the tenant, the fleet and the work are, on one page.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;

use super::Frame;
use super::sections::{Activity, Alerts, Fleet, Health, Jobs, Waiting};
use crate::controller::Inner;
use crate::run::waiting;
use crate::web::{page, words};
use crate::{Error, alerts};

/// How often the page loads itself again, in seconds.
const REFRESH: u32 = 30;

/// How far back the trend goes.
const TREND: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Template)]
#[template(path = "dashboard.html")]
pub(super) struct Dashboard {
    pub(super) frame: Frame,
    pub(super) health: Health,
    pub(super) fleet: Fleet,
    pub(super) alerts: Alerts,
    pub(super) activity: Activity,
    pub(super) waiting: Waiting,
    pub(super) jobs: Jobs,
}

pub(in crate::web) async fn show(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let refresh = (query.get("refresh").map(String::as_str) != Some("off")).then_some(REFRESH);
    page(render(&inner, refresh).await)
}

async fn render(inner: &Inner, refresh: Option<u32>) -> Result<String, Error> {
    let now = inner.clock.now();
    let rows = &inner.rows;
    let since = now.checked_sub(TREND).unwrap_or(Timestamp::MIN);
    let living = rows.living_alerts().await?;
    let open: Vec<_> = living.into_iter().filter(|alert| alert.state == alerts::State::Open).collect();
    let held = waiting(&inner.engine, rows.tenant(), now).await.map_err(Error::Engine)?;
    let deliveries = rows.delivery_counts().await?;
    let dashboard = Dashboard {
        frame: Frame {
            title: format!("{} · muster", rows.tenant()),
            tenant: rows.tenant().to_owned(),
            as_of: words::moment(now),
            refresh,
            path: "/".to_owned(),
        },
        health: Health::new(
            &rows.probes(120).await?,
            rows.last_reached().await?.map(|probe| probe.at),
            &rows.probe_counts().await?,
            &inner.link.statistics(),
            now,
        ),
        fleet: Fleet::new(&rows.snapshots(since, 50_000).await?, now),
        alerts: Alerts::new(&open, &rows.resolved_alerts(5).await?, &deliveries, rows.delivery_error().await?, now),
        activity: Activity::new(&rows.schedules().await?, &rows.runs(12).await?, now),
        waiting: Waiting::new(&held, now),
        jobs: Jobs::new(&inner.jobs().await?, now),
    };
    Ok(dashboard.render()?)
}
