//! `cargo xtask package`: each function as Lambda takes it, a zip with one file named `bootstrap`.
//!
//! Built for the `x86_64` of this machine. The functions will run on arm64, whose packages come with
//! the deployment.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::binaries::{self, FUNCTIONS};
use crate::command::Command;
use crate::failure::Failure;
use crate::places;
use crate::table::Table;

/// The name under which Lambda starts the program.
const BOOTSTRAP: &str = "bootstrap";

/// One function's package.
pub(crate) struct Package {
    /// The function's name without the project's.
    pub(crate) name: String,
    /// The program.
    pub(crate) bootstrap: PathBuf,
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// The size of the zip in bytes.
    pub(crate) zipped_bytes: u64,
}

pub(crate) fn run() -> Result<(), Failure> {
    let mut table = Table::new(&["function (x86_64)", "program, MB", "zip, MB"]);
    for package in build()? {
        table.row([
            package.name,
            megabytes(package.bytes),
            megabytes(package.zipped_bytes),
        ]);
    }
    println!("{}", table.render());
    Ok(())
}

/// Builds the programs and packs them into `target/lambda/<function>/`.
pub(crate) fn build() -> Result<Vec<Package>, Failure> {
    let selected = FUNCTIONS
        .iter()
        .flat_map(|function| ["--package", function]);
    Command::cargo()
        .args(["build", "--profile", "lambda", "--bins"])
        .args(selected)
        .run()?;
    FUNCTIONS.iter().map(|function| pack(function)).collect()
}

/// Bytes as megabytes, for a table.
#[expect(clippy::cast_precision_loss, reason = "a table shows two digits")]
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

fn pack(function: &str) -> Result<Package, Failure> {
    let name = function.trim_start_matches("koeba-").to_owned();
    // Cargo's own output of the profile is in target/lambda too, under other names.
    let folder = places::target().join("lambda").join(&name);
    let cannot = |error: std::io::Error| {
        Failure::because(
            format!("cannot pack {} into {}", function, folder.display()),
            error,
        )
    };
    let program = fs::read(binaries::of_profile("lambda", function)).map_err(cannot)?;
    let zipped =
        zip(&program).map_err(|error| Failure::because(format!("cannot zip {function}"), error))?;
    fs::create_dir_all(&folder).map_err(cannot)?;
    let bootstrap = folder.join(BOOTSTRAP);
    write_program(&bootstrap, &program).map_err(cannot)?;
    fs::write(folder.join(format!("{BOOTSTRAP}.zip")), &zipped).map_err(cannot)?;
    Ok(Package {
        name,
        bootstrap,
        bytes: program.len() as u64,
        zipped_bytes: zipped.len() as u64,
    })
}

fn write_program(path: &Path, program: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, program)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// The same bytes for the same program, so that a deployment sees whether anything changed.
fn zip(program: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(BOOTSTRAP, options)?;
    writer.write_all(program)?;
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_program_gives_the_same_zip() {
        let program = b"not really a program".repeat(100);
        let first = zip(&program).expect("memory takes a zip");
        assert_eq!(first, zip(&program).expect("memory takes a zip"));
        assert!(first.len() < program.len());
    }
}
