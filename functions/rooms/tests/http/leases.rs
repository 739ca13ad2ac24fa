use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use koeba_access_token::{TokenKey, mint_node};
use koeba_domain::{MediaNode, Moment, Workspace};
use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, Person, TOKEN_SECRET};

#[tokio::test]
async fn of_two_nodes_that_claim_a_room_the_first_holds_it_and_the_second_is_told_where_it_is() {
    let stage = Stage::set().await;
    assert_eq!(stage.claim("a", json!({})).await, "a");
    assert_eq!(stage.claim("b", json!({})).await, "a");
    assert_eq!(stage.claim("a", json!({})).await, "a");
    let answer = stage.claimed("b", json!({})).await;
    assert_eq!(answer.body["holder"]["address"], "10.0.0.1:97");
}

#[tokio::test]
async fn of_many_claims_at_one_moment_one_is_granted() {
    let stage = Stage::set().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    let claims = names.map(|name| stage.claim(name, json!({})));
    let holders = futures_util::future::join_all(claims).await;
    assert!(
        holders.iter().all(|holder| *holder == holders[0]),
        "{holders:?}"
    );
}

#[tokio::test]
async fn a_node_that_has_fallen_silent_loses_its_rooms_and_hears_so() {
    let stage = Stage::set().await;
    stage.claim("a", json!({})).await;
    stage.report("a", json!({}), &["ken"]).await;
    stage
        .app
        .context
        .clock
        .advance(MediaNode::SILENCE - Duration::SECOND);
    assert_eq!(stage.claim("b", json!({})).await, "a");
    stage.app.context.clock.advance(Duration::SECOND);
    assert_eq!(stage.claim("b", json!({})).await, "b");

    let answer = stage.report("a", json!({}), &["ken", "mallory"]).await;
    let lost = json!([{ "workspace_id": stage.workspace.id, "room_id": stage.room }]);
    assert_eq!(answer.body["lost_rooms"], lost);
    assert_eq!(
        stage.present().await,
        ["ken"],
        "what it reports no longer counts"
    );
    let answer = stage.report("b", json!({}), &["aiko"]).await;
    assert_eq!(answer.body["lost_rooms"], json!([]));
    assert_eq!(stage.present().await, ["aiko"]);
}

#[tokio::test]
async fn whoever_takes_a_room_over_is_told_who_was_in_it() {
    let stage = Stage::set().await;
    stage.claim("a", json!({})).await;
    stage.report("a", json!({}), &["ken"]).await;
    let refused = json!({ "lost": { "node_id": "a", "found": "refused" } });
    let answer = stage.claimed("b", refused).await;
    assert_eq!(answer.body["holder"]["node_id"], "b");
    assert_eq!(
        answer.body["participants"],
        json!([{ "sid": "PA_ken", "identity": "us_ken", "name": "ken", "joined_at": 1_000 }])
    );
}

#[tokio::test]
async fn that_a_node_does_not_answer_is_believed_when_nobody_else_hears_of_it_either() {
    let stage = Stage::set().await;
    stage.claim("a", json!({})).await;
    let silent = || json!({ "lost": { "node_id": "a", "found": "silent" } });
    assert_eq!(stage.claim("b", silent()).await, "a");
    stage.app.context.clock.advance(MediaNode::DOUBT);
    assert_eq!(stage.claim("b", silent()).await, "b");
    // What is said of a node that holds the room no longer is of no interest.
    assert_eq!(stage.claim("c", silent()).await, "b");
}

#[tokio::test]
async fn a_node_that_goes_gives_its_rooms_to_another_that_is_there() {
    let stage = Stage::set().await;
    stage.claim("a", json!({})).await;
    let leaving = || json!({ "leaving": true });
    let alone = stage.claimed("a", leaving()).await;
    assert_eq!(alone.body["holder"], Value::Null);
    stage.report("b", json!({}), &[]).await;
    let answer = stage.report("a", leaving(), &["ken"]).await;
    assert_eq!(answer.body["other_nodes"][0]["node_id"], "b");
    assert_eq!(stage.claim("a", leaving()).await, "b");
    assert_eq!(stage.claim("c", json!({})).await, "b");
    // It is not given anything any more.
    let answer = stage.report("b", json!({}), &[]).await;
    assert_eq!(
        answer.body["other_nodes"].as_array().map(Vec::len),
        Some(1),
        "only c"
    );
}

#[tokio::test]
async fn a_room_that_is_none_is_left_to_whoever_asks() {
    let stage = Stage::set().await;
    let claim = json!({
        "node_id": "a", "address": "", "workspace_id": "ws_1", "room_id": "attic",
    });
    let answer = stage.send("a", "/api/media/leases", claim).await;
    assert_eq!(answer.body["holder"]["node_id"], "a");
}

#[tokio::test]
async fn only_a_node_may_claim_and_only_for_itself() {
    let stage = Stage::set().await;
    let refused = stage
        .send("b", "/api/media/leases", stage.a_claim("a"))
        .await;
    assert_eq!(refused.refusal(), (401, "node-token-wrong"));
    let refused = stage
        .app
        .post(&stage.owner, "/api/media/leases", stage.a_claim("a"))
        .await;
    assert_eq!(refused.refusal(), (401, "node-token-wrong"));
    let mut nonsense = stage.a_claim("a");
    nonsense["lost"] = json!({ "node_id": "b", "found": "asleep" });
    let refused = stage.send("a", "/api/media/leases", nonsense).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

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

    fn a_claim(&self, node: &str) -> Value {
        json!({
            "node_id": node,
            "address": address(node),
            "workspace_id": self.workspace.id,
            "room_id": self.room,
        })
    }

    async fn claimed(&self, node: &str, more: Value) -> Answer {
        let claim = with(self.a_claim(node), more);
        let answer = self.send(node, "/api/media/leases", claim).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer
    }

    /// Who holds the room after a claim.
    async fn claim(&self, node: &str, more: Value) -> String {
        let answer = self.claimed(node, more).await;
        let holder = answer.body["holder"]["node_id"].as_str();
        holder.expect("somebody holds it").to_owned()
    }

    async fn report(&self, node: &str, more: Value, people: &[&str]) -> Answer {
        let people = people.iter().map(|name| {
            json!({
                "sid": format!("PA_{name}"), "identity": format!("us_{name}"),
                "name": name, "joined_at": 1_000,
            })
        });
        let people: Vec<_> = people.collect();
        let rooms = if people.is_empty() {
            json!([])
        } else {
            json!([{
                "workspace_id": self.workspace.id, "room_id": self.room, "participants": people,
            }])
        };
        let at = self.now().unix_timestamp() * 1_000;
        let report = json!({
            "node_id": node, "address": address(node), "at": at, "rooms": rooms,
        });
        let answer = self
            .send(node, "/api/media/reports", with(report, more))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer
    }

    async fn send(&self, node: &str, path: &str, body: Value) -> Answer {
        let key = TokenKey::new("key-1", TOKEN_SECRET);
        let token = mint_node(&key, node, self.now(), Duration::minutes(1));
        let request = Request::post(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        self.app.send(request).await
    }

    async fn present(&self) -> Vec<String> {
        let path = format!("/api/workspaces/{}/rooms/{}", self.workspace.id, self.room);
        let shown = self.app.get(&self.owner, &path).await.body;
        let occupants = shown["occupants"].as_array().expect("a list").iter();
        let names = occupants.filter_map(|one| one["name"].as_str());
        names.map(str::to_owned).collect()
    }

    fn now(&self) -> Moment {
        self.app.context.clock.now()
    }
}

fn address(node: &str) -> String {
    format!("10.0.0.1:{}", node.as_bytes()[0])
}

fn with(mut body: Value, more: Value) -> Value {
    if let Value::Object(fields) = more {
        body.as_object_mut().expect("an object").extend(fields);
    }
    body
}
