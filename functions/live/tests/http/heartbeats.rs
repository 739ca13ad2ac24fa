use koeba_domain::{MemberState, Moment, Policy, Role, SecondStepMethod};
use koeba_router_app::NOW;
use serde_json::json;
use time::Duration;

use crate::app::App;

#[tokio::test]
async fn whoever_is_there_by_right_stays_and_their_session_is_in_use() {
    let app = App::start().await;
    let (_, ken, team) = app.team().await;
    app.connect(&ken, &team, "k=").await;
    app.context.clock.advance(Duration::minutes(9));
    assert!(app.may_stay("k=").await);
    assert_eq!(last_used(&app, &ken).await, NOW + Duration::minutes(9));
    assert_eq!(app.told(&team).await, ["k="]);
}

#[tokio::test]
async fn a_session_that_has_ended_has_no_connection() {
    let app = App::start().await;
    let (_, ken, team) = app.team().await;
    let desk = app.sign_in(&ken).await;
    app.connect(&ken, &team, "k=").await;
    app.connect(&desk, &team, "desk=").await;
    let directory = app.context.table.directory();
    let sessions = directory.sessions_of(ken.user.id).await;
    for (name, session) in sessions.expect("the store answers") {
        let open = app
            .own
            .directory()
            .connection("k=")
            .await
            .expect("the store answers");
        if open.is_some_and(|open| open.session == session.id) {
            directory.delete_session(&name).await.expect("ended");
        }
    }
    assert!(!app.may_stay("k=").await);
    assert!(app.may_stay("desk=").await);
    assert_eq!(app.told(&team).await, ["desk="]);
}

#[tokio::test]
async fn an_idle_session_a_lost_right_and_a_stricter_policy_end_it() {
    let app = App::start().await;
    let (aiko, ken, team) = app.team().await;
    let by_mail = app
        .sign_in_with(&aiko, Some(SecondStepMethod::EmailToken))
        .await;
    for (person, id) in [(&by_mail, "a="), (&ken, "k=")] {
        assert_eq!(app.connect(person, &team, id).await.status, 200);
    }
    let policy = Policy {
        email_token_allowed: false,
        ..Policy::default()
    };
    app.set_policy(&aiko, &team, policy).await;
    assert!(!app.may_stay("a=").await, "her second step is too weak");
    assert!(app.may_stay("k=").await, "none is demanded of him");

    let standing = koeba_domain::MemberStanding {
        user: ken.user.id,
        role: Role::Member,
        state: MemberState::Active,
        responsible: false,
    };
    let leaves = koeba_domain::MemberOutcome::Leaves;
    let scope = app.scope(&aiko, &team).await;
    let table = app.context.table.workspace(&scope);
    let now = app.context.clock.now();
    let left = table.change_member(&standing, leaves, now, &[]).await;
    left.expect("nobody else changed him");
    assert!(!app.may_stay("k=").await);

    assert_eq!(app.connect(&aiko, &team, "later=").await.status, 200);
    app.context.clock.advance(Duration::days(8));
    assert!(!app.may_stay("later=").await, "she was away for a week");
    assert!(app.told(&team).await.is_empty());
}

#[tokio::test]
async fn what_is_not_understood_is_said_so_and_changes_nothing() {
    let app = App::start().await;
    let (_, ken, team) = app.team().await;
    app.connect(&ken, &team, "k=").await;
    for text in ["", "ping", "{}", r#"{"type":"shout"}"#] {
        let answer = app.say("k=", text).await;
        assert_eq!(answer, json!({ "type": "not_understood" }), "{text}");
    }
    assert!(!app.may_stay("nobody's=").await);
    assert!(app.may_stay("k=").await);
}

async fn last_used(app: &App, of: &koeba_router_app::Person) -> Moment {
    let directory = app.context.table.directory();
    let sessions = directory.sessions_of(of.user.id).await;
    let sessions = sessions.expect("the store answers");
    sessions[0].1.last_used_at
}
