use koeba_domain::{EmailAddress, SIGN_UP_TRIES, SignUpError};
use koeba_storage::{StorageError, StoredSignUp};
use time::Duration;
use tokio::task::JoinSet;

use crate::world::{NOW, World, name, session};

#[tokio::test]
async fn a_completed_sign_up_is_an_account_a_lock_on_its_address_and_a_session() {
    let world = World::start().await;
    let directory = world.directory();
    let sign_up = world.sign_up("aiko");
    directory
        .create_sign_up(&sign_up, &world.token_mail(&sign_up))
        .await
        .expect("written");
    let user = world.user("aiko");
    directory
        .complete_sign_up(&sign_up, &user, &name(user.id, "hash-1"), &session(user.id))
        .await
        .expect("completed");
    assert_eq!(directory.user(user.id).await, Ok(Some(user.clone())));
    assert_eq!(
        directory.session(&name(user.id, "hash-1")).await,
        Ok(Some(session(user.id)))
    );
    let credentials = directory
        .credentials(&user.email)
        .await
        .expect("answers")
        .expect("known");
    assert_eq!(credentials.user, user);
    assert_eq!(credentials.password_hash, sign_up.password_hash);
    assert!(!format!("{credentials:?}").contains("argon2id"));
}

#[tokio::test]
async fn nothing_is_known_of_an_address_before_its_sign_up_is_completed() {
    let world = World::start().await;
    let directory = world.directory();
    let sign_up = world.sign_up("aiko");
    directory
        .create_sign_up(&sign_up, &world.token_mail(&sign_up))
        .await
        .expect("written");
    assert!(
        directory
            .credentials(&sign_up.email)
            .await
            .expect("answers")
            .is_none()
    );
    let user = world.id();
    assert_eq!(directory.user(user).await, Ok(None));
    assert_eq!(directory.session(&name(user, "hash-1")).await, Ok(None));
}

#[tokio::test]
async fn of_fifty_sign_ups_of_one_address_confirmed_at_once_one_becomes_an_account() {
    let world = World::start().await;
    let mut race = JoinSet::new();
    for n in 0..50 {
        let directory = world.directory();
        let mut sign_up = world.sign_up("aiko");
        if n % 2 == 1 {
            // The same person, typed otherwise.
            sign_up.email = EmailAddress::new("AIKO@Example.TEST").expect("an address");
        }
        let mail = world.token_mail(&sign_up);
        let mut user = world.user("aiko");
        user.email = sign_up.email.clone();
        race.spawn(async move {
            directory
                .create_sign_up(&sign_up, &mail)
                .await
                .expect("written");
            let secret_hash = format!("hash-{n}");
            let outcome = directory
                .complete_sign_up(
                    &sign_up,
                    &user,
                    &name(user.id, &secret_hash),
                    &session(user.id),
                )
                .await;
            (user, secret_hash, outcome)
        });
    }
    let outcomes = race.join_all().await;
    let winners: Vec<_> = outcomes
        .iter()
        .filter(|(.., outcome)| outcome.is_ok())
        .collect();
    assert_eq!(winners.len(), 1);
    let directory = world.directory();
    let known = directory
        .credentials(&winners[0].0.email)
        .await
        .expect("answers");
    assert_eq!(known.expect("an account").user.id, winners[0].0.id);
    for (user, secret_hash, outcome) in &outcomes {
        if outcome.is_err() {
            assert_eq!(*outcome, Err(StorageError::AlreadyExists));
            // Nothing half-written.
            assert_eq!(directory.user(user.id).await, Ok(None));
            assert_eq!(
                directory.session(&name(user.id, secret_hash)).await,
                Ok(None)
            );
        }
    }
}

#[tokio::test]
async fn a_sign_up_is_completed_once_and_keeps_nothing_of_what_it_asked_for() {
    let world = World::start().await;
    let directory = world.directory();
    let sign_up = world.sign_up("aiko");
    directory
        .create_sign_up(&sign_up, &world.token_mail(&sign_up))
        .await
        .expect("written");
    let user = world.user("aiko");
    let complete = |hash: &'static str| {
        let (directory, sign_up, user) = (directory.clone(), sign_up.clone(), user.clone());
        async move {
            directory
                .complete_sign_up(&sign_up, &user, &name(user.id, hash), &session(user.id))
                .await
        }
    };
    assert_eq!(complete("hash-1").await, Ok(()));
    assert_eq!(complete("hash-2").await, Err(StorageError::Conflict));
    assert_eq!(
        directory.spend_sign_up_try(sign_up.id).await,
        Ok(Some(StoredSignUp::Used))
    );
    assert_eq!(directory.session(&name(user.id, "hash-2")).await, Ok(None));
}

#[tokio::test]
async fn however_many_tokens_are_tried_at_once_five_are_compared() {
    let world = World::start().await;
    let sign_up = world.sign_up("aiko");
    let mail = world.token_mail(&sign_up);
    world
        .directory()
        .create_sign_up(&sign_up, &mail)
        .await
        .expect("written");
    let mut race = JoinSet::new();
    for _ in 0..50 {
        let directory = world.directory();
        let id = sign_up.id;
        race.spawn(async move {
            match directory.spend_sign_up_try(id).await.expect("answers") {
                Some(StoredSignUp::Waiting(seen)) => seen.check(false, NOW),
                other => panic!("{other:?}"),
            }
        });
    }
    let outcomes = race.join_all().await;
    let compared = outcomes
        .iter()
        .filter(|o| **o == Err(SignUpError::WrongToken))
        .count();
    assert_eq!(compared, usize::from(SIGN_UP_TRIES));
    assert!(
        outcomes
            .iter()
            .all(|o| matches!(o, Err(SignUpError::WrongToken | SignUpError::TooManyTries)))
    );
}

#[tokio::test]
async fn a_try_at_an_unknown_sign_up_makes_nothing() {
    let world = World::start().await;
    let id = world.id();
    assert_eq!(world.directory().spend_sign_up_try(id).await, Ok(None));
    assert_eq!(world.directory().spend_sign_up_try(id).await, Ok(None));
}

#[tokio::test]
async fn using_a_session_does_not_bring_an_ended_one_back() {
    let world = World::start().await;
    let directory = world.directory();
    let user = world.id();
    directory
        .create_session(&name(user, "old"), &session(user), None)
        .await
        .expect("written");
    let later = NOW + Duration::minutes(6);
    directory
        .touch_session(&name(user, "old"), later)
        .await
        .expect("answers");
    let touched = directory
        .session(&name(user, "old"))
        .await
        .expect("answers")
        .expect("a session");
    assert_eq!(touched.last_used_at, later);
    directory
        .delete_session(&name(user, "old"))
        .await
        .expect("answers");
    directory
        .touch_session(&name(user, "old"), later)
        .await
        .expect("answers");
    assert_eq!(directory.session(&name(user, "old")).await, Ok(None));
}

#[tokio::test]
async fn a_new_session_ends_the_one_it_replaces() {
    let world = World::start().await;
    let directory = world.directory();
    let user = world.id();
    directory
        .create_session(&name(user, "old"), &session(user), None)
        .await
        .expect("written");
    directory
        .create_session(&name(user, "new"), &session(user), Some(&name(user, "old")))
        .await
        .expect("written");
    assert_eq!(directory.session(&name(user, "old")).await, Ok(None));
    assert_eq!(
        directory.session(&name(user, "new")).await,
        Ok(Some(session(user)))
    );
    assert_eq!(
        directory
            .create_session(&name(user, "new"), &session(user), None)
            .await,
        Err(StorageError::AlreadyExists)
    );
}
