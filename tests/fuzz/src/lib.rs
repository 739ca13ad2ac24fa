//! What strangers can send to a media node, as bytes that a fuzzer makes up.
//!
//! A target is a plain function. `cargo xtask fuzz` runs each under libFuzzer, which looks for
//! bytes that lead it into code it has not seen; `tests/replay.rs` gives it everything that was
//! kept of that (`corpus/`), in the ordinary test run and on the ordinary compiler.
//!
//! A target panics when something is wrong: where the code panics itself, or where one of the
//! target's own assertions does not hold. An engine that panics is not wrong as long as its peer
//! survives it: see [`spare_engine_panics`].

mod bytes;
#[path = "../../../media-node/peer/tests/support/client.rs"]
#[expect(dead_code, reason = "every test uses its own part of the client")]
mod client;
mod corpus;
mod datagrams;
mod engine_panics;
mod offer;
mod room;
mod signal;
mod witness;

pub use corpus::{kept, read};
pub use engine_panics::spare_engine_panics;

/// Something that is fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name; its corpus is `corpus/NAME.tar.gz`.
    pub name: &'static str,
    /// Takes one input.
    pub run: fn(&[u8]),
    /// Inputs to begin with when there is no corpus.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Everything that is fuzzed.
pub const TARGETS: [Target; 4] = [
    Target {
        name: "datagrams",
        run: datagrams::run,
        seeds: datagrams::seeds,
    },
    Target {
        name: "offer",
        run: offer::run,
        seeds: offer::seeds,
    },
    Target {
        name: "room",
        run: room::run,
        seeds: room::seeds,
    },
    Target {
        name: "signal",
        run: signal::run,
        seeds: signal::seeds,
    },
];

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
