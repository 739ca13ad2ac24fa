//! The shape of the repository: who may depend on whom, what a core must never see, and the
//! habits that keep files small and versions in one place.
//!
//! The rules are data, in `architecture/rules.rs`; the checkers are tried on made-up offenders
//! first, so that a checker that sees nothing does not pass for a repository without faults.

#[path = "architecture/graph.rs"]
mod graph;
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
    assert_eq!(named_by, ["koeba-load", "koeba-peer"]);
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
