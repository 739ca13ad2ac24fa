//! One target under libFuzzer: the environment names it and the folder of its inputs, the
//! arguments are libFuzzer's own.

#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::{env, fs};

use koeba_fuzz::{Target, spare_engine_panics, target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: prepare(), |input: &[u8]| {
    (chosen().run)(input);
});

/// Puts the seeds where libFuzzer looks next.
fn prepare() {
    spare_engine_panics();
    let Some(folder) = env::var_os("KOEBA_FUZZ_INPUTS").map(PathBuf::from) else {
        return;
    };
    for (number, seed) in (1..).zip((chosen().seeds)()) {
        fs::write(folder.join(format!("seed-{number}")), seed).expect("the folder can be written");
    }
}

fn chosen() -> Target {
    static CHOSEN: OnceLock<Target> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let name = env::var("KOEBA_FUZZ_TARGET").unwrap_or_default();
        target(&name).expect("KOEBA_FUZZ_TARGET names a target")
    })
}
