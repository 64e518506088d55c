//! What this process has used of memory and of processors, as Linux tells it.

use std::time::Duration;

/// The most bytes that were in memory at one time, since [`forget`] was called last.
pub(crate) fn most() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().find_map(|word| word.parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// Begins anew to look for the most.
pub(crate) fn forget() {
    // Where that is not possible, the most of all phases so far is told, which is more and not less.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Time of processors that this process has taken, in steps of 10 ms.
pub(crate) fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may have spaces in it; behind its bracket come the other fields.
    let fields = text.rsplit_once(')').map(|(_, fields)| fields.split_whitespace()).into_iter().flatten();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
