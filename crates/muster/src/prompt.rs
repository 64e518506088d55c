//! Questions. Never hangs: without a terminal at stdin a question is a refusal that names the flag
//! which would have answered it.

use std::io::{BufRead as _, IsTerminal as _};

use crate::app::App;
use crate::error::{Exit, Failure};

/// Asks a yes-or-no question; `--yes` is the answer that needs nobody.
pub(crate) fn confirm(app: &App, question: &str) -> Result<(), Failure> {
    if app.globals.yes {
        return Ok(());
    }
    let declined = || Failure::new(Exit::Refused, "E_DECLINED", "not confirmed; nothing was sent");
    if silent(app) {
        return Err(declined().because(unanswered(app)).hint("add --yes to answer, or -n to see the plan"));
    }
    app.notes.raw(&format!("{question} [y/N] "));
    match read_line()?.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(declined()),
    }
}

/// Asks for proof of attention: `expected` has to be typed, or given by `--confirm`. `--yes` is not enough.
pub(crate) fn confirm_severe(app: &App, question: &str, expected: &str, given: Option<&str>) -> Result<(), Failure> {
    let declined = || Failure::new(Exit::Refused, "E_DECLINED", "not confirmed; nothing was sent");
    let answer = match given {
        Some(given) => given.to_owned(),
        None if silent(app) => {
            return Err(declined()
                .because(unanswered(app))
                .because("this cannot be undone, so --yes alone does not answer it")
                .hint(format!("add --confirm {expected}")));
        }
        None => {
            app.notes.raw(&format!("{question}\nType {expected} to go on: "));
            read_line()?
        }
    };
    if answer.trim() == expected { Ok(()) } else { Err(declined().because(format!("expected {expected}"))) }
}

fn silent(app: &App) -> bool {
    app.globals.no_input || !std::io::stdin().is_terminal()
}

fn unanswered(app: &App) -> &'static str {
    if app.globals.no_input { "--no-input forbids questions" } else { "there is no terminal to ask at" }
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::io("cannot read the answer", &error))?;
    Ok(line.trim().to_owned())
}
