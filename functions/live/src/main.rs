//! The live function: under Lambda, or over HTTP.

use std::process::ExitCode;

fn main() -> ExitCode {
    koeba_edge::serve(koeba_live::router)
}
