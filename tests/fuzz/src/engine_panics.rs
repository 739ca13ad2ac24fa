//! Panics inside the media engine, which its peer survives.

use std::panic;
use std::path::Path;

/// From now on only a panic in our own code goes to the hook that was there before, at which
/// libFuzzer's ends the process; one in foreign code is for whoever catches it. With
/// `KOEBA_FUZZ_ENGINE` set both do.
pub fn spare_engine_panics() {
    let usual = panic::take_hook();
    let sparing = std::env::var_os("KOEBA_FUZZ_ENGINE").is_none();
    panic::set_hook(Box::new(move |panic| {
        let ours = panic
            .location()
            .is_none_or(|location| is_ours(Path::new(location.file())));
        if ours || !sparing {
            usual(panic);
        }
    }));
}

/// Cargo names files of the workspace by their path within it, and those of registries in full.
fn is_ours(file: &Path) -> bool {
    file.is_relative()
}
