//! Questions. Never hangs: without a terminal at stdin a question is a refusal that names the flag
//! which would have answered it.

use std::io::{BufRead as _, IsTerminal as _};

use secrecy::SecretString;

use crate::app::App;
use crate::commands::change::interrupted;
use crate::error::{Exit, Failure};

/// Asks a yes-or-no question; `--yes` is the answer that needs nobody.
pub(crate) async fn confirm(app: &App, question: &str) -> Result<(), Failure> {
    if app.globals.yes {
        return Ok(());
    }
    let declined = || Failure::new(Exit::Refused, "E_DECLINED", "not confirmed; nothing was sent");
    if silent(app) {
        return Err(declined().because(unanswered(app)).hint("add --yes to answer"));
    }
    app.notes.raw(&format!("{question} [y/N] "));
    match read_line().await?.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(declined()),
    }
}

/// Asks for proof of attention: `expected` has to be typed, or given by `--confirm`. `--yes` is not enough, and `weight`
/// says why.
pub(crate) async fn confirm_severe(
    app: &App,
    (question, weight): (&str, &str),
    expected: &str,
    given: Option<&str>,
) -> Result<(), Failure> {
    let declined = || Failure::new(Exit::Refused, "E_DECLINED", "not confirmed; nothing was sent");
    let answer = match given {
        Some(given) => given.to_owned(),
        None if silent(app) => {
            return Err(declined()
                .because(unanswered(app))
                .because(format!("{weight}, so --yes alone does not answer it"))
                .hint(format!("add --confirm {expected}")));
        }
        None => {
            app.notes.raw(&format!("{question}\nType {expected} to go on: "));
            read_line().await?
        }
    };
    if answer.trim() == expected { Ok(()) } else { Err(declined().because(format!("expected {expected}"))) }
}

/// Whether somebody is there who can be asked.
pub(crate) fn can_ask(app: &App) -> bool {
    !silent(app)
}

/// Asks for a line. The caller made sure that somebody is there.
pub(crate) async fn ask(app: &App, question: &str) -> Result<String, Failure> {
    app.notes.raw(question);
    read_line().await
}

/// Asks for something that is not shown while it is typed. The caller made sure that somebody is there.
pub(crate) async fn hidden(question: String) -> Result<SecretString, Failure> {
    let reading = tokio::task::spawn_blocking(move || rpassword::prompt_password(question).map(SecretString::from));
    let read = tokio::select! {
        read = reading => read.map_err(|error| Failure::internal("cannot read the answer").because(error.to_string()))?,
        () = interrupted() => return Err(Failure::interrupted("interrupted at the question")),
    };
    read.map_err(|error| Failure::io("cannot read the answer", &error))
}

fn silent(app: &App) -> bool {
    app.globals.no_input || !std::io::stdin().is_terminal()
}

fn unanswered(app: &App) -> &'static str {
    if app.globals.no_input { "--no-input forbids questions" } else { "there is no terminal to ask at" }
}

/// Reads on a thread of its own: once signals are listened to, Ctrl-C does not end the process by itself.
async fn read_line() -> Result<String, Failure> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let read = tokio::select! {
        read = reading => read.map_err(|error| Failure::internal("cannot read the answer").because(error.to_string()))?,
        () = interrupted() => return Err(Failure::interrupted("interrupted at the question; nothing was sent")),
    };
    let line = read.map_err(|error| Failure::io("cannot read the answer", &error))?;
    Ok(line.trim().to_owned())
}
