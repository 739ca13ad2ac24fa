use koeba_domain::{
    DisplayName, EMAIL_CHANGE_LIFETIME, EMAIL_CHANGE_TRIES, EmailAddress, EmailChange, Mail,
    MailIntent, Notice, Role, User,
};
use koeba_storage::StorageError;

use crate::world::{NOW, World, address, member, name, session};

#[tokio::test]
async fn an_account_leaves_its_old_address_to_whoever_comes() {
    let world = World::start().await;
    let directory = world.directory();
    let aiko = account(&world, "aiko").await;
    let change = asked(&world, &aiko, "new").await;
    let moved = directory
        .complete_email_change(&change, &aiko, &notices(&world, &aiko, &change), NOW)
        .await
        .expect("moved");
    assert_eq!(moved.email, address("new"));
    assert_eq!(owner_of(&world, &address("new")).await, Some(moved));
    assert_eq!(owner_of(&world, &aiko.email).await, None);
    let next = account(&world, "aiko").await;
    assert_eq!(owner_of(&world, &aiko.email).await, Some(next));
}

#[tokio::test]
async fn of_two_who_move_to_one_address_the_first_gets_it_and_the_other_stays() {
    let world = World::start().await;
    let directory = world.directory();
    let (aiko, ken) = (account(&world, "aiko").await, account(&world, "ken").await);
    let of_aiko = asked(&world, &aiko, "new").await;
    let of_ken = asked(&world, &ken, "new").await;
    let notices_of_aiko = notices(&world, &aiko, &of_aiko);
    let notices_of_ken = notices(&world, &ken, &of_ken);
    let (first, second) = tokio::join!(
        directory.complete_email_change(&of_aiko, &aiko, &notices_of_aiko, NOW),
        directory.complete_email_change(&of_ken, &ken, &notices_of_ken, NOW),
    );
    let taken = [&first, &second]
        .iter()
        .filter(|outcome| outcome.as_ref() == Err(&StorageError::AlreadyExists))
        .count();
    assert_eq!(taken, 1, "{first:?} {second:?}");
    let stayed = if first.is_ok() { &ken } else { &aiko };
    assert_eq!(owner_of(&world, &stayed.email).await.as_ref(), Some(stayed));
}

#[tokio::test]
async fn a_change_of_address_is_completed_once() {
    let world = World::start().await;
    let directory = world.directory();
    let aiko = account(&world, "aiko").await;
    let change = asked(&world, &aiko, "new").await;
    let mails = notices(&world, &aiko, &change);
    let completed = directory.complete_email_change(&change, &aiko, &mails, NOW);
    assert!(completed.await.is_ok());
    let again = directory.complete_email_change(&change, &aiko, &mails, NOW);
    assert_eq!(again.await, Err(StorageError::Conflict));
}

#[tokio::test]
async fn tries_at_a_change_are_counted_and_belong_to_its_owner() {
    let world = World::start().await;
    let directory = world.directory();
    let aiko = account(&world, "aiko").await;
    let change = asked(&world, &aiko, "new").await;
    let foreign = directory.spend_email_change_try(world.id(), change.id);
    assert_eq!(foreign.await, Ok(None));
    for tries in [0, 1, 2, 3, 4, EMAIL_CHANGE_TRIES, EMAIL_CHANGE_TRIES] {
        let spent = directory.spend_email_change_try(aiko.id, change.id).await;
        assert_eq!(
            spent.expect("answers").map(|change| change.tries),
            Some(tries)
        );
    }
}

#[tokio::test]
async fn what_an_account_says_is_repeated_in_each_of_its_workspaces() {
    let world = World::start().await;
    let directory = world.directory();
    let (team, workspace, owner) = world.owned("team").await;
    let (other, other_workspace, other_owner) = world.owned("other").await;
    let aiko = account(&world, "aiko").await;
    for (table, workspace, owner) in [
        (&team, &workspace, &owner),
        (&other, &other_workspace, &other_owner),
    ] {
        let invitation = world.invited(table, "aiko", owner.user).await;
        directory
            .accept_invitation(workspace, &invitation, &member(&aiko, Role::Guest))
            .await
            .expect("accepted");
    }
    let renamed = User {
        display_name: DisplayName::new("愛子").expect("a line"),
        ..aiko.clone()
    };
    directory.change_profile(&renamed).await.expect("changed");
    for _ in 0..2 {
        directory.repeat_account(aiko.id).await.expect("repeated");
        for table in [&team, &other] {
            let found = table.member(aiko.id).await.expect("answers");
            assert_eq!(found, Some(member(&renamed, Role::Guest)));
        }
    }
}

#[tokio::test]
async fn somebody_removed_meanwhile_does_not_come_back_by_repetition() {
    let world = World::start().await;
    let directory = world.directory();
    let nobody = account(&world, "aiko").await;
    directory.repeat_account(nobody.id).await.expect("answers");
    let gone = world.user("ken");
    assert_eq!(
        directory.change_profile(&gone).await,
        Err(StorageError::NotFound)
    );
    assert_eq!(directory.user(gone.id).await, Ok(None));
}

async fn account(world: &World, called: &str) -> User {
    let directory = world.directory();
    let (sign_up, user) = (world.sign_up(called), world.user(called));
    directory
        .create_sign_up(&sign_up, &world.token_mail(&sign_up))
        .await
        .expect("written");
    directory
        .complete_sign_up(&sign_up, &user, &name(user.id, "hash"), &session(user.id))
        .await
        .expect("completed");
    user
}

async fn asked(world: &World, user: &User, to: &str) -> EmailChange {
    let change = EmailChange {
        id: world.id(),
        user: user.id,
        to: address(to),
        token_hash: "ab".repeat(32),
        tries: 0,
        expires_at: NOW + EMAIL_CHANGE_LIFETIME,
    };
    let token = Mail::EmailChangeToken {
        token: "12345678".to_owned(),
    };
    let notice = Mail::Notice(Notice::EmailChangeAsked);
    world
        .directory()
        .create_email_change(
            &change,
            &mail(world, user, &change.to, token),
            (&mail(world, user, &user.email, notice), NOW),
        )
        .await
        .expect("written");
    change
}

fn notices(world: &World, user: &User, change: &EmailChange) -> [MailIntent; 2] {
    [&user.email, &change.to].map(|to| mail(world, user, to, Mail::Notice(Notice::EmailChanged)))
}

fn mail(world: &World, user: &User, to: &EmailAddress, mail: Mail) -> MailIntent {
    MailIntent {
        id: world.id(),
        to: to.clone(),
        locale: user.locale,
        mail,
    }
}

async fn owner_of(world: &World, email: &EmailAddress) -> Option<User> {
    let known = world.directory().credentials(email).await;
    known.expect("answers").map(|known| known.user)
}
