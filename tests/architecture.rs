//! The shape of the repository: who may depend on whom, what a core must never see, and the
//! habits that keep files small and versions in one place.
//!
//! The rules are data, in `architecture/rules.rs`; the checkers are tried on made-up offenders
//! first, so that a checker that sees nothing does not pass for a repository without faults.

#[path = "architecture/graph.rs"]
mod graph;
#[path = "architecture/habits.rs"]
mod habits;
#[path = "architecture/manifests.rs"]
mod manifests;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/sources.rs"]
mod sources;

use graph::Graph;
use rules::{RULES, offences};

fn none(offences: &[String]) {
    assert!(offences.is_empty(), "\n  {}\n", offences.join("\n  "));
}

#[test]
fn every_crate_depends_only_on_what_its_row_allows() {
    none(&offences(&Graph::of_this_workspace(), &RULES));
}

#[test]
fn every_crate_of_the_workspace_has_a_row() {
    let graph = Graph::of_this_workspace();
    none(&rules::crates_without_a_row(&graph, &RULES));
}

#[test]
fn only_the_store_names_the_dynamodb_client() {
    let graph = Graph::of_this_workspace();
    let named_by = graph.dependents("aws-sdk-dynamodb");
    // The runner is not the product: it seeds a demo and looks names up as the operator.
    assert_eq!(named_by, ["koeba-local", "koeba-storage"]);
}

#[test]
fn among_product_crates_only_the_peer_imports_the_media_engine() {
    let graph = Graph::of_this_workspace();
    let named_by = graph.dependents("str0m");
    // Those besides the peer are clients of it.
    assert_eq!(named_by, ["koeba-fuzz", "koeba-load", "koeba-peer"]);
}

#[test]
fn every_member_inherits_versions_and_lints() {
    none(&manifests::offences(&sources::manifests()));
}

#[test]
fn pure_crates_read_no_clock_no_environment_and_no_randomness() {
    none(&sources::impure(&sources::of_crates(&rules::PURE)));
}

#[test]
fn the_main_of_a_function_is_at_most_twenty_lines() {
    let mains = sources::mains_of_functions();
    assert!(mains.len() >= 4, "every function has a main: {mains:?}");
    none(&sources::longer_than(20, &mains));
}

#[test]
fn no_source_file_is_longer_than_six_hundred_lines() {
    none(&sources::longer_than(600, &sources::all()));
}

/// Check sheet: WA-02-01, WA-02-02.
#[test]
fn no_product_code_starts_another_program() {
    none(&habits::uses(habits::PROGRAMS, &sources::of_product()));
}

/// Check sheet: WA-03-01, WA-03-02, WA-03-03, WA-03-04.
#[test]
fn no_product_code_opens_a_file() {
    none(&habits::uses(habits::FILES, &sources::of_product()));
}

/// Check sheet: WA-01-01, WA-01-02.
#[test]
fn expressions_of_the_store_are_written_and_never_made_from_values() {
    let mut made = habits::made_expressions(&sources::of_crates(&["shared/storage"]));
    // Put together from texts in the source, and of no value: the trace before any expression,
    // one of two conditions, as many counters as change.
    let of_our_own = ["transaction.rs", "policies.rs", "workspaces.rs"];
    made.retain(|told| {
        !of_our_own
            .iter()
            .any(|file| told.starts_with(&format!("shared/storage/src/{file}")))
    });
    none(&made);
}

/// Check sheet: WA-05-01, WA-05-03.
#[test]
fn the_web_client_makes_no_page_of_text() {
    none(&habits::uses(habits::MARKUP, &sources::of_web()));
}

/// Check sheet: WA-08-01, WA-08-02.
#[test]
fn no_mail_is_written_by_hand() {
    let events = sources::of_crates(&["functions/events"]);
    none(&habits::uses(habits::RAW_MAIL, &events));
}

/// Check sheet: WA-10-01.
#[test]
fn our_crates_forbid_unsafe_code() {
    let forbids = sources::workspace_manifest().contains("\nunsafe_code = \"forbid\"\n");
    assert!(forbids, "the workspace's lints forbid unsafe code");
}

/// Check sheet: WA-10-02.
#[test]
fn the_code_in_c_that_is_linked_is_what_we_know_of() {
    let graph = Graph::of_this_workspace();
    // The cryptography of the media engine and of the TLS client; SQLite is the emulator's only.
    assert_eq!(graph.links(), ["aws-lc-sys", "libsqlite3-sys", "ring"]);
    for product in [
        "koeba-accounts",
        "koeba-workspaces",
        "koeba-rooms",
        "koeba-live",
        "koeba-events",
        "koeba-node",
    ] {
        assert_eq!(graph.path(product, "libsqlite3-sys"), None, "{product}");
    }
}

/// Check sheet: WA-10-03.
#[test]
fn every_dependency_is_pinned_and_comes_from_a_registry() {
    none(&manifests::unpinned(&sources::lockfiles()));
}

#[test]
fn a_habit_that_was_broken_is_told_so() {
    let source = sources::Source::made_up(
        "functions/x/src/y.rs",
        "// std::fs is only named here\nfn f() { std::process::Command::new(\"sh\"); }\n\
         fn g() { update.update_expression(format!(\"SET {x}\")).condition_expression(\n\"a\") }",
    );
    let sources = [source];
    assert_eq!(
        habits::uses(habits::PROGRAMS, &sources),
        ["functions/x/src/y.rs:2 uses process::Command"]
    );
    assert_eq!(habits::uses(habits::FILES, &sources), Vec::<String>::new());
    assert_eq!(
        habits::made_expressions(&sources),
        ["functions/x/src/y.rs:3 makes an expression"]
    );
    let lockfile = sources::Source::made_up(
        "Cargo.lock",
        "[[package]]\nname = \"a\"\nsource = \"git+https://somewhere/a\"\n",
    );
    assert_eq!(
        manifests::unpinned(&[lockfile]),
        ["Cargo.lock:3 takes code from elsewhere than a registry"]
    );
}

#[test]
fn a_graph_that_breaks_every_kind_of_rule_is_told_so() {
    let graph = Graph::made_up(&[
        ("koeba-domain", &["serde", "rand"]),
        ("koeba-room", &["koeba-domain", "koeba-storage", "innocent"]),
        ("koeba-storage", &["koeba-domain", "axum"]),
        ("koeba-rooms", &["koeba-accounts", "aws-sdk-dynamodb"]),
        ("innocent", &["tokio"]),
    ]);
    let told = offences(&graph, &RULES);
    for expected in [
        "koeba-domain may not depend on rand",
        "koeba-room may not depend on koeba-storage",
        "koeba-room must never see tokio, and does through innocent",
        "koeba-storage must never see axum",
        "koeba-rooms may not depend on koeba-accounts",
        "koeba-rooms may not name aws-sdk-dynamodb",
    ] {
        assert!(
            told.iter().any(|line| line == expected),
            "{expected:?} is missing in {told:#?}"
        );
    }
}

#[test]
fn a_crate_that_nobody_thought_of_is_told_so() {
    let graph = Graph::made_up(&[("koeba-common", &["serde"])]);
    assert_eq!(
        rules::crates_without_a_row(&graph, &RULES),
        ["koeba-common has no row in tests/architecture/rules.rs"]
    );
}

#[test]
fn a_clock_in_a_pure_source_is_told_and_one_in_its_tests_is_not() {
    let source = sources::Source::made_up(
        "room/src/x.rs",
        "fn f() { Instant::now(); }\n#[cfg(test)]\nmod tests { fn g() { std::env::var(\"X\"); } }",
    );
    assert_eq!(
        sources::impure(&[source]),
        ["room/src/x.rs:1 uses Instant::now"]
    );
}

#[test]
fn a_manifest_with_a_version_of_its_own_or_without_lints_is_told_so() {
    let manifest = sources::Source::made_up(
        "a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"1\"\n[dependencies]\nserde = \"1\"\n\
         tokio = { workspace = true, features = [\"fs\"] }\n",
    );
    assert_eq!(
        manifests::offences(&[manifest]),
        [
            "a/Cargo.toml:3 version is not inherited",
            "a/Cargo.toml:5 serde is not inherited as it stands",
            "a/Cargo.toml:6 tokio is not inherited as it stands",
            "a/Cargo.toml does not inherit the workspace's lints",
        ]
    );
}
