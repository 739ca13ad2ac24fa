//! What is known to be vulnerable is found, in every lock file and in every language, and somebody
//! looks every day.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde::Deserialize;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The day as of which the tests judge.
const TODAY: &str = "2026-11-23";

/// Check sheet: WA-10-03.
#[test]
fn an_advisory_on_a_locked_version_fails_the_command_in_every_language() {
    for (ecosystem, package, lock_file) in [
        ("crates.io", "serde", "Cargo.lock"),
        ("npm", "preact", "web/package-lock.json"),
        ("PyPI", "Typing.Extensions", "cdk/lint/requirements.txt"),
    ] {
        let advisory = advisory("TEST-2026-1", ecosystem, package, r#"{"introduced": "0"}"#);
        let database = database(TODAY, &[(ecosystem, advisory)]);
        let (passed, told) = compare(&database);
        assert!(
            !passed,
            "{package} is affected, whatever its version:\n{told}"
        );
        for expected in ["TEST-2026-1", lock_file] {
            assert!(
                told.contains(expected),
                "{expected:?} is missing in\n{told}"
            );
        }
    }
}

/// Check sheet: WA-10-03.
#[test]
fn an_advisory_that_a_locked_version_mends_is_no_obstacle() {
    let mended = r#"{"introduced": "0"}, {"fixed": "0.0.1"}"#;
    let database = database(
        TODAY,
        &[
            ("crates.io", "serde"),
            ("npm", "preact"),
            ("PyPI", "typing-extensions"),
        ]
        .map(|(ecosystem, package)| {
            (
                ecosystem,
                advisory("TEST-2026-2", ecosystem, package, mended),
            )
        }),
    );
    let (passed, told) = compare(&database);
    assert!(passed, "{told}");
}

/// Check sheet: WA-10-03.
#[test]
fn a_database_of_long_ago_or_of_nothing_proves_nothing() {
    let old = database("2026-10-23", &[]);
    let (passed, told) = compare(&old);
    assert!(!passed && told.contains("more than 30 days ago"), "{told}");
    let (passed, told) = compare(&TempDir::new().expect("a folder can be made"));
    assert!(!passed && told.contains("--fetch"), "{told}");
}

/// Check sheet: WA-10-03.
#[test]
fn every_lock_file_has_its_place_with_the_service_that_proposes_mended_versions() {
    let text = fs::read_to_string(root().join(".github/dependabot.yml"))
        .expect("the service is configured");
    let dependabot: Dependabot = serde_saphyr::from_str(&text).expect("it is well written");
    assert_eq!(dependabot.version, 2);
    let mut named = BTreeSet::new();
    for update in &dependabot.updates {
        assert_eq!(update.schedule.interval, "weekly");
        for directory in &update.directories {
            named.insert((update.ecosystem.clone(), directory.clone()));
        }
    }
    let mut there = BTreeSet::from([("github-actions".to_owned(), "/".to_owned())]);
    lock_files(root(), &mut there);
    assert!(there.len() >= 9, "the lock files are found: {there:?}");
    assert_eq!(named, there);
}

/// Check sheet: WA-10-03.
#[test]
fn somebody_compares_every_day_and_whenever_a_lock_file_changes() {
    let text = fs::read_to_string(root().join(".github/workflows/advisories.yml"))
        .expect("the workflow is there");
    let workflow: Workflow = serde_saphyr::from_str(&text).expect("it is well written");
    let [minute, hour, rest @ ..] =
        &workflow.on.schedule[0].cron.split(' ').collect::<Vec<_>>()[..]
    else {
        panic!("a schedule has a minute and an hour");
    };
    assert!(minute.parse::<u8>().is_ok() && hour.parse::<u8>().is_ok());
    assert_eq!(rest, ["*", "*", "*"], "every day");
    let patterns = [
        "**/Cargo.lock",
        "**/package-lock.json",
        "**/requirements.txt",
    ];
    assert_eq!(workflow.on.push.paths, patterns);
    assert_eq!(workflow.on.pull_request.paths, patterns);
    let steps = &workflow.jobs.advisories.steps;
    let last = steps.last().and_then(|step| step.run.as_deref());
    assert_eq!(last, Some("cargo xtask advisories --fetch"));
}

/// <https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference>
#[derive(Deserialize)]
struct Dependabot {
    version: u8,
    updates: Vec<Update>,
}

#[derive(Deserialize)]
struct Update {
    #[serde(rename = "package-ecosystem")]
    ecosystem: String,
    directories: Vec<String>,
    schedule: Schedule,
}

#[derive(Deserialize)]
struct Schedule {
    interval: String,
}

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>
#[derive(Deserialize)]
struct Workflow {
    on: Triggers,
    jobs: Jobs,
}

#[derive(Deserialize)]
struct Triggers {
    schedule: Vec<Cron>,
    push: Paths,
    pull_request: Paths,
}

#[derive(Deserialize)]
struct Cron {
    cron: String,
}

#[derive(Deserialize)]
struct Paths {
    paths: Vec<String>,
}

#[derive(Deserialize)]
struct Jobs {
    advisories: Job,
}

#[derive(Deserialize)]
struct Job {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    run: Option<String>,
}

/// Runs the command on the real lock files, against a made-up database.
fn compare(database: &TempDir) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_koeba-xtask"))
        .args(["advisories", "--today", TODAY, "--database"])
        .arg(database.path())
        .output()
        .expect("the command starts");
    let told = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

/// A database with these advisories, and in each language one that is about nothing of ours.
fn database(changed: &str, advisories: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    for ecosystem in ["crates.io", "npm", "PyPI"] {
        let place = folder.path().join(ecosystem);
        fs::create_dir_all(&place).expect("a folder can be made");
        let file = File::create(place.join("all.zip")).expect("a file can be made");
        let mut archive = ZipWriter::new(file);
        let unrelated = advisory(
            "TEST-2026-0",
            ecosystem,
            "nobody-uses-this",
            r#"{"introduced": "0"}"#,
        );
        let mine = advisories.iter().filter(|(of, _)| *of == ecosystem);
        let texts = mine
            .map(|(_, text)| text.as_str())
            .chain([unrelated.as_str()]);
        for (number, text) in texts.enumerate() {
            archive
                .start_file(format!("{number}.json"), SimpleFileOptions::default())
                .expect("an entry can be begun");
            archive
                .write_all(text.replace("CHANGED", changed).as_bytes())
                .expect("an entry can be written");
        }
        archive.finish().expect("an archive can be finished");
    }
    folder
}

fn advisory(id: &str, ecosystem: &str, package: &str, events: &str) -> String {
    let kind = if ecosystem == "PyPI" {
        "ECOSYSTEM"
    } else {
        "SEMVER"
    };
    format!(
        r#"{{"schema_version": "1.7.3", "id": "{id}", "modified": "CHANGEDT00:00:00Z", "affected": [{{
            "package": {{"ecosystem": "{ecosystem}", "name": "{package}"}},
            "ranges": [{{"type": "{kind}", "events": [{events}]}}]
        }}]}}"#
    )
}

/// The folders with lock files, and whose they are, as the service calls it.
fn lock_files(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !["node_modules", "target", "dist"].contains(&&*name) {
                lock_files(&path, found);
            }
            continue;
        }
        let ecosystem = match &*name {
            "Cargo.lock" => "cargo",
            "package-lock.json" => "npm",
            name if name.contains("requirements") && name.ends_with(".txt") => "pip",
            _ => continue,
        };
        let directory = folder.strip_prefix(root()).expect("the walk stays inside");
        found.insert((ecosystem.to_owned(), format!("/{}", directory.display())));
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the repository")
}
