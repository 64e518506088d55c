//! One process per folder: a lock of the operating system, which ends with the process however it dies.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
};

use crate::Error;

/// Holds a folder for this process until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Locks `folder`, making it (for its owner only) where it is missing. The lock is on the file `lock` in it.
    ///
    /// # Errors
    /// [`Error::Locked`] with the other process, if it said who it is; [`Error::Io`] when the file cannot be used.
    pub fn acquire(folder: &Path) -> Result<Self, Error> {
        make_private_folder(folder).map_err(|source| Error::Io { path: folder.to_owned(), source })?;
        let path = folder.join("lock");
        let failed = |source| Error::Io { path: path.clone(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Best effort: the message is better with the process, and true without it.
                let _ = file.read_to_string(&mut text);
                return Err(Error::Locked { folder: folder.to_owned(), process: text.trim().parse().ok() });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // Only the message of a later refusal depends on this, so a full disk is no reason to fail here.
        let _ = write_process(&mut file);
        Ok(Self { file })
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Nobody is in the folder any more; closing the file would unlock it as well.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn write_process(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Makes a folder for its owner only, and those above it where they are missing.
#[cfg(unix)]
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn a_folder_has_one_holder_at_a_time() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("deep/state");
        let held = FolderLock::acquire(&folder).expect("free");
        let refused = FolderLock::acquire(&folder).expect_err("held");
        assert_eq!(refused.kind(), Kind::Locked);
        assert!(refused.to_string().ends_with(&format!("(process {})", std::process::id())), "{refused}");
        drop(held);
        FolderLock::acquire(&folder).expect("free again");
    }
}
