use koeba_domain::{
    Contact, Department, MAX_PENDING_INVITATIONS, Member, MemberChange, MemberOutcome, MemberState,
    ResponsibleManager, Role, Workspace, decide_transfer,
};
use koeba_storage::{StorageError, WorkspaceTable};
use tokio::task::JoinSet;

use crate::world::{NOW, World, member};

#[tokio::test]
async fn whoever_makes_a_workspace_answers_for_it() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let named = table.responsible_manager().await.expect("answers");
    let named = named.expect("always one");
    assert_eq!(named.user, owner.user);
    assert_eq!(named.department.as_str(), workspace.name.as_str());
    assert_eq!(named.contact.as_str(), owner.email.as_str());
}

#[tokio::test]
async fn a_change_rests_on_what_was_decided_by() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let ken = joined(&world, &table, &workspace, &owner, "ken", Role::Member).await;
    let record = table.member_record(ken.user).await.expect("answers");
    let before = record.expect("a member").standing(None);
    let becomes = |role| MemberOutcome::Stays {
        role,
        state: MemberState::Active,
    };
    let change = |role| table.change_member(&before, becomes(role), NOW, &[]);
    assert_eq!(change(Role::Guest).await, Ok(()));
    assert_eq!(change(Role::Manager).await, Err(StorageError::Conflict));
    let now = table.member_record(ken.user).await.expect("answers");
    let now = now.expect("a member");
    assert_eq!(now.member.role, Role::Guest);
    let gone = now.standing(None);
    let leave = || table.change_member(&gone, MemberOutcome::Leaves, NOW, &[]);
    assert_eq!(leave().await, Ok(()));
    assert_eq!(leave().await, Err(StorageError::NotFound));
    assert_eq!(table.member_record(ken.user).await, Ok(None));
}

#[tokio::test]
async fn a_new_role_and_a_shut_door_count_at_once() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let ken = joined(&world, &table, &workspace, &owner, "ken", Role::Member).await;
    run(&table, &owner, &ken, MemberChange::Role(Role::Manager)).await;
    let membership = || async {
        let standing = world.directory().standing(ken.user, workspace.id).await;
        standing.expect("answers").expect("a member").membership
    };
    assert_eq!(membership().await.role, Role::Manager);
    assert_eq!(membership().await.role_changed_at, Some(NOW));
    run(&table, &owner, &ken, MemberChange::Deactivation).await;
    assert_eq!(membership().await.state, MemberState::Deactivated);
}

#[tokio::test]
async fn fifty_tries_at_once_leave_an_owner_and_a_responsible_manager() {
    let world = World::start().await;
    let (table, workspace, owner) = world.owned("team").await;
    let mut managers = vec![owner.clone()];
    for name in ["aoi", "ken", "mia", "ren"] {
        managers.push(joined(&world, &table, &workspace, &owner, name, Role::Manager).await);
    }
    let mut race = JoinSet::new();
    for n in 0..50 {
        let (table, managers) = (table.clone(), managers.clone());
        race.spawn(async move {
            let (by, on) = (&managers[n % 5], &managers[(n / 5) % 5]);
            match n % 4 {
                0 => transfer(&table, by, on).await,
                1 => name_responsible(&table, on).await,
                2 => run(&table, by, on, MemberChange::Removal).await,
                _ => run(&table, by, on, MemberChange::Role(Role::Member)).await,
            }
        });
    }
    race.join_all().await;
    let records = table.all_member_records().await.expect("answers");
    let responsible = table.responsible_manager().await.expect("answers");
    let responsible = responsible.expect("always one").user;
    let owners: Vec<_> = records
        .iter()
        .filter(|record| record.member.role == Role::Owner)
        .collect();
    assert_eq!(owners.len(), 1, "{records:?}");
    assert_eq!(owners[0].state, MemberState::Active);
    let named = records.iter().find(|r| r.member.user == responsible);
    assert!(
        named.is_some_and(|named| named.standing(None).runs_the_workspace()),
        "{records:?}"
    );
    let counts = table.counts().await.expect("answers");
    let managers = table.managers().await.expect("answers").len();
    assert_eq!(
        (counts.managers as usize, counts.members as usize),
        (managers, records.len())
    );
    assert_eq!(counts.pending_invitations, 0);
}

#[tokio::test]
async fn of_fifty_who_invite_one_address_at_once_one_succeeds() {
    let world = World::start().await;
    let (table, _, owner) = world.owned("team").await;
    let mut race = JoinSet::new();
    for _ in 0..50 {
        let invitation = world.invitation("ken", owner.user);
        let mail = world.invitation_mail(&invitation);
        let table = table.clone();
        race.spawn(async move { table.invite(&invitation, &mail).await });
    }
    let outcomes = race.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|o| matches!(o, Ok(()) | Err(StorageError::AlreadyExists))),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn addresses_of_expired_invitations_are_free_when_the_room_is_needed() {
    let world = World::start().await;
    let (table, _, owner) = world.owned("team").await;
    for n in 0..MAX_PENDING_INVITATIONS {
        world.invited(&table, &format!("g{n}"), owner.user).await;
    }
    let mut late = world.invitation("late", owner.user);
    late.created_at = late.expires_at;
    late.expires_at += time::Duration::DAY;
    let mail = world.invitation_mail(&late);
    assert_eq!(table.invite(&late, &mail).await, Ok(()));
}

/// Decides and writes, again while somebody else was faster.
async fn run(table: &WorkspaceTable, by: &Member, on: &Member, change: MemberChange) {
    for _ in 0..20 {
        let actor = table.member_record(by.user).await.expect("answers");
        let target = table.member_record(on.user).await.expect("answers");
        let (Some(actor), Some(target)) = (actor, target) else {
            return;
        };
        if actor.state != MemberState::Active {
            return;
        }
        let responsible = table.responsible_manager().await.expect("answers");
        let before = target.standing(responsible.map(|named| named.user));
        let Ok(outcome) = before.decide(by.user, actor.member.role, change) else {
            return;
        };
        match table.change_member(&before, outcome, NOW, &[]).await {
            Err(StorageError::Conflict | StorageError::Busy(_)) => {}
            Ok(()) | Err(StorageError::NotFound) => return,
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn transfer(table: &WorkspaceTable, by: &Member, on: &Member) {
    let actor = table.member_record(by.user).await.expect("answers");
    let heir = table.member_record(on.user).await.expect("answers");
    let (Some(actor), Some(heir)) = (actor, heir) else {
        return;
    };
    let heir = heir.standing(None);
    if let Ok(MemberOutcome::Stays { .. }) = decide_transfer(actor.member.role, &heir) {
        // Whoever was slower is not the owner any more, or has no heir.
        let _ = table.transfer_ownership(by.user, &heir, NOW, &[]).await;
    }
}

async fn name_responsible(table: &WorkspaceTable, on: &Member) {
    let named = ResponsibleManager {
        user: on.user,
        department: Department::new("総務部").expect("a line"),
        contact: Contact::new("内線 100").expect("a line"),
        appointed_at: NOW,
    };
    // Whoever is no manager any more is refused.
    let _ = table.name_responsible_manager(&named).await;
}

async fn joined(
    world: &World,
    table: &WorkspaceTable,
    workspace: &Workspace,
    owner: &Member,
    name: &str,
    role: Role,
) -> Member {
    let invitation = world.invited(table, name, owner.user).await;
    let person = member(&world.person(name).await, role);
    world
        .directory()
        .accept_invitation(workspace, &invitation, &person)
        .await
        .expect("accepted");
    person
}
