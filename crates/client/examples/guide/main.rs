//! The guide's scripts, told again with `muster-client`, each against a UEM of its own:
//!
//! ```console
//! $ cargo run -p muster-client --example guide                # their names
//! $ cargo run -p muster-client --example guide -- bulk        # one of them
//! $ cargo run -p muster-client --example guide -- all
//! ```
//!
//! One file a script, about twenty lines each, in `scripts/`. A test runs all of them.

mod scripts;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let mut found = false;
    for (name, about, run) in scripts::ALL {
        if wanted != *name && wanted != "all" {
            continue;
        }
        found = true;
        scripts::say(format!("== {name}: {about}"));
        if let Err(error) = run().await {
            scripts::say(format!("{name} failed: {error}"));
            return ExitCode::FAILURE;
        }
    }
    if !found {
        for (name, about, _) in scripts::ALL {
            scripts::say(format!("{name:<14} {about}"));
        }
    }
    ExitCode::SUCCESS
}
