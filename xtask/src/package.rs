//! `cargo xtask package`: each function as Lambda takes it, a zip with one file named `bootstrap`.
//!
//! Built for the `x86_64` of this machine, on which the tests and benches run them, or with
//! `--arm64` for where the functions run. The latter needs no Docker: `cargo lambda` links with zig.

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
use crate::tools;

/// For which machine.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build for arm64, as they are deployed, into target/lambda-arm64; needs `cargo lambda`
    #[arg(long)]
    arm64: bool,
}

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

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let (machine, packages) = if options.arm64 {
        ("function (arm64)", build_arm64()?)
    } else {
        ("function (x86_64)", build()?)
    };
    let mut table = Table::new(&[machine, "program, MB", "zip, MB"]);
    for package in packages {
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
    Command::cargo()
        .args(["build", "--profile", "lambda", "--bins"])
        .args(selected())
        .run()?;
    let pack = |function: &&str| {
        pack(
            function,
            &binaries::of_profile("lambda", function),
            &places::target().join("lambda"),
        )
    };
    FUNCTIONS.iter().map(pack).collect()
}

/// The same for arm64, packed into `target/lambda-arm64/<function>/`.
fn build_arm64() -> Result<Vec<Package>, Failure> {
    tools::demand_cargo_lambda()?;
    let built = places::target().join("arm64");
    Command::cargo()
        .args(["lambda", "build", "--arm64", "--profile", "lambda"])
        .args(selected())
        .env("CARGO_TARGET_DIR", &built)
        .run()?;
    let pack = |function: &&str| {
        pack(
            function,
            &built.join("lambda").join(function).join(BOOTSTRAP),
            &places::target().join("lambda-arm64"),
        )
    };
    FUNCTIONS.iter().map(pack).collect()
}

fn selected() -> impl Iterator<Item = &'static str> {
    FUNCTIONS
        .iter()
        .flat_map(|function| ["--package", function])
}

/// Bytes as megabytes, for a table.
#[expect(clippy::cast_precision_loss, reason = "a table shows two digits")]
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

/// Packs a program into a folder of its own under `packages`. For `x86_64` that is where cargo's own
/// output of the profile is too, under other names.
fn pack(function: &str, program: &Path, packages: &Path) -> Result<Package, Failure> {
    let name = function.trim_start_matches("koeba-").to_owned();
    let folder = packages.join(&name);
    let cannot = |error: std::io::Error| {
        Failure::because(
            format!("cannot pack {} into {}", function, folder.display()),
            error,
        )
    };
    let program = fs::read(program).map_err(cannot)?;
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
