//! Takes each measure out, and demands that a test notices.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::catalogue::{Answer, Row, TakenOut};
use crate::command::Command;
use crate::failure::Failure;
use crate::places;
use crate::table::Table;

/// Fails if a row says nothing of how its measure is taken out, or says it of code that has moved.
pub(crate) fn check(rows: &[Row]) -> Result<(), Failure> {
    for row in rows {
        if row.taken_out.is_empty() && row.answer != Answer::NotNeeded {
            return Err(Failure::new(format!(
                "{} does not say how its measure is taken out",
                row.id
            )));
        }
        for taken_out in &row.taken_out {
            changed(places::root(), row, taken_out)?;
        }
    }
    Ok(())
}

/// Makes each change in a copy, and runs its test twice: as things are, and with the change.
pub(crate) fn prove(rows: &[Row], only: &[String]) -> Result<(), Failure> {
    let copy = copy()?;
    let mut table = Table::new(&["row", "outcome", "seconds"]);
    let mut unproven = 0;
    let chosen = |row: &&Row| only.is_empty() || only.contains(&row.id);
    for row in rows.iter().filter(chosen) {
        for taken_out in &row.taken_out {
            let begun = Instant::now();
            eprintln!("\n── {} ──", row.id);
            let outcome = try_out(&copy, row, taken_out)?;
            unproven += usize::from(outcome != Outcome::Noticed);
            let seconds = format!("{:.1}", begun.elapsed().as_secs_f64());
            table.row([row.id.clone(), outcome.words().to_owned(), seconds]);
        }
    }
    println!("{}", table.render());
    if unproven == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{unproven} measures can be taken out unnoticed"
        )))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Noticed,
    Unnoticed,
    DoesNotBuild,
    FailsAnyway,
}

impl Outcome {
    const fn words(self) -> &'static str {
        match self {
            Self::Noticed => "noticed",
            Self::Unnoticed => "NOT NOTICED",
            Self::DoesNotBuild => "does not build",
            Self::FailsAnyway => "fails anyway",
        }
    }
}

fn try_out(copy: &Path, row: &Row, taken_out: &TakenOut) -> Result<Outcome, Failure> {
    let file = copy.join(&taken_out.file);
    let before = read(&file)?;
    let after = changed(copy, row, taken_out)?;
    if !passes(copy, &taken_out.run)? {
        return Ok(Outcome::FailsAnyway);
    }
    write(&file, &after)?;
    let outcome = if !builds(copy, &taken_out.run)? {
        Outcome::DoesNotBuild
    } else if passes(copy, &taken_out.run)? {
        Outcome::Unnoticed
    } else {
        Outcome::Noticed
    };
    write(&file, &before)?;
    Ok(outcome)
}

/// The file with the measure taken out.
fn changed(root: &Path, row: &Row, taken_out: &TakenOut) -> Result<String, Failure> {
    let text = read(&root.join(&taken_out.file))?;
    if !text.contains(&taken_out.find) {
        return Err(Failure::new(format!(
            "{}: `{}` is no longer in {}; say anew how the measure is taken out",
            row.id, taken_out.find, taken_out.file
        )));
    }
    Ok(text.replace(&taken_out.find, &taken_out.replace))
}

fn passes(copy: &Path, run: &str) -> Result<bool, Failure> {
    Ok(command(copy, run, false)?.run().is_ok())
}

fn builds(copy: &Path, run: &str) -> Result<bool, Failure> {
    Ok(run.starts_with("vitest:") || command(copy, run, true)?.run().is_ok())
}

fn command(copy: &Path, run: &str, build_only: bool) -> Result<Command, Failure> {
    let parts: Vec<&str> = run.splitn(4, ':').collect();
    match parts[..] {
        ["vitest", file] => Ok(Command::new("npx")
            .args(["vitest", "run", file])
            .folder(&copy.join("web"))),
        ["cargo", package, target, filter] => {
            let target = match target {
                "lib" => vec!["--lib"],
                target => vec!["--test", target],
            };
            let last = if build_only {
                vec!["--no-run"]
            } else {
                vec!["--", filter]
            };
            Ok(Command::cargo()
                .args(["test", "--quiet", "--package", package])
                .args(target)
                .args(last)
                // Warnings of code that was crippled on purpose are no errors.
                .env("RUSTFLAGS", "")
                .env("CARGO_TARGET_DIR", target_folder())
                .folder(copy))
        }
        _ => Err(Failure::new(format!("nobody knows how to run {run}"))),
    }
}

/// Built apart, so that no crippled code is ever taken for the real one.
fn target_folder() -> PathBuf {
    std::env::var_os("KOEBA_PROOF_TARGET").map_or_else(
        || places::target().join("sheet-proof/target"),
        PathBuf::from,
    )
}

/// A copy of what is checked in or about to be.
fn copy() -> Result<PathBuf, Failure> {
    let copy = places::target().join("sheet-proof/repository");
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()?;
    for name in listed.lines() {
        let (from, to) = (places::root().join(name), copy.join(name));
        let Ok(bytes) = fs::read(&from) else { continue };
        // What has not changed keeps its time, or everything would be built anew.
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        let failed = |error| Failure::because(format!("cannot copy {name}"), error);
        fs::create_dir_all(to.parent().unwrap_or(&copy)).map_err(failed)?;
        fs::write(&to, bytes).map_err(failed)?;
    }
    let modules = copy.join("web/node_modules");
    if !modules.exists() {
        std::os::unix::fs::symlink(places::web().join("node_modules"), &modules)
            .map_err(|error| Failure::because("cannot link the npm packages", error))?;
    }
    Ok(copy)
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::because(format!("cannot read {}", file.display()), error))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text)
        .map_err(|error| Failure::because(format!("cannot write {}", file.display()), error))
}
