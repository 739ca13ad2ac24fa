//! From the click on a room to the first voice heard, in real browsers.

use crate::command::Command;
use crate::failure::Failure;
use crate::{binaries, places, tools, web};

/// Measures with the browser tests' own tools and prints their table.
pub(crate) fn run() -> Result<(), Failure> {
    let chromium = tools::demand_chromium()?;
    web::build()?;
    web::install(&places::browser_tests())?;
    Command::cargo()
        .args(["build", "--release", "--package", "koeba-local"])
        .run()?;
    let table = Command::new("npm")
        .args(["run", "--silent", "bench"])
        .folder(&places::browser_tests())
        .env("KOEBA_CHROMIUM", chromium)
        .env(
            "KOEBA_LOCAL",
            binaries::of_profile("release", "koeba-local"),
        )
        .output()?;
    println!("{table}");
    Ok(())
}
