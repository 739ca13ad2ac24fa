use axum::body::Body;
use http::header::{CONTENT_TYPE, ORIGIN};
use http::{Method, Request, StatusCode};
use koeba_domain::Role;
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn whoever_makes_a_workspace_owns_it() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let made = app
        .post(&aiko, "/api/workspaces", json!({ "name": " 声場開発部 " }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.body["name"], "声場開発部");
    assert_eq!(made.body["role"], "owner");
    assert_eq!(made.body["created_at"], "2026-04-01T09:00:00Z");
    let id = made.body["id"].as_str().expect("an identifier");
    assert!(id.starts_with("ws_"));
    assert_eq!(made.body.as_object().expect("an object").len(), 4);
    let shown = app.get(&aiko, &format!("/api/workspaces/{id}")).await;
    assert_eq!((shown.status, &shown.body), (StatusCode::OK, &made.body));
    let listed = app.get(&aiko, "/api/workspaces").await;
    assert_eq!(
        (listed.status, listed.body),
        (StatusCode::OK, json!({ "items": [made.body] }))
    );
}

#[tokio::test]
async fn a_list_shows_the_workspaces_of_its_reader_by_name() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let (beta, _) = (
        app.workspace(&aiko, "beta").await,
        app.workspace(&ken, "gamma").await,
    );
    app.workspace(&aiko, "alpha").await;
    app.add(&aiko, &beta, &ken, Role::Guest).await;
    let names = |body: &Value| -> Vec<(String, String)> {
        let items = body["items"].as_array().expect("a list");
        items
            .iter()
            .map(|item| (item["name"].to_string(), item["role"].to_string()))
            .map(|(name, role)| (name.replace('"', ""), role.replace('"', "")))
            .collect()
    };
    let owned = |name: &str| (name.to_owned(), "owner".to_owned());
    let listed = app.get(&aiko, "/api/workspaces").await;
    assert_eq!(names(&listed.body), [owned("alpha"), owned("beta")]);
    let listed = app.get(&ken, "/api/workspaces").await;
    assert_eq!(
        names(&listed.body),
        [("beta".into(), "guest".into()), owned("gamma")]
    );
}

#[tokio::test]
async fn a_name_that_is_none_makes_nothing() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    for name in [
        json!(""),
        json!("   "),
        json!("a\nb"),
        json!("a\u{202e}b"),
        json!("a".repeat(10_000)),
        json!("声".repeat(65)),
        json!(1),
        json!(null),
        json!(["a"]),
    ] {
        let refused = app
            .post(&aiko, "/api/workspaces", json!({ "name": name }))
            .await;
        assert_eq!(refused.refusal(), (422, "fields-invalid"), "{name}");
        assert_eq!(refused.field(), "name");
    }
    let refused = app.post(&aiko, "/api/workspaces", json!({})).await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "fields-invalid"), "name")
    );
    let body = json!({ "name": "team", "role": "owner" });
    let refused = app.post(&aiko, "/api/workspaces", body).await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "field-unknown"), "role")
    );
    let listed = app.get(&aiko, "/api/workspaces").await;
    assert_eq!(listed.body, json!({ "items": [] }));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_for_what_it_is() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let (invitation_path, body) = ("/api/invitations/preview", "{\"token\":");
    let request = |content_type: &str, body: String| {
        Request::post(invitation_path)
            .header(ORIGIN, crate::app::ORIGIN_OF_APP)
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .expect("a request")
    };
    let refused = app.send(request("application/json", body.to_owned())).await;
    assert_eq!(refused.refusal(), (400, "json-malformed"));
    let refused = app
        .send(request("text/plain", "{\"token\":\"x\"}".to_owned()))
        .await;
    assert_eq!(refused.refusal(), (415, "content-type-wrong"));
    let refused = app
        .send(request("application/json", " ".repeat(65_537)))
        .await;
    assert_eq!(refused.refusal(), (413, "body-too-large"));
    let refused = app
        .ask(Some(&aiko), Method::PUT, "/api/workspaces", None)
        .await;
    assert_eq!(refused.refusal(), (405, "method-not-allowed"));
    let refused = app.get(&aiko, "/api/workspaces/x/y/z").await;
    assert_eq!(refused.refusal(), (404, "not-found"));
}

#[tokio::test]
async fn nobody_sees_a_workspace_that_is_not_theirs() {
    let app = App::start().await;
    let (aiko, mallory) = (app.person("aiko").await, app.person("mallory").await);
    let workspace = app.workspace(&aiko, "team").await;
    for id in [
        workspace.id.to_string(),
        "ws_0".to_owned(),
        "%00".to_owned(),
        "..".to_owned(),
    ] {
        for rest in ["", "/members", "/invitations"] {
            let refused = app
                .get(&mallory, &format!("/api/workspaces/{id}{rest}"))
                .await;
            assert_eq!(refused.refusal(), (404, "not-found"), "{id}{rest}");
        }
    }
    let path = format!("/api/workspaces/{}", workspace.id);
    let refused = app.ask(None, Method::GET, &path, None).await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
    let refused = app.ask(None, Method::GET, "/api/workspaces", None).await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
    let body = Some(json!({ "name": "team" }));
    let refused = app.ask(None, Method::POST, "/api/workspaces", body).await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
}

#[test]
fn every_route_is_in_the_document_with_its_problems() {
    let document = serde_json::to_value(koeba_workspaces::openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut operations: Vec<_> = paths
        .values()
        .flat_map(|path| path.as_object().expect("operations").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    operations.sort_unstable();
    assert!(operations.contains(&"accept_invitation"));
    assert!(
        operations.windows(2).all(|pair| pair[0] != pair[1]),
        "{operations:?}"
    );
    let create = &paths["/api/workspaces"]["post"];
    for status in ["201", "400", "401", "403", "409", "413", "415", "422"] {
        assert!(create["responses"][status].is_object(), "{status}");
    }
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.expect("schemas");
    for (name, schema) in schemas {
        if name.ends_with("Request") {
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    for operation in paths
        .values()
        .flat_map(|path| path.as_object().expect("operations").values())
    {
        for (status, response) in operation["responses"].as_object().expect("responses") {
            if !status.starts_with('2') {
                let content = &response["content"]["application/problem+json"];
                assert_eq!(
                    content["schema"], problem,
                    "{} {status}",
                    operation["operationId"]
                );
            }
        }
    }
    assert!(document["components"]["schemas"]["Problem"].is_object());
}
