//! The one way from a draft to a finished job: propose, preview, ask, run, report.

use clap::Args;

/// How a job proceeds.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pacing")]
pub(crate) struct Pacing {
    /// Pause after every N items
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch_size: Option<u32>,
    /// How long to pause between batches
    #[arg(long, value_name = "DURATION", requires = "batch_size", value_parser = crate::cli::duration)]
    pub(crate) pause: Option<std::time::Duration>,
    /// Stop once N items, or N % of all, have failed
    #[arg(long, value_name = "N|N%")]
    pub(crate) stop_after: Option<String>,
    /// Go on after a failed item (as it does without being told)
    #[arg(long, conflicts_with = "stop_on_error")]
    pub(crate) continue_on_error: bool,
    /// Stop at the first failed item
    #[arg(long, conflicts_with = "stop_after")]
    pub(crate) stop_on_error: bool,
}

/// Secrets that a stored plan needs again: it never keeps them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SecretFlags {
    /// The CSV file of `users provision`, when it brought passwords
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords_from: Option<std::path::PathBuf>,
}
