use http::StatusCode;
use koeba_domain::Role;
use serde_json::json;
use std::collections::HashSet;

use crate::app::App;

#[tokio::test]
async fn members_see_who_else_belongs() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let workspace = app.workspace(&aiko, "team").await;
    app.add(&aiko, &workspace, &ken, Role::Member).await;
    let path = format!("/api/workspaces/{}/members", workspace.id);
    let listed = app.get(&ken, &path).await;
    assert_eq!(listed.status, StatusCode::OK);
    assert_eq!(listed.body["next_cursor"], json!(null));
    let items = listed.body["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2);
    assert!(items.contains(&json!({
        "user_id": ken.user.id.to_string(),
        "display_name": "ken",
        "email": "ken@example.test",
        "role": "member",
        "state": "active",
        "joined_at": "2026-04-01T09:00:00Z",
        "last_sign_in_at": null,
        "second_steps": [],
        "password_changed_at": null,
        "responsible": false,
    })));
}

#[tokio::test]
async fn a_guest_does_not_see_who_belongs() {
    let app = App::start().await;
    let (aiko, guest) = (app.person("aiko").await, app.person("guest").await);
    let workspace = app.workspace(&aiko, "team").await;
    app.add(&aiko, &workspace, &guest, Role::Guest).await;
    let path = format!("/api/workspaces/{}", workspace.id);
    assert_eq!(app.get(&guest, &path).await.body["role"], "guest");
    for rest in ["members", "invitations"] {
        let refused = app.get(&guest, &format!("{path}/{rest}")).await;
        assert_eq!(refused.refusal(), (403, "forbidden"), "{rest}");
    }
}

#[tokio::test]
async fn pages_end_and_take_their_own_cursors_only() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    for name in ["ken", "mia", "ren", "yui"] {
        let person = app.person(name).await;
        app.add(&aiko, &workspace, &person, Role::Member).await;
    }
    let path = format!("/api/workspaces/{}/members?limit=2", workspace.id);
    let mut seen = HashSet::new();
    let mut next = path.clone();
    let mut cursor = String::new();
    for left in [2, 2, 1] {
        let listed = app.get(&aiko, &next).await;
        let items = listed.body["items"].as_array().expect("a list");
        assert_eq!(items.len(), left);
        seen.extend(items.iter().map(|item| item["user_id"].to_string()));
        match listed.body["next_cursor"].as_str() {
            Some(given) => {
                given.clone_into(&mut cursor);
                next = format!("{path}&cursor={given}");
            }
            None => assert_eq!(left, 1),
        }
    }
    assert_eq!(seen.len(), 5);

    let other = app.workspace(&aiko, "other").await;
    let foreign = [
        format!("/api/workspaces/{}/members?cursor={cursor}", other.id),
        format!(
            "/api/workspaces/{}/invitations?cursor={cursor}",
            workspace.id
        ),
        format!("{path}&cursor=A{}", &cursor[1..cursor.len() - 1]),
        format!("{path}&cursor="),
        format!("{path}&cursor=TUVNQkVS"),
        format!("{path}&cursor={}", "A".repeat(5_000)),
    ];
    for path in foreign {
        assert_eq!(
            app.get(&aiko, &path).await.refusal(),
            (400, "cursor-invalid"),
            "{path}"
        );
    }
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "offset=1",
        "limit=1&limit=2",
    ] {
        let path = format!("/api/workspaces/{}/members?{query}", workspace.id);
        assert_eq!(
            app.get(&aiko, &path).await.refusal(),
            (400, "query-invalid"),
            "{query}"
        );
    }
}
