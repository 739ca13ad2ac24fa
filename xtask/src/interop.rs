//! LiveKit's own SDKs against Koeba: every check says which feature it saw work, and what comes of it is
//! the matrix of `docs/interop.md`.

use std::collections::BTreeSet;
use std::fs;

use crate::command::Command;
use crate::failure::Failure;
use crate::{binaries, places, python, web};

/// The features, in the order in which the page has them.
const FEATURES: [&str; 12] = [
    "hears",
    "is heard",
    "mutes",
    "data",
    "text streams",
    "remote calls",
    "sees",
    "is seen",
    "chooses a size",
    "a screen's sound",
    "goes on elsewhere",
    "server API",
];
/// Around the matrix on its page.
const MARKS: [&str; 2] = [
    "<!-- matrix: cargo xtask test --only interop -->",
    "<!-- /matrix -->",
];

/// Runs every check, prints the matrix, and fails when the page says otherwise.
pub(crate) fn run() -> Result<(), Failure> {
    let interpreter = python::interpreter(&places::python_tests())?;
    let with_python = |script: &str, program: (&str, &str)| {
        let (name, binary) = program;
        Command::new(&interpreter)
            .args([places::python_tests().join(script)])
            .env(name, binaries::dev(binary))
            .output()
    };
    web::install(&places::node_tests())?;
    let with_node = |script: &str, program: (&str, &str)| {
        let (name, binary) = program;
        Command::new("node")
            .args([script])
            .folder(&places::node_tests())
            .env(name, binaries::dev(binary))
            .output()
    };
    let runner = ("KOEBA_LOCAL", "koeba-local");
    let node = ("KOEBA_NODE", "koeba-node");
    let mut python_sdk = String::new();
    for script in ["two_voices.py", "one_screen.py", "other_node.py"] {
        python_sdk += &with_python(script, runner)?;
    }
    let rows = [
        ("`livekit` (Python)", python_sdk),
        (
            "`livekit-api` (Python)",
            with_python("server_api.py", node)?,
        ),
        (
            "`@livekit/rtc-node`, DTLS 1.2",
            with_node("two_voices.mjs", runner)?,
        ),
        (
            "`livekit-server-sdk` (Node)",
            with_node("server_api.mjs", node)?,
        ),
    ];
    let matrix = matrix(&rows);
    eprintln!("{matrix}");
    compare(&matrix)
}

/// The matrix as Markdown, of what each SDK's checks printed.
fn matrix(rows: &[(&str, String)]) -> String {
    let mut text = format!(
        "| SDK | {} |\n|---|{}\n",
        FEATURES.join(" | "),
        ":-:|".repeat(FEATURES.len())
    );
    for (sdk, printed) in rows {
        let held: BTreeSet<_> = printed
            .lines()
            .filter_map(|line| line.strip_prefix("holds: "))
            .collect();
        let cells = FEATURES.map(|feature| if held.contains(feature) { "✓" } else { "–" });
        text += &format!("| {sdk} | {} |\n", cells.join(" | "));
    }
    text
}

fn compare(matrix: &str) -> Result<(), Failure> {
    let path = places::root().join("docs/interop.md");
    let page = fs::read_to_string(&path)
        .map_err(|error| Failure::because("docs/interop.md cannot be read", error))?;
    let [begin, end] = MARKS;
    let written = page
        .split_once(begin)
        .and_then(|(_, rest)| rest.split_once(end))
        .map(|(written, _)| written.trim());
    if written == Some(matrix.trim()) {
        Ok(())
    } else {
        Err(Failure::new(
            "docs/interop.md says otherwise than what the SDKs were seen to do; if that is as it \
             should be, put the table above between its marks",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_ticked_when_a_check_has_said_so() {
        let printed = "heard 440 Hz\nholds: hears\nholds: data\n".to_owned();
        let text = matrix(&[("an SDK", printed)]);
        let row = text.lines().nth(2).expect("a row");
        assert_eq!(
            row,
            "| an SDK | ✓ | – | – | ✓ | – | – | – | – | – | – | – | – |"
        );
    }
}
