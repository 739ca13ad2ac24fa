//! What the control plane is told, and what it can make the node do.

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use koeba_node::{ControlPlane, Limits};
use koeba_protocol::proto::DisconnectReason;
use koeba_protocol::proto::leave_request::Action;
use serde_json::{Value, json};
use support::caller::Caller;
use support::client::ClientConfig;
use support::{Node, PATIENCE};

#[tokio::test]
async fn who_comes_and_goes_is_reported_room_by_room() {
    let control = Control::start().await;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let mut ann = node.caller("ann").await;
    let report = control
        .until("ann is there", |report| people(report) == 1)
        .await;
    assert_eq!(report["node_id"], "node-1");
    assert!(
        report["at"]
            .as_u64()
            .is_some_and(|at| at > 1_700_000_000_000)
    );
    let room = &report["rooms"][0];
    assert_eq!(
        (&room["workspace_id"], &room["room_id"]),
        (&json!("ws_1"), &json!("lobby"))
    );
    let person = &room["participants"][0];
    assert_eq!(
        (&person["sid"], &person["identity"]),
        (&json!(ann.sid), &json!("ann"))
    );
    ann.leave().await;
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    control
        .until("nobody is there", |report| people(report) == 0)
        .await;
    assert!(control.authorized(), "every report shows the node's token");
}

#[tokio::test]
async fn how_a_connection_went_is_told_once_when_it_has_ended() {
    let control = Control::start().await;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let behind_a_wall = ClientConfig {
        tcp_only: true,
        ..ClientConfig::USUAL
    };
    let token = node.token_of("ann");
    let mut ann = Caller::join_with(&node, &token, behind_a_wall).await;
    ann.until("media can flow", |caller| caller.client.connected)
        .await;
    node.until_count("dtls13_total", 1).await;
    ann.leave().await;
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    let report = control
        .until("it has ended", |report| report["connections"] != json!([]))
        .await;
    let connection = &report["connections"][0];
    assert_eq!(connection["sid"], json!(ann.sid));
    assert_eq!(connection["room_id"], json!("lobby"));
    assert_eq!(connection["dtls"], json!("1.3"));
    let srtp = connection["srtp"].as_str().expect("a profile is named");
    assert!(srtp.starts_with("SRTP_"), "{srtp}");
    assert_eq!(connection["transport"], json!("TCP"));
    assert_eq!(connection["interruptions"], json!(0));
    let at = |name: &str| connection[name].as_u64().expect("a moment");
    assert!(at("joined_at") > 1_700_000_000_000 && at("joined_at") <= at("ended_at"));

    let mut ben = node.caller("ben").await;
    control
        .until("ben is there", |report| people(report) == 1)
        .await;
    ben.act().await;
    let told = control.state.lock().expect("no test panicked");
    let times = told.reports.iter();
    let times = times.filter(|report| report["connections"] != json!([]));
    assert_eq!(times.count(), 1);
}

#[tokio::test]
async fn a_room_that_was_deleted_is_closed_for_everybody_in_it() {
    let control = Control::start().await;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let mut ann = node.caller("ann").await;
    control.state.lock().expect("no test panicked").closed = vec!["lobby".to_owned()];
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    let leave = ann.left.expect("it was told");
    assert_eq!(leave.reason(), DisconnectReason::RoomDeleted);
    assert_eq!(leave.action(), Action::Disconnect);
}

#[tokio::test]
async fn whoever_lost_the_right_to_be_there_is_out_and_told_not_to_come_back() {
    let control = Control::start().await;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    let removed = json!({ "workspace_id": "ws_1", "room_id": "lobby", "identity": "ann" });
    control.state.lock().expect("no test panicked").removed = vec![removed];
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    let leave = ann.left.expect("it was told");
    assert_eq!(leave.reason(), DisconnectReason::ParticipantRemoved);
    assert_eq!(leave.action(), Action::Disconnect);

    // A token that she still has is of no use.
    let mut again = node.caller("ann").await;
    again
        .until("the connection ends", |caller| caller.closed)
        .await;
    ben.act().await;
    assert!(!ben.closed, "it was not about the others");
}

#[tokio::test]
async fn a_node_asks_who_has_to_leave_only_while_somebody_is_there() {
    let control = Control::start().await;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let mut ann = node.caller("ann").await;
    control
        .until("it is asked with nothing new", |report| {
            report["rooms"][0]["unchanged"] == true && people(report) == 1
        })
        .await;
    ann.leave().await;
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    control
        .until("nobody is there", |report| people(report) == 0)
        .await;
    let count = || {
        control
            .state
            .lock()
            .expect("no test panicked")
            .reports
            .len()
    };
    let silent_since = count();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(count(), silent_since, "an idle node is silent");
}

#[tokio::test]
async fn a_control_plane_that_is_away_is_told_when_it_is_back_and_holds_up_nobody() {
    let control = Control::start().await;
    control.state.lock().expect("no test panicked").away = true;
    let node = Node::start_with(Limits::default(), Some(control.plane())).await;
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    ann.publish("mic").await;
    let sid = ann.sid.clone();
    support::until(
        &mut [&mut ann, &mut ben],
        "they see each other",
        |callers| callers[1].sees_track(&sid),
    )
    .await;
    node.until_count("reports_failed_total", 1).await;
    control.state.lock().expect("no test panicked").away = false;
    control
        .until("both are reported", |report| people(report) == 2)
        .await;
}

#[derive(Default)]
struct Kept {
    reports: Vec<Value>,
    closed: Vec<String>,
    removed: Vec<Value>,
    away: bool,
    unauthorized: bool,
}

struct Control {
    address: SocketAddr,
    state: Arc<Mutex<Kept>>,
}

impl Control {
    async fn start() -> Self {
        let state = Arc::new(Mutex::new(Kept::default()));
        let router = Router::new()
            .route("/api/media/reports", post(take))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    fn plane(&self) -> ControlPlane {
        ControlPlane {
            interval: Duration::from_millis(200),
            lookout: Duration::from_millis(50),
            ..ControlPlane::new(format!("http://{}", self.address))
        }
    }

    async fn until(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let kept = self.state.lock().expect("no test panicked").reports.clone();
            if let Some(report) = kept.into_iter().rev().find(|report| is_it(report)) {
                return report;
            }
            assert!(Instant::now() < deadline, "never reported: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn authorized(&self) -> bool {
        !self.state.lock().expect("no test panicked").unauthorized
    }
}

async fn take(
    State(state): State<Arc<Mutex<Kept>>>,
    headers: HeaderMap,
    Json(report): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let mut kept = state.lock().expect("no test panicked");
    if kept.away {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    kept.unauthorized |= !bearer.is_some_and(|value| value.starts_with("Bearer "));
    kept.reports.push(report);
    Ok(Json(json!({
        "closed_rooms": kept.closed,
        "removed_participants": kept.removed,
    })))
}

fn people(report: &Value) -> usize {
    let rooms = report["rooms"].as_array().expect("rooms");
    rooms
        .iter()
        .filter_map(|room| room["participants"].as_array())
        .map(Vec::len)
        .sum()
}
