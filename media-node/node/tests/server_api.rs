//! Calls of the server API at a real node, with real participants in its rooms.

mod support;

use jsonwebtoken::{EncodingKey, Header};
use koeba_node::Limits;
use koeba_protocol::proto::{
    DisconnectReason, ListRoomsRequest, ListRoomsResponse, request_response,
};
use prost::Message as _;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use support::caller::Caller;
use support::{Node, hears, hears_at_last, until};
use time::OffsetDateTime;

#[tokio::test]
async fn a_room_is_opened_listed_changed_and_ended() {
    let node = Node::start().await;
    let make = json!({ "roomCreate": true, "roomList": true });
    let wanted =
        json!({ "name": "lobby", "metadata": "m", "emptyTimeout": 60, "max_participants": 7 });
    let (status, room) = call(&node, &make, "CreateRoom", wanted).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&room["metadata"], &room["maxParticipants"]),
        (&json!("m"), &json!(7))
    );
    let (_, again) = call(&node, &make, "CreateRoom", json!({ "name": "lobby" })).await;
    assert_eq!(again["sid"], room["sid"]);
    let (_, listed) = call(&node, &make, "ListRooms", json!({})).await;
    assert_eq!(listed["rooms"][0]["name"], "lobby");
    let (_, none) = call(&node, &make, "ListRooms", json!({ "names": ["attic"] })).await;
    assert_eq!(none["rooms"].as_array().map_or(0, Vec::len), 0);
    let mut ann = node.caller("ann").await;
    let changed = json!({ "room": "lobby", "metadata": "agenda" });
    let (_, room) = call(&node, &admin(), "UpdateRoomMetadata", changed).await;
    assert_eq!(
        (&room["metadata"], &room["numParticipants"]),
        (&json!("agenda"), &json!(1))
    );
    let gone = json!({ "room": "lobby" });
    assert_eq!(call(&node, &make, "DeleteRoom", gone.clone()).await.0, 200);
    ann.until("the room is gone", |ann| ann.left.is_some())
        .await;
    let left = ann.left.expect("told").reason;
    assert_eq!(left, i32::from(DisconnectReason::RoomDeleted));
    let (status, error) = call(&node, &make, "DeleteRoom", gone).await;
    assert_eq!((status, &error["code"]), (404, &json!("not_found")));
}

#[tokio::test]
async fn a_silenced_participant_is_not_heard_however_much_it_sends() {
    let node = Node::start().await;
    let (mut ann, mut ben, track) = speaker_and_listener(&node).await;
    ben.publish("ben-mic").await;
    hears_at_last(&mut ben, "ben-mic", &mut ann).await;
    let silence = |muted: bool| json!({ "room": "lobby", "identity": "ann", "trackSid": track, "muted": muted });
    let (status, answer) = call(&node, &admin(), "MutePublishedTrack", silence(true)).await;
    assert_eq!((status, &answer["track"]["muted"]), (200, &json!(true)));
    ann.mute(&track, false).await;
    ann.until("it is refused", |ann| {
        let not_allowed = i32::from(request_response::Reason::NotAllowed);
        ann.answered
            .iter()
            .any(|answer| answer.reason == not_allowed)
    })
    .await;
    // The node takes datagrams in as they came: what she sent before his voice has gone through
    // when his voice has.
    hears(&mut ben, "ben-mic", &mut ann, 5).await;
    ben.act().await;
    let heard = ben.client.received.len();
    for _ in 0..20 {
        ann.speak("mic").await;
        ann.act().await;
    }
    hears(&mut ben, "ben-mic", &mut ann, 5).await;
    ben.act().await;
    assert_eq!(ben.client.received.len(), heard);
    let (status, _) = call(&node, &admin(), "MutePublishedTrack", silence(false)).await;
    assert_eq!(status, 200);
    ann.mute(&track, false).await;
    hears_at_last(&mut ann, "mic", &mut ben).await;
    assert!(ben.client.received.len() > heard);
}

#[tokio::test]
async fn what_may_be_published_changes_in_a_running_call_and_stays_so() {
    let node = Node::start().await;
    let (mut ann, mut ben, _) = speaker_and_listener(&node).await;
    let sid = ann.sid.clone();
    let tokens = ann.tokens.len();
    let change = json!({
        "room": "lobby", "identity": "ann", "name": "Ann", "attributes": { "role": "listener" },
        "permission": { "canSubscribe": true, "canPublish": false, "canPublishData": true },
    });
    let (status, told) = call(&node, &admin(), "UpdateParticipant", change).await;
    assert_eq!((status, &told["name"]), (200, &json!("Ann")));
    assert_eq!(told["attributes"]["role"], "listener");
    until(&mut [&mut ann, &mut ben], "the track is gone", |callers| {
        !callers[1].sees_track(&sid) && callers[0].tokens.len() > tokens
    })
    .await;
    // Joining anew with the latest token gives nothing back.
    let token = ann.tokens.last().expect("told").clone();
    let _again = Caller::join(&node, &token).await;
    let named = json!({ "room": "lobby", "identity": "ann" });
    let (_, told) = call(&node, &admin(), "GetParticipant", named).await;
    assert_ne!(told["permission"]["canPublish"], true);
    assert_eq!(told["permission"]["canPublishData"], true);
}

#[tokio::test]
async fn whoever_is_removed_cannot_go_on_with_the_same_connection() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let named = json!({ "room": "lobby", "identity": "ann" });
    assert_eq!(
        call(&node, &admin(), "RemoveParticipant", named.clone())
            .await
            .0,
        200
    );
    ann.until("she is told", |ann| ann.left.is_some()).await;
    let reason = ann.left.clone().expect("told").reason;
    assert_eq!(reason, i32::from(DisconnectReason::ParticipantRemoved));
    ann.resume(&node, &node.token_of("ann"))
        .await
        .expect("a good token");
    assert!(!ann.resumed);
    assert_eq!(
        call(&node, &admin(), "RemoveParticipant", named).await.0,
        404
    );
    let (_, listed) = call(
        &node,
        &admin(),
        "ListParticipants",
        json!({ "room": "lobby" }),
    )
    .await;
    assert_eq!(listed["participants"].as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn subscriptions_are_chosen_for_somebody() {
    let node = Node::start().await;
    let (mut ann, mut ben, track) = speaker_and_listener(&node).await;
    let choose = |track: &str, subscribe: bool| json!({ "room": "lobby", "identity": "ben", "trackSids": [track], "subscribe": subscribe });
    let (status, _) = call(
        &node,
        &admin(),
        "UpdateSubscriptions",
        choose(&track, false),
    )
    .await;
    assert_eq!(status, 200);
    let forwarded = node.count("packets_forwarded_total").await;
    let received = node.count("datagrams_received_total").await;
    for _ in 0..20 {
        ann.speak("mic").await;
        ann.act().await;
        ben.act().await;
    }
    node.until_count("datagrams_received_total", received + 20)
        .await;
    assert_eq!(node.count("packets_forwarded_total").await, forwarded);
    let (status, _) = call(&node, &admin(), "UpdateSubscriptions", choose(&track, true)).await;
    assert_eq!(status, 200);
    hears_at_last(&mut ann, "mic", &mut ben).await;
    let (status, _) = call(
        &node,
        &admin(),
        "UpdateSubscriptions",
        choose("TR_no", true),
    )
    .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_token_gives_what_it_grants_and_in_its_own_workspace_only() {
    let node = Node::start().await;
    let _ann = node.caller("ann").await;
    let named = json!({ "room": "lobby", "identity": "ann" });
    let other_room = json!({ "roomAdmin": true, "room": "attic", "roomList": true });
    let (status, error) = call(&node, &other_room, "GetParticipant", named.clone()).await;
    assert_eq!((status, &error["code"]), (403, &json!("permission_denied")));
    let (status, _) = call(&node, &json!({ "roomJoin": true }), "ListRooms", json!({})).await;
    assert_eq!(status, 403);
    let (status, _) = call(&node, &admin(), "CreateRoom", json!({ "name": "attic" })).await;
    assert_eq!(status, 403);
    let foreign = |video: Value| token(&node, "ws_2", &video);
    let (status, _) = post(&node, &foreign(admin()), "GetParticipant", named).await;
    assert_eq!(status, 404);
    let list = json!({ "roomList": true });
    let (_, listed) = post(&node, &foreign(list), "ListRooms", json!({})).await;
    assert_eq!(listed["rooms"].as_array().map_or(0, Vec::len), 0);
    let joining = node.token_of("ann");
    let (status, error) = post(&node, &joining, "ListRooms", json!({})).await;
    assert_eq!((status, &error["code"]), (401, &json!("unauthenticated")));
}

#[tokio::test]
async fn what_makes_no_sense_or_is_not_done_is_refused_in_words() {
    let node = Node::start_with(
        Limits {
            rooms: 1,
            ..Limits::default()
        },
        None,
    )
    .await;
    let make = json!({ "roomCreate": true });
    for (method, body, status, code) in [
        ("Nothing", json!({}), 404, "bad_route"),
        ("MoveParticipant", json!({}), 501, "unimplemented"),
        ("CreateRoom", json!({ "name": 7 }), 400, "malformed"),
        ("CreateRoom", json!({}), 400, "invalid_argument"),
        (
            "CreateRoom",
            json!({ "name": "x".repeat(257) }),
            400,
            "invalid_argument",
        ),
        (
            "CreateRoom",
            json!({ "name": "a", "emptyTimeout": 86_401 }),
            400,
            "invalid_argument",
        ),
        (
            "CreateRoom",
            json!({ "name": "a", "metadata": "x".repeat(65_537) }),
            400,
            "invalid_argument",
        ),
        (
            "CreateRoom",
            json!({ "name": "a", "metadata": "x".repeat(300_000) }),
            400,
            "malformed",
        ),
        (
            "CreateRoom",
            json!({ "name": "a", "syncStreams": true }),
            501,
            "unimplemented",
        ),
        ("CreateRoom", json!({ "name": "a" }), 200, ""),
        (
            "CreateRoom",
            json!({ "name": "b" }),
            429,
            "resource_exhausted",
        ),
    ] {
        let (answered, error) = call(&node, &make, method, body).await;
        assert_eq!(answered, status, "{method} {error}");
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{error}");
        assert!(status == 200 || !error["msg"].as_str().expect("words").is_empty());
    }
    let client = reqwest::Client::new();
    let url = node.http("/twirp/livekit.Egress/ListEgress");
    let bearer = token(&node, "ws_1", &make);
    let answer = client.post(url).bearer_auth(bearer).send().await;
    assert_eq!(answer.expect("an answer").status(), 501);
    let url = node.http("/twirp/livekit.RoomService/ListRooms");
    let answer = client.post(&url).send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    let answer = client.get(&url).send().await.expect("an answer");
    assert_eq!(answer.status(), 405);
}

#[tokio::test]
async fn protocol_buffers_are_spoken_as_well_as_json() {
    let node = Node::start().await;
    let _ann = node.caller("ann").await;
    let answer = reqwest::Client::new()
        .post(node.http("/twirp/livekit.RoomService/ListRooms"))
        .bearer_auth(token(&node, "ws_1", &json!({ "roomList": true })))
        .header(CONTENT_TYPE, "application/protobuf")
        .body(ListRoomsRequest::default().encode_to_vec())
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/protobuf");
    let body = answer.bytes().await.expect("a body");
    let listed = ListRoomsResponse::decode(body).expect("a message");
    assert_eq!(listed.rooms[0].name, "lobby");
    assert_eq!(listed.rooms[0].num_participants, 1);
}

/// Ann, who is heard, Ben, who hears her, and her track.
async fn speaker_and_listener(node: &Node) -> (Caller, Caller, String) {
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    let track = ann.publish("mic").await.sid;
    hears_at_last(&mut ann, "mic", &mut ben).await;
    (ann, ben, track)
}

/// Speaks until something arrives.
fn admin() -> Value {
    json!({ "roomAdmin": true, "room": "lobby" })
}

async fn call(node: &Node, video: &Value, method: &str, body: Value) -> (u16, Value) {
    post(node, &token(node, "ws_1", video), method, body).await
}

async fn post(node: &Node, token: &str, method: &str, body: Value) -> (u16, Value) {
    let url = node.http(&format!("/twirp/livekit.RoomService/{method}"));
    let client = reqwest::Client::new();
    let answer = client.post(url).bearer_auth(token).json(&body).send().await;
    let answer = answer.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// As LiveKit's server SDKs mint it.
fn token(node: &Node, workspace: &str, video: &Value) -> String {
    let key = node.api_key(workspace);
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let claims = json!({ "iss": key.id, "nbf": now, "exp": now + 600, "video": video });
    let secret = EncodingKey::from_secret(key.secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &secret).expect("plain JSON")
}
