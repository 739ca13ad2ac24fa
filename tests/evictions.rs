//! Who loses the right to be in a room is out of it within five seconds, through a real media node.

use std::time::{Duration, Instant};

use koeba_load::{LoadError, stay};
use koeba_tests::{Koeba, Visitor};
use serde_json::{Value, json};

/// What the check sheet allows.
const WITHIN: Duration = Duration::from_secs(5);
/// LiveKit's reasons for somebody who was removed, and for a room that is no more: clients do not
/// come back by themselves.
const REMOVED: [i32; 2] = [4, 5];

#[tokio::test]
async fn whoever_deletes_their_account_is_out_of_the_room_and_their_token_lets_nobody_in() {
    let stage = Stage::set().await;
    let delete = async || {
        let word = json!({ "confirm": "DELETE" });
        stage.aiko.post("/api/me/deletion", word).await.status
    };
    stage.loses_the_room(delete).await;
    stage.koeba.stop().await;
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_of_the_room_and_their_token_lets_nobody_in() {
    let stage = Stage::set().await;
    let path = format!("/api/workspaces/{}/members", stage.team);
    let id = stage.aiko.get("/api/me").await.body["user"]["id"].clone();
    let path = format!("{path}/{}/deactivate", id.as_str().expect("an identifier"));
    let deactivate = async || stage.ken.post(&path, json!({})).await.status;
    stage.loses_the_room(deactivate).await;
    stage.koeba.stop().await;
}

#[tokio::test]
async fn a_deleted_workspace_empties_its_rooms() {
    let stage = Stage::set().await;
    let delete = async || {
        let path = format!("/api/workspaces/{}/deletion", stage.team);
        let word = json!({ "confirm": "DELETE" });
        stage.ken.post(&path, word).await.status
    };
    stage.loses_the_room(delete).await;
    stage.koeba.stop().await;
}

/// Ken's team, to which Aiko belongs, and its lobby.
struct Stage {
    koeba: Koeba,
    ken: Visitor,
    aiko: Visitor,
    team: String,
    room: String,
}

impl Stage {
    async fn set() -> Self {
        let koeba = Koeba::start().await;
        let ken = Visitor::signed_up(koeba.app(), "Ken").await;
        let aiko = Visitor::signed_up(koeba.app(), "Aiko").await;
        let team = ken.create_workspace("Team").await;
        ken.invite(&team, &aiko.email, "member").await;
        aiko.accept_invitation().await;
        let room = ken.create_room(&team, "Lobby").await;
        Self {
            koeba,
            ken,
            aiko,
            team,
            room,
        }
    }

    /// Lets Aiko join, then lets `happen` what takes her right away.
    async fn loses_the_room(&self, happen: impl AsyncFn() -> u16) {
        let path = format!("/api/workspaces/{}/rooms/{}", self.team, self.room);
        let join = self.aiko.post(&format!("{path}/join"), json!({})).await;
        let (url, token) = (join.text("url"), join.text("token"));
        let story = async {
            self.until_she_is_there(&path).await;
            let since = Instant::now();
            let status = happen().await;
            assert!((200..300).contains(&status), "{status}");
            since
        };
        let (ended, since) = tokio::join!(stay(url.clone(), token.clone()), story);
        told_to_leave(&ended);
        assert!(since.elapsed() < WITHIN, "after {:?}", since.elapsed());

        let since = Instant::now();
        let ended = tokio::time::timeout(WITHIN, stay(url, token)).await;
        told_to_leave(&ended.expect("out in time"));
        assert!(since.elapsed() < WITHIN);
    }

    async fn until_she_is_there(&self, path: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let room = self.ken.get(path).await.body;
            if room["occupants"].as_array().map(Vec::len) == Some(1) {
                return;
            }
            assert!(room != Value::Null && Instant::now() < deadline, "{room}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn told_to_leave(ended: &LoadError) {
    let told = matches!(ended, LoadError::ToldToLeave(reason) if REMOVED.contains(reason));
    assert!(told, "{ended}");
}
