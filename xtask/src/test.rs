//! `cargo xtask test`: installs what the tests need, then checks everything, cheapest first.

use std::time::{Duration, Instant};

use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;
use crate::{binaries, cost, interop, openapi, places, python, sheet, tools, web};

/// Which checks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this step; may be given more than once
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Vec<String>,
}

impl Options {
    pub(crate) const fn everything() -> Self {
        Self { only: Vec::new() }
    }
}

struct Step {
    name: &'static str,
    run: fn() -> Result<(), Failure>,
}

/// The steps, in their order. A step that is chosen alone does what it needs itself.
const STEPS: [Step; 16] = [
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "web-install",
        run: install_npm_packages,
    },
    Step {
        name: "web-types",
        run: openapi::check_types,
    },
    Step {
        name: "web-check",
        run: || web::script(&places::web(), "check"),
    },
    Step {
        name: "web-unit",
        run: || web::script(&places::web(), "test"),
    },
    Step {
        name: "web-build",
        run: build_web,
    },
    Step {
        name: "cdk",
        run: cdk,
    },
    Step {
        name: "sheet",
        run: sheet::check,
    },
    Step {
        name: "cost",
        run: cost::check,
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "build",
        run: binaries::build_for_tests,
    },
    Step {
        name: "openapi",
        run: openapi::check_document,
    },
    Step {
        name: "rust",
        run: rust,
    },
    Step {
        name: "browser",
        run: browser,
    },
    Step {
        name: "interop",
        run: interop::run,
    },
    Step {
        name: "conformance",
        run: conformance,
    },
];

fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let chosen = STEPS.iter().filter(|step| {
        options.only.is_empty() || options.only.iter().any(|name| name == step.name)
    });
    let mut table = Table::new(&["step", "seconds"]);
    let begun = Instant::now();
    for step in chosen {
        eprintln!("\n── {} ──", step.name);
        let step_begun = Instant::now();
        let outcome = (step.run)();
        table.row([step.name.to_owned(), seconds(step_begun.elapsed())]);
        if let Err(failure) = outcome {
            eprintln!("\n{}", table.render());
            let name = step.name;
            return Err(Failure::new(format!(
                "the step `{name}` failed: {failure}. Run it alone with `cargo xtask test --only {name}`"
            )));
        }
    }
    table.row(["all".to_owned(), seconds(begun.elapsed())]);
    println!("\n{}\nEverything holds.", table.render());
    Ok(())
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.1}", elapsed.as_secs_f64())
}

fn format() -> Result<(), Failure> {
    Command::cargo()
        .args(["fmt", "--all", "--check"])
        .run()
        .map_err(|_| Failure::new("some Rust is not formatted: run `cargo fmt --all`"))
}

fn install_npm_packages() -> Result<(), Failure> {
    web::install(&places::web())?;
    web::install(&places::browser_tests())
}

fn build_web() -> Result<(), Failure> {
    web::build()?;
    web::script(&places::web(), "size")
}

fn cdk() -> Result<(), Failure> {
    web::install(&places::cdk())?;
    web::script(&places::cdk(), "check")?;
    web::script(&places::cdk(), "test")?;
    web::script(&places::cdk(), "templates")?;
    let lint = places::cdk().join("lint");
    Command::new(python::interpreter(&lint)?)
        .args([lint.join("lint.py")])
        .run()
}

fn clippy() -> Result<(), Failure> {
    Command::cargo()
        .args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ])
        .run()
}

fn rust() -> Result<(), Failure> {
    Command::cargo()
        .args(["test", "--workspace", "--no-fail-fast"])
        .run()
}

fn browser() -> Result<(), Failure> {
    let chromium = tools::demand_chromium()?;
    web::install(&places::browser_tests())?;
    Command::new("npm")
        .args(["run", "--silent", "check"])
        .folder(&places::browser_tests())
        .run()?;
    Command::new("npm")
        .args(["run", "--silent", "test"])
        .folder(&places::browser_tests())
        .env("KOEBA_CHROMIUM", chromium)
        .env("KOEBA_LOCAL", binaries::dev("koeba-local"))
        .run()
}

fn conformance() -> Result<(), Failure> {
    let tests = places::conformance_tests();
    Command::new(python::interpreter(&tests)?)
        .args([tests.join("conform.py")])
        .env("KOEBA_LOCAL", binaries::dev("koeba-local"))
        .run()
}
