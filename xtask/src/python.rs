//! Virtual environments of the tests that are written in Python.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::{places, tools};

/// The Python of an environment with exactly the packages of the `requirements.txt` in `tests`.
pub(crate) fn interpreter(tests: &Path) -> Result<PathBuf, Failure> {
    let requirements = tests.join("requirements.txt");
    let wanted = fs::read(&requirements).map_err(|error| {
        Failure::because(format!("cannot read {}", requirements.display()), error)
    })?;
    let name = tests
        .strip_prefix(places::root())
        .unwrap_or(tests)
        .to_string_lossy()
        .replace('/', "-");
    let folder = places::target().join(format!("python-{name}"));
    let python = folder.join("bin/python");
    let mark = folder.join("koeba-installed-requirements.txt");
    if python.exists() && fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    tools::demand_python()?;
    Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .args([&folder])
        .run()?;
    Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .args([&requirements])
        .run()?;
    fs::write(&mark, wanted)
        .map_err(|error| Failure::because(format!("cannot write {}", mark.display()), error))?;
    Ok(python)
}
