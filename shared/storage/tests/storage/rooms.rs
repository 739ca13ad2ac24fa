use std::collections::HashSet;

use koeba_domain::{MAX_ROOMS, Moment, Occupant, Room, Roster};
use koeba_storage::{PageRequest, RoomStanding, StorageError};
use time::Duration;
use tokio::task::JoinSet;

use crate::world::{NOW, World, first, room_name};

#[tokio::test]
async fn a_room_is_found_renamed_and_deleted() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let room = world.room("Lobby");
    table.create_room(&room).await.expect("created");
    assert_eq!(table.room(room.id).await, Ok(Some(room.clone())));
    let renamed = table
        .rename_room(&room, &room_name("Focus"))
        .await
        .expect("renamed");
    assert_eq!(table.room(room.id).await, Ok(Some(renamed.clone())));
    // The old name is free, the new one is not.
    assert_eq!(table.create_room(&world.room("lobby")).await, Ok(()));
    assert_eq!(
        table.create_room(&world.room("FOCUS")).await,
        Err(StorageError::AlreadyExists)
    );
    table.delete_room(&renamed).await.expect("deleted");
    assert_eq!(table.room(room.id).await, Ok(None));
    assert_eq!(table.create_room(&world.room("Focus")).await, Ok(()));
}

#[tokio::test]
async fn of_fifty_rooms_of_one_name_made_at_once_one_is_there() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let mut race = JoinSet::new();
    for _ in 0..50 {
        let (table, room) = (table.clone(), world.room("Ｌｏｂｂｙ"));
        race.spawn(async move { table.create_room(&room).await });
    }
    let outcomes = race.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|o| matches!(o, Ok(()) | Err(StorageError::AlreadyExists)))
    );
    assert_eq!(
        table.rooms(&first(100)).await.expect("answers").items.len(),
        1
    );
}

#[tokio::test]
async fn a_rename_that_fails_changes_nothing() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let (lobby, focus) = (world.room("lobby"), world.room("focus"));
    table.create_room(&lobby).await.expect("created");
    table.create_room(&focus).await.expect("created");
    assert_eq!(
        table.rename_room(&lobby, &focus.name).await,
        Err(StorageError::AlreadyExists)
    );
    let stale = Room {
        name: room_name("was"),
        ..lobby.clone()
    };
    assert_eq!(
        table.rename_room(&stale, &room_name("x")).await,
        Err(StorageError::Conflict)
    );
    assert_eq!(table.delete_room(&stale).await, Err(StorageError::Conflict));
    let gone = world.room("gone");
    assert_eq!(
        table.rename_room(&gone, &room_name("x")).await,
        Err(StorageError::NotFound)
    );
    assert_eq!(table.delete_room(&gone).await, Err(StorageError::NotFound));
    assert_eq!(table.room(lobby.id).await, Ok(Some(lobby)));
    assert_eq!(table.create_room(&world.room("x")).await, Ok(()));
}

#[tokio::test]
async fn a_room_may_change_the_case_of_its_own_name() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let room = world.room("lobby");
    table.create_room(&room).await.expect("created");
    let renamed = table
        .rename_room(&room, &room_name("Lobby"))
        .await
        .expect("renamed");
    assert_eq!(renamed.name, room_name("Lobby"));
    assert_eq!(
        table.create_room(&world.room("LOBBY")).await,
        Err(StorageError::AlreadyExists)
    );
}

#[tokio::test]
async fn the_quota_of_rooms_is_exact_even_when_they_are_made_at_once() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let mut race = JoinSet::new();
    for n in 0..MAX_ROOMS + 10 {
        let (table, room) = (table.clone(), world.room(&format!("room {n}")));
        race.spawn(async move { (table.create_room(&room).await, room) });
    }
    let outcomes = race.join_all().await;
    let made: Vec<_> = outcomes
        .iter()
        .filter(|(outcome, _)| outcome.is_ok())
        .collect();
    assert_eq!(made.len(), MAX_ROOMS);
    assert!(
        outcomes
            .iter()
            .all(|(o, _)| matches!(o, Ok(()) | Err(StorageError::QuotaReached)))
    );
    table.delete_room(&made[0].1).await.expect("deleted");
    assert_eq!(table.create_room(&world.room("one more")).await, Ok(()));
    assert_eq!(
        table.create_room(&world.room("one too many")).await,
        Err(StorageError::QuotaReached)
    );
}

#[tokio::test]
async fn pages_show_every_room_once_and_end() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    for n in 0..25 {
        table
            .create_room(&world.room(&format!("room {n}")))
            .await
            .expect("created");
    }
    for limit in [1, 5, 10, 25, 26] {
        let mut seen = HashSet::new();
        let mut pages = 0;
        let mut page = first(limit);
        loop {
            let listed = table.rooms(&page).await.expect("answers");
            assert!(!listed.items.is_empty() && listed.items.len() <= usize::from(limit));
            for room in listed.items {
                assert!(seen.insert(room.id), "{} came twice", room.name);
            }
            pages += 1;
            let Some(cursor) = listed.next_cursor else {
                break;
            };
            page = PageRequest {
                cursor: Some(cursor),
                limit,
            };
        }
        assert_eq!(seen.len(), 25);
        assert_eq!(pages, 25_usize.div_ceil(usize::from(limit)));
    }
}

#[tokio::test]
async fn who_is_in_a_room_is_what_its_node_said_last() {
    let world = World::start().await;
    let (table, workspace, _) = world.owned("team").await;
    let room = world.room("lobby");
    table.create_room(&room).await.expect("created");
    let directory = world.directory();
    let report = async |node: &str, at: Moment, people: &[&str]| {
        let roster = roster(&room, node, at, people);
        directory
            .record_roster(workspace.id, &roster)
            .await
            .expect("answers")
    };
    let names = async |now: Moment| -> Vec<String> {
        let present = table.occupants_of(room.id, now).await.expect("answers");
        let all = table.occupants(now).await.expect("answers");
        assert_eq!(all.get(&room.id).cloned().unwrap_or_default(), present);
        present.into_iter().map(|occupant| occupant.name).collect()
    };
    let second = |n| NOW + Duration::seconds(n);
    assert_eq!(names(NOW).await, Vec::<String>::new());
    assert_eq!(
        report("a", second(1), &["Aiko", "Ken"]).await,
        RoomStanding::Open
    );
    assert_eq!(names(second(1)).await, ["Aiko", "Ken"]);
    // A report that was overtaken on the way is not taken.
    assert_eq!(report("a", NOW, &["Aiko"]).await, RoomStanding::Open);
    assert_eq!(names(second(1)).await, ["Aiko", "Ken"]);
    // The room has moved to a node whose clock is behind.
    assert_eq!(report("b", NOW, &["Ken"]).await, RoomStanding::Open);
    assert_eq!(names(second(1)).await, ["Ken"]);
    assert_eq!(names(NOW + Roster::FRESH_FOR).await, Vec::<String>::new());
    assert_eq!(report("b", second(40), &[]).await, RoomStanding::Open);
    assert_eq!(names(second(40)).await, Vec::<String>::new());
    table.delete_room(&room).await.expect("deleted");
    assert_eq!(
        report("b", second(41), &["Ken"]).await,
        RoomStanding::Closed
    );
    assert_eq!(names(second(41)).await, Vec::<String>::new());
}

fn roster(room: &Room, node: &str, at: Moment, people: &[&str]) -> Roster {
    Roster {
        room: room.id,
        node: node.to_owned(),
        reported_at: at,
        received_at: at,
        occupants: people
            .iter()
            .map(|name| Occupant {
                room: room.id,
                sid: String::new(),
                identity: format!("us_{name}"),
                name: (*name).to_owned(),
                since: at,
            })
            .collect(),
    }
}
