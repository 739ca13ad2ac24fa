//! `cargo xtask run`: builds the web client and the runner, and becomes the runner.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;

use crate::command::Command;
use crate::failure::Failure;
use crate::{binaries, places, web};

/// What is handed on to koeba-local.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Options of koeba-local; --help lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let only_asks = options
        .options
        .iter()
        .any(|word| word == "--help" || word == "-h");
    if !only_asks {
        eprintln!("Building the web client …");
        web::build()?;
    }
    eprintln!("Building koeba-local (the first time this takes some minutes) …");
    Command::cargo()
        .args(["build", "--package", "koeba-local"])
        .run()?;
    // From here on this process is the runner: signals and the exit code are its own.
    let error = std::process::Command::new(binaries::dev("koeba-local"))
        .args(&options.options)
        .current_dir(places::root())
        .exec();
    Err(Failure::because("koeba-local did not start", error))
}
