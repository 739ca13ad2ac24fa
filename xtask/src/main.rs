//! `cargo xtask`: the commands of this repository.
//!
//! Each command has a file of its own. They run the tools that a person would run by hand, in the
//! right order, and say in one sentence what to do when something is missing. Standard output
//! carries only what a command is asked for; what the tools print goes to standard error.

mod advisories;
mod bench;
mod bench_api;
mod bench_browser;
mod bench_gaps;
mod bench_lambda;
mod bench_loudest;
mod bench_media;
mod binaries;
mod ci;
mod command;
mod cost;
mod crates;
mod failure;
mod fuzz;
mod image;
mod interop;
mod load;
mod oci;
mod openapi;
mod package;
mod places;
mod python;
mod run;
mod runtime_api;
mod sheet;
mod table;
mod test;
mod tools;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of this repository
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and start Koeba on this machine; takes the options of koeba-local
    #[command(disable_help_flag = true)]
    Run(run::Options),
    /// Install what the tests need, then check everything
    Test(test::Options),
    /// What continuous integration runs
    Ci,
    /// Measure, and print tables
    Bench(bench::Options),
    /// Fill a media node with synthetic voices: what gets through and what it costs, also as a plot
    Load(load::Options),
    /// Build the Lambda packages into target/lambda, or for arm64 into target/lambda-arm64
    Package(package::Options),
    /// Pack the media node into target/image as a container image; prints its digest
    Image(image::Options),
    /// Write docs/openapi.json and the web client's types from the routes
    Openapi(openapi::Options),
    /// Write docs/web-application-sheet.md from the tests, or prove that they notice
    Sheet(sheet::Options),
    /// Compare every lock file with the vulnerabilities that are known today
    Advisories(advisories::Options),
    /// Make up what strangers could send to a media node, and look for what that breaks
    Fuzz(fuzz::Options),
    /// Write docs/cost.md from measured units and the price list
    Cost(cost::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Ci => ci::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Load(options) => load::run(&options),
        Command::Package(options) => package::run(&options),
        Command::Image(options) => image::run(&options),
        Command::Openapi(options) => openapi::run(&options),
        Command::Sheet(options) => sheet::run(&options),
        Command::Advisories(options) => advisories::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Cost(options) => cost::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\ncargo xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
