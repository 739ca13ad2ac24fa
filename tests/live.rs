//! Who is where, told as it happens: through the gateway, the live function, the stream and back.

use std::time::{Duration, Instant};

use koeba_load::stay;
use koeba_tests::{Koeba, Listener, Visitor};
use serde_json::{Value, json};

/// Within what somebody whose right has ended is hung up on.
const WITHIN: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_member_is_told_who_comes_and_goes_without_asking() {
    let stage = Stage::set().await;
    let mut ken = stage.listen(&stage.ken).await;
    let (_, pong) = ken.ping().await;
    assert_eq!(pong, json!({ "type": "pong" }));
    let room = stage.aiko.create_room(&stage.team, "Lobby").await;
    let made = until(&mut ken, |change| change["kind"] == "room").await;
    assert_eq!(made["room"]["name"], "Lobby");
    let join = format!("/api/workspaces/{}/rooms/{room}/join", stage.team);
    let ticket = stage.aiko.post(&join, json!({})).await;
    let (url, token) = (ticket.text("url"), ticket.text("token"));
    let there = tokio::select! {
        there = until(&mut ken, |change| change["kind"] == "occupants") => there,
        ended = stay(url, token) => panic!("she is out of the room: {ended}"),
    };
    assert_eq!(there["room_id"], room);
    assert_eq!(there["occupants"][0]["name"], "Aiko");
    // Her connection is dropped with the future above.
    let gone = until(&mut ken, |change| change["occupants"] == json!([])).await;
    assert_eq!(gone["room_id"], room);
    stage.koeba.stop().await;
}

/// Check sheet: WA-11-01.
#[tokio::test]
async fn a_member_of_one_workspace_never_hears_of_another() {
    let stage = Stage::set().await;
    let stranger = Visitor::signed_up(stage.koeba.app(), "Stranger").await;
    let elsewhere = stranger.create_workspace("Elsewhere").await;
    let app = stage.koeba.app();
    let listening = Listener::connect(&stranger, app, &elsewhere, Some(app)).await;
    let mut listening = listening.expect("it is theirs");
    let mut ken = stage.listen(&stage.ken).await;
    stage.aiko.create_room(&stage.team, "Secret").await;
    until(&mut ken, |change| change["room"]["name"] == "Secret").await;
    // Whatever was sent because of that room was sent before this.
    let theirs = stranger.create_room(&elsewhere, "Own").await;
    let told = listening.next().await.expect("it is connected");
    assert_eq!(told["changes"][0]["room"]["id"], theirs);
    let (before, _) = listening.ping().await;
    assert!(before.is_empty(), "{before:?}");
    stage.koeba.stop().await;
}

#[tokio::test]
async fn whoever_signs_out_elsewhere_or_is_deactivated_is_hung_up_on() {
    let stage = Stage::set().await;
    let mut desk = stage.ken.clone();
    desk.sign_in().await;
    let mut here = stage.listen(&stage.ken).await;
    let mut there = stage.listen(&desk).await;
    let since = Instant::now();
    let out = desk
        .send(desk.request("DELETE", "/api/sessions/current"))
        .await;
    assert_eq!(out.status, 204, "{out:?}");
    assert_eq!(there.next().await, None);
    assert!(since.elapsed() < WITHIN, "after {:?}", since.elapsed());
    let (_, pong) = here.ping().await;
    assert_eq!(pong["type"], "pong", "the other session goes on");

    let id = stage.ken.get("/api/me").await.body["user"]["id"].clone();
    let id = id.as_str().expect("an identifier");
    let path = format!("/api/workspaces/{}/members/{id}/deactivate", stage.team);
    let since = Instant::now();
    let done = stage.aiko.post(&path, json!({})).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(here.next().await, None);
    assert!(since.elapsed() < WITHIN, "after {:?}", since.elapsed());
    assert_eq!(stage.refused(&stage.ken).await, 404);
    stage.koeba.stop().await;
}

#[tokio::test]
async fn nothing_is_left_of_connections_when_a_workspace_is_deleted() {
    let stage = Stage::set().await;
    let mut ken = stage.listen(&stage.ken).await;
    let leaving = stage.listen(&stage.aiko).await;
    leaving.close().await;
    let path = format!("/api/workspaces/{}/deletion", stage.team);
    let word = json!({ "confirm": "DELETE" });
    assert_eq!(stage.aiko.post(&path, word).await.status, 200);
    assert_eq!(ken.next().await, None);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let items = stage.koeba.emulator().dump("koeba").expect("a table");
        let left = items.iter().filter(|item| item.contains("LIVE"));
        if left.count() == 0 && stage.koeba.emulator().connections().count() == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "something is left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stage.koeba.stop().await;
}

/// Aiko's team, to which Ken belongs.
struct Stage {
    koeba: Koeba,
    aiko: Visitor,
    ken: Visitor,
    team: String,
}

impl Stage {
    async fn set() -> Self {
        let koeba = Koeba::start().await;
        let aiko = Visitor::signed_up(koeba.app(), "Aiko").await;
        let ken = Visitor::signed_up(koeba.app(), "Ken").await;
        let team = aiko.create_workspace("Team").await;
        aiko.invite(&team, &ken.email, "member").await;
        ken.accept_invitation().await;
        Self {
            koeba,
            aiko,
            ken,
            team,
        }
    }

    async fn listen(&self, visitor: &Visitor) -> Listener {
        let app = self.koeba.app();
        let listening = Listener::connect(visitor, app, &self.team, Some(app)).await;
        listening.expect("they belong to it")
    }

    async fn refused(&self, visitor: &Visitor) -> u16 {
        let app = self.koeba.app();
        let refused = Listener::connect(visitor, app, &self.team, Some(app)).await;
        refused.expect_err("they do not belong to it any more")
    }
}

/// The first change of this kind that a page is told.
async fn until(listener: &mut Listener, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let told = listener.next().await.expect("it is connected");
        let changes = told["changes"].as_array().expect("changes").clone();
        if let Some(found) = changes.into_iter().find(&wanted) {
            return found;
        }
    }
}
