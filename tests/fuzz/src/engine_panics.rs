//! Panics inside the media engine, which its peer survives.

use std::panic;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static SEEN: AtomicU64 = AtomicU64::new(0);

/// From now on panics are told apart: one in our own code is printed and ends what it ends, one in
/// foreign code is counted. Whether the peer caught it shows in whether the target goes on.
pub fn count_engine_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let ours = panic
            .location()
            .is_none_or(|location| is_ours(Path::new(location.file())));
        if !ours {
            SEEN.fetch_add(1, Ordering::Relaxed);
        }
        if ours || std::env::var_os("KOEBA_FUZZ_ENGINE").is_some() {
            usual(panic);
        }
    }));
}

/// How often foreign code has panicked since [`count_engine_panics`].
#[must_use]
pub fn engine_panics() -> u64 {
    SEEN.load(Ordering::Relaxed)
}

/// Cargo names files of the workspace by their path within it, and those of registries in full.
fn is_ours(file: &Path) -> bool {
    file.is_relative()
}
