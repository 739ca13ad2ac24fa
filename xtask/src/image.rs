//! `cargo xtask image`: the media node as a container image, made without Docker.
//!
//! One program without libraries, the certificates of authorities that it trusts, the list of the
//! crates that it was made of, and nothing else: no shell, no package, no other user. Written as an OCI archive
//! (<https://github.com/opencontainers/image-spec>), with the same bytes for the same program.

use std::fs;
use std::path::PathBuf;

use crate::command::Command;
use crate::failure::Failure;
use crate::oci::{self, Architecture, Image};
use crate::{crates, places, tools};

/// The program and its place in the image.
const NODE: &str = "koeba-node";
/// What the program is built for when it is not given.
const TARGET: &str = "aarch64-unknown-linux-musl";
/// Where Debian, and the programs that follow it, keep the certificates of authorities.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Where scanners of images find what the program was made of.
const CRATES: &str = "usr/share/koeba/Cargo.lock";

/// Which program.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take this program instead of building it for arm64; it must not need any library
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => build()?,
    };
    let read = |path: &std::path::Path| {
        fs::read(path)
            .map_err(|error| Failure::because(format!("cannot read {}", path.display()), error))
    };
    let bytes = read(&program)?;
    let architecture = Architecture::of(&bytes).map_err(|error| {
        Failure::new(format!("{} cannot be an image: {error}", program.display()))
    })?;
    let certificates = read(CERTIFICATES.as_ref()).map_err(|failure| {
        Failure::new(format!(
            "{failure}; install the certificates of authorities (on Debian: apt-get install ca-certificates)"
        ))
    })?;
    let lock = String::from_utf8_lossy(&read(&places::root().join("Cargo.lock"))?).into_owned();
    let image = Image {
        architecture,
        files: vec![
            (
                CERTIFICATES.trim_start_matches('/').to_owned(),
                certificates,
            ),
            (NODE.to_owned(), bytes),
            (CRATES.to_owned(), crates::of(NODE, &lock)?.into_bytes()),
        ],
        entry: format!("/{NODE}"),
    };
    let packed = oci::pack(&image).map_err(|error| Failure::because("cannot pack", error))?;
    let folder = places::target().join("image");
    let archive = folder.join(format!("{NODE}-{}.tar", architecture.name()));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&archive, &packed.archive))
        .map_err(|error| Failure::because(format!("cannot write {}", archive.display()), error))?;
    eprintln!("{} holds:", archive.display());
    for (path, bytes) in &image.files {
        eprintln!("  /{path}  {} bytes", bytes.len());
    }
    println!("{}", packed.digest);
    Ok(())
}

fn build() -> Result<PathBuf, Failure> {
    tools::demand_cargo_lambda()?;
    let built = places::target().join("arm64");
    Command::cargo()
        .args(["lambda", "build", "--release", "--target", TARGET])
        .args(["--package", NODE, "--bin", NODE])
        .env("CARGO_TARGET_DIR", &built)
        .run()?;
    Ok(built.join("lambda").join(NODE).join("bootstrap"))
}
