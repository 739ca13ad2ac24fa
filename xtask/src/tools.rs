//! The tools of other people that the commands use: is each there, and what to do if not.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;

/// The oldest Node that the web client's tools run on.
const NODE: (u32, u32) = (20, 19);
/// Where Debian puts Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Node and npm, new enough.
pub(crate) fn demand_node() -> Result<(), Failure> {
    let Some(version) = Command::new("node").args(["--version"]).answer() else {
        return Err(Failure::new(format!(
            "Node is missing: install Node {}.{} or newer with npm, and run this again",
            NODE.0, NODE.1
        )));
    };
    if parse_version(&version).is_none_or(|version| version < NODE) {
        return Err(Failure::new(format!(
            "Node {version} is too old: install Node {}.{} or newer, and run this again",
            NODE.0, NODE.1
        )));
    }
    if Command::new("npm").args(["--version"]).answer().is_none() {
        return Err(Failure::new(
            "npm is missing: install it beside Node, and run this again",
        ));
    }
    Ok(())
}

/// The browser to test with: `KOEBA_CHROMIUM`, or Debian's, which is installed if need be.
pub(crate) fn demand_chromium() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os("KOEBA_CHROMIUM").map(PathBuf::from) {
        return if named.is_file() {
            Ok(named)
        } else {
            Err(Failure::new(format!(
                "KOEBA_CHROMIUM names {}, which is no file",
                named.display()
            )))
        };
    }
    let chromium = PathBuf::from(CHROMIUM);
    if !chromium.is_file() {
        install_from_debian(&["chromium", "fonts-noto-cjk"], "Chromium")?;
    }
    Ok(chromium)
}

/// `cargo lambda`, which builds for arm64 on any machine.
pub(crate) fn demand_cargo_lambda() -> Result<(), Failure> {
    if Command::new("cargo")
        .args(["lambda", "--version"])
        .answer()
        .is_none()
    {
        return Err(Failure::new(
            "`cargo lambda` is missing: install it with zig (with Python: pip install cargo-lambda \
             ziglang) and the arm64 target (with rustup: rustup target add \
             aarch64-unknown-linux-gnu), and run this again",
        ));
    }
    Ok(())
}

/// Python with the module that makes virtual environments.
pub(crate) fn demand_python() -> Result<(), Failure> {
    if Command::new("python3")
        .args(["-c", "import venv, ensurepip; print('ok')"])
        .answer()
        .is_none()
    {
        install_from_debian(&["python3", "python3-venv"], "Python 3 with venv")?;
    }
    Ok(())
}

fn install_from_debian(packages: &[&str], what: &str) -> Result<(), Failure> {
    let is_root = Command::new("id").args(["-u"]).answer().as_deref() == Some("0");
    if !is_root || !Path::new("/usr/bin/apt-get").is_file() {
        return Err(Failure::new(format!(
            "{what} is missing: install it (on Debian: apt-get install {}), and run this again",
            packages.join(" ")
        )));
    }
    let apt = || Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    apt().args(["update", "--quiet"]).run()?;
    apt()
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages)
        .run()
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse_version("v20.20.2\n"), Some((20, 20)));
        assert!(parse_version("v9.19.0") < Some(NODE));
        assert!(parse_version("v20.9.0") < Some(NODE));
        assert!(parse_version("v22.1.0") > Some(NODE));
        assert_eq!(parse_version("unknown"), None);
    }
}
