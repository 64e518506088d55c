//! The console's settings about the API of an organization group.

use super::{Desk, Done, Objection};
use crate::store::access::settings::{self, ApiSettings};

impl Desk<'_> {
    /// What a group sets itself.
    pub(crate) async fn settings(&self, group: i64) -> Done<ApiSettings> {
        self.sees(group).await?;
        Ok(settings::all(self.database).await?.remove(&group).unwrap_or_default())
    }

    pub(crate) async fn set_settings(&self, group: i64, new: &ApiSettings) -> Done<()> {
        self.sees(group).await?;
        let limits = [
            ("timeout", new.timeout_seconds, 1..=3_600),
            ("rate limit", new.rate_limit, 1..=10_000_000),
            ("daily quota", new.daily_quota, 1..=u32::MAX),
            ("retention of the log", new.log_days, 1..=3_650),
        ];
        for (what, value, range) in limits {
            if value.is_some_and(|value| !range.contains(&value)) {
                let message = format!("The {what} is between {} and {}.", range.start(), range.end());
                return Err(Objection::Invalid(message));
            }
        }
        let mut tx = self.begin().await?;
        settings::write(&mut tx, group, new).await?;
        tx.commit().await?;
        Ok(())
    }
}
