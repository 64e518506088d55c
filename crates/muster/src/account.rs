//! Names of this machine's accounts: who runs this process, and who owns a file. Unlike a variable of the
//! environment, the number of an account cannot be chosen by whoever runs the program.

use std::path::Path;

/// The account of this process.
pub(crate) fn of_process() -> Option<String> {
    #[cfg(unix)]
    return Some(name(rustix::process::getuid().as_raw()));
    #[cfg(not(unix))]
    None
}

/// The account that owns a file.
pub(crate) fn of_file(path: &Path) -> Option<String> {
    #[cfg(unix)]
    return std::fs::metadata(path).ok().map(|facts| name(std::os::unix::fs::MetadataExt::uid(&facts)));
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// The name of a number, or the number where nobody has one.
#[cfg(unix)]
fn name(number: u32) -> String {
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&accounts, number).unwrap_or_else(|| format!("uid:{number}"))
}

#[cfg(unix)]
fn named(accounts: &str, number: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found.parse() == Ok(number)).then(|| name.to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_the_name_that_the_machine_gives_it() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nbroken\n";
        assert_eq!(named(accounts, 1000).as_deref(), Some("ada"));
        assert_eq!(named(accounts, 7), None);
        assert_eq!(of_file(Path::new("/")), Some(name(0)));
    }
}
