use koeba_domain::{Role, Roster};
use koeba_storage::{PageRequest, RoomStanding, StorageError};

use crate::world::{NOW, World, first, member};

/// Check sheet: WA-11-02.
#[tokio::test]
async fn one_workspace_never_sees_anything_of_another() {
    let world = World::start().await;
    let (ours, our_workspace, us) = world.owned("ours").await;
    let (theirs, _, them) = world.owned("theirs").await;
    let room = world.room("lobby");
    theirs.create_room(&room).await.expect("created");
    let invitation = world.invited(&theirs, "ken", them.user).await;
    assert_eq!(ours.room(room.id).await, Ok(None));
    assert_eq!(
        ours.rooms(&first(100)).await.expect("answers").items,
        Vec::new()
    );
    assert_eq!(
        ours.invitations(&first(100)).await.expect("answers").items,
        Vec::new()
    );
    assert_eq!(
        ours.members(&first(100)).await.expect("answers").items,
        [us]
    );
    assert_eq!(ours.member(them.user).await, Ok(None));
    assert_eq!(ours.delete_room(&room).await, Err(StorageError::NotFound));
    assert_eq!(
        ours.rename_room(&room, &room.name).await,
        Err(StorageError::NotFound)
    );
    assert_eq!(
        ours.revoke_invitation(invitation.id).await,
        Err(StorageError::NotFound)
    );
    let directory = world.directory();
    assert_eq!(
        directory.standing(them.user, our_workspace.id).await,
        Ok(None)
    );
    assert_eq!(
        directory.invitation(our_workspace.id, invitation.id).await,
        Ok(None)
    );
    let mallory = member(&world.person("mallory").await, Role::Member);
    assert_eq!(
        directory
            .accept_invitation(&our_workspace, &invitation, &mallory)
            .await,
        Err(StorageError::Conflict)
    );
    let roster = Roster {
        room: room.id,
        node: "node".to_owned(),
        reported_at: NOW,
        received_at: NOW,
        occupants: Vec::new(),
    };
    assert_eq!(
        directory.record_roster(our_workspace.id, &roster).await,
        Ok(RoomStanding::Closed)
    );
    assert_eq!(theirs.room(room.id).await, Ok(Some(room)));
}

#[tokio::test]
async fn the_same_name_may_stand_in_two_workspaces() {
    let world = World::start().await;
    let (ours, ..) = world.owned("ours").await;
    let (theirs, ..) = world.owned("theirs").await;
    assert_eq!(ours.create_room(&world.room("lobby")).await, Ok(()));
    assert_eq!(theirs.create_room(&world.room("lobby")).await, Ok(()));
}

/// Check sheet: WA-01-02.
#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let world = World::start().await;
    let (ours, ..) = world.owned("ours").await;
    let (theirs, ..) = world.owned("theirs").await;
    for table in [&ours, &theirs] {
        for name in ["a", "b"] {
            table.create_room(&world.room(name)).await.expect("created");
        }
    }
    let cursor = ours
        .rooms(&first(1))
        .await
        .expect("answers")
        .next_cursor
        .expect("another page");
    let at = |cursor: &str| PageRequest {
        cursor: Some(cursor.to_owned()),
        limit: 10,
    };
    assert_eq!(
        ours.rooms(&at(&cursor)).await.expect("answers").items.len(),
        1
    );
    assert_eq!(
        theirs.rooms(&at(&cursor)).await,
        Err(StorageError::BadCursor)
    );
    assert_eq!(
        ours.members(&at(&cursor)).await,
        Err(StorageError::BadCursor)
    );
    assert_eq!(
        ours.invitations(&at(&cursor)).await,
        Err(StorageError::BadCursor)
    );
    let mut edited = cursor.into_bytes();
    edited[40] = if edited[40] == b'A' { b'B' } else { b'A' };
    let edited = String::from_utf8(edited).expect("letters");
    for forged in [edited.as_str(), "", "ROOM#1", "!", &"A".repeat(2_000)] {
        assert_eq!(
            ours.rooms(&at(forged)).await,
            Err(StorageError::BadCursor),
            "{forged}"
        );
    }
}
