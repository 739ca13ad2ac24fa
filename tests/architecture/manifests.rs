//! What every member's manifest must look like.

use crate::sources::Source;

/// What a package may not decide for itself.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// Members that set a version, a feature or a lint of their own, one sentence each.
pub(crate) fn offences(manifests: &[Source]) -> Vec<String> {
    manifests.iter().flat_map(of_manifest).collect()
}

fn of_manifest(manifest: &Source) -> Vec<String> {
    let path = &manifest.path;
    let mut told = Vec::new();
    let mut section = "";
    let mut inherits_lints = false;
    for (number, line) in (1..).zip(manifest.text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let key = line.split([' ', '=', '.']).next().unwrap_or_default();
        // What only a feature of the member asks for is inherited too.
        let optional = format!("{key} = {{ workspace = true, optional = true }}");
        let inherited = line == format!("{key}.workspace = true") || line == optional;
        match section {
            "lints" => inherits_lints |= line == "workspace = true",
            "package" if INHERITED.contains(&key) && !inherited => {
                told.push(format!("{path}:{number} {key} is not inherited"));
            }
            "dependencies" | "dev-dependencies" | "build-dependencies" if !inherited => {
                told.push(format!(
                    "{path}:{number} {key} is not inherited as it stands"
                ));
            }
            _ => {}
        }
    }
    if !inherits_lints {
        told.push(format!("{path} does not inherit the workspace's lints"));
    }
    told
}

/// Where a lockfile takes code from elsewhere than a registry: what comes from one is pinned by
/// its version and checksum.
pub(crate) fn unpinned(lockfiles: &[Source]) -> Vec<String> {
    let mut told = Vec::new();
    for lockfile in lockfiles {
        for (number, line) in (1..).zip(lockfile.text.lines().map(str::trim)) {
            let foreign = [
                "source = \"git",
                "\"resolved\": \"git",
                "\"resolved\": \"file:",
                "\"resolved\": \"http:",
            ];
            if foreign.iter().any(|start| line.starts_with(start)) {
                told.push(format!(
                    "{}:{number} takes code from elsewhere than a registry",
                    lockfile.path
                ));
            }
        }
    }
    told
}
