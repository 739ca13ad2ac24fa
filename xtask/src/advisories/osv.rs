//! Advisories as the Open Source Vulnerabilities database writes them, and whom they affect.
//!
//! Schema and the way to evaluate it: <https://ossf.github.io/osv-schema/>.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::Date;

use super::locked::{self, Ecosystem};
use crate::failure::Failure;

/// All advisories of one ecosystem.
pub(crate) struct Database {
    ecosystem: Ecosystem,
    advisories: Vec<Advisory>,
    /// Which of them name a package.
    about: BTreeMap<String, Vec<usize>>,
    newest: Date,
}

/// One advisory.
#[derive(Clone, Deserialize)]
pub(crate) struct Advisory {
    pub(crate) id: String,
    /// When it was last changed; RFC 3339.
    modified: String,
    /// Set when it was taken back.
    withdrawn: Option<String>,
    #[serde(default)]
    affected: Vec<Affected>,
}

#[derive(Clone, Deserialize)]
struct Affected {
    package: Option<Package>,
    #[serde(default)]
    ranges: Vec<Range>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    database_specific: Option<Remarks>,
}

#[derive(Clone, Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Clone, Deserialize)]
struct Range {
    #[serde(rename = "type")]
    kind: String,
    events: Vec<Event>,
}

#[derive(Clone, Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// What `RustSec` adds: `unmaintained`, `notice` or `unsound` where nothing can be exploited by itself.
#[derive(Clone, Deserialize)]
struct Remarks {
    informational: Option<String>,
}

/// Where the advisories of an ecosystem are, as `osv-scanner` keeps them.
pub(crate) fn archive(folder: &Path, ecosystem: Ecosystem) -> PathBuf {
    folder.join(ecosystem.name()).join("all.zip")
}

impl Database {
    /// Reads the advisories of one ecosystem; those that were withdrawn are left out.
    ///
    /// # Errors
    ///
    /// If the archive is missing, is no archive of advisories, or is empty.
    pub(crate) fn read(folder: &Path, ecosystem: Ecosystem) -> Result<Self, Failure> {
        let path = archive(folder, ecosystem);
        let unreadable = |error: &dyn std::fmt::Display| {
            Failure::new(format!(
                "cannot read {}: {error}; `cargo xtask advisories --fetch` gets it",
                path.display()
            ))
        };
        let file = File::open(&path).map_err(|error| unreadable(&error))?;
        let mut archive =
            zip::ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(&error))?;
        let mut advisories = Vec::with_capacity(archive.len());
        let mut about: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut newest = None;
        for number in 0..archive.len() {
            let entry = archive
                .by_index(number)
                .map_err(|error| unreadable(&error))?;
            let name = format!("entry {number}");
            let mut advisory: Advisory = serde_json::from_reader(BufReader::new(entry))
                .map_err(|error| unreadable(&format!("{name}: {error}")))?;
            let modified = advisory
                .modified
                .get(..10)
                .and_then(|day| super::parse_day(day).ok())
                .ok_or_else(|| unreadable(&format!("{name} was changed on no day")))?;
            newest = newest.max(Some(modified));
            if advisory.withdrawn.is_none() {
                advisory.keep_only(ecosystem);
                for name in advisory.names() {
                    let numbers = about.entry(name.to_owned()).or_default();
                    if numbers.last() != Some(&advisories.len()) {
                        numbers.push(advisories.len());
                    }
                }
                advisories.push(advisory);
            }
        }
        let newest = newest.ok_or_else(|| unreadable(&"it holds no advisory"))?;
        Ok(Self {
            ecosystem,
            advisories,
            about,
            newest,
        })
    }

    pub(crate) const fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    pub(crate) fn len(&self) -> usize {
        self.advisories.len()
    }

    /// The day on which something was last changed in it.
    pub(crate) const fn newest(&self) -> Date {
        self.newest
    }

    /// The advisories that name a package, whatever the version.
    pub(crate) fn about(&self, name: &str) -> impl Iterator<Item = &Advisory> {
        let numbers = self.about.get(name).into_iter().flatten();
        numbers.map(|&number| &self.advisories[number])
    }
}

impl Advisory {
    /// Forgets other ecosystems, and spells names as lock files are read.
    fn keep_only(&mut self, ecosystem: Ecosystem) {
        self.affected.retain_mut(|affected| {
            let Some(package) = &mut affected.package else {
                return false;
            };
            package.name = locked::normalize(ecosystem, &package.name);
            package.ecosystem == ecosystem.name()
        });
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let packages = self.affected.iter().filter_map(|one| one.package.as_ref());
        packages.map(|package| package.name.as_str())
    }

    fn entries(&self, name: &str) -> impl Iterator<Item = &Affected> {
        self.affected
            .iter()
            .filter(move |one| one.package.as_ref().is_some_and(|named| named.name == name))
    }

    /// Whether this version of this package is affected.
    pub(crate) fn affects(&self, name: &str, version: &str) -> bool {
        self.entries(name).any(|one| one.affects(version))
    }

    /// Whether it tells something about the package (that nobody maintains it, say) that is no
    /// vulnerability. What `RustSec` calls unsound is one to us.
    pub(crate) fn is_mere_notice(&self) -> bool {
        !self.affected.is_empty()
            && self.affected.iter().all(|one| {
                let remarks = one.database_specific.as_ref();
                let informational = remarks.and_then(|remarks| remarks.informational.as_deref());
                matches!(informational, Some("unmaintained" | "notice"))
            })
    }

    /// The versions that mend it, for a person to read.
    pub(crate) fn mended_in(&self, name: &str) -> String {
        let fixed: Vec<&str> = self
            .entries(name)
            .flat_map(|one| &one.ranges)
            .flat_map(|range| &range.events)
            .filter_map(|event| event.fixed.as_deref())
            .collect();
        if fixed.is_empty() {
            "none".to_owned()
        } else {
            fixed.join(", ")
        }
    }
}

impl Affected {
    fn affects(&self, version: &str) -> bool {
        let Some(package) = &self.package else {
            return false;
        };
        self.versions.iter().any(|one| one == version)
            || self
                .ranges
                .iter()
                .filter(|range| range.kind != "GIT")
                .any(|range| range.affects(&package.ecosystem, version))
    }
}

impl Range {
    /// A version is affected if the last event that is not after it introduced the vulnerability.
    /// One that cannot be compared is taken for affected: better a false alarm than none.
    fn affects(&self, ecosystem: &str, version: &str) -> bool {
        let mut events = Vec::new();
        for event in &self.events {
            let (at, opens, after) = match event {
                Event {
                    introduced: Some(at),
                    ..
                } => (at, true, false),
                Event {
                    fixed: Some(at), ..
                } => (at, false, false),
                Event {
                    last_affected: Some(at),
                    ..
                } => (at, false, true),
                _ => continue,
            };
            let against = if opens && at == "0" {
                Some(Ordering::Greater)
            } else {
                compare(ecosystem, version, at)
            };
            let Some(against) = against else { return true };
            let passed = match against {
                Ordering::Less => false,
                Ordering::Equal => !after,
                Ordering::Greater => true,
            };
            events.push((at, opens, passed));
        }
        events.sort_by(|(a, ..), (b, ..)| order(ecosystem, a, b));
        events
            .iter()
            .rfind(|(_, _, passed)| *passed)
            .is_some_and(|(_, opens, _)| *opens)
    }
}

/// Events in the order of their versions; `0` is before every version.
fn order(ecosystem: &str, a: &str, b: &str) -> Ordering {
    match (a, b) {
        ("0", "0") => Ordering::Equal,
        ("0", _) => Ordering::Less,
        (_, "0") => Ordering::Greater,
        _ => compare(ecosystem, a, b).unwrap_or(Ordering::Equal),
    }
}

/// By the rules of the ecosystem: PEP 440 for Python, Semantic Versioning for the others.
fn compare(ecosystem: &str, a: &str, b: &str) -> Option<Ordering> {
    if ecosystem == Ecosystem::Python.name() {
        let parse = |text: &str| text.parse::<pep440_rs::Version>().ok();
        Some(parse(a)?.cmp(&parse(b)?))
    } else {
        let parse = |text: &str| semver::Version::parse(text).ok();
        Some(parse(a)?.cmp_precedence(&parse(b)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advisory(ecosystem: Ecosystem, events: &str) -> Advisory {
        let kind = if ecosystem == Ecosystem::Python {
            "ECOSYSTEM"
        } else {
            "SEMVER"
        };
        let name = ecosystem.name();
        let text = format!(
            r#"{{"id": "X-1", "modified": "2026-11-01T00:00:00Z", "affected": [{{
                "package": {{"ecosystem": "{name}", "name": "p"}},
                "ranges": [{{"type": "{kind}", "events": [{events}]}}]
            }}]}}"#
        );
        serde_json::from_str(&text).expect("it is an advisory")
    }

    #[test]
    fn a_version_is_affected_from_where_it_came_in_to_where_it_was_mended() {
        let of_crates = advisory(
            Ecosystem::Rust,
            r#"{"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0-rc.1"}, {"fixed": "2.0.3"}"#,
        );
        for (version, affected) in [
            ("0.1.0", true),
            ("1.1.9", true),
            ("1.2.0", false),
            ("1.10.0", false),
            ("2.0.0-beta.1", false),
            ("2.0.0-rc.2", true),
            ("2.0.2", true),
            ("2.0.3", false),
        ] {
            assert_eq!(of_crates.affects("p", version), affected, "{version}");
        }
        assert!(!of_crates.affects("q", "0.1.0"));
        assert_eq!(of_crates.mended_in("p"), "1.2.0, 2.0.3");
    }

    #[test]
    fn the_order_in_which_events_are_written_does_not_matter() {
        let of_npm = advisory(
            Ecosystem::Npm,
            r#"{"fixed": "10.0.0"}, {"introduced": "9.0.0"}"#,
        );
        assert!(of_npm.affects("p", "9.5.0"));
        assert!(!of_npm.affects("p", "10.0.0"));
    }

    #[test]
    fn the_last_affected_version_is_affected() {
        let of_python = advisory(
            Ecosystem::Python,
            r#"{"introduced": "1.0"}, {"last_affected": "1.10.post1"}"#,
        );
        for (version, affected) in [
            ("1.9", true),
            ("1.10.post1", true),
            ("1.11", false),
            ("1.0rc1", false),
        ] {
            assert_eq!(of_python.affects("p", version), affected, "{version}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_an_alarm() {
        let of_npm = advisory(
            Ecosystem::Npm,
            r#"{"introduced": "1.0"}, {"fixed": "2.0.0"}"#,
        );
        assert!(of_npm.affects("p", "3.0.0"));
    }

    #[test]
    fn that_nobody_maintains_a_package_is_no_vulnerability() {
        let mut told = advisory(Ecosystem::Rust, r#"{"introduced": "0"}"#);
        assert!(!told.is_mere_notice());
        for (informational, notice) in [("unmaintained", true), ("unsound", false)] {
            told.affected[0].database_specific = Some(Remarks {
                informational: Some(informational.to_owned()),
            });
            assert_eq!(told.is_mere_notice(), notice, "{informational}");
        }
    }
}
