//! The API document, from the routes of every function.

use serde_json::Value;
use utoipa::openapi::OpenApi;

/// What `docs/openapi.json` must hold.
///
/// # Panics
/// Never: a document is JSON.
#[must_use]
pub fn document() -> String {
    let functions = [
        koeba_accounts::openapi(),
        koeba_workspaces::openapi(),
        koeba_rooms::openapi(),
    ];
    pretty(&koeba_edge::assemble(functions))
}

/// Every operation of the document: method in capitals, and path.
///
/// # Panics
/// When the document has no paths, which is no document of ours.
#[must_use]
pub fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&document()).expect("the document is JSON");
    let paths = document["paths"]
        .as_object()
        .expect("the document has paths");
    let methods = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ];
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in methods {
            if item.get(method).is_some() {
                operations.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    operations
}

/// With its keys in order and a line's end, so that the same routes give the same bytes.
fn pretty(document: &OpenApi) -> String {
    let value = serde_json::to_value(document).expect("a document is JSON");
    let text = serde_json::to_string_pretty(&value).expect("a document is JSON");
    text + "\n"
}
