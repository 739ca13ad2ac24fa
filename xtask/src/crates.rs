//! What a program is made of, as a lock file of its own.

use cargo_lock::{Lockfile, Package};

use crate::failure::Failure;

/// The part of the lock file `text` that `program` needs, tests and build scripts included.
///
/// Scanners of images read it, Amazon Inspector among them: a program does not tell by itself which
/// crates it was made of.
///
/// # Errors
///
/// If `text` is no lock file, or has no package of that name.
pub(crate) fn of(program: &str, text: &str) -> Result<String, Failure> {
    let mut lock: Lockfile = text
        .parse()
        .map_err(|error| Failure::because("Cargo.lock cannot be parsed", error))?;
    let named = |one: &&Package| one.name.as_str() == program;
    let mut needed: Vec<Package> = lock.packages.iter().filter(named).cloned().collect();
    if needed.is_empty() {
        return Err(Failure::new(format!("Cargo.lock has no package {program}")));
    }
    let mut looked_at = 0;
    while let Some(package) = needed.get(looked_at) {
        let more: Vec<Package> = lock
            .packages
            .iter()
            .filter(|one| {
                package
                    .dependencies
                    .iter()
                    .any(|wanted| wanted.matches(one))
            })
            .filter(|one| !needed.contains(one))
            .cloned()
            .collect();
        needed.extend(more);
        looked_at += 1;
    }
    needed.sort();
    lock.packages = needed;
    Ok(lock.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4

[[package]]
name = \"deep\"
version = \"0.3.0\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"

[[package]]
name = \"deep\"
version = \"0.4.0\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"

[[package]]
name = \"node\"
version = \"0.1.0\"
dependencies = [
 \"shallow\",
]

[[package]]
name = \"other\"
version = \"0.1.0\"
dependencies = [
 \"deep 0.4.0\",
]

[[package]]
name = \"shallow\"
version = \"1.0.0\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
dependencies = [
 \"deep 0.3.0\",
]
";

    #[test]
    fn a_program_is_made_of_what_it_needs_and_what_that_needs() {
        let made_of = of("node", LOCK).expect("it is there");
        let lock: Lockfile = made_of.parse().expect("it is a lock file again");
        let names: Vec<String> = lock
            .packages
            .iter()
            .map(|one| format!("{} {}", one.name, one.version))
            .collect();
        assert_eq!(names, ["deep 0.3.0", "node 0.1.0", "shallow 1.0.0"]);
        assert!(of("nobody", LOCK).is_err());
    }
}
