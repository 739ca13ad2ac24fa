//! `cargo xtask bench`: measures, and prints tables that the documentation quotes.

use clap::ValueEnum;

use crate::failure::Failure;
use crate::{bench_browser, bench_lambda, bench_media};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this; everything if left out
    what: Option<What>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// CPU per forwarded packet and memory per participant of the media node
    Media,
    /// Cold start, warm latency and size of each function
    Lambda,
    /// From the click on a room to the first voice heard, in Chromium
    Browser,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let wanted = |what| options.what.is_none_or(|chosen| chosen == what);
    if wanted(What::Media) {
        bench_media::run()?;
    }
    if wanted(What::Lambda) {
        bench_lambda::run()?;
    }
    if wanted(What::Browser) {
        bench_browser::run()?;
    }
    Ok(())
}
