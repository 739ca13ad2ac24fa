//! The web client and the other npm packages: install by lockfile, build.

use std::fs;
use std::path::Path;

use crate::command::Command;
use crate::failure::Failure;
use crate::{places, tools};

/// Installs exactly what the package's lockfile says, if that is not what is there.
pub(crate) fn install(package: &Path) -> Result<(), Failure> {
    tools::demand_node()?;
    let lock = package.join("package-lock.json");
    let wanted = fs::read(&lock)
        .map_err(|error| Failure::because(format!("cannot read {}", lock.display()), error))?;
    // Inside node_modules, so that whoever deletes that folder deletes the mark too.
    let mark = package.join("node_modules/.koeba-installed-lock.json");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .folder(package)
        .run()?;
    fs::write(&mark, wanted)
        .map_err(|error| Failure::because(format!("cannot write {}", mark.display()), error))
}

/// Runs one of the package's own scripts.
pub(crate) fn script(package: &Path, name: &str) -> Result<(), Failure> {
    Command::new("npm")
        .args(["run", "--silent", name])
        .folder(package)
        .run()
}

/// Builds the web client into `web/dist`.
pub(crate) fn build() -> Result<(), Failure> {
    install(&places::web())?;
    script(&places::web(), "build")
}
