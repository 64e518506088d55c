//! Writing files that are for their owner only, whole or not at all, and on the disk when it returns.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Exit, Failure};

/// Replaces a file by a new one with this content. Who may read the old one does not matter.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    // Left by a process of the same number that was killed.
    let _ = std::fs::remove_file(&part);
    let written = write_new(&part, content).and_then(|()| std::fs::rename(&part, path)).and_then(|()| settle(path));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the new name last: on Unix, that is a matter of the folder.
pub(super) fn settle(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Alone at a file for as long as it lives: of two who read, change and write, one would be lost.
pub(super) struct Alone {
    _lock: File,
}

impl Alone {
    pub(super) fn at(path: &Path) -> Result<Self, Failure> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let lock = PathBuf::from(name);
        let failed = |error: &std::io::Error| Failure::io(format!("cannot lock {}", path.display()), error);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(lock).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _lock: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::new(Exit::Refused, "E_LOCKED", format!("another process changes {}", path.display()))
                    .hint("try again when it has ended"))
            }
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }
}
