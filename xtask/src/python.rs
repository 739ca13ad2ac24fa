//! The virtual environment of the interop tests.

use std::fs;
use std::path::PathBuf;

use crate::command::Command;
use crate::failure::Failure;
use crate::{places, tools};

/// The environment's Python, with exactly the packages of `requirements.txt`.
pub(crate) fn interpreter() -> Result<PathBuf, Failure> {
    let requirements = places::python_tests().join("requirements.txt");
    let wanted = fs::read(&requirements).map_err(|error| {
        Failure::because(format!("cannot read {}", requirements.display()), error)
    })?;
    let folder = places::target().join("interop-python");
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
