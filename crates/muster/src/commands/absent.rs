//! What a build without the feature `server` says to the commands that it does not have.

use crate::error::{Exit, Failure, Outcome};

/// Whatever was typed after the name.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    _words: Vec<String>,
}

/// Refuses the command.
pub(super) fn run() -> Outcome {
    Err(Failure::new(Exit::Usage, "E_NOT_BUILT", "this muster has no `demo`, `uem` and `controller`")
        .because("it was built small, without the feature `server`")
        .hint("take the whole program; from its source: cargo build --release -p muster"))
}
