//! What this process has used, as Linux tells it.

use std::path::Path;
use std::time::Duration;

fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().find_map(|word| word.parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// Bytes in memory.
pub(crate) fn memory() -> u64 {
    status("VmRSS:")
}

/// The most bytes that were in memory at once.
pub(crate) fn most_memory() -> u64 {
    status("VmHWM:")
}

/// Processor time of all threads.
pub(crate) fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything, up to its closing bracket.
    let fields = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Bytes of a file.
pub(crate) fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map(|file| file.len()).unwrap_or_default()
}
