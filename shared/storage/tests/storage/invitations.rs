use koeba_domain::{InvitationState, MAX_PENDING_INVITATIONS, Member, Role};
use koeba_storage::StorageError;
use time::Duration;
use tokio::task::JoinSet;

use crate::world::{NOW, World, first, member};

#[tokio::test]
async fn an_accepted_invitation_makes_a_member_and_is_used() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let invitation = world.invited(&table, "ken", owner.user).await;
    let offer = world
        .directory()
        .invitation(workspace.id, invitation.id)
        .await
        .expect("answers")
        .expect("an invitation");
    assert_eq!(offer.invitation, invitation);
    assert_eq!(offer.workspace, workspace);
    assert_eq!(offer.inviter_name, Some(owner.display_name));
    let ken = member(&world.person("ken").await, Role::Member);
    let directory = world.directory();
    directory
        .accept_invitation(&workspace, &invitation, &ken)
        .await
        .expect("accepted");
    assert_eq!(table.member(ken.user).await, Ok(Some(ken.clone())));
    let listed = table.invitations(&first(10)).await.expect("answers");
    assert_eq!(listed.items[0].state, InvitationState::Accepted);
    assert_eq!(
        directory
            .accept_invitation(&workspace, &invitation, &ken)
            .await,
        Err(StorageError::Conflict)
    );
}

#[tokio::test]
async fn of_fifty_who_accept_one_invitation_at_once_one_becomes_a_member() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let invitation = world.invited(&table, "ken", owner.user).await;
    let mut race = JoinSet::new();
    for _ in 0..50 {
        let (directory, workspace) = (world.directory(), workspace.clone());
        let ken: Member = member(&world.person("ken").await, Role::Member);
        let invitation = invitation.clone();
        race.spawn(async move {
            directory
                .accept_invitation(&workspace, &invitation, &ken)
                .await
        });
    }
    let outcomes = race.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|o| matches!(o, Ok(()) | Err(StorageError::Conflict)))
    );
    let members = table.members(&first(100)).await.expect("answers");
    assert_eq!(members.items.len(), 2);
}

#[tokio::test]
async fn a_member_who_accepts_another_invitation_keeps_their_role() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let invitation = world.invited(&table, "ken", owner.user).await;
    let demoted = Member {
        role: Role::Guest,
        ..owner.clone()
    };
    assert_eq!(
        world
            .directory()
            .accept_invitation(&workspace, &invitation, &demoted)
            .await,
        Err(StorageError::AlreadyExists)
    );
    assert_eq!(table.member(owner.user).await, Ok(Some(owner)));
    let listed = table.invitations(&first(10)).await.expect("answers");
    assert_eq!(listed.items[0].state, InvitationState::Pending);
}

#[tokio::test]
async fn an_expired_invitation_is_refused_by_the_store_too() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let invitation = world.invited(&table, "ken", owner.user).await;
    let late = Member {
        joined_at: invitation.expires_at + Duration::SECOND,
        ..member(&world.person("ken").await, Role::Member)
    };
    assert_eq!(
        world
            .directory()
            .accept_invitation(&workspace, &invitation, &late)
            .await,
        Err(StorageError::Conflict)
    );
}

#[tokio::test]
async fn a_revoked_invitation_cannot_be_accepted_nor_an_accepted_one_revoked() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let directory = world.directory();
    let revoked = world.invited(&table, "ken", owner.user).await;
    table.revoke_invitation(revoked.id).await.expect("revoked");
    table
        .revoke_invitation(revoked.id)
        .await
        .expect("twice does no harm");
    let ken = member(&world.person("ken").await, Role::Member);
    assert_eq!(
        directory
            .accept_invitation(&workspace, &revoked, &ken)
            .await,
        Err(StorageError::Conflict)
    );
    let accepted = world.invited(&table, "mia", owner.user).await;
    let mia = member(&world.person("mia").await, Role::Member);
    directory
        .accept_invitation(&workspace, &accepted, &mia)
        .await
        .expect("accepted");
    assert_eq!(
        table.revoke_invitation(accepted.id).await,
        Err(StorageError::Conflict)
    );
    assert_eq!(
        table.revoke_invitation(world.id()).await,
        Err(StorageError::NotFound)
    );
}

#[tokio::test]
async fn an_address_has_one_open_invitation_at_a_time() {
    let world = World::start().await;
    let (table, _, owner) = world.owned("team").await;
    let first_one = world.invited(&table, "ken", owner.user).await;
    let again = world.invitation("KEN", owner.user);
    let mail = world.invitation_mail(&again);
    assert_eq!(
        table.invite(&again, &mail).await,
        Err(StorageError::AlreadyExists)
    );
    table
        .revoke_invitation(first_one.id)
        .await
        .expect("revoked");
    assert_eq!(table.invite(&again, &mail).await, Ok(()));
}

#[tokio::test]
async fn an_expired_invitation_leaves_room_for_another() {
    let world = World::start().await;
    let (table, _, owner) = world.owned("team").await;
    world.invited(&table, "ken", owner.user).await;
    let mut later = world.invitation("ken", owner.user);
    later.created_at = NOW + Duration::days(8);
    let mail = world.invitation_mail(&later);
    assert_eq!(table.invite(&later, &mail).await, Ok(()));
}

#[tokio::test]
async fn invitations_that_wait_are_limited() {
    let world = World::start().await;
    let (table, _, owner) = world.owned("team").await;
    for n in 0..MAX_PENDING_INVITATIONS {
        world
            .invited(&table, &format!("guest{n}"), owner.user)
            .await;
    }
    let one_more = world.invitation("guest", owner.user);
    let mail = world.invitation_mail(&one_more);
    assert_eq!(
        table.invite(&one_more, &mail).await,
        Err(StorageError::QuotaReached)
    );
}
