//! Why the runner does not start, each with what to do about it.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the runner does not start. Each message is a sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something listens there already.
    #[error(
        "cannot listen on {address}: {source}. Stop what uses it, or choose another with {option}"
    )]
    Address {
        /// What was asked for.
        address: SocketAddr,
        /// The option that chooses another.
        option: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The web client was not built.
    #[error(
        "the web client is not built: {} has no index.html. \
         Start with `cargo xtask run`, which builds it, or name its folder with --web-dir",
        .path.display()
    )]
    WebMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another runner holds the folder.
    #[error(
        "another koeba-local is using {}. Stop it, or choose another folder with --data-dir",
        .path.display()
    )]
    DataDirInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be made, read or written.
    #[error("cannot use {}: {source}. Choose another folder with --data-dir", .path.display())]
    DataDir {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The embedded services do not start.
    #[error("the embedded AWS services did not start: {0}")]
    Emulator(String),
    /// The media node does not start.
    #[error("the media node did not start: {0}. Choose another address with --media-addr")]
    Node(String),
    /// The demo workspace could not be filled in.
    #[error("the demo workspace could not be filled in: {0}. Start with an empty --data-dir")]
    Demo(String),
}
