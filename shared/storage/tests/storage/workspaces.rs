use koeba_domain::{MAX_WORKSPACES_PER_USER, Membership, Policy, Role, Workspace, WorkspaceName};
use koeba_storage::{Standing, StorageError};
use std::collections::HashSet;

use crate::world::{NOW, World, first, member};

#[tokio::test]
async fn a_new_workspace_has_its_creator_as_a_member() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    assert_eq!(table.workspace().await, Ok(workspace.clone()));
    assert_eq!(
        world.directory().standing(owner.user, workspace.id).await,
        Ok(Some(Standing {
            membership: Membership::new(workspace.id, owner.user, Role::Owner),
            policy: Policy::default(),
        }))
    );
    let members = table.members(&first(10)).await.expect("answers");
    assert_eq!(members.items, std::slice::from_ref(&owner));
    assert_eq!(members.next_cursor, None);
    assert_eq!(table.member(owner.user).await, Ok(Some(owner)));
    assert_eq!(table.member(world.id()).await, Ok(None));
}

#[tokio::test]
async fn a_person_finds_their_own_workspaces_and_no_other() {
    let world = World::start().await;
    let (one, owner) = world.workspace("one").await;
    world.workspace("other").await;
    let two = Workspace {
        id: world.id(),
        name: WorkspaceName::new("two").expect("a line"),
        created_at: NOW,
    };
    world
        .directory()
        .create_workspace(&two, &owner)
        .await
        .expect("created");
    let found = world
        .directory()
        .workspaces_of(owner.user)
        .await
        .expect("answers");
    let names: HashSet<_> = found.iter().map(|of| of.workspace.name.clone()).collect();
    assert_eq!(names, HashSet::from([one.name, two.name]));
    assert!(found.iter().all(|of| of.role == Role::Owner));
    assert_eq!(
        world.directory().workspaces_of(world.id()).await,
        Ok(Vec::new())
    );
}

#[tokio::test]
async fn a_workspace_is_made_once() {
    let world = World::start().await;
    let (workspace, _) = world.workspace("team").await;
    let thief = member(&world.person("mallory").await, Role::Owner);
    assert_eq!(
        world.directory().create_workspace(&workspace, &thief).await,
        Err(StorageError::AlreadyExists)
    );
    assert_eq!(
        world.directory().standing(thief.user, workspace.id).await,
        Ok(None)
    );
}

#[tokio::test]
async fn nobody_belongs_to_more_workspaces_than_the_quota() {
    let world = World::start().await;
    let owner = member(&world.person("aiko").await, Role::Owner);
    let make = |n: usize| {
        let workspace = Workspace {
            id: world.id(),
            name: WorkspaceName::new(&format!("team {n}")).expect("a line"),
            created_at: NOW,
        };
        let (directory, owner) = (world.directory(), owner.clone());
        async move { directory.create_workspace(&workspace, &owner).await }
    };
    for n in 0..MAX_WORKSPACES_PER_USER {
        make(n).await.expect("within the quota");
    }
    assert_eq!(
        make(MAX_WORKSPACES_PER_USER).await,
        Err(StorageError::QuotaReached)
    );
}

#[tokio::test]
async fn a_workspace_that_does_not_exist_has_no_members() {
    let world = World::start().await;
    assert_eq!(
        world.directory().standing(world.id(), world.id()).await,
        Ok(None)
    );
}
