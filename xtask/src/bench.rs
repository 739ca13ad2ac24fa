//! `cargo xtask bench`: measures, and prints tables that the documentation quotes.

use clap::ValueEnum;

use crate::failure::Failure;
use crate::{bench_api, bench_browser, bench_gaps, bench_lambda, bench_loudest, bench_media};

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
    /// A room of fifty who are all unmuted, with and without loudest-N
    Loudest,
    /// For how long nothing is heard when the media node goes
    Gaps,
    /// Cold start, warm latency and size of each function
    Lambda,
    /// Latency of each route, units of the store for what people do, and what that costs a month
    Api,
    /// Whether a flood of sign-ins slows the rest down, and whether time tells who has an account
    Flood,
    /// From the click on a room to the first voice heard, in Chromium
    Browser,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let wanted = |what| options.what.is_none_or(|chosen| chosen == what);
    if wanted(What::Media) {
        bench_media::run()?;
    }
    if wanted(What::Loudest) {
        bench_loudest::run()?;
    }
    if wanted(What::Gaps) {
        bench_gaps::run()?;
    }
    if wanted(What::Lambda) {
        bench_lambda::run()?;
    }
    if wanted(What::Api) {
        bench_api::run_api()?;
    }
    if wanted(What::Flood) {
        bench_api::run_flood()?;
    }
    if wanted(What::Browser) {
        bench_browser::run()?;
    }
    Ok(())
}
