//! How long a route takes when everything is warm.

use std::time::Instant;

use koeba_tests::Answer;
use serde_json::{Value, json};

use crate::figures::quantile;
use crate::world::{World, send};

/// How often what only reads is asked, and what writes.
const READS: usize = 300;
const WRITES: usize = 100;
/// How many of the first answers do not count.
const WARM_UP: usize = 10;

/// Asks every route again and again; one request at a time, over loopback HTTP.
pub(crate) async fn measure() -> Vec<Value> {
    let world = World::with_rooms(20).await;
    let mut told = Vec::new();
    for (name, path) in [
        ("GET /api/health", "/api/health".to_owned()),
        ("GET /api/me", "/api/me".to_owned()),
        ("GET /api/me/sessions", "/api/me/sessions".to_owned()),
        (
            "GET /api/me/second-steps",
            "/api/me/second-steps".to_owned(),
        ),
        ("GET /api/workspaces", "/api/workspaces".to_owned()),
        ("GET …/{workspace_id}", world.path("")),
        ("GET …/members", world.path("/members")),
        ("GET …/policy", world.path("/policy")),
        ("GET …/invitations", world.path("/invitations")),
        ("GET …/rooms (20)", world.path("/rooms")),
        (
            "GET …/rooms/{room_id}",
            world.path(&format!("/rooms/{}", world.room)),
        ),
    ] {
        let ask = async |_| send(&world.owner, "GET", &path).await;
        told.push(series(name, READS, 200, ask).await);
    }
    let join = world.path(&format!("/rooms/{}/join", world.room));
    let ask = async |_| world.member.post(&join, json!({})).await;
    told.push(series("POST …/rooms/{room_id}/join", READS, 200, ask).await);

    let rooms = world.path("/rooms");
    let made = tokio::sync::Mutex::new(Vec::new());
    let ask = async |_| {
        let body = json!({ "name": world.fresh() });
        let answer = world.owner.post(&rooms, body).await;
        made.lock().await.push(answer.text("id"));
        answer
    };
    told.push(series("POST …/rooms", WRITES, 201, ask).await);
    let ask = async |_| {
        let room = made.lock().await.pop().expect("as many as were made");
        send(&world.owner, "DELETE", &format!("{rooms}/{room}")).await
    };
    told.push(series("DELETE …/rooms/{room_id}", WRITES, 204, ask).await);
    let invitations = world.path("/invitations");
    let ask = async |_| {
        let body = json!({ "email": world.address(), "role": "guest" });
        world.owner.post(&invitations, body).await
    };
    told.push(series("POST …/invitations", WRITES, 201, ask).await);
    let ask = async |_| world.member.post("/api/sign-ups", world.wish()).await;
    told.push(series("POST /api/sign-ups", WRITES, 202, ask).await);
    let credentials = json!({
        "email": world.member.email,
        "password": "a long way to the harbour",
    });
    let ask = async |_| {
        world
            .member
            .post("/api/sessions", credentials.clone())
            .await
    };
    told.push(series("POST /api/sessions", WRITES, 201, ask).await);
    world.koeba.stop().await;
    told
}

async fn series(
    name: &str,
    times: usize,
    expected: u16,
    ask: impl AsyncFn(usize) -> Answer,
) -> Value {
    let mut took = Vec::new();
    for time in 0..WARM_UP + times {
        let begun = Instant::now();
        let answer = ask(time).await;
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
        assert_eq!(answer.status, expected, "{name}: {answer:?}");
        if time >= WARM_UP {
            took.push(milliseconds);
        }
    }
    json!({
        "name": name,
        "p50_ms": quantile(&took, 50),
        "p99_ms": quantile(&took, 99),
    })
}
