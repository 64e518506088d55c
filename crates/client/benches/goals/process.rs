//! What this process has used, as Linux tells it.

use std::time::Duration;

/// Processor time of the calling thread, to the nanosecond. Everything that is measured runs on one thread.
pub(crate) fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default())
}

/// Bytes in memory.
pub(crate) fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().find_map(|word| word.parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// Runs something and tells how much processor time it took.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let before = cpu();
    let done = work.await;
    (done, cpu().saturating_sub(before))
}
