//! Where things are in this repository.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the repository")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The web client.
pub(crate) fn web() -> PathBuf {
    root().join("web")
}

/// The browser tests.
pub(crate) fn browser_tests() -> PathBuf {
    root().join("tests/browser")
}

/// The CDK app.
pub(crate) fn cdk() -> PathBuf {
    root().join("cdk")
}

/// The interop tests with LiveKit's Python SDK.
pub(crate) fn python_tests() -> PathBuf {
    root().join("tests/interop/python")
}

/// The interop tests with LiveKit's SDKs for Node.
pub(crate) fn node_tests() -> PathBuf {
    root().join("tests/interop/node")
}

/// The tests of the API against its document.
pub(crate) fn conformance_tests() -> PathBuf {
    root().join("tests/conformance")
}
