//! The `koeba-node` command: one media node.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    koeba_node::run(koeba_node::Cli::parse())
}
