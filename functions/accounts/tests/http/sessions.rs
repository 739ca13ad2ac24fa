//! Signing in and out.

use http::StatusCode;
use time::Duration;

use crate::app::{Answer, App, Browser, PASSWORD};

const AIKO: &str = "aiko@example.test";

/// Check sheet: WA-04-02, WA-04-03, WA-05-09.
#[tokio::test]
async fn signing_in_gives_a_cookie_that_no_script_and_no_other_site_can_use() {
    let app = App::start().await;
    app.person(AIKO).await;
    let answer = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let (pair, attributes) = answer.set_cookie().split_once("; ").expect("attributes");
    assert!(pair.starts_with("__Host-koeba_session="));
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(
        app.get(&answer.browser(), "/api/me").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike_to_the_byte() {
    let app = App::start().await;
    app.person(AIKO).await;
    let nobody = Browser::default();
    let wrong = app
        .sign_in(&nobody, AIKO, "another good long password")
        .await;
    let unknown = app
        .sign_in(&nobody, "ken@example.test", "another good long password")
        .await;
    let endless = app.sign_in(&nobody, AIKO, &"a".repeat(50_000)).await;
    assert_eq!(wrong.refusal(), (401, "credentials-wrong"));
    for other in [&unknown, &endless] {
        assert_eq!(other.status, wrong.status);
        assert_eq!(
            all_but_the_request_id(other),
            all_but_the_request_id(&wrong)
        );
    }
}

#[tokio::test]
async fn the_address_is_known_in_any_case_and_the_password_from_any_keyboard() {
    let app = App::start().await;
    app.person(AIKO).await;
    let wide = PASSWORD.replace("tea", "ｔｅａ");
    let answer = app
        .sign_in(&Browser::default(), "AIKO@Example.test", &wide)
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

/// Check sheet: WA-04-04, WA-04-06.
#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let app = App::start().await;
    let before = app.person(AIKO).await;
    let after = app.sign_in(&before, AIKO, PASSWORD).await.browser();
    assert_ne!(before.cookie, after.cookie);
    assert_eq!(
        app.get(&before, "/api/me").await.refusal(),
        (401, "not-signed-in")
    );
    assert_eq!(app.get(&after, "/api/me").await.status, StatusCode::OK);
}

/// Check sheet: WA-04-04.
#[tokio::test]
async fn a_planted_session_is_worth_nothing() {
    let app = App::start().await;
    app.person(AIKO).await;
    let planted = Browser {
        cookie: format!("__Host-koeba_session={}", "a".repeat(43)),
        ..Browser::default()
    };
    let after = app.sign_in(&planted, AIKO, PASSWORD).await.browser();
    assert_ne!(after.cookie, planted.cookie);
    assert_eq!(
        app.get(&planted, "/api/me").await.refusal(),
        (401, "not-signed-in")
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_takes_the_cookie_back() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    let answer = app.sign_out(&browser).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.set_cookie().contains("Max-Age=0"));
    assert_eq!(
        app.get(&browser, "/api/me").await.refusal(),
        (401, "not-signed-in")
    );
}

/// Check sheet: WA-04-07.
#[tokio::test]
async fn an_idle_session_ends_and_one_in_use_goes_on() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    for _ in 0..3 {
        app.context.clock.advance(Duration::days(6));
        assert_eq!(app.get(&browser, "/api/me").await.status, StatusCode::OK);
    }
    app.context.clock.advance(Duration::days(7));
    assert_eq!(
        app.get(&browser, "/api/me").await.refusal(),
        (401, "session-expired")
    );
}

/// Check sheet: WA-04-07.
#[tokio::test]
async fn no_session_lives_longer_than_thirty_days() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    for _ in 0..5 {
        app.context.clock.advance(Duration::days(5));
        assert_eq!(app.get(&browser, "/api/me").await.status, StatusCode::OK);
    }
    app.context.clock.advance(Duration::days(5));
    assert_eq!(
        app.get(&browser, "/api/me").await.refusal(),
        (401, "session-expired")
    );
}

/// The headers and the body, with the one thing blanked that differs from request to request.
fn all_but_the_request_id(answer: &Answer) -> (Vec<(String, String)>, String) {
    let id = answer.headers["x-request-id"].to_str().expect("text");
    let blanked = |text: &str| text.replace(id, "");
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = value.to_str().expect("text");
        (name.to_string(), blanked(value))
    });
    (headers.collect(), blanked(&answer.body.to_string()))
}
