//! The second step by authenticator app, and recovery codes.

use futures_util::future::join_all;
use serde_json::{Value, json};
use time::Duration;

use crate::app::{App, Browser};
use crate::steps::AIKO;

/// Somebody with an authenticator app: its URI, their browser, their recovery codes. Two minutes
/// have passed since it was set up.
async fn with_app(app: &App) -> (String, Browser, Vec<String>) {
    let browser = app.person(AIKO).await;
    let (uri, answer) = app.set_totp_up(&browser).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    app.context.clock.advance(Duration::minutes(2));
    (uri, answer.browser(), codes(&answer.body))
}

fn codes(body: &Value) -> Vec<String> {
    let codes = body["recovery_codes"].as_array().expect("codes");
    let texts = codes.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_app_is_set_up_with_a_code_of_it_and_gives_ten_recovery_codes() {
    let app = App::start().await;
    let before = app.person(AIKO).await;
    let path = "/api/me/second-steps/totp";
    let early = app.put(&before, path, json!({ "code": "123456" })).await;
    assert_eq!(early.refusal(), (410, "token-expired"));
    assert_eq!(app.post(&before, path, json!({})).await.status, 200);
    let wrong = app.put(&before, path, json!({ "code": "12345" })).await;
    assert_eq!(wrong.refusal(), (422, "token-wrong"));

    let (_, answer) = app.set_totp_up(&before).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(codes(&answer.body).len(), 10);
    let after = answer.browser();
    let ended = app.get(&before, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));
    let steps = app.get(&after, "/api/me/second-steps").await;
    assert_eq!(steps.body["totp"]["enabled"], true);
    assert_eq!(steps.body["recovery_codes"], json!({ "left": 10 }));
    assert!(app.mails_to(AIKO).contains(&"second_step_added".to_owned()));
}

#[tokio::test]
async fn a_code_may_be_one_step_early_or_late_and_no_more() {
    for (seconds, status) in [(-60, 422), (-30, 201), (0, 201), (30, 201), (60, 422)] {
        let app = App::start().await;
        let (uri, _, _) = with_app(&app).await;
        let browser = app.password_given(AIKO).await;
        let code = app.code_of(&uri, seconds);
        let answer = app.show(&browser, "totp", &code).await;
        assert_eq!(answer.status, status, "{seconds} s: {answer:?}");
    }
}

#[tokio::test]
async fn a_code_works_once_and_none_before_it_afterwards() {
    let app = App::start().await;
    let (uri, _, _) = with_app(&app).await;
    let (first, second) = (
        app.password_given(AIKO).await,
        app.password_given(AIKO).await,
    );
    let (earlier, code) = (app.code_of(&uri, -30), app.code_of(&uri, 0));
    assert_eq!(app.show(&first, "totp", &code).await.status, 201);
    for replayed in [&code, &earlier] {
        let answer = app.show(&second, "totp", replayed).await;
        assert_eq!(answer.refusal(), (422, "token-wrong"));
    }
    app.context.clock.advance(Duration::seconds(30));
    let fresh = app.code_of(&uri, 0);
    assert_eq!(app.show(&second, "totp", &fresh).await.status, 201);
}

#[tokio::test]
async fn the_code_that_set_the_app_up_lets_nobody_in() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    let (uri, _) = app.set_totp_up(&browser).await;
    let other = app.password_given(AIKO).await;
    let answer = app.show(&other, "totp", &app.code_of(&uri, 0)).await;
    assert_eq!(answer.refusal(), (422, "token-wrong"));
}

/// Threat T27.
#[tokio::test]
async fn of_browsers_that_show_one_code_at_one_moment_one_is_let_in() {
    let app = App::start().await;
    let (uri, _, recovery_codes) = with_app(&app).await;
    let mut browsers = Vec::new();
    for _ in 0..8 {
        browsers.push(app.password_given(AIKO).await);
    }
    let code = app.code_of(&uri, 0);
    let (totp, recovery) = browsers.split_at(4);
    for (browsers, method, code) in [
        (totp, "totp", &code),
        (recovery, "recovery_code", &recovery_codes[0]),
    ] {
        let tries = browsers
            .iter()
            .map(|browser| app.show(browser, method, code));
        let answers = join_all(tries).await;
        let let_in = answers.iter().filter(|answer| answer.status == 201);
        assert_eq!(let_in.count(), 1, "{method}: {answers:?}");
    }
}

#[tokio::test]
async fn a_recovery_code_works_once_and_its_owner_is_told() {
    let app = App::start().await;
    let (_, _, codes) = with_app(&app).await;
    let browser = app.password_given(AIKO).await;
    let typed = codes[3].to_uppercase().replace('-', "");
    let answer = app.show(&browser, "recovery_code", &typed).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["session"]["proof"], "recovery_code");
    let steps = app.get(&answer.browser(), "/api/me/second-steps").await;
    assert_eq!(steps.body["recovery_codes"]["left"], 9);
    let told = app.mails_to(AIKO);
    let told = told.iter().filter(|mail| *mail == "recovery_code_used");
    assert_eq!(told.count(), 1);

    let again = app.password_given(AIKO).await;
    let reused = app.show(&again, "recovery_code", &codes[3]).await;
    assert_eq!(reused.refusal(), (422, "token-wrong"));
}

#[tokio::test]
async fn new_recovery_codes_end_the_old_ones() {
    let app = App::start().await;
    let (_, browser, old) = with_app(&app).await;
    let path = "/api/me/second-steps/recovery-codes";
    let new = codes(&app.post(&browser, path, json!({})).await.body);
    assert_eq!(new.len(), 10);
    let other = app.password_given(AIKO).await;
    let ended = app.show(&other, "recovery_code", &old[0]).await;
    assert_eq!(ended.refusal(), (422, "token-wrong"));
    let answer = app.show(&other, "recovery_code", &new[0]).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_method_that_was_never_set_up_lets_nobody_in() {
    let app = App::start().await;
    with_app(&app).await;
    let browser = app.password_given(AIKO).await;
    let answer = app.show(&browser, "email_token", "12345678").await;
    assert_eq!(answer.refusal(), (422, "token-wrong"));
    let path = "/api/sessions/current/second-step/passkey-challenge";
    let answer = app.post(&browser, path, json!({})).await;
    assert_eq!(answer.refusal(), (409, "no-passkey"));
}
