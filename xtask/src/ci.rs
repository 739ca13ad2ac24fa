//! `cargo xtask ci`: what continuous integration runs. The same as what a person runs.

use crate::failure::Failure;
use crate::test;

pub(crate) fn run() -> Result<(), Failure> {
    test::run(&test::Options::everything())
}
