//! Logging to stderr, as loud as `-v` says. Secrets and bodies never reach it: their types cannot be printed.

use tracing_subscriber::EnvFilter;

use crate::output::Notes;

/// Installs the subscriber. Nothing is logged without `-v`: what matters to people is said as a note.
pub(crate) fn start(verbose: u8, notes: Notes) {
    let directives = match verbose {
        0 => return,
        1 => "warn,muster=info,muster_client=info,muster_engine=info,muster_workflows=info,muster_uem=info",
        2 => "info,muster=debug,muster_client=trace,muster_engine=debug,muster_workflows=debug,muster_uem=debug",
        _ => "debug,muster_client=trace,sqlx=info,h2=info",
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives))
        .with_writer(std::io::stderr)
        .with_ansi(notes.paint.enabled())
        .finish();
    // Only a second subscriber could fail here, and there is none.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
