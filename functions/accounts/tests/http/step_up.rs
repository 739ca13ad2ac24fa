//! Proving to be there again before what is dear, and another secret for a session.

use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use time::Duration;

use crate::app::{App, PASSWORD};
use crate::steps::AIKO;

const STEP_UP: &str = "/api/sessions/current/step-up";
const RENEWAL: &str = "/api/sessions/current/renewal";

/// Check sheet: WA-06-02, WA-09-02.
#[tokio::test]
async fn five_minutes_after_the_password_what_is_dear_asks_for_it_again() {
    let app = App::start().await;
    let browser = app.with_email_token(AIKO).await;
    app.context.clock.advance(Duration::minutes(5));
    let passkey = "/api/me/second-steps/passkeys/pk_00000000000000000000000000";
    for (method, path) in [
        (Method::POST, "/api/me/second-steps/email-token"),
        (Method::DELETE, "/api/me/second-steps/email-token"),
        (Method::POST, "/api/me/second-steps/totp"),
        (Method::DELETE, "/api/me/second-steps/totp"),
        (Method::POST, "/api/me/second-steps/passkeys/challenge"),
        (Method::DELETE, passkey),
        (Method::POST, "/api/me/second-steps/recovery-codes"),
    ] {
        let answer = app.ask(Some(&browser), method.clone(), path, None).await;
        let refused = (403, "step-up-required");
        assert_eq!(answer.refusal(), refused, "{method} {path}");
    }
    let code = json!({ "code": "12345678" });
    for path in [
        "/api/me/second-steps/email-token",
        "/api/me/second-steps/totp",
    ] {
        let answer = app.put(&browser, path, code.clone()).await;
        assert_eq!(answer.refusal(), (403, "step-up-required"), "{path}");
    }
}

/// Check sheet: WA-04-04, WA-06-02.
#[tokio::test]
async fn the_password_opens_it_for_five_minutes_under_another_secret() {
    let app = App::start().await;
    let before = app.with_email_token(AIKO).await;
    app.context.clock.advance(Duration::hours(1));
    let wrong = json!({ "password": "another good long password" });
    let refused = app.post(&before, STEP_UP, wrong).await;
    assert_eq!(refused.refusal(), (422, "password-wrong"));

    let proof = json!({ "password": PASSWORD });
    let answer = app.post(&before, STEP_UP, proof).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let after = answer.browser();
    let ended = app.get(&before, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));
    let totp = "/api/me/second-steps/totp";
    assert_eq!(app.post(&after, totp, json!({})).await.status, 200);
    app.context.clock.advance(Duration::minutes(5));
    let stale = app.post(&after, totp, json!({})).await;
    assert_eq!(stale.refusal(), (403, "step-up-required"));
}

#[tokio::test]
async fn a_step_up_is_by_password_or_by_passkey_and_by_one_of_them() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    for body in [json!({}), json!({ "password": PASSWORD, "credential": {} })] {
        let answer = app.post(&browser, STEP_UP, body).await;
        assert_eq!(answer.refusal(), (422, "fields-invalid"));
    }
    let path = "/api/sessions/current/step-up/passkey-challenge";
    let answer = app.post(&browser, path, json!({})).await;
    assert_eq!(answer.refusal(), (409, "no-passkey"));
}

/// Check sheet: WA-04-04, WA-04-06.
#[tokio::test]
async fn a_session_is_renewed_and_its_old_secret_ends_at_once() {
    let app = App::start().await;
    let before = app.person(AIKO).await;
    let answer = app.post(&before, RENEWAL, json!({})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let after = answer.browser();
    assert_ne!(before.cookie, after.cookie);
    let ended = app.get(&before, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));
    let me = app.get(&after, "/api/me").await;
    assert_eq!(me.body["session"]["id"], answer.body["session"]["id"]);
}

/// Check sheet: WA-04-06. Threat T27.
#[tokio::test]
async fn of_twenty_renewals_at_one_moment_one_wins() {
    let app = App::start().await;
    let before = app.person(AIKO).await;
    let answers = join_all((0..20).map(|_| app.post(&before, RENEWAL, json!({})))).await;
    let renewed: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert_eq!(renewed.len(), 1, "{answers:?}");
    assert_eq!(app.get(&renewed[0].browser(), "/api/me").await.status, 200);
}
