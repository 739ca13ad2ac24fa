//! `cargo xtask sheet`: the web-application check sheet, answered from the tests.
//!
//! The rows stand in `infra/compliance/web-application.json`. A test says which rows it proves, in
//! a comment right before it (`Check sheet: WA-04-01, WA-04-06.`), and the page lists it there; so
//! a test that is renamed or removed changes the page, and `--check` fails. Each row also says how
//! its measure is taken out, and `--prove` does that, one row at a time in a copy of the
//! repository, and demands that the named test fails.

mod catalogue;
mod evidence;
mod page;
mod proof;

use std::fs;

use crate::failure::Failure;
use crate::places;

/// What to do with the sheet.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if the page differs from what the tests say
    #[arg(long, conflicts_with = "prove")]
    check: bool,
    /// Take each measure out, in a copy, and demand that its test fails
    #[arg(long)]
    prove: bool,
    /// Prove only this row; may be given more than once
    #[arg(long, value_name = "ROW", requires = "prove")]
    only: Vec<String>,
}

/// Where the page is.
const PAGE: &str = "docs/web-application-sheet.md";

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if options.check {
        return check();
    }
    let rows = catalogue::read()?;
    if options.prove {
        return proof::prove(&rows, &options.only);
    }
    let evidence = evidence::find(&rows)?;
    fs::write(places::root().join(PAGE), page::write(&rows, &evidence))
        .map_err(|error| Failure::because(format!("cannot write {PAGE}"), error))
}

/// Fails if the page is not what rows and tests say.
pub(crate) fn check() -> Result<(), Failure> {
    let rows = catalogue::read()?;
    proof::check(&rows)?;
    let evidence = evidence::find(&rows)?;
    let written = fs::read_to_string(places::root().join(PAGE)).unwrap_or_default();
    if written == page::write(&rows, &evidence) {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{PAGE} no longer matches the tests: run `cargo xtask sheet` and commit"
        )))
    }
}
