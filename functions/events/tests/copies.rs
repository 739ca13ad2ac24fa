//! What member items repeat of an account, from the table's stream.

mod support;

use axum::Router;
use koeba_domain::{
    AccountFacts, DisplayName, Mail, MailIntent, MailedToken, Member, Role, SecondStepMethod,
    SessionId, TokenPurpose, User, Workspace,
};
use koeba_emulator::Fault;
use koeba_events::Delivery;
use koeba_router_app::{App, EmulatedRole, NOW, Person};
use koeba_storage::{StepChange, StepName};
use time::Duration;

use support::settings;

#[tokio::test]
async fn a_new_name_is_seen_in_every_workspace() {
    let app = App::start(EmulatedRole::Accounts, |_| Router::new()).await;
    let aiko = app.person("aiko").await;
    let team = app.workspace(&aiko, "team").await;
    let other = app.workspace(&aiko, "other").await;
    let renamed = rename(&app, &aiko).await;
    for _ in 0..2 {
        assert_eq!(follow(&app).await, 0);
        for workspace in [&team, &other] {
            let seen = member(&app, &aiko, workspace).await;
            assert_eq!(seen.display_name, renamed.display_name);
        }
    }
}

#[tokio::test]
async fn who_was_read_a_moment_before_joining_joins_with_their_new_name() {
    let app = App::start(EmulatedRole::Accounts, |_| Router::new()).await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let team = app.workspace(&aiko, "team").await;
    let renamed = rename(&app, &ken).await;
    assert_eq!(follow(&app).await, 0);
    // Read before, written after.
    app.add(&aiko, &team, &ken, Role::Member).await;
    assert_eq!(
        member(&app, &ken, &team).await.display_name,
        ken.user.display_name
    );
    assert_eq!(follow(&app).await, 0);
    let seen = member(&app, &ken, &team).await;
    assert_eq!(seen.display_name, renamed.display_name);
}

#[tokio::test]
async fn a_copy_that_could_not_be_written_is_named_and_written_the_next_time() {
    let app = App::start(EmulatedRole::Accounts, |_| Router::new()).await;
    let aiko = app.person("aiko").await;
    let team = app.workspace(&aiko, "team").await;
    assert_eq!(follow(&app).await, 0);
    let renamed = rename(&app, &aiko).await;
    // More than anybody tries at a time.
    let faults = app.emulator().faults();
    faults.fail_next_of("TransactWriteItems", 4, Fault::InternalError);
    let mut offers = 0;
    while follow(&app).await > 0 {
        offers += 1;
        assert!(offers <= 4, "the faults are used up by then");
    }
    assert!(offers > 0);
    let seen = member(&app, &aiko, &team).await;
    assert_eq!(seen.display_name, renamed.display_name);
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn what_managers_review_of_an_account_follows_it() {
    let app = App::start(EmulatedRole::Accounts, |_| Router::new()).await;
    let aiko = app.person("aiko").await;
    let team = app.workspace(&aiko, "team").await;
    assert_eq!(follow(&app).await, 0);
    let known = AccountFacts {
        last_sign_in_at: Some(NOW),
        second_steps: Vec::new(),
        password_changed_at: Some(NOW),
    };
    assert_eq!(facts(&app, &aiko, &team).await, known);

    app.context.clock.advance(Duration::hours(1));
    let later = app.context.clock.now();
    add_email_token(&app, &aiko).await;
    app.sign_in(&aiko).await;
    assert_eq!(follow(&app).await, 0);
    let known = AccountFacts {
        last_sign_in_at: Some(later),
        second_steps: vec![SecondStepMethod::EmailToken],
        ..known
    };
    assert_eq!(facts(&app, &aiko, &team).await, known);

    let directory = app.context.table.directory();
    directory
        .delete_sessions(aiko.user.id, None)
        .await
        .expect("signed out");
    let removed = StepChange::Remove {
        step: StepName::EmailToken,
        keeping: None,
    };
    directory
        .change_second_steps(aiko.user.id, removed, None, None)
        .await
        .expect("removed");
    // However often it is told, and however late.
    for _ in 0..2 {
        assert_eq!(follow(&app).await, 0);
        let without = AccountFacts {
            second_steps: Vec::new(),
            ..known.clone()
        };
        assert_eq!(facts(&app, &aiko, &team).await, without);
    }
}

async fn add_email_token(app: &App, person: &Person) {
    let directory = app.context.table.directory();
    let (user, session) = (person.user.id, SessionId::from_random([1; 16]));
    let token = MailedToken {
        purpose: TokenPurpose::SetUp,
        token_hash: "hash".to_owned(),
        tries: 0,
        expires_at: NOW + Duration::hours(2),
    };
    let mail = MailIntent {
        id: app.context.entropy.id(),
        to: person.user.email.clone(),
        locale: person.user.locale,
        mail: Mail::SecondStepToken {
            token: "12345678".to_owned(),
        },
    };
    let kept = directory.mail_token(user, session, &token, &mail).await;
    kept.expect("kept");
    let change = StepChange::AddEmailToken {
        session,
        token_hash: token.token_hash,
        at: NOW,
    };
    let added = directory
        .change_second_steps(user, change, None, None)
        .await;
    added.expect("added");
}

async fn facts(app: &App, person: &Person, workspace: &Workspace) -> AccountFacts {
    let scope = app.scope(person, workspace).await;
    let table = app.context.table.workspace(&scope);
    let found = table.member_record(person.user.id).await;
    found.expect("the store answers").expect("a member").facts
}

async fn rename(app: &App, person: &Person) -> User {
    let renamed = User {
        display_name: DisplayName::new("another name").expect("a line"),
        ..person.user.clone()
    };
    let directory = app.context.table.directory();
    directory.change_profile(&renamed).await.expect("changed");
    renamed
}

/// Offers everything that ever happened; answers how much of it must be offered again.
async fn follow(app: &App) -> usize {
    let sdk = app.emulator().sdk_config(EmulatedRole::Events);
    let event = app.emulator().stream_event("koeba").expect("an event");
    let response = Delivery::new(&sdk, settings()).handle(event).await;
    response.batch_item_failures.len()
}

async fn member(app: &App, person: &Person, workspace: &Workspace) -> Member {
    let scope = app.scope(person, workspace).await;
    let table = app.context.table.workspace(&scope);
    let found = table.member(person.user.id).await;
    found.expect("the store answers").expect("a member")
}
