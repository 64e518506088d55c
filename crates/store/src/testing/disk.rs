//! Disks of a test's own: file systems in files, of which crash images are taken, or that refuse to be written.
//!
//! ext4 lies in a file of an XFS, which lies in memory. What a program has written is in ext4's cache; what it has made
//! lasting is in the file. XFS clones a file between two writes of it, in a millisecond and while ext4 goes on: that
//! is what a disk holds when the power is cut at this very instant.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use uuid::Uuid;

/// Megabytes at the beginning of a disk that can fail, for everything but files.
const BORDER: u32 = 8;

/// Blocks in a megabyte of it.
const BLOCKS: u32 = 256;

/// Waits until the test lets go of its end of the pipe (or dies), then takes everything down.
const KEEPER: &str = r#"cat >/dev/null; umount -R -l "$1"; rm -rf "$1""#;

/// Where disks are made. Everything is gone with the test process.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
    number: AtomicU32,
    _pipe: ChildStdin,
    /// Never waited for: it outlives us by the moment that it needs.
    _keeper: Child,
}

/// A mounted disk. Dropped, it is gone.
#[derive(Debug)]
pub struct Disk {
    workshop: &'static Workshop,
    image: PathBuf,
    mounted: PathBuf,
    /// Whether files are above the border, so that it can fail.
    brittle: bool,
}

/// What a disk held at an instant.
#[derive(Debug)]
pub struct Image {
    workshop: &'static Workshop,
    file: PathBuf,
    brittle: bool,
}

impl Workshop {
    /// The workshop that the tests of this process share, or why there is none: that needs root, loop devices, and the
    /// programs of e2fsprogs and xfsprogs.
    ///
    /// # Errors
    /// Why none can be set up, where `MUSTER_REQUIRE_DISKS` is 1, as on machines that prove something.
    pub fn shared() -> Result<Result<&'static Self, &'static str>, String> {
        static SHARED: OnceLock<Result<Workshop, String>> = OnceLock::new();
        match SHARED.get_or_init(Self::open) {
            Ok(workshop) => Ok(Ok(workshop)),
            Err(why) if super::is_required("MUSTER_REQUIRE_DISKS") => {
                Err(format!("MUSTER_REQUIRE_DISKS is 1, and no disk can be made: {why}"))
            }
            Err(why) => Ok(Err(why)),
        }
    }

    fn open() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("muster-disk-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).map_err(|error| error.to_string())?;
        let keeper = Command::new("sh").args(["-c", KEEPER, "sh"]).arg(&folder).stdin(Stdio::piped()).spawn();
        let mut keeper = keeper.map_err(|error| error.to_string())?;
        let pipe = keeper.stdin.take().ok_or("the keeper has no pipe")?;
        let workshop = Self { folder, number: AtomicU32::new(0), _pipe: pipe, _keeper: keeper };
        let place = |name: &str| workshop.folder.join(name);
        run("mount", &["-t", "tmpfs", "-o", "size=1g,mode=700", "tmpfs"], &[&workshop.folder])?;
        let images = place("images");
        fs::create_dir(&images).map_err(|error| error.to_string())?;
        run("truncate", &["-s", "320M"], &[&place("images.xfs")])?;
        run("mkfs.xfs", &["-q", "-m", "reflink=1"], &[&place("images.xfs")])?;
        run("mount", &["-o", "loop"], &[&place("images.xfs"), &images])?;
        Ok(workshop)
    }

    fn name(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("{kind}-{}", self.number.fetch_add(1, Ordering::Relaxed)))
    }

    fn image(&self) -> PathBuf {
        self.folder.join("images").join(self.number.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// A new disk of so many megabytes (at least 12).
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn disk(&'static self, megabytes: u32) -> Result<Disk, String> {
        let image = self.image();
        run("truncate", &["-s", &format!("{megabytes}M")], &[&image])?;
        run("mkfs.ext4", &["-q"], &[&image])?;
        Disk::mount(self, image, false)
    }

    /// A new disk of so many megabytes (at least 24) that can fail.
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn brittle(&'static self, megabytes: u32) -> Result<Disk, String> {
        let image = self.image();
        run("truncate", &["-s", &format!("{megabytes}M")], &[&image])?;
        run("mkfs.ext4", &["-q", "-b", "4096", "-J", "size=4"], &[&image])?;
        // The file system's own blocks are below this border, and no file gets any there.
        let free = megabytes.saturating_sub(BORDER) * BLOCKS;
        for request in [
            format!("setb 1 {}", BORDER * BLOCKS - 1),
            format!("set_bg 0 free_blocks_count {free}"),
            "set_bg 0 checksum calc".to_owned(),
        ] {
            run("debugfs", &["-w", "-R", &request], &[&image])?;
        }
        Disk::mount(self, image, true)
    }
}

impl Disk {
    fn mount(workshop: &'static Workshop, image: PathBuf, brittle: bool) -> Result<Self, String> {
        let mounted = workshop.name("disk");
        fs::create_dir(&mounted).map_err(|error| error.to_string())?;
        run("mount", &["-o", "loop"], &[&image, &mounted])?;
        Ok(Self { workshop, image, mounted, brittle })
    }

    /// Where its files are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.mounted
    }

    /// What it holds at this instant.
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn power_cut(&self) -> Result<Image, String> {
        let file = self.workshop.image();
        run("cp", &["--reflink=always"], &[&self.image, &file])?;
        Ok(Image { workshop: self.workshop, file, brittle: self.brittle })
    }

    /// From now on nothing that belongs to a file is written: the system reports it when a file is made lasting, and
    /// holds what was lost in its cache as if it had been written.
    ///
    /// # Errors
    /// What the program said that failed; a disk that cannot fail.
    pub fn fail(&self) -> Result<(), String> {
        if !self.brittle {
            return Err("this disk cannot fail".to_owned());
        }
        run("cp", &["--reflink=always"], &[&self.image, &self.whole()])?;
        run("truncate", &["-s", &format!("{BORDER}M")], &[&self.image])?;
        self.resized()
    }

    /// From now on everything is written again.
    ///
    /// # Errors
    /// What the program said that failed; a disk that did not fail.
    pub fn repair(&self) -> Result<(), String> {
        let (from, to) = (format!("if={}", self.whole().display()), format!("of={}", self.image.display()));
        let (skip, seek) = (format!("skip={BORDER}"), format!("seek={BORDER}"));
        run("dd", &[&from, &to, &skip, &seek, "bs=1M", "conv=notrunc"], &[])?;
        fs::remove_file(self.whole()).map_err(|error| error.to_string())?;
        self.resized()
    }

    /// What it held when it began to fail.
    fn whole(&self) -> PathBuf {
        self.image.with_extension("whole")
    }

    /// The device is as long as its image is now.
    fn resized(&self) -> Result<(), String> {
        let device = run("losetup", &["-n", "-O", "NAME", "-j"], &[&self.image])?;
        run("losetup", &["--set-capacity", device.trim()], &[]).map(drop)
    }

    /// ext4 gives up writing, as it does when its own journal cannot be written.
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn give_up_writing(&self) -> Result<(), String> {
        run("mount", &["-o", "remount,abort"], &[&self.mounted]).map(drop)
    }

    /// Takes the disk out, mends its file system and mounts it again. Nobody may have a file of it open.
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn checked(self) -> Result<Self, String> {
        run("umount", &[], &[&self.mounted])?;
        // Ends with 1 when it mended something.
        let _ = run("e2fsck", &["-f", "-y"], &[&self.image]);
        run("e2fsck", &["-f", "-n"], &[&self.image])?;
        run("mount", &["-o", "loop"], &[&self.image, &self.mounted])?;
        Ok(self)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Files that are still open keep it alive, out of sight.
        let _ = run("umount", &["-l"], &[&self.mounted]);
        let _ = fs::remove_file(&self.image);
    }
}

impl Image {
    /// The disk after the power is back: ext4 goes by its journal, and has to be whole then.
    ///
    /// # Errors
    /// What the program said that failed.
    pub fn power_on(self) -> Result<Disk, String> {
        let disk = Disk::mount(self.workshop, self.file, self.brittle)?;
        if disk.brittle {
            // Its map of free blocks is not what a check expects.
            return Ok(disk);
        }
        run("umount", &[], &[&disk.mounted])?;
        run("e2fsck", &["-f", "-n"], &[&disk.image])?;
        run("mount", &["-o", "loop"], &[&disk.image, &disk.mounted])?;
        Ok(disk)
    }
}

/// Runs a program to its end; what it wrote.
fn run(program: &str, options: &[&str], files: &[&PathBuf]) -> Result<String, String> {
    let ran = Command::new(program).args(options).args(files).stdin(Stdio::null()).output();
    let ran = ran.map_err(|error| format!("{program}: {error}"))?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&ran.stderr).trim()))
}
