//! For how long a listener hears nothing when the media node goes, from received audio.

use std::collections::BTreeMap;

use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;
use crate::{binaries, places, python};

/// How often each is measured.
const ROUNDS: &str = "5";

/// Measures with two participants on LiveKit's Python SDK, and prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    Command::cargo()
        .args(["build", "--release", "--package", "koeba-local"])
        .run()?;
    let printed = Command::new(python::interpreter(&places::python_tests())?)
        .args([places::python_tests().join("other_node.py")])
        .args([ROUNDS])
        .env(
            "KOEBA_LOCAL",
            binaries::of_profile("release", "koeba-local"),
        )
        .output()?;
    let mut gaps: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for line in printed.lines() {
        let measured = line.strip_prefix("gap: ");
        if let Some((event, ms)) = measured.and_then(|line| line.rsplit_once(": "))
            && let Ok(ms) = ms.parse()
        {
            gaps.entry(event).or_default().push(ms);
        }
    }
    let mut table = Table::new(&["the media node is", "min ms", "median ms", "max ms"]);
    for (event, mut ms) in gaps {
        ms.sort_unstable();
        let figures = [ms.first(), ms.get(ms.len() / 2), ms.last()];
        let figures = figures.map(|ms| ms.map(ToString::to_string).unwrap_or_default());
        table.row(std::iter::once(event.to_owned()).chain(figures));
    }
    println!("{}", table.render());
    Ok(())
}
