//! Builds the workspace's programs and finds them.

use std::path::PathBuf;

use crate::command::Command;
use crate::failure::Failure;
use crate::places;

/// The functions, by the name of their crate and program.
pub(crate) const FUNCTIONS: [&str; 5] = [
    "koeba-accounts",
    "koeba-workspaces",
    "koeba-rooms",
    "koeba-live",
    "koeba-events",
];

/// Builds whatever the tests use, programs and examples included. The same selection of crates and
/// targets as `cargo test --workspace`, so that neither rebuilds what the other built.
pub(crate) fn build_for_tests() -> Result<(), Failure> {
    Command::cargo()
        .args([
            "build",
            "--workspace",
            "--lib",
            "--bins",
            "--examples",
            "--tests",
        ])
        .run()
}

/// A program as built for tests.
pub(crate) fn dev(name: &str) -> PathBuf {
    places::target().join("debug").join(name)
}

/// A program as built with `profile`.
pub(crate) fn of_profile(profile: &str, name: &str) -> PathBuf {
    places::target().join(profile).join(name)
}
