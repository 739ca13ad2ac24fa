//! Several nodes: a room is on one of them, whichever of them people come to, and goes on when that
//! one goes.

mod support;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use jsonwebtoken::{EncodingKey, Header};
use koeba_access_token::{RelayClaims, TokenKey, mint_relay};
use koeba_node::ControlPlane;
use koeba_protocol::proto::leave_request::Action;
use serde_json::{Value, json};
use support::{Node, hears_at_last};
use time::OffsetDateTime;

#[tokio::test]
async fn whichever_node_people_come_to_they_are_in_one_room() {
    let control = Control::start().await;
    let (one, two) = (control.node("one").await, control.node("two").await);
    let mut ann = one.caller("ann").await;
    let mut ben = two.caller("ben").await;
    assert_eq!(one.count("participants").await, 2);
    assert_eq!(two.count("participants").await, 0);
    assert_eq!(two.count("connections_relayed_total").await, 1);
    let track = ann.publish("mic").await;
    hears_at_last(&mut ann, "mic", &mut ben).await;
    assert_eq!(ben.others[&ann.sid].tracks[0].sid, track.sid);
}

#[tokio::test]
async fn a_call_of_the_server_api_reaches_the_room_wherever_it_is() {
    let control = Control::start().await;
    let (one, two) = (control.node("one").await, control.node("two").await);
    let _ann = one.caller("ann").await;
    let admin = json!({ "roomAdmin": true, "room": "lobby" });
    let (status, people) = call(&two, &admin, "ListParticipants", json!({ "room": "lobby" })).await;
    assert_eq!(
        (status, &people["participants"][0]["identity"]),
        (200, &json!("ann"))
    );
    control.until_known(2).await;
    let list = json!({ "roomList": true });
    let rooms = async || call(&two, &list, "ListRooms", json!({})).await.1["rooms"].clone();
    let deadline = std::time::Instant::now() + support::PATIENCE;
    while rooms().await.as_array().map_or(0, Vec::len) != 1 {
        assert!(
            std::time::Instant::now() < deadline,
            "the room is listed at last"
        );
    }
    assert_eq!(rooms().await[0]["name"], "lobby");
}

#[tokio::test]
async fn who_was_on_a_node_that_is_lost_goes_on_as_themselves_on_another() {
    let control = Control::start().await;
    let (one, two) = (control.node("one").await, control.node("two").await);
    let mut ann = one.caller("ann").await;
    let mut ben = one.caller("ben").await;
    let track = ann.publish("mic").await;
    hears_at_last(&mut ann, "mic", &mut ben).await;
    one.handle.shutdown().await;

    ben.come_over(&two).await.expect("it is let in");
    ann.come_over(&two).await.expect("it is let in");
    assert!(ann.resumed && ben.resumed);
    hears_at_last(&mut ann, "mic", &mut ben).await;
    let told = &ben.others[&ann.sid];
    assert_eq!(
        (told.identity.as_str(), &told.tracks[0].sid),
        ("ann", &track.sid)
    );
    assert_eq!(two.count("participants_restored_total").await, 2);
    assert_eq!(two.count("joins_total").await, 0);
}

#[tokio::test]
async fn nobody_goes_on_as_somebody_whom_their_token_does_not_name() {
    let control = Control::start().await;
    let (one, two) = (control.node("one").await, control.node("two").await);
    let mut ann = one.caller("ann").await;
    let mallory = one.caller("mallory").await;
    one.handle.shutdown().await;
    let theirs = mallory.tokens.last().cloned().expect("a token was sent");
    ann.come_over_with(&two, &theirs)
        .await
        .expect("the token is good");
    let refused = ann.left.clone().expect("it is told");
    assert_eq!(refused.action(), Action::Reconnect);
    // A token that was minted for joining names no place at all.
    let fresh = two.token_of("ann");
    ann.come_over_with(&two, &fresh)
        .await
        .expect("the token is good");
    assert_eq!(
        ann.left.clone().expect("it is told").action(),
        Action::Reconnect
    );
    assert_eq!(two.count("participants_restored_total").await, 0);
}

#[tokio::test]
async fn a_node_that_is_told_to_end_gives_its_rooms_away_and_everybody_goes_there() {
    let control = Control::start().await;
    let (one, two) = (control.node("one").await, control.node("two").await);
    control.until_known(2).await;
    let mut ann = one.caller("ann").await;
    let mut ben = one.caller("ben").await;
    ann.publish("mic").await;
    hears_at_last(&mut ann, "mic", &mut ben).await;
    let Node { handle, .. } = one;
    let draining = tokio::spawn(handle.drain(Duration::from_secs(30)));
    ann.until("it is asked to go", |ann| ann.left.is_some())
        .await;
    ben.until("it is asked to go", |ben| ben.left.is_some())
        .await;
    let asked = ann.left.clone().expect("it was asked");
    assert_eq!(asked.action(), Action::Resume);
    assert_eq!(control.holder().as_deref(), Some("two"));
    ann.come_over(&two).await.expect("it is let in");
    ben.come_over(&two).await.expect("it is let in");
    hears_at_last(&mut ann, "mic", &mut ben).await;
    draining.await.expect("it ends once everybody has gone");
}

#[tokio::test]
async fn a_node_whose_room_was_taken_over_sends_everybody_there() {
    let control = Control::start().await;
    let one = control.node("one").await;
    let mut ann = one.caller("ann").await;
    control.give_to("two");
    ann.until("it is asked to go", |ann| ann.left.is_some())
        .await;
    assert_eq!(ann.left.expect("it was asked").action(), Action::Resume);
}

#[tokio::test]
async fn where_a_request_came_from_is_believed_of_those_only_who_prove_that_they_pass_it_on() {
    let control = Control::start().await;
    let node = control.node("one").await;
    let mut claims = node.claims("ann");
    claims.networks = vec!["192.0.2.0/24".parse().expect("a network")];
    let token = node.token(&claims);
    let client = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    let word = |secret: &str, holder: Option<&str>| {
        let key = TokenKey::new("key", secret);
        let claims = RelayClaims {
            client,
            holder: holder.map(str::to_owned),
        };
        let now = OffsetDateTime::now_utc();
        mint_relay(&key, "balancer", &claims, now, time::Duration::minutes(1))
    };
    let ask = async |word: String| {
        let url = node.http("/rtc/v1?join_request=AA");
        let request = reqwest::Client::new().get(url).bearer_auth(&token);
        let upgrade = request
            .header("upgrade", "websocket")
            .header("connection", "upgrade");
        let answer = upgrade.header("koeba-relayed", word).send().await;
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(ask(String::new()).await, 403);
    assert_eq!(
        ask(word(
            "a secret that somebody made up for the occasion",
            None
        ))
        .await,
        403
    );
    // From there it may come; that it asks for nothing is another matter.
    assert_eq!(ask(word(support::SECRET, None)).await, 400);
}

async fn call(node: &Node, video: &Value, method: &str, body: Value) -> (u16, Value) {
    let key = node.api_key("ws_1");
    let claims = json!({
        "iss": key.id, "video": video,
        "exp": OffsetDateTime::now_utc().unix_timestamp() + 60,
    });
    let secret = EncodingKey::from_secret(key.secret.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &secret).expect("a token");
    let url = node.http(&format!("/twirp/livekit.RoomService/{method}"));
    let answer = reqwest::Client::new()
        .post(url)
        .bearer_auth(token)
        .json(&body);
    let answer = answer.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

/// A control plane of one room: it is whoever's asked first, until they go or are said to be lost.
struct Control {
    address: SocketAddr,
    state: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    holder: Option<String>,
    /// Where each node is that takes rooms.
    nodes: BTreeMap<String, String>,
}

impl Control {
    async fn start() -> Self {
        let state = Arc::new(Mutex::new(Kept::default()));
        let router = Router::new()
            .route("/api/media/reports", post(take_report))
            .route("/api/media/leases", post(take_claim))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    async fn node(&self, name: &str) -> Node {
        let plane = ControlPlane {
            interval: Duration::from_millis(200),
            lookout: Duration::from_millis(50),
            ..ControlPlane::new(format!("http://{}", self.address))
        };
        Node::start_among_others(name, plane).await
    }

    fn holder(&self) -> Option<String> {
        self.state.lock().expect("no test panicked").holder.clone()
    }

    fn give_to(&self, name: &str) {
        self.state.lock().expect("no test panicked").holder = Some(name.to_owned());
    }

    async fn until_known(&self, nodes: usize) {
        let deadline = std::time::Instant::now() + support::PATIENCE;
        while self.state.lock().expect("no test panicked").nodes.len() < nodes {
            assert!(
                std::time::Instant::now() < deadline,
                "all nodes are heard of"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn take_report(
    State(state): State<Arc<Mutex<Kept>>>,
    Json(report): Json<Value>,
) -> Json<Value> {
    let mut kept = state.lock().expect("no test panicked");
    let node = kept.heard(&report);
    let lost = kept.holder.as_ref().is_some_and(|holder| *holder != node);
    let rooms = report["rooms"].as_array().cloned().unwrap_or_default();
    let lost = rooms
        .into_iter()
        .filter(|_| lost)
        .map(|room| json!({ "workspace_id": room["workspace_id"], "room_id": room["room_id"] }));
    let others = kept.nodes.iter().filter(|(name, _)| **name != node);
    let others = others.map(|(name, address)| json!({ "node_id": name, "address": address }));
    Json(json!({
        "closed_rooms": [],
        "removed_participants": [],
        "lost_rooms": lost.collect::<Vec<_>>(),
        "other_nodes": others.collect::<Vec<_>>(),
    }))
}

async fn take_claim(
    State(state): State<Arc<Mutex<Kept>>>,
    Json(claim): Json<Value>,
) -> Json<Value> {
    let mut kept = state.lock().expect("no test panicked");
    let node = kept.heard(&claim);
    if claim["lost"]["node_id"].as_str() == kept.holder.as_deref() {
        kept.holder = None;
    }
    if claim["leaving"] == true {
        kept.holder = kept.nodes.keys().next().cloned();
    }
    let holder = kept.holder.get_or_insert(node).clone();
    let address = kept.nodes.get(&holder).cloned().unwrap_or_default();
    Json(json!({
        "holder": { "node_id": holder, "address": address },
        "participants": [],
    }))
}

impl Kept {
    fn heard(&mut self, said: &Value) -> String {
        let node = said["node_id"].as_str().expect("a name").to_owned();
        let address = said["address"].as_str().expect("an address").to_owned();
        if said["leaving"] == true {
            self.nodes.remove(&node);
        } else {
            self.nodes.insert(node.clone(), address);
        }
        node
    }
}
