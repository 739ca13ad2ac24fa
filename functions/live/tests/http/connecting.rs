use koeba_domain::{MAX_CONNECTIONS_PER_MEMBER, MemberOutcome, MemberState, Policy, Role};
use koeba_router_app::{Browser, Person};
use time::Duration;

use crate::app::{App, ORIGIN, handshake};

#[tokio::test]
async fn a_member_is_told_of_their_workspace_until_they_go() {
    let app = App::start().await;
    let (aiko, ken, team) = app.team().await;
    for (person, id) in [(&aiko, "a="), (&ken, "k1="), (&ken, "k2=")] {
        assert_eq!(app.connect(person, &team, id).await.status, 200);
    }
    assert_eq!(app.told(&team).await, ["a=", "k1=", "k2="]);
    app.close("k1=").await;
    app.close("k1=").await;
    app.close("nobody's=").await;
    assert_eq!(app.told(&team).await, ["a=", "k2="]);
}

/// Check sheet: WA-11-01.
#[tokio::test]
async fn nobody_is_told_of_a_workspace_that_is_not_theirs() {
    let app = App::start().await;
    let (_, ken, team) = app.team().await;
    let stranger = app.person("stranger").await;
    let nobody = Person {
        user: ken.user.clone(),
        browser: Browser::default(),
    };
    let team_id = team.id.to_string();
    for (who, workspace, refusal) in [
        (&nobody, &*team_id, (401, "not-signed-in")),
        (&stranger, &*team_id, (404, "not-found")),
        (&ken, "ws_00000000000000000000000000", (404, "not-found")),
        (&ken, "", (404, "not-found")),
    ] {
        let answer = app.send(handshake(who, workspace, "x=", ORIGIN)).await;
        assert_eq!(answer.refusal(), refusal, "{workspace}");
    }
    assert!(app.told(&team).await.is_empty());
}

/// Check sheet: WA-06-01.
#[tokio::test]
async fn another_site_cannot_listen_through_somebody_s_browser() {
    let app = App::start().await;
    let (_, ken, team) = app.team().await;
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let request = handshake(&ken, &team.id.to_string(), "x=", origin);
        let answer = app.send(request).await;
        assert_eq!(answer.refusal(), (403, "origin-refused"), "{origin:?}");
    }
    assert!(app.told(&team).await.is_empty());
}

#[tokio::test]
async fn what_a_workspace_demands_of_its_people_holds_here_too() {
    let app = App::start().await;
    let (aiko, ken, team) = app.team().await;
    let guest = app.person("guest").await;
    app.add(&aiko, &team, &guest, Role::Guest).await;
    let weak = app.sign_in_with(&aiko, None).await;
    let policy = Policy {
        allowed_networks: vec!["192.0.2.0/24".parse().expect("a network")],
        guests_allowed: false,
        ..Policy::default()
    };
    app.set_policy(&aiko, &team, policy).await;
    let from = |person: &Person, address: &str| Person {
        user: person.user.clone(),
        browser: person.browser.from(address),
    };
    for (who, refusal) in [
        (from(&ken, "198.51.100.7"), (403, "network-not-allowed")),
        (from(&guest, "192.0.2.7"), (403, "guests-not-allowed")),
        (
            from(&weak, "192.0.2.7"),
            (403, "second-step-set-up-required"),
        ),
    ] {
        let answer = app.connect(&who, &team, "x=").await;
        assert_eq!(answer.refusal(), refusal);
    }
    assert!(app.told(&team).await.is_empty());
    let inside = from(&ken, "192.0.2.7");
    assert_eq!(app.connect(&inside, &team, "k=").await.status, 200);
}

#[tokio::test]
async fn the_oldest_of_too_many_connections_end() {
    let app = App::start().await;
    let (aiko, ken, team) = app.team().await;
    assert_eq!(app.connect(&aiko, &team, "a=").await.status, 200);
    for number in 0..MAX_CONNECTIONS_PER_MEMBER + 2 {
        app.context.clock.advance(Duration::SECOND);
        let id = format!("k{number:02}=");
        assert_eq!(app.connect(&ken, &team, &id).await.status, 200);
    }
    let told = app.told(&team).await;
    assert_eq!(told.len(), 1 + MAX_CONNECTIONS_PER_MEMBER);
    assert_eq!(told[..2], ["a=", "k02="]);
}

#[tokio::test]
async fn nobody_connects_who_is_out_before_it_is_written() {
    let app = App::start().await;
    let (aiko, ken, team) = app.team().await;
    let scope = app.scope(&ken, &team).await;
    let standing = koeba_domain::MemberStanding {
        user: ken.user.id,
        role: Role::Member,
        state: MemberState::Active,
        responsible: false,
    };
    let out = MemberOutcome::Stays {
        role: Role::Member,
        state: MemberState::Deactivated,
    };
    let by = app.scope(&aiko, &team).await;
    let now = app.context.clock.now();
    let table = app.context.table.workspace(&by);
    table
        .change_member(&standing, out, now, &[])
        .await
        .expect("nobody else changed them");
    // The right from before is at hand, as in a request that was slower than the change.
    let connection = koeba_storage::Connection {
        id: "k=".to_owned(),
        workspace: team.id,
        user: ken.user.id,
        session: app.context.entropy.id(),
        connected_at: now,
    };
    let late = app.own.workspace(&scope);
    let refused = late.open_connection(&connection).await;
    assert_eq!(refused, Err(koeba_storage::StorageError::NotFound));
    assert!(app.told(&team).await.is_empty());
}
