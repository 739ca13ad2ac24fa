use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use koeba_access_token::{JoinClaims, TokenKey, mint_join, mint_node};
use koeba_domain::{Moment, Roster, Workspace};
use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, NOW, Person, TOKEN_SECRET};

#[tokio::test]
async fn who_is_in_a_room_is_what_its_node_reported_last() {
    let stage = Stage::set().await;
    let report = stage.report(NOW, &json!([person("ken", 2_000), person("aiko", 1_000)]));
    let answer = stage.send(&node_token(NOW), report).await;
    assert_eq!(
        (answer.status, answer.body),
        (
            StatusCode::OK,
            json!({
                "closed_rooms": [], "lost_rooms": [], "other_nodes": [], "removed_participants": [],
            })
        )
    );
    let present = json!([
        { "identity": "us_aiko", "name": "aiko", "since": "1970-01-01T00:00:01Z" },
        { "identity": "us_ken", "name": "ken", "since": "1970-01-01T00:00:02Z" },
    ]);
    assert_eq!(stage.present().await, present);

    // One that was overtaken on the way changes nothing.
    let late = stage.report(NOW - Duration::SECOND, &json!([]));
    assert_eq!(
        stage.send(&node_token(NOW), late).await.status,
        StatusCode::OK
    );
    assert_eq!(stage.present().await, present);

    stage.app.context.clock.advance(Roster::FRESH_FOR);
    assert_eq!(stage.present().await, json!([]));
}

#[tokio::test]
async fn how_connections_went_is_taken_with_a_report_and_by_its_own_alone() {
    let stage = Stage::set().await;
    let connection = |workspace: &str| {
        json!({
            "workspace_id": workspace, "room_id": stage.room, "sid": "PA_1",
            "joined_at": 1_000, "ended_at": 61_000, "dtls": "1.3",
            "srtp": "SRTP_AES128_CM_HMAC_SHA1_80", "transport": "TCP",
            "loss_up_permille": 3, "loss_down_permille": 0, "jitter_ms": 4,
            "round_trip_ms": 20, "interruptions": 1, "interrupted_ms": 700,
        })
    };
    let report = |connections: Value| json!({ "node_id": "node-1", "at": 1, "rooms": [], "connections": connections });
    let mut never_up = connection(&stage.workspace.id.to_string());
    never_up["dtls"] = Value::Null;
    never_up["ended_at"] = json!(i64::MIN);
    let nonsense = connection("ws_0");
    let taken = report(json!([never_up, nonsense]));
    let answer = stage.send(&node_token(NOW), taken).await;
    assert_eq!(answer.status, StatusCode::OK);

    let mut named = connection(&stage.workspace.id.to_string());
    named["identity"] = json!("aiko");
    let answer = stage.send(&node_token(NOW), report(json!([named]))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "no names");
}

#[tokio::test]
async fn a_node_is_told_which_of_its_rooms_are_no_more() {
    let stage = Stage::set().await;
    let path = format!(
        "/api/workspaces/{}/rooms/{}",
        stage.workspace.id, stage.room
    );
    stage.app.delete(&stage.owner, &path).await;
    let other = stage.app.workspace(&stage.owner, "other").await;
    let room = |workspace: &str, room: &str| json!({ "workspace_id": workspace, "room_id": room, "participants": [] });
    let ours = stage.workspace.id.to_string();
    let report = json!({
        "node_id": "node-1",
        "at": 1,
        "rooms": [
            room(&ours, &stage.room),
            room(&other.id.to_string(), &stage.room),
            room(&ours, "lobby"),
            room("ws_0", "rm_0"),
        ],
    });
    let answer = stage.send(&node_token(NOW), report).await;
    assert_eq!(
        (answer.status, answer.body),
        (
            StatusCode::OK,
            json!({
                "closed_rooms": [stage.room, stage.room, "lobby", "rm_0"],
                "lost_rooms": [],
                "other_nodes": [],
                "removed_participants": [],
            })
        )
    );
}

#[tokio::test]
async fn only_a_node_may_report_and_only_as_itself() {
    let stage = Stage::set().await;
    let report = || stage.report(NOW, &json!([person("mallory", 1)]));
    let key = TokenKey::new("key-1", TOKEN_SECRET);
    let stranger = TokenKey::new("key-1", &"x".repeat(32));
    let minute = Duration::minutes(1);
    let join = JoinClaims::new(
        stage.workspace.id.to_string(),
        stage.room.clone(),
        "node-1".to_owned(),
        NOW + minute,
    );
    for token in [
        String::new(),
        "x".to_owned(),
        mint_node(&stranger, "node-1", NOW, minute),
        mint_node(&key, "node-2", NOW, minute),
        mint_node(&key, "node-1", NOW - minute * 5, minute),
        mint_join(&key, &join, NOW),
    ] {
        let refused = stage.send(&token, report()).await;
        assert_eq!(refused.refusal(), (401, "node-token-wrong"), "{token}");
    }
    let request = Request::post("/api/media/reports")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(report().to_string()))
        .expect("a request");
    assert_eq!(
        stage.app.send(request).await.refusal(),
        (401, "node-token-wrong")
    );
    let body = stage.report(NOW, &json!([]));
    let refused = stage
        .app
        .post(&stage.owner, "/api/media/reports", body)
        .await;
    assert_eq!(refused.refusal(), (401, "node-token-wrong"));
    assert_eq!(stage.present().await, json!([]));
}

#[tokio::test]
async fn a_report_that_makes_no_sense_is_refused() {
    let stage = Stage::set().await;
    let token = node_token(NOW);
    let refused = stage
        .send(&token, json!({ "node_id": "node-1", "at": 1 }))
        .await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "fields-invalid"), "rooms")
    );
    let report = json!({ "node_id": "node-1", "at": i64::MAX, "rooms": [] });
    assert_eq!(
        stage.send(&token, report).await.refusal(),
        (422, "fields-invalid")
    );
    let report = stage.report(NOW, &json!([person("ken", i64::MIN)]));
    assert_eq!(
        stage.send(&token, report).await.refusal(),
        (422, "fields-invalid")
    );
    let mut report = stage.report(NOW, &json!([]));
    report["region"] = json!("tokyo");
    assert_eq!(
        stage.send(&token, report).await.refusal(),
        (422, "field-unknown")
    );
    let room = json!({ "workspace_id": "", "room_id": "", "participants": [] });
    let report = json!({ "node_id": "node-1", "at": 1, "rooms": vec![room; 501] });
    let refused = stage.send(&token, report).await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "fields-invalid"), "rooms")
    );
}

/// A room in a workspace, and its owner.
struct Stage {
    app: App,
    owner: Person,
    workspace: Workspace,
    room: String,
}

impl Stage {
    async fn set() -> Self {
        let app = App::start().await;
        let owner = app.person("owner").await;
        let workspace = app.workspace(&owner, "team").await;
        let path = format!("/api/workspaces/{}/rooms", workspace.id);
        let room = app.post(&owner, &path, json!({ "name": "Lobby" })).await;
        let room = room.body["id"].as_str().expect("an identifier").to_owned();
        Self {
            app,
            owner,
            workspace,
            room,
        }
    }

    fn report(&self, at: Moment, participants: &Value) -> Value {
        json!({
            "node_id": "node-1",
            "at": at.unix_timestamp() * 1_000,
            "rooms": [{
                "workspace_id": self.workspace.id.to_string(),
                "room_id": self.room,
                "participants": participants,
            }],
        })
    }

    async fn send(&self, token: &str, report: Value) -> Answer {
        let request = Request::post("/api/media/reports")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(report.to_string()))
            .expect("a request");
        self.app.send(request).await
    }

    /// Who is in the room, as its page and the list agree.
    async fn present(&self) -> Value {
        let path = format!("/api/workspaces/{}/rooms", self.workspace.id);
        let shown = self
            .app
            .get(&self.owner, &format!("{path}/{}", self.room))
            .await
            .body;
        let listed = self.app.get(&self.owner, &path).await.body;
        assert_eq!(listed["items"], json!([shown]));
        shown["occupants"].clone()
    }
}

fn node_token(now: Moment) -> String {
    let key = TokenKey::new("key-1", TOKEN_SECRET);
    mint_node(&key, "node-1", now, Duration::minutes(10))
}

fn person(name: &str, joined_at: i64) -> Value {
    json!({
        "sid": format!("PA_{name}"),
        "identity": format!("us_{name}"),
        "name": name,
        "joined_at": joined_at,
    })
}
