//! The second step by mailed token (check sheet, cloud service, row 10).

use futures_util::future::join_all;
use koeba_domain::SECOND_STEP_TRIES;
use serde_json::json;
use time::Duration;

use crate::app::App;
use crate::steps::AIKO;

const WRONG: &str = "00000000";

/// Check sheet: WA-11-01.
#[tokio::test]
async fn a_password_alone_opens_nothing_but_the_second_step() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    assert_eq!(app.stage(&browser).await, "second_step_due");
    let refused = (403, "second-step-required");
    let sessions = app.get(&browser, "/api/me/sessions").await;
    assert_eq!(sessions.refusal(), refused);
    for path in [
        "/api/me/second-steps/email-token",
        "/api/me/second-steps/totp",
        "/api/me/second-steps/passkeys/challenge",
        "/api/me/second-steps/recovery-codes",
        "/api/sessions/current/step-up/passkey-challenge",
    ] {
        let answer = app.post(&browser, path, json!({})).await;
        assert_eq!(answer.refusal(), refused, "{path}");
    }
    let removed = app
        .delete(&browser, "/api/me/second-steps/email-token")
        .await;
    assert_eq!(removed.refusal(), refused);
}

/// Check sheet: WA-04-04, WA-04-06.
#[tokio::test]
async fn a_right_token_lets_in_under_another_secret_and_the_old_one_ends_at_once() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let before = app.password_given(AIKO).await;
    let token = app.token_for(&before, AIKO).await;
    let answer = app.show(&before, "email_token", &token).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["session"]["stage"], "full");
    assert_eq!(answer.body["session"]["proof"], "email_token");
    let after = answer.browser();
    assert_ne!(before.cookie, after.cookie);
    let planted = app.get(&before, "/api/me").await;
    assert_eq!(planted.refusal(), (401, "not-signed-in"));
    assert_eq!(app.stage(&after).await, "full");
}

#[tokio::test]
async fn a_token_is_known_in_full_width_digits_and_with_spaces() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let token = app.token_for(&browser, AIKO).await;
    let wide: String = token
        .chars()
        .filter_map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xff10))
        .collect();
    let typed = format!(" {} {}", &wide[..12], &wide[12..]);
    let answer = app.show(&browser, "email_token", &typed).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_the_right_one_still_works() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let token = app.token_for(&browser, AIKO).await;
    for wrong in [WRONG, "", "x", &token[1..]] {
        let answer = app.show(&browser, "email_token", wrong).await;
        assert_eq!(answer.refusal(), (422, "token-wrong"), "{wrong}");
    }
    assert_eq!(app.show(&browser, "email_token", &token).await.status, 201);
}

#[tokio::test]
async fn a_token_works_for_ten_minutes() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let in_time = app.password_given(AIKO).await;
    let late = app.password_given(AIKO).await;
    let first = app.token_for(&in_time, AIKO).await;
    let second = app.token_for(&late, AIKO).await;
    app.context
        .clock
        .advance(Duration::minutes(10) - Duration::SECOND);
    assert_eq!(app.show(&in_time, "email_token", &first).await.status, 201);
    app.context.clock.advance(Duration::SECOND);
    let answer = app.show(&late, "email_token", &second).await;
    assert_eq!(answer.refusal(), (410, "token-expired"));
}

#[tokio::test]
async fn a_token_belongs_to_the_browser_that_asked_for_it() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let asked = app.password_given(AIKO).await;
    let other = app.password_given(AIKO).await;
    let token = app.token_for(&asked, AIKO).await;
    let without = app.show(&other, "email_token", &token).await;
    assert_eq!(without.refusal(), (410, "token-used"));
    app.token_for(&other, AIKO).await;
    let with_another = app.show(&other, "email_token", &token).await;
    assert_eq!(with_another.refusal(), (422, "token-wrong"));
    assert_eq!(app.show(&asked, "email_token", &token).await.status, 201);
}

#[tokio::test]
async fn a_token_works_once_also_for_ten_at_a_time() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let token = app.token_for(&browser, AIKO).await;
    let tries = (0..4).map(|_| app.show(&browser, "email_token", &token));
    let answers = join_all(tries).await;
    let let_in = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(let_in.count(), 1, "{answers:?}");
    let again = app.password_given(AIKO).await;
    let reused = app.show(&again, "email_token", &token).await;
    assert_eq!(reused.refusal(), (410, "token-used"));
}

#[tokio::test]
async fn a_newer_token_takes_the_place_of_the_older() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let older = app.token_for(&browser, AIKO).await;
    let newer = app.token_for(&browser, AIKO).await;
    let answer = app.show(&browser, "email_token", &older).await;
    assert_eq!(answer.refusal(), (422, "token-wrong"));
    assert_eq!(app.show(&browser, "email_token", &newer).await.status, 201);
}

/// Threat T27: twenty guesses at one moment are no more than five tries.
#[tokio::test]
async fn five_wrong_tokens_end_the_attempt_also_at_one_moment() {
    let app = App::start().await;
    app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let token = app.token_for(&browser, AIKO).await;
    let guesses = (0..20).map(|_| app.show(&browser, "email_token", WRONG));
    let answers = join_all(guesses).await;
    let compared = answers
        .iter()
        .filter(|answer| answer.refusal() == (422, "token-wrong"))
        .count();
    assert!(compared <= usize::from(SECOND_STEP_TRIES), "{compared}");
    assert!(compared > 0, "{answers:?}");
    app.context.clock.advance(Duration::minutes(9));
    let right = app.show(&browser, "email_token", &token).await;
    assert_ne!(right.status, 201, "{right:?}");
}

#[tokio::test]
async fn a_token_for_setting_up_lets_nobody_in() {
    let app = App::start().await;
    let settled = app.with_email_token(AIKO).await;
    let browser = app.password_given(AIKO).await;
    let path = "/api/me/second-steps/email-token";
    assert_eq!(app.post(&settled, path, json!({})).await.status, 202);
    let token = app.mailed_token(AIKO);
    let answer = app.show(&browser, "email_token", &token).await;
    assert_eq!(answer.refusal(), (410, "token-used"));
}

#[tokio::test]
async fn a_session_that_is_signed_in_all_the_way_has_no_second_step_due() {
    let app = App::start().await;
    let browser = app.with_email_token(AIKO).await;
    let refused = (409, "second-step-not-due");
    let path = "/api/sessions/current/second-step/email-token";
    assert_eq!(app.post(&browser, path, json!({})).await.refusal(), refused);
    let answer = app.show(&browser, "email_token", WRONG).await;
    assert_eq!(answer.refusal(), refused);
}
