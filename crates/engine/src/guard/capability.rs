//! Takes out what the platform of a device does not have, by the tables of the verbs and of the commands. (What a *dialect*
//! does not offer is known to the client, before anything is planned.)

use muster_model::words::Platform;

use super::{Facts, Opinion, Page};
use crate::plan::{Target, Verdict};

pub(super) use crate::plan::CAPABILITY as NAME;

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.all() {
        let Target::Device(device) = item.target else { continue };
        let platforms = item.action.platforms();
        // A platform that nobody knows may have anything, and so may a device of which nobody said what it is.
        if platforms.is_empty() || matches!(device.platform, Platform::Other(_)) || platforms.contains(&device.platform)
        {
            continue;
        }
        let have: Vec<&str> = platforms.iter().map(Platform::as_str).collect();
        let what = item.action.command().map_or_else(|| item.action.describe(), |command| command.to_string());
        opinion.item(index, Verdict::Skip, format!("{} has no {what}: it is for {}", device.platform, have.join(", ")));
    }
}
