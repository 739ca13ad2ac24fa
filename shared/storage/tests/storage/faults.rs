use koeba_emulator::Fault;
use koeba_storage::StorageError;

use crate::world::{NOW, World, first, name, session};

#[tokio::test]
async fn a_change_that_meets_another_one_is_tried_again() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    world
        .emulator
        .faults()
        .fail_next_of("TransactWriteItems", 3, Fault::TransactionConflict);
    assert_eq!(table.create_room(&world.room("lobby")).await, Ok(()));
    assert_eq!(
        table.rooms(&first(10)).await.expect("answers").items.len(),
        1
    );
}

#[tokio::test]
async fn a_store_that_stays_busy_says_so_after_bounded_tries() {
    let world = World::start().await;
    let (table, ..) = world.owned("team").await;
    let room = world.room("lobby");
    world
        .emulator
        .faults()
        .fail_next_of("TransactWriteItems", 1_000, Fault::TransactionConflict);
    let refused = table.create_room(&room).await;
    assert!(matches!(refused, Err(StorageError::Busy(_))), "{refused:?}");
    assert_eq!(table.room(room.id).await, Ok(None));
}

#[tokio::test]
async fn a_moment_of_throttling_goes_unnoticed() {
    let world = World::start().await;
    let directory = world.directory();
    let user = world.id();
    directory
        .create_session(&name(user, "hash"), &session(user), None)
        .await
        .expect("written");
    world
        .emulator
        .faults()
        .fail_next_of("GetItem", 2, Fault::Throttling);
    assert_eq!(
        directory.session(&name(user, "hash")).await,
        Ok(Some(session(user)))
    );
    world
        .emulator
        .faults()
        .fail_next_of("UpdateItem", 1, Fault::InternalError);
    assert_eq!(
        directory.touch_session(&name(user, "hash"), NOW).await,
        Ok(())
    );
    world
        .emulator
        .faults()
        .fail_next_of("GetItem", 50, Fault::Throttling);
    let refused = directory.session(&name(user, "hash")).await;
    assert!(matches!(refused, Err(StorageError::Busy(_))), "{refused:?}");
}

#[tokio::test]
async fn a_store_that_is_not_there_is_unavailable() {
    let world = World::start().await;
    let directory = world.directory();
    let user = world.id();
    world.emulator.shutdown().await;
    let refused = directory.session(&name(user, "hash")).await;
    assert!(
        matches!(refused, Err(StorageError::Unavailable(_))),
        "{refused:?}"
    );
}
