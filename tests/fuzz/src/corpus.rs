//! What was kept of earlier runs.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use tar::Archive;

/// Where the kept inputs of a target are.
#[must_use]
pub fn kept(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{target}.tar.gz"))
}

/// The inputs in an archive, each with its name.
///
/// # Errors
/// When the file is no archive.
pub fn read(archive: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut archive = Archive::new(GzDecoder::new(File::open(archive)?));
    archive
        .entries()?
        .map(|entry| {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            let mut input = Vec::new();
            entry.read_to_end(&mut input)?;
            Ok((name, input))
        })
        .collect()
}
