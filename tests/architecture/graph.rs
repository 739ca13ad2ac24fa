//! Who depends on whom, as cargo resolves it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Packages and what they depend on outside their tests.
pub(crate) struct Graph {
    depends: BTreeMap<String, BTreeSet<String>>,
    members: BTreeSet<String>,
    links: Vec<String>,
}

impl Graph {
    /// This workspace, with everything that it is built from.
    pub(crate) fn of_this_workspace() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
            // What other platforms need has not been fetched, and a test fetches nothing.
            .other_options(
                ["--locked", "--offline", "--filter-platform", &host()]
                    .map(str::to_owned)
                    .to_vec(),
            )
            .exec()
            .expect("cargo describes the workspace that it is testing");
        let names: BTreeMap<_, _> = metadata
            .packages
            .iter()
            .map(|package| (&package.id, package.name.to_string()))
            .collect();
        let resolve = metadata
            .resolve
            .as_ref()
            .expect("dependencies are resolved");
        let mut depends: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in &resolve.nodes {
            let of_node = depends.entry(names[&node.id].clone()).or_default();
            for dependency in &node.deps {
                let is_normal = dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal);
                if is_normal {
                    of_node.insert(names[&dependency.pkg].clone());
                }
            }
        }
        let members = metadata
            .workspace_members
            .iter()
            .map(|id| names[id].clone())
            .collect();
        let mut links: Vec<String> = metadata
            .packages
            .iter()
            .filter(|package| resolve.nodes.iter().any(|node| node.id == package.id))
            .filter(|package| {
                package.links.is_some() && package.name.ends_with("sys") || package.name == "ring"
            })
            .map(|package| package.name.to_string())
            .collect();
        links.sort();
        links.dedup();
        Self {
            depends,
            members,
            links,
        }
    }

    /// The packages that link a library which is not written in Rust.
    pub(crate) fn links(&self) -> &[String] {
        &self.links
    }

    /// A graph that exists only to be found fault with. What begins with `koeba-` is a member.
    pub(crate) fn made_up(rows: &[(&str, &[&str])]) -> Self {
        let depends: BTreeMap<String, BTreeSet<String>> = rows
            .iter()
            .map(|(name, on)| {
                (
                    (*name).to_owned(),
                    on.iter().map(ToString::to_string).collect(),
                )
            })
            .collect();
        let members = depends
            .keys()
            .filter(|name| name.starts_with("koeba-"))
            .cloned()
            .collect();
        Self {
            depends,
            members,
            links: Vec::new(),
        }
    }

    /// The crates of this workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(String::as_str)
    }

    pub(crate) fn is_member(&self, name: &str) -> bool {
        self.members.contains(name)
    }

    /// What a package names in its own manifest.
    pub(crate) fn direct(&self, name: &str) -> impl Iterator<Item = &str> {
        self.depends
            .get(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The members that name a package in their own manifest.
    pub(crate) fn dependents(&self, name: &str) -> Vec<&str> {
        self.members()
            .filter(|member| self.direct(member).any(|on| on == name))
            .collect()
    }

    /// How `from` comes to see `to`: what it depends on first, up to `to` itself.
    pub(crate) fn path(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut waiting = VecDeque::from([self.depends.get_key_value(from)?.0.as_str()]);
        while let Some(at) = waiting.pop_front() {
            for next in self.direct(at) {
                if next == from || came_from.contains_key(next) {
                    continue;
                }
                came_from.insert(next, at);
                if next == to {
                    return Some(steps(&came_from, from, next));
                }
                waiting.push_back(next);
            }
        }
        None
    }
}

/// The platform that this compiler builds for.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .expect("the compiler says what it is");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .expect("the compiler names its host")
}

fn steps<'a>(came_from: &BTreeMap<&'a str, &'a str>, from: &str, to: &'a str) -> Vec<&'a str> {
    let mut steps = vec![to];
    let mut at = to;
    while let Some(&before) = came_from.get(at)
        && before != from
    {
        steps.push(before);
        at = before;
    }
    steps.reverse();
    steps
}
