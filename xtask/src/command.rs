//! Runs one tool, and says in words how it failed.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::failure::Failure;
use crate::places;

/// A tool to run, in the repository's folder unless told otherwise.
pub(crate) struct Command {
    words: Vec<OsString>,
    inner: std::process::Command,
}

impl Command {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut inner = std::process::Command::new(&program);
        inner.current_dir(places::root()).stdin(Stdio::null());
        Self {
            words: vec![program.as_ref().to_owned()],
            inner,
        }
    }

    /// The cargo that runs this program.
    ///
    /// What that cargo tells about this program is taken out: build scripts look at it, and would
    /// run again each time that somebody else asks for the same build.
    pub(crate) fn cargo() -> Self {
        let mut command = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_about_this_program) {
                command.inner.env_remove(name);
            }
        }
        command
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        for arg in args {
            self.inner.arg(&arg);
            self.words.push(arg.as_ref().to_owned());
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.inner.current_dir(folder);
        self
    }

    /// Runs it to its end. What it prints goes to standard error: standard output belongs to the
    /// command that the person typed.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        let status = self.inner.stdout(io::stderr()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::new(format!("`{}` failed ({status})", self.line()))),
            Err(error) => Err(self.did_not_start(&error)),
        }
    }

    /// Runs it to its end and takes what it prints on standard output.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        let output = self.inner.stderr(Stdio::inherit()).output();
        match output {
            Ok(Output { status, stdout, .. }) if status.success() => {
                Ok(String::from_utf8_lossy(&stdout).into_owned())
            }
            Ok(Output { status, .. }) => {
                Err(Failure::new(format!("`{}` failed ({status})", self.line())))
            }
            Err(error) => Err(self.did_not_start(&error)),
        }
    }

    /// What it prints on standard output, or nothing if it cannot be run.
    pub(crate) fn answer(mut self) -> Option<String> {
        let output = self.inner.stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    }

    fn line(&self) -> String {
        let words: Vec<_> = self
            .words
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        words.join(" ")
    }

    fn did_not_start(&self, error: &io::Error) -> Failure {
        Failure::because(format!("`{}` did not start", self.line()), error)
    }
}

fn is_about_this_program(name: &str) -> bool {
    [
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ]
    .iter()
    .any(|beginning| name.starts_with(beginning))
        || name == "CARGO_PRIMARY_PACKAGE"
}
