//! The API document that is checked in, served and described is that of the routes.

use koeba_tests::{Koeba, Visitor, document, operations};

const CHECKED_IN: &str = include_str!("../docs/openapi.json");

#[test]
fn the_checked_in_document_is_that_of_the_routes() {
    assert!(
        CHECKED_IN == document(),
        "docs/openapi.json has drifted: run `cargo xtask openapi`"
    );
}

#[tokio::test]
async fn the_served_document_is_the_checked_in_one() {
    let koeba = Koeba::start().await;
    let visitor = Visitor::of(&koeba);
    let served = visitor.get("/api/openapi.json").await;
    assert_eq!(served.status, 200);
    assert_eq!(
        served.body,
        serde_json::from_str::<serde_json::Value>(CHECKED_IN).expect("JSON")
    );
    koeba.stop().await;
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: serde_json::Value = serde_json::from_str(CHECKED_IN).expect("JSON");
    let mut names: Vec<&str> = operations()
        .iter()
        .map(|(method, path)| &document["paths"][path][method.to_lowercase()]["operationId"])
        .map(|name| name.as_str().expect("an operation has a name"))
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// Check sheet: WA-03-04.
#[test]
fn no_operation_takes_a_file() {
    let document: serde_json::Value = serde_json::from_str(&document()).expect("JSON");
    let paths = document["paths"].as_object().expect("a document has paths");
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let content = operation["requestBody"]["content"].as_object();
            for kind in content.into_iter().flatten().map(|(kind, _)| kind) {
                assert_eq!(kind, "application/json", "{method} {path}");
            }
        }
    }
}
