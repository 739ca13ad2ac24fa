//! The browsers that somebody is signed in with.

use http::header::USER_AGENT;
use http::{Method, Request};
use koeba_domain::{Policy, Role, SessionLimits};
use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, Browser, PASSWORD};

const AIKO: &str = "aiko@example.test";
const DEVICES: &str = "/api/me/sessions";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:153.0) Gecko/20100101 Firefox/153.0";

#[tokio::test]
async fn each_browser_is_listed_by_kind_system_and_network_and_the_own_one_is_marked() {
    let app = App::start().await;
    app.person(AIKO).await;
    app.context.clock.advance(Duration::minutes(10));
    let office = sign_in_as(&app, FIREFOX, "203.0.113.77").await.browser();
    let listed = devices(&app, &office).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["device"], "Firefox, Windows");
    assert_eq!(listed[0]["network"], "203.0.113.0/24");
    assert_eq!(listed[0]["current"], true);
    assert_eq!(listed[0]["created_at"], "2026-04-01T09:10:00Z");
    assert_eq!(listed[1]["current"], false);
    let home = sign_in_as(&app, "curl/8", "2001:db8:1:2:3:4:5:6").await;
    let listed = devices(&app, &home.browser()).await;
    let own = listed.iter().find(|device| device["current"] == true);
    let own = own.expect("one is the own one");
    assert_eq!(
        (&own["device"], &own["network"]),
        (&json!("?"), &json!("2001:db8:1::/48"))
    );
}

/// Check sheet: WA-05-01, WA-07-01.
#[tokio::test]
async fn a_browser_cannot_name_itself() {
    let app = App::start().await;
    app.person(AIKO).await;
    let evil = "<script>alert(1)</script> Firefox/1 \u{202e}";
    let answer = sign_in_as(&app, evil, "203.0.113.1").await;
    let listed = app.get(&answer.browser(), DEVICES).await;
    assert!(!listed.text.contains("script"), "{}", listed.text);
}

#[tokio::test]
async fn one_browser_or_all_others_are_signed_out_at_once() {
    let app = App::start().await;
    let first = app.person(AIKO).await;
    let nobody = Browser::default();
    let second = app.sign_in(&nobody, AIKO, PASSWORD).await;
    let third = app.sign_in(&nobody, AIKO, PASSWORD).await.browser();
    let id = second.body["session"]["id"]
        .as_str()
        .expect("an identifier");
    let one = app.delete(&first, &format!("{DEVICES}/{id}")).await;
    assert_eq!(one.status, 204);
    assert_dead(&app, &second.browser()).await;
    assert_eq!(app.get(&third, "/api/me").await.status, 200);
    assert_eq!(app.delete(&first, DEVICES).await.status, 204);
    assert_dead(&app, &third).await;
    assert_eq!(devices(&app, &first).await.len(), 1);
}

#[tokio::test]
async fn nobody_signs_somebody_else_out() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let ken = app.person("ken@example.test").await;
    let id = devices(&app, &ken).await[0]["id"].clone();
    let id = id.as_str().expect("an identifier");
    let refused = app.delete(&aiko, &format!("{DEVICES}/{id}")).await;
    assert_eq!(refused.refusal(), (404, "not-found"));
    assert_eq!(app.delete(&aiko, DEVICES).await.status, 204);
    assert_eq!(app.get(&ken, "/api/me").await.status, 200);
}

#[tokio::test]
async fn of_more_than_twenty_browsers_the_one_that_was_idle_for_longest_goes() {
    let app = App::start().await;
    let first = app.person(AIKO).await;
    let second = app
        .sign_in(&Browser::default(), AIKO, PASSWORD)
        .await
        .browser();
    app.context.clock.advance(Duration::minutes(10));
    // Used since, so the second is idle for longer.
    assert_eq!(app.get(&first, "/api/me").await.status, 200);
    for _ in 0..19 {
        app.context.clock.advance(Duration::seconds(1));
        let answer = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
        assert_eq!(answer.status, 201);
    }
    assert_dead(&app, &second).await;
    assert_eq!(devices(&app, &first).await.len(), 20);
}

#[tokio::test]
async fn sessions_past_their_end_are_not_listed() {
    let app = App::start().await;
    app.person(AIKO).await;
    app.context.clock.advance(Duration::days(8));
    let now = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
    assert_eq!(devices(&app, &now.browser()).await.len(), 1);
}

/// Check sheet: WA-04-07.
#[tokio::test]
async fn a_session_lives_as_long_as_the_laxest_of_ones_workspaces_lets_it() {
    let app = App::start().await;
    let owner = app.known(&app.person("ken@example.test").await).await;
    let aiko = app.known(&app.person(AIKO).await).await;
    let limits = |hours, days| SessionLimits {
        idle: Duration::hours(hours),
        absolute: Duration::days(days),
    };
    for (name, member_session) in [("strict", limits(1, 1)), ("lax", limits(3, 2))] {
        let workspace = app.workspace(&owner, name).await;
        let policy = Policy {
            member_session,
            ..Policy::default()
        };
        app.add(&owner, &workspace, &aiko, Role::Member).await;
        app.set_policy(&owner, &workspace, policy).await;
    }
    let browser = app
        .sign_in(&Browser::default(), AIKO, PASSWORD)
        .await
        .browser();
    for _ in 0..19 {
        app.context.clock.advance(Duration::minutes(150));
        assert_eq!(app.get(&browser, "/api/me").await.status, 200);
    }
    app.context.clock.advance(Duration::minutes(30));
    let refused = app.get(&browser, "/api/me").await;
    assert_eq!(refused.refusal(), (401, "session-expired"));
    let browser = app
        .sign_in(&Browser::default(), AIKO, PASSWORD)
        .await
        .browser();
    app.context.clock.advance(Duration::hours(3));
    let refused = app.get(&browser, "/api/me").await;
    assert_eq!(refused.refusal(), (401, "session-expired"));
}

async fn sign_in_as(app: &App, agent: &str, address: &str) -> Answer {
    let credentials = json!({ "email": AIKO, "password": PASSWORD });
    let request: Request<_> = Browser::default()
        .from(address)
        .request(Method::POST, "/api/sessions")
        .header(USER_AGENT, agent)
        .header("content-type", "application/json")
        .body(credentials.to_string().into())
        .expect("a request");
    let answer = app.send(request).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

async fn devices(app: &App, browser: &Browser) -> Vec<Value> {
    let listed = app.get(browser, DEVICES).await;
    assert_eq!(listed.status, 200, "{listed:?}");
    listed.body["items"].as_array().expect("a list").clone()
}

async fn assert_dead(app: &App, browser: &Browser) {
    let refused = app.get(browser, "/api/me").await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
}
