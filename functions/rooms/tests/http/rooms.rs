use http::{Method, StatusCode};
use koeba_domain::Role;
use serde_json::json;
use std::collections::HashSet;

use crate::app::App;

#[tokio::test]
async fn a_room_is_made_shown_renamed_and_deleted() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    let made = app.post(&aiko, &path, json!({ "name": "Lobby" })).await;
    let id = made.body["id"].as_str().expect("an identifier").to_owned();
    assert_eq!(
        (made.status, &made.body),
        (
            StatusCode::CREATED,
            &json!({
                "id": id,
                "name": "Lobby",
                "created_at": "2026-04-01T09:00:00Z",
                "occupants": [],
            })
        )
    );
    let room = format!("{path}/{id}");
    let shown = app.get(&aiko, &room).await;
    assert_eq!((shown.status, &shown.body), (StatusCode::OK, &made.body));
    let listed = app.get(&aiko, &path).await;
    assert_eq!(
        (listed.status, listed.body),
        (
            StatusCode::OK,
            json!({ "items": [made.body], "next_cursor": null })
        )
    );
    let renamed = app.patch(&aiko, &room, json!({ "name": "Focus" })).await;
    assert_eq!(
        (renamed.status, &renamed.body["name"]),
        (StatusCode::OK, &json!("Focus"))
    );
    assert_eq!(app.get(&aiko, &room).await.body, renamed.body);
    let deleted = app.delete(&aiko, &room).await;
    assert_eq!(
        (deleted.status, deleted.body),
        (StatusCode::NO_CONTENT, json!(null))
    );
    for refused in [
        app.get(&aiko, &room).await,
        app.patch(&aiko, &room, json!({ "name": "x" })).await,
        app.delete(&aiko, &room).await,
        app.ask(Some(&aiko), Method::POST, &format!("{room}/join"), None)
            .await,
    ] {
        assert_eq!(refused.refusal(), (404, "not-found"));
    }
}

#[tokio::test]
async fn two_rooms_never_bear_the_same_name() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    app.post(&aiko, &path, json!({ "name": "Lobby" })).await;
    for name in ["Lobby", "lobby", " LOBBY ", "Ｌｏｂｂｙ"] {
        let refused = app.post(&aiko, &path, json!({ "name": name })).await;
        assert_eq!(refused.refusal(), (409, "room-name-taken"), "{name}");
    }
    let focus = app.post(&aiko, &path, json!({ "name": "Focus" })).await;
    let focus = format!(
        "{path}/{}",
        focus.body["id"].as_str().expect("an identifier")
    );
    let refused = app.patch(&aiko, &focus, json!({ "name": "lobby" })).await;
    assert_eq!(refused.refusal(), (409, "room-name-taken"));
    let renamed = app.patch(&aiko, &focus, json!({ "name": "FOCUS" })).await;
    assert_eq!(renamed.status, StatusCode::OK);
    let other = app.workspace(&aiko, "other").await;
    let path = format!("/api/workspaces/{}/rooms", other.id);
    assert_eq!(
        app.post(&aiko, &path, json!({ "name": "Lobby" }))
            .await
            .status,
        StatusCode::CREATED
    );
}

/// Check sheet: WA-01-03, WA-05-05.
#[tokio::test]
async fn a_name_that_is_none_makes_and_changes_nothing() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    let room = app
        .post(&aiko, &path, json!({ "name": "Lobby" }))
        .await
        .body;
    let of_room = format!("{path}/{}", room["id"].as_str().expect("an identifier"));
    for name in [
        json!(""),
        json!("a\r\nb"),
        json!("a\u{2028}b"),
        json!("a".repeat(10_000)),
        json!(7),
        json!({}),
    ] {
        for refused in [
            app.post(&aiko, &path, json!({ "name": name })).await,
            app.patch(&aiko, &of_room, json!({ "name": name })).await,
        ] {
            assert_eq!(
                (refused.refusal(), refused.field()),
                ((422, "fields-invalid"), "name"),
                "{name}"
            );
        }
    }
    let body = json!({ "name": "a", "id": "rm_1" });
    for refused in [
        app.post(&aiko, &path, body.clone()).await,
        app.patch(&aiko, &of_room, body).await,
    ] {
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "field-unknown"), "id")
        );
    }
    assert_eq!(app.get(&aiko, &path).await.body["items"], json!([room]));
}

/// Check sheet: WA-11-02.
#[tokio::test]
async fn members_and_guests_see_and_join_rooms_and_change_none() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    let room = app
        .post(&aiko, &path, json!({ "name": "Lobby" }))
        .await
        .body;
    let of_room = format!("{path}/{}", room["id"].as_str().expect("an identifier"));
    for (name, role) in [("ken", Role::Member), ("guest", Role::Guest)] {
        let person = app.person(name).await;
        app.add(&aiko, &workspace, &person, role).await;
        assert_eq!(app.get(&person, &path).await.status, StatusCode::OK);
        assert_eq!(app.get(&person, &of_room).await.status, StatusCode::OK);
        let join = format!("{of_room}/join");
        let joined = app.ask(Some(&person), Method::POST, &join, None).await;
        assert_eq!(joined.status, StatusCode::OK);
        for refused in [
            app.post(&person, &path, json!({ "name": "x" })).await,
            app.patch(&person, &of_room, json!({ "name": "x" })).await,
            app.delete(&person, &of_room).await,
        ] {
            assert_eq!(refused.refusal(), (403, "forbidden"), "{name}");
        }
    }
    let manager = app.person("manager").await;
    app.add(&aiko, &workspace, &manager, Role::Manager).await;
    assert_eq!(
        app.delete(&manager, &of_room).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn another_workspace_s_rooms_do_not_exist() {
    let app = App::start().await;
    let (aiko, mallory) = (app.person("aiko").await, app.person("mallory").await);
    let (ours, theirs) = (
        app.workspace(&aiko, "ours").await,
        app.workspace(&mallory, "theirs").await,
    );
    let path = format!("/api/workspaces/{}/rooms", ours.id);
    let room = app
        .post(&aiko, &path, json!({ "name": "Lobby" }))
        .await
        .body;
    let id = room["id"].as_str().expect("an identifier");
    // By the workspace's own path, and by a path through the workspace that is Mallory's.
    for rooms in [path.clone(), format!("/api/workspaces/{}/rooms", theirs.id)] {
        let of_room = format!("{rooms}/{id}");
        for refused in [
            app.get(&mallory, &of_room).await,
            app.patch(&mallory, &of_room, json!({ "name": "x" })).await,
            app.delete(&mallory, &of_room).await,
            app.ask(
                Some(&mallory),
                Method::POST,
                &format!("{of_room}/join"),
                None,
            )
            .await,
        ] {
            assert_eq!(refused.refusal(), (404, "not-found"), "{of_room}");
        }
    }
    assert_eq!(app.get(&mallory, &path).await.refusal(), (404, "not-found"));
    let refused = app.post(&mallory, &path, json!({ "name": "x" })).await;
    assert_eq!(refused.refusal(), (404, "not-found"));
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::POST, path.clone()),
        (Method::GET, format!("{path}/{id}")),
        (Method::PATCH, format!("{path}/{id}")),
        (Method::DELETE, format!("{path}/{id}")),
        (Method::POST, format!("{path}/{id}/join")),
    ] {
        let refused = app
            .ask(None, method, &path, Some(json!({ "name": "x" })))
            .await;
        assert_eq!(refused.refusal(), (401, "not-signed-in"), "{path}");
    }
    assert_eq!(app.get(&aiko, &path).await.body["items"], json!([room]));
}

#[tokio::test]
async fn pages_show_every_room_once_and_take_their_own_cursors_only() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    for n in 0..7 {
        app.post(&aiko, &path, json!({ "name": format!("room {n}") }))
            .await;
    }
    let mut seen = HashSet::new();
    let mut cursors = Vec::new();
    let mut next = format!("{path}?limit=3");
    for left in [3, 3, 1] {
        let listed = app.get(&aiko, &next).await.body;
        let items = listed["items"].as_array().expect("a list");
        assert_eq!(items.len(), left);
        seen.extend(items.iter().map(|room| room["id"].to_string()));
        if let Some(cursor) = listed["next_cursor"].as_str() {
            next = format!("{path}?limit=3&cursor={cursor}");
            cursors.push(cursor.to_owned());
        }
    }
    assert_eq!((seen.len(), cursors.len()), (7, 2));
    let other = app.workspace(&aiko, "other").await;
    for forged in [
        format!("/api/workspaces/{}/rooms?cursor={}", other.id, cursors[0]),
        format!("{path}?cursor={}", &cursors[0][1..]),
        format!("{path}?cursor=ROOM%23rm_0"),
    ] {
        assert_eq!(
            app.get(&aiko, &forged).await.refusal(),
            (400, "cursor-invalid"),
            "{forged}"
        );
    }
    let refused = app.get(&aiko, &format!("{path}?limit=1000")).await;
    assert_eq!(refused.refusal(), (400, "query-invalid"));
}

#[test]
fn every_route_is_in_the_document() {
    let document = serde_json::to_value(koeba_rooms::openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut operations: Vec<_> = paths
        .values()
        .flat_map(|path| path.as_object().expect("operations").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    operations.sort_unstable();
    assert_eq!(
        operations,
        [
            "claim_room",
            "create_room",
            "delete_room",
            "join_room",
            "list_rooms",
            "rename_room",
            "report_rooms",
            "show_room",
        ]
    );
    for name in [
        "RoomRequest",
        "ReportRequest",
        "RoomReport",
        "ParticipantReport",
    ] {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], false, "{name}");
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
