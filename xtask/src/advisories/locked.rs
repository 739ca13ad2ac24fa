//! What the lock files of the repository say is used.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;

/// Whose packages: by the name that the database has for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ecosystem {
    /// Crates.
    Rust,
    /// Packages of npm.
    Npm,
    /// Packages of Python.
    Python,
}

impl Ecosystem {
    pub(crate) const ALL: [Self; 3] = [Self::Rust, Self::Npm, Self::Python];

    /// As OSV spells it: <https://ossf.github.io/osv-schema/#defined-ecosystems>.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "crates.io",
            Self::Npm => "npm",
            Self::Python => "PyPI",
        }
    }

    /// Whose lock file has this name.
    fn of(file_name: &str) -> Option<Self> {
        match file_name {
            "Cargo.lock" => Some(Self::Rust),
            "package-lock.json" => Some(Self::Npm),
            "requirements.txt" => Some(Self::Python),
            _ => None,
        }
    }
}

/// One version of one package that a lock file names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) ecosystem: Ecosystem,
    /// The package's name; Python's are normalized (PEP 503).
    pub(crate) name: String,
    pub(crate) version: String,
    /// The lock file, from the repository's folder.
    pub(crate) file: String,
}

/// Reads every lock file below `root` that is ours.
///
/// # Errors
///
/// If one cannot be read, is not what its name says, or leaves a version open.
pub(crate) fn everything(root: &Path) -> Result<Vec<Locked>, Failure> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    files.sort();
    let mut locked = Vec::new();
    for (file, ecosystem) in files {
        let text = fs::read_to_string(&file)
            .map_err(|error| Failure::because(format!("cannot read {}", file.display()), error))?;
        let name = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        let versions = versions(ecosystem, &text)
            .map_err(|error| Failure::because(format!("{name} is no lock file"), error))?;
        locked.extend(versions.into_iter().map(|(package, version)| Locked {
            ecosystem,
            name: package,
            version,
            file: name.clone(),
        }));
    }
    Ok(locked)
}

/// The name under which the packages of Python are compared: <https://peps.python.org/pep-0503/>.
pub(crate) fn normalize(ecosystem: Ecosystem, name: &str) -> String {
    if ecosystem != Ecosystem::Python {
        return name.to_owned();
    }
    name.to_ascii_lowercase()
        .split(['-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, Ecosystem)>) -> Result<(), Failure> {
    let unreadable = |error| Failure::because(format!("cannot read {}", folder.display()), error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            // What others made: installed, built, or git's own.
            if !name.starts_with('.')
                && !["node_modules", "target", "dist", "cdk.out"].contains(&&*name)
            {
                walk(&path, found)?;
            }
        } else if let Some(ecosystem) = Ecosystem::of(&name) {
            found.push((path, ecosystem));
        }
    }
    Ok(())
}

/// Names and versions of what a lock file pins, without what is in this repository itself.
fn versions(ecosystem: Ecosystem, text: &str) -> Result<Vec<(String, String)>, Failure> {
    match ecosystem {
        Ecosystem::Rust => crates(text),
        Ecosystem::Npm => npm_packages(text),
        Ecosystem::Python => text.lines().filter_map(python_package).collect(),
    }
}

fn crates(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let lock: cargo_lock::Lockfile = text
        .parse()
        .map_err(|error| Failure::because("it cannot be parsed", error))?;
    let foreign = lock.packages.into_iter().filter(|one| one.source.is_some());
    Ok(foreign
        .map(|one| (one.name.to_string(), one.version.to_string()))
        .collect())
}

/// <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>
#[derive(Deserialize)]
struct NpmLock {
    packages: std::collections::BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    /// Only where it is installed under another name.
    name: Option<String>,
    version: Option<String>,
    #[serde(default)]
    link: bool,
}

fn npm_packages(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let lock: NpmLock = serde_json::from_str(text)
        .map_err(|error| Failure::because("it cannot be parsed", error))?;
    let mut packages = Vec::new();
    for (place, package) in lock.packages {
        let Some((_, installed_as)) = place.rsplit_once("node_modules/") else {
            continue;
        };
        if package.link {
            continue;
        }
        let version = package
            .version
            .ok_or_else(|| Failure::new(format!("{place} has no version")))?;
        packages.push((
            package.name.unwrap_or_else(|| installed_as.to_owned()),
            version,
        ));
    }
    Ok(packages)
}

/// <https://pip.pypa.io/en/stable/reference/requirements-file-format/>, of which we write `==` only.
fn python_package(line: &str) -> Option<Result<(String, String), Failure>> {
    let line = line.split(['#', ';']).next().unwrap_or_default().trim();
    if line.is_empty() {
        return None;
    }
    Some(match line.split_once("==") {
        Some((name, version)) if !name.contains('[') => Ok((
            normalize(Ecosystem::Python, name.trim()),
            version.trim().to_owned(),
        )),
        _ => Err(Failure::new(format!("`{line}` is not one exact version"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(ecosystem: Ecosystem, text: &str) -> Vec<(String, String)> {
        versions(ecosystem, text).expect("it is a lock file")
    }

    #[test]
    fn of_a_cargo_lock_what_came_from_elsewhere_is_taken() {
        let text = "version = 4\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"serde\"\nversion = \"1.0.2\"\n\
                    source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert_eq!(
            named(Ecosystem::Rust, text),
            [("serde".to_owned(), "1.0.2".to_owned())]
        );
    }

    #[test]
    fn of_a_package_lock_every_place_is_taken_by_the_packages_own_name() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "web"},
            "node_modules/@a/b": {"version": "1.2.3"},
            "node_modules/@a/b/node_modules/c": {"version": "2.0.0"},
            "node_modules/alias": {"name": "real", "version": "3.0.0"},
            "node_modules/ours": {"resolved": "packages/ours", "link": true}
        }}"#;
        let found = named(Ecosystem::Npm, text);
        let expected = [("@a/b", "1.2.3"), ("c", "2.0.0"), ("real", "3.0.0")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_requirement_is_one_exact_version() {
        assert_eq!(
            named(
                Ecosystem::Python,
                "# why\nTyping_Extensions==4.16.0  # so\n\n"
            ),
            [("typing-extensions".to_owned(), "4.16.0".to_owned())]
        );
        for open in [
            "requests>=2",
            "requests",
            "requests[socks]==2.0",
            "-r other.txt",
        ] {
            assert!(versions(Ecosystem::Python, open).is_err(), "{open}");
        }
    }
}
