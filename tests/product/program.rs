//! Programs of this workspace, as processes of their own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a program may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a program of this workspace is.
///
/// Cargo builds programs for the tests of their own crate only, so they are built here, with the
/// selection of `cargo test --workspace`: after that command there is nothing left to build.
///
/// # Panics
/// When they cannot be built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            build();
            let this = std::env::current_exe().expect("this program is a file");
            let folder = this
                .parent()
                .and_then(Path::parent)
                .expect("it lies two folders down");
            folder.to_owned()
        })
        .join(name)
}

fn build() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        // What cargo tells about this test: build scripts look at it, and would run again.
        if name.to_str().is_some_and(is_about_this_test) {
            cargo.env_remove(name);
        }
    }
    let targets = ["--workspace", "--lib", "--bins", "--examples", "--tests"];
    let built = cargo
        .args(["build", "--quiet"])
        .args(targets)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .status();
    let is_built = built.is_ok_and(|status| status.success());
    assert!(is_built, "the programs can be built");
}

fn is_about_this_test(name: &str) -> bool {
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

/// A `koeba-local` process.
pub struct Runner {
    process: Child,
    ready: Value,
}

impl Runner {
    /// Starts one and waits until it is ready.
    ///
    /// # Errors
    /// Its exit code and what it says, when it ends instead.
    ///
    /// # Panics
    /// When the program cannot be started at all.
    pub fn start(options: &[&str]) -> Result<Self, (Option<i32>, String)> {
        let mut process = Command::new(program("koeba-local"))
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("koeba-local starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its output is text");
        if let Ok(ready) = serde_json::from_str(&line) {
            return Ok(Self { process, ready });
        }
        let mut said = String::new();
        if let Some(mut stderr) = process.stderr.take() {
            stderr
                .read_to_string(&mut said)
                .expect("its words are text");
        }
        let status = process.wait().expect("it ends");
        Err((status.code(), said))
    }

    /// Where its pages and its API are.
    ///
    /// # Panics
    /// When the line that it printed names no address.
    #[must_use]
    pub fn app(&self) -> &str {
        self.ready["app"]
            .as_str()
            .expect("the line names the address")
    }

    /// The line that it printed when it was ready.
    #[must_use]
    pub const fn ready(&self) -> &Value {
        &self.ready
    }

    /// As Ctrl-C does it; answers how it ended.
    pub fn interrupt(self) -> ExitStatus {
        self.end("INT")
    }

    /// As `kill -9` does it: it cannot do anything about it.
    pub fn kill(self) -> ExitStatus {
        self.end("KILL")
    }

    fn end(mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args([format!("-{signal}"), self.process.id().to_string()])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "the signal is sent"
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().expect("its end can be asked for") {
                return status;
            }
            assert!(Instant::now() < deadline, "koeba-local does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // After `end` there is nothing left to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
