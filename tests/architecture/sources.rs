//! The sources of the repository, and what must not be in them.

use std::fs;
use std::path::{Path, PathBuf};

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// A file that exists only to be found fault with.
    pub(crate) fn made_up(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// What reads a clock, the environment, randomness or a device.
const IMPURE: [&str; 12] = [
    "SystemTime::now",
    "Instant::now",
    "OffsetDateTime::now",
    "Utc::now",
    "std::env",
    "env::var",
    "std::fs",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::thread",
    "getrandom::",
    "rand::",
];

/// Where the pure crates reach outside themselves.
pub(crate) fn impure(sources: &[Source]) -> Vec<String> {
    let mut told = Vec::new();
    for source in sources {
        let own_tests = source
            .text
            .find("#[cfg(test)]")
            .unwrap_or(source.text.len());
        for (number, line) in (1..).zip(source.text[..own_tests].lines()) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                told.push(format!("{}:{number} uses {word}", source.path));
            }
        }
    }
    told
}

/// The files with more lines than `limit`.
pub(crate) fn longer_than(limit: usize, sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .map(|source| (&source.path, source.text.lines().count()))
        .filter(|(_, lines)| *lines > limit)
        .map(|(path, lines)| format!("{path} has {lines} lines, more than {limit}"))
        .collect()
}

/// The sources of some crates, without their tests.
pub(crate) fn of_crates(folders: &[&str]) -> Vec<Source> {
    folders
        .iter()
        .flat_map(|folder| {
            let sources = below(&format!("{folder}/src"), &["rs"]);
            assert!(!sources.is_empty(), "{folder} has sources");
            sources
        })
        .collect()
}

/// The sources of what is deployed, without their tests.
pub(crate) fn of_product() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["functions", "shared", "media-node"] {
        sources.extend(below(folder, &["rs"]));
    }
    sources.retain(|source| source.path.contains("/src/"));
    assert!(sources.len() > 100, "the sources are found");
    sources
}

/// The sources of the web client.
pub(crate) fn of_web() -> Vec<Source> {
    let sources = below("web/src", &["ts", "tsx"]);
    assert!(sources.len() > 50, "the sources are found");
    sources
}

/// The workspace's own manifest.
pub(crate) fn workspace_manifest() -> String {
    fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a manifest")
}

/// What pins the versions of everything that is not ours.
pub(crate) fn lockfiles() -> Vec<Source> {
    [
        "Cargo.lock",
        "web/package-lock.json",
        "tests/browser/package-lock.json",
    ]
    .iter()
    .map(|path| Source {
        path: (*path).to_owned(),
        text: fs::read_to_string(root().join(path)).expect("a lockfile is there"),
    })
    .collect()
}

/// Every source that people write.
pub(crate) fn all() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in [
        "functions",
        "infra",
        "media-node",
        "shared",
        "tests",
        "web",
        "xtask",
    ] {
        sources.extend(below(folder, &["css", "mjs", "rs", "ts", "tsx"]));
    }
    assert!(sources.len() > 100, "the sources are found");
    sources.retain(|source| !source.path.contains("generated"));
    sources
}

/// The programs of the functions.
pub(crate) fn mains_of_functions() -> Vec<Source> {
    let mut mains = below("functions", &["rs"]);
    mains.retain(|source| source.path.ends_with("src/main.rs"));
    mains
}

/// The manifests of the members.
pub(crate) fn manifests() -> Vec<Source> {
    let mut manifests = Vec::new();
    for folder in [
        "functions",
        "infra",
        "media-node",
        "shared",
        "tests",
        "xtask",
    ] {
        manifests.extend(below(folder, &["toml"]));
    }
    manifests.retain(|source| source.path.ends_with("/Cargo.toml"));
    assert!(manifests.len() >= 18, "the manifests are found");
    manifests
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the repository")
}

fn below(folder: &str, extensions: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut |path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| extensions.contains(&extension)) {
            let text = fs::read_to_string(path).expect("a source is text");
            let path = path
                .strip_prefix(root())
                .expect("the walk stays inside the repository");
            found.push(Source {
                path: path.display().to_string(),
                text,
            });
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let entries = fs::read_dir(folder).expect("a folder of the repository can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !["dist", "node_modules", "target", "test-results"].contains(&name) {
                walk(&path, visit);
            }
        } else {
            visit(&path);
        }
    }
}
