//! `cargo xtask openapi`: the API document, from the routes, and the web client's types, from the
//! document.

use std::fs;

use crate::command::Command;
use crate::failure::Failure;
use crate::{binaries, places, web};

/// Whether to write or to compare.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if what is checked in differs from the routes
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    binaries::build_for_tests()?;
    if options.check {
        check_document()?;
        web::install(&places::web())?;
        return check_types();
    }
    let document = from_routes()?;
    fs::write(places::root().join(DOCUMENT), document)
        .map_err(|error| Failure::because(format!("cannot write {DOCUMENT}"), error))?;
    web::install(&places::web())?;
    web::script(&places::web(), "api")
}

/// Fails if the checked-in document is not that of the routes. Wants the workspace built.
pub(crate) fn check_document() -> Result<(), Failure> {
    let checked_in = fs::read_to_string(places::root().join(DOCUMENT)).unwrap_or_default();
    if from_routes()? == checked_in {
        Ok(())
    } else {
        Err(drifted(DOCUMENT))
    }
}

/// Fails if the web client's types are not those of the checked-in document.
pub(crate) fn check_types() -> Result<(), Failure> {
    web::script(&places::web(), "api:check").map_err(|_| drifted("the web client's API types"))
}

const DOCUMENT: &str = "docs/openapi.json";

fn from_routes() -> Result<String, Failure> {
    Command::new(places::target().join("debug/examples/openapi")).output()
}

fn drifted(what: &str) -> Failure {
    Failure::new(format!(
        "{what} no longer matches the routes: run `cargo xtask openapi` and commit"
    ))
}
