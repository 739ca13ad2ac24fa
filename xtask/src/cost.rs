//! `cargo xtask cost`: what Koeba costs a month, written down from measured units and a price list.
//!
//! How much of what is used stands in `infra/cost/units.json`, with where each figure was measured
//! or which construct it is counted in; what each costs in Tokyo stands in `infra/cost/prices.json`,
//! with the page and the day it is from. A price that no page was found for is marked there and on
//! the page. `--check` fails when the page is not what the two files say.

mod bill;
mod data;
mod page;

use std::fs;

use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::places;

/// What to do with the page.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if the page differs from what the figures say
    #[arg(long)]
    check: bool,
}

/// Where the page and the figures are.
const PAGE: &str = "docs/cost.md";
const UNITS: &str = "infra/cost/units.json";
const PRICES: &str = "infra/cost/prices.json";

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if options.check {
        return check();
    }
    fs::write(places::root().join(PAGE), page()?)
        .map_err(|error| Failure::because(format!("cannot write {PAGE}"), error))
}

/// Fails if the page is not what units and prices say.
pub(crate) fn check() -> Result<(), Failure> {
    let written = fs::read_to_string(places::root().join(PAGE)).unwrap_or_default();
    if written == page()? {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{PAGE} no longer matches {UNITS} and {PRICES}: run `cargo xtask cost` and commit"
        )))
    }
}

fn page() -> Result<String, Failure> {
    let (units, prices) = (read(UNITS)?, read(PRICES)?);
    let bill = bill::draw_up(&units, &prices)
        .map_err(|error| Failure::because(format!("{UNITS} and {PRICES} do not fit"), error))?;
    Ok(page::write(&units, &prices, &bill))
}

fn read<T: DeserializeOwned>(file: &str) -> Result<T, Failure> {
    let text = fs::read_to_string(places::root().join(file))
        .map_err(|error| Failure::because(format!("cannot read {file}"), error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::because(format!("{file} is not as it should be"), error))
}
