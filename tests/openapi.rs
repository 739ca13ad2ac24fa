//! The API document that is checked in, served and described is that of the routes.

use koeba_tests::{Koeba, Visitor, document, operations};
use serde_json::Value;

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
        serde_json::from_str::<Value>(CHECKED_IN).expect("JSON")
    );
    koeba.stop().await;
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(CHECKED_IN).expect("JSON");
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
    let document: Value = serde_json::from_str(&document()).expect("JSON");
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

/// Check sheet: WA-05-05.
#[test]
fn every_text_that_is_sent_has_an_end_and_every_object_its_members() {
    let document: Value = serde_json::from_str(&document()).expect("JSON");
    let mut wrong = Vec::new();
    let paths = document["paths"].as_object().expect("a document has paths");
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let content = operation["requestBody"]["content"].as_object();
            for media in content.into_iter().flatten().map(|(_, media)| media) {
                look(&document, &media["schema"], "body", &mut |what, place| {
                    wrong.push(format!("{method} {path}: {place} {what}"));
                });
            }
            let parameters = operation["parameters"].as_array();
            for parameter in parameters.into_iter().flatten() {
                // What a path names is an identifier; any other text there is 404.
                if parameter["in"] != "path" {
                    let name = parameter["name"].as_str().expect("a name");
                    look(&document, &parameter["schema"], name, &mut |what, place| {
                        wrong.push(format!("{method} {path}?{place}: {what}"));
                    });
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// Goes through a schema and tells of texts and lists without an end, and of objects that take
/// members which nobody declared.
fn look(document: &Value, schema: &Value, at: &str, tell: &mut dyn FnMut(&str, &str)) {
    // What a browser's authenticator returned is handed on as it is, and read by the library.
    if at == "body.credential" {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let found = document
            .pointer(pointer)
            .expect("a reference leads somewhere");
        return look(document, found, at, tell);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for one in schema[choice].as_array().into_iter().flatten() {
            look(document, one, at, tell);
        }
    }
    let is = |kind: &str| match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    };
    let bounded = ["maxLength", "pattern", "enum", "const"]
        .iter()
        .any(|bound| !schema[*bound].is_null())
        || matches!(
            schema["format"].as_str(),
            Some("date-time" | "uuid" | "date")
        );
    // A list with an end holds texts that its route reads one by one, within the body's limit.
    let listed = at.ends_with("[]");
    if is("string") && !bounded && !listed {
        tell("may be endless", at);
    }
    if is("array") {
        if schema["maxItems"].is_null() {
            tell("may be a list without end", at);
        }
        // A text in a list ends with the body, of which no more than 64 KiB are read.
        if schema["items"]["type"] != "string" {
            look(document, &schema["items"], &format!("{at}[]"), tell);
        }
    }
    if is("object") {
        // What a browser's credentials return is read by the library that knows it.
        let foreign = at.ends_with(".credential");
        if schema["additionalProperties"].is_null() && !foreign {
            tell("takes members that nobody declared", at);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            look(document, property, &format!("{at}.{name}"), tell);
        }
    }
}
