//! `exec:COMMAND …`: what a program writes to stdout, without the line end.
//!
//! No shell is involved: words are split here, quotes and backslashes keep a word together, and nothing is
//! expanded. The program gets no input, little of the environment (nothing of ours), [`PATIENCE`] to answer and
//! [`LONGEST`] bytes to do it in. What it writes to stderr is not shown: it may hold what it should not.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use secrecy::SecretString;
use secrecy::zeroize::Zeroize as _;

use crate::config::Environment;
use crate::error::{Exit, Failure};

/// How long a program may take. Long enough for somebody to touch a key or type a PIN.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than this is no secret but a mistake.
const LONGEST: u64 = 64 * 1024;

/// What a program needs to find itself, its files and its agent.
const PASSED_ON: [&str; 22] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TMPDIR",
    "TZ",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "GPG_TTY",
    "GNUPGHOME",
    "PASSWORD_STORE_DIR",
    "SSH_AUTH_SOCK",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SYSTEMROOT",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "TEMP",
    "COMSPEC",
];
const PASSED_ON_FAMILIES: [&str; 2] = ["LC_", "XDG_"];

pub(super) async fn read(line: &str, environment: &Environment) -> Result<SecretString, Failure> {
    read_within(line, environment, PATIENCE).await
}

/// The words of a command line, or why there are none.
pub(super) fn words(line: &str) -> Result<Vec<String>, Failure> {
    split(line)
        .map_err(|why| Failure::config("the command of an exec: reference cannot be read").because(why))
        .and_then(|words| match words.first() {
            Some(program) if !program.is_empty() => Ok(words),
            _ => Err(Failure::config("an exec: reference names no program")),
        })
}

async fn read_within(line: &str, environment: &Environment, patience: Duration) -> Result<SecretString, Failure> {
    let words = words(line)?;
    let environment = environment.only(&PASSED_ON, &PASSED_ON_FAMILIES);
    let run = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Arguments are not repeated: some people put there what should not be there.
        let program = words[0].clone();
        let mut child = command
            .spawn()
            .map_err(|error| Failure::io(format!("cannot run {program} of an exec: reference"), &error))?;
        let output = output(&mut child, &program, patience);
        if output.is_err() {
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| Failure::io(format!("cannot wait for {program}"), &error))?;
        let output = output?;
        if !status.success() {
            return Err(failed(&program, format!("it ended with {status}")));
        }
        text(&program, output)
    });
    run.await.map_err(|error| Failure::internal("cannot run a program").because(error.to_string()))?
}

/// Everything that it writes, read on a thread of its own so that waiting for it has an end.
fn output(child: &mut Child, program: &str, patience: Duration) -> Result<Vec<u8>, Failure> {
    let Some(stdout) = child.stdout.take() else { return Err(failed(program, "it has no output")) };
    let (done, wait) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut bytes = Vec::with_capacity(4096);
        let read = stdout.take(LONGEST + 1).read_to_end(&mut bytes).map(|_| bytes);
        let _ = done.send(read);
    });
    match wait.recv_timeout(patience) {
        Ok(Ok(bytes)) if bytes.len() as u64 > LONGEST => Err(failed(program, "it writes more than 64 KiB")),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(failed(program, error.to_string())),
        Err(_) => Err(failed(program, format!("it did not end within {} s", patience.as_secs()))),
    }
}

fn text(program: &str, mut bytes: Vec<u8>) -> Result<SecretString, Failure> {
    let secret = std::str::from_utf8(&bytes).ok().map(|text| text.trim_end_matches(['\r', '\n']).to_owned());
    bytes.zeroize();
    match secret {
        None => Err(failed(program, "what it writes is not text in UTF-8")),
        Some(secret) if secret.is_empty() => Err(failed(program, "it writes nothing")),
        Some(secret) => Ok(SecretString::from(secret)),
    }
}

fn failed(program: &str, why: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "E_SECRET", format!("{program} of an exec: reference gives no secret"))
        .because(why)
        .hint("run it by hand to see what it says")
}

/// Words as a shell would split them, without anything that a shell would expand.
fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), letter) if letter == open => quote = None,
            (None | Some('"'), '\\') if cfg!(not(windows)) => {
                let escaped = letters.next().ok_or("a backslash stands at the end")?;
                word.get_or_insert_default().push(escaped);
            }
            (_, '\n' | '\r' | '\0') => return Err("it has more than one line"),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("a quotation mark is left open");
    }
    words.extend(word);
    Ok(words)
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    async fn run(line: &str) -> Result<String, Failure> {
        let environment = Environment::from_pairs(&[("PATH", "/usr/bin:/bin"), ("MUSTER_PASSWORD", "p"), ("AWS", "k")]);
        let read = read_within(line, &environment, Duration::from_secs(10)).await;
        read.map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn words_are_split_and_nothing_is_expanded() {
        let words = |line| split(line).expect("words");
        assert_eq!(words("pass show 'my tenant/key'"), ["pass", "show", "my tenant/key"]);
        assert_eq!(words(r#"a "b \" c" d\ e '' f'g'"#), ["a", "b \" c", "d e", "", "fg"]);
        assert_eq!(words("echo $HOME `id` ; rm *"), ["echo", "$HOME", "`id`", ";", "rm", "*"]);
        assert!(split("a 'b").is_err() && split("a \\").is_err() && split("a\nb").is_err());
        assert!(super::words("  ").is_err() && super::words("''").is_err());
    }

    #[tokio::test]
    async fn the_output_without_its_line_end_is_the_secret() {
        assert_eq!(run("printf 's3 cret\\n'").await.expect("runs"), "s3 cret");
        assert_eq!(run("echo $HOME").await.expect("runs"), "$HOME");
    }

    #[tokio::test]
    async fn the_program_sees_little_of_the_environment() {
        let seen = run("env").await.expect("runs");
        assert_eq!(seen, "PATH=/usr/bin:/bin");
    }

    #[tokio::test]
    async fn a_program_that_fails_says_nothing_or_too_much_is_named_without_its_arguments() {
        for line in
            ["false hunter2", "true hunter2", "sh -c 'yes hunter2'", "sh -c 'printf \\\\377hunter2'", "nosuch hunter2"]
        {
            let failure = run(line).await.expect_err("refuses");
            assert!(!failure.json().contains("hunter2"), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        let environment = Environment::from_pairs(&[("PATH", "/usr/bin:/bin")]);
        let failure = read_within("sleep 60", &environment, Duration::from_millis(50)).await.expect_err("too late");
        assert!(failure.why.iter().any(|why| why.contains("did not end")), "{failure:?}");
    }
}
