//! Whatever a request changes says who changed it, from where, and in which request.

use koeba_domain::{Permission, RequestId, Trace, neighbourhood};
use serde_json::Value;

use crate::world::{NOW, World, room_name};

#[tokio::test]
async fn what_a_request_writes_changes_and_removes_names_the_request() {
    let world = World::start().await;
    let (workspace, owner) = world.workspace("team").await;
    let standing = world.directory().standing(owner.user, workspace.id).await;
    let membership = standing.expect("answers").expect("a member").membership;
    let scope = |request: u8| {
        membership
            .authorize(Permission::ManageRooms)
            .expect("an owner may")
            .traced(Trace {
                actor: Some(owner.user),
                network: Some(neighbourhood([203, 0, 113, 7].into())),
                request: RequestId::from_random([request; 16]),
                at: NOW,
            })
    };
    let room = world.room("lobby");
    let table = world.table.workspace(&scope(1));
    table.create_room(&room).await.expect("created");
    let table = world.table.workspace(&scope(2));
    let room = table.rename_room(&room, &room_name("hall")).await;
    let room = room.expect("renamed");
    let table = world.table.workspace(&scope(3));
    table.delete_room(&room).await.expect("deleted");

    let key = format!("ROOM#{}", room.id);
    let traces: Vec<(String, String)> = records(&world)
        .iter()
        .filter(|record| record["dynamodb"]["Keys"]["sk"]["S"] == key.as_str())
        .filter_map(|record| traced(&record["dynamodb"]["NewImage"]))
        .collect();
    let by = owner.user.to_string();
    let expected = |request: &str| (by.clone(), request.repeat(16));
    assert_eq!(traces, [expected("01"), expected("02")]);

    let gone = format!("WS#{}#GONE", workspace.id);
    let tombstone = records(&world)
        .into_iter()
        .map(|record| record["dynamodb"]["NewImage"].clone())
        .find(|image| {
            image["pk"]["S"] == gone.as_str() && image["gone"]["M"]["sk"]["S"] == key.as_str()
        })
        .expect("a tombstone");
    assert_eq!(traced(&tombstone), Some(expected("03")));
    assert_eq!(tombstone["trace"]["M"]["from"]["S"], "203.0.113.0/24");
}

fn records(world: &World) -> Vec<Value> {
    let event = world.emulator.stream_event("koeba").expect("a stream");
    let event = serde_json::to_value(event).expect("an event is JSON");
    event["Records"].as_array().expect("records").clone()
}

/// Who and in which request, as an item says.
fn traced(image: &Value) -> Option<(String, String)> {
    let trace = &image["trace"]["M"];
    let text = |name: &str| trace[name]["S"].as_str().map(str::to_owned);
    text("by").zip(text("request"))
}
