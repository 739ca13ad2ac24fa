//! `cargo xtask fuzz`: makes up what strangers could send to a media node, and looks for what that
//! breaks.
//!
//! The targets are in `tests/fuzz`; libFuzzer is compiled in, and the coverage it goes by comes
//! from LLVM's own pass, which every compiler has. What is worth keeping goes into the corpus,
//! which the ordinary tests replay.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::command::Command;
use crate::failure::Failure;
use crate::places;
use crate::table::Table;

/// How long, and what of it stays.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long each target is fuzzed
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    seconds: u32,
    /// Only this target; may be given more than once
    #[arg(long, value_name = "TARGET", value_parser = TARGETS)]
    only: Vec<String>,
    /// Keep in the repository what leads somewhere new, and what was found
    #[arg(long)]
    keep: bool,
}

const TARGETS: [&str; 4] = ["datagrams", "offer", "room", "signal"];
/// Datagrams are shorter, and a longer offer is refused by its length.
const LONGEST_INPUT: u32 = 4_096;
/// An input that takes longer than so many seconds is one that was found.
const PATIENCE_S: u32 = 20;
/// What LLVM counts: every edge, and what is compared with what.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let program = build()?;
    let chosen =
        |target: &&str| options.only.is_empty() || options.only.iter().any(|only| only == target);
    let mut table = Table::new(&["target", "inputs run", "found", "kept"]);
    let mut found = 0;
    for target in TARGETS.into_iter().filter(chosen) {
        let ground = Ground::of(target)?;
        eprintln!("{target}: {} seconds", options.seconds);
        let runs = ground.fuzz(&program, options.seconds)?;
        let broken = ground.still_broken(&program)?;
        found += broken.len();
        let kept = if options.keep {
            ground.keep(&program)?.to_string()
        } else {
            "–".to_owned()
        };
        table.row([target.to_owned(), runs, broken.len().to_string(), kept]);
        for input in broken {
            eprintln!("found: {}", input.display());
        }
    }
    println!("{}", table.render());
    if found > 0 {
        return Err(Failure::new(format!(
            "{found} inputs break something: mend it, then run the same command with `--keep`, so \
             that the tests remember them"
        )));
    }
    Ok(())
}

fn build() -> Result<PathBuf, Failure> {
    let about = Command::new("rustc").args(["-vV"]).output()?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::new("`rustc -vV` does not name its host"))?;
    let folder = places::target().join("fuzz");
    // With a target named, flags are for what runs there and not for build scripts.
    Command::cargo()
        .args(["build", "--package", "koeba-fuzz", "--bin", "koeba-fuzz"])
        .args(["--features", "libfuzzer", "--profile", "fuzz"])
        .args(["--target", host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", COVERAGE)
        .run()?;
    Ok(folder.join(host).join("fuzz/koeba-fuzz"))
}

/// The folders of one target.
struct Ground {
    target: String,
    /// What libFuzzer goes on from, the corpus among it.
    inputs: PathBuf,
    /// What breaks something.
    found: PathBuf,
    work: PathBuf,
}

impl Ground {
    fn of(target: &str) -> Result<Self, Failure> {
        let work = places::target().join("fuzz/work").join(target);
        let ground = Self {
            target: target.to_owned(),
            inputs: work.join("inputs"),
            found: work.join("found"),
            work,
        };
        for folder in [&ground.inputs, &ground.found] {
            fs::create_dir_all(folder).map_err(|error| because(folder, &error))?;
        }
        let corpus = ground.corpus();
        if corpus.is_file() {
            let file = File::open(&corpus).map_err(|error| because(&corpus, &error))?;
            tar::Archive::new(flate2::read::GzDecoder::new(file))
                .unpack(&ground.inputs)
                .map_err(|error| because(&corpus, &error))?;
        }
        Ok(ground)
    }

    fn corpus(&self) -> PathBuf {
        let folder = places::root().join("tests/fuzz/corpus");
        folder.join(format!("{}.tar.gz", self.target))
    }

    /// Runs it for so long, or until something breaks. Answers how many inputs that were.
    fn fuzz(&self, program: &Path, seconds: u32) -> Result<String, Failure> {
        let mut found = self.found.clone().into_os_string();
        found.push("/");
        let options = [
            format!("-max_total_time={seconds}"),
            format!("-max_len={LONGEST_INPUT}"),
            format!("-timeout={PATIENCE_S}"),
            "-print_final_stats=1".to_owned(),
            format!("-artifact_prefix={}", found.to_string_lossy()),
        ];
        let said = self.libfuzzer(program, &options, &[&self.inputs])?;
        let mut lines = said.lines();
        let runs = lines.find_map(|line| line.strip_prefix("stat::number_of_executed_units: "));
        let runs = runs.ok_or_else(|| {
            Failure::new(format!(
                "the fuzzer of `{}` ended without its counts: {}",
                self.target,
                said.lines().last().unwrap_or_default()
            ))
        })?;
        Ok(runs.trim().to_owned())
    }

    /// What has been found, now or earlier, and is not mended yet.
    fn still_broken(&self, program: &Path) -> Result<Vec<PathBuf>, Failure> {
        let mut broken = Vec::new();
        for input in files(&self.found)? {
            let status = self.command(program).arg(&input).status();
            if !status.map_err(|error| because(program, &error))?.success() {
                broken.push(input);
            }
        }
        Ok(broken)
    }

    /// Writes the corpus: as few inputs as lead everywhere, and what was found. Answers how many.
    fn keep(&self, program: &Path) -> Result<usize, Failure> {
        let least = self.work.join("least");
        if least.is_dir() {
            fs::remove_dir_all(&least).map_err(|error| because(&least, &error))?;
        }
        fs::create_dir_all(&least).map_err(|error| because(&least, &error))?;
        self.libfuzzer(program, &["-merge=1".to_owned()], &[&least, &self.inputs])?;
        let corpus = self.corpus();
        let write = || {
            let encoder = GzEncoder::new(File::create(&corpus)?, Compression::best());
            let mut archive = tar::Builder::new(encoder);
            let mut count = 0;
            for (folder, kind) in [(&least, "input"), (&self.found, "found")] {
                for path in files(folder).map_err(std::io::Error::other)? {
                    let input = fs::read(&path)?;
                    let digest = Sha256::digest(&input);
                    let digest = digest.iter().take(8);
                    let name = digest.map(|byte| format!("{byte:02x}")).collect::<String>();
                    let mut header = tar::Header::new_gnu();
                    header.set_size(input.len().try_into().unwrap_or(u64::MAX));
                    header.set_mode(0o644);
                    archive.append_data(&mut header, format!("{kind}-{name}"), &*input)?;
                    count += 1;
                }
            }
            archive.into_inner()?.finish()?;
            Ok(count)
        };
        write().map_err(|error: std::io::Error| because(&corpus, &error))
    }

    /// Answers what it says. That it fails is no failure: so it says that something was found.
    fn libfuzzer(
        &self,
        program: &Path,
        options: &[String],
        folders: &[&PathBuf],
    ) -> Result<String, Failure> {
        let mut command = self.command(program);
        let command = command.args(options).args(folders);
        let output = command.stderr(Stdio::piped()).output();
        let output = output.map_err(|error| because(program, &error))?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn command(&self, program: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        command
            .env("KOEBA_FUZZ_TARGET", &self.target)
            .env("KOEBA_FUZZ_INPUTS", &self.inputs)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| because(folder, &error))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn because(place: &Path, error: &std::io::Error) -> Failure {
    Failure::because(place.display(), error)
}
