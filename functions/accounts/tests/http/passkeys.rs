//! Passkeys: set up, used to sign in and to prove to be there, and what is refused.

use koeba_domain::MAX_PASSKEYS;
use serde_json::{Value, json};
use time::Duration;

use crate::app::{App, Browser};
use crate::authenticator::Authenticator;
use crate::steps::AIKO;

const REFUSED: (u16, &str) = (422, "passkey-refused");

/// Somebody with a passkey, and their browser.
async fn with_passkey(app: &App) -> (Authenticator, Browser) {
    let mut device = Authenticator::number(1);
    let browser = app.person(AIKO).await;
    let answer = app.set_passkey_up(&browser, &mut device).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    (device, answer.browser())
}

fn only(steps: &Value) -> &Value {
    let passkeys = steps["passkeys"].as_array().expect("passkeys");
    assert_eq!(passkeys.len(), 1, "{steps}");
    &passkeys[0]
}

/// Check sheet: WA-04-04.
#[tokio::test]
async fn a_passkey_is_set_up_and_lets_in_under_another_secret() {
    let app = App::start().await;
    let mut device = Authenticator::number(1);
    let before = app.person(AIKO).await;
    let options = app.registration_of(&before).await;
    assert_eq!(options["rp"]["id"], "localhost");
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["userVerification"], "required");
    let answer = app.register(&before, device.create(&options)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["passkey"]["name"], "MacBook");
    assert!(app.mails_to(AIKO).contains(&"second_step_added".to_owned()));
    let ended = app.get(&before, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));

    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    assert_eq!(options["userVerification"], "required");
    let answer = app.show_passkey(&due, device.get(&options)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["session"]["proof"], "passkey");
    let after = answer.browser();
    assert_ne!(after.cookie, due.cookie);
    let steps = app.get(&after, "/api/me/second-steps").await.body;
    assert!(only(&steps)["last_used_at"].is_string());
}

#[tokio::test]
async fn an_answer_that_was_given_on_another_site_is_refused() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    for origin in ["https://evil.example", "http://localhost:9999"] {
        device.origin = origin;
        let options = app.challenge_for(&due).await;
        let answer = app.show_passkey(&due, device.get(&options)).await;
        assert_eq!(answer.refusal(), REFUSED, "{origin}");
    }
}

#[tokio::test]
async fn an_answer_for_another_relying_party_is_refused() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    let mut options = app.challenge_for(&due).await;
    options["rpId"] = json!("evil.example");
    let answer = app.show_passkey(&due, device.get(&options)).await;
    assert_eq!(answer.refusal(), REFUSED);
}

#[tokio::test]
async fn an_answer_to_another_challenge_is_refused() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    let other = app.password_given(AIKO).await;
    let earlier = app.challenge_for(&due).await;
    let of_other = app.challenge_for(&other).await;
    let asked = app.challenge_for(&due).await;
    for options in [&earlier, &of_other] {
        let answer = app.show_passkey(&due, device.get(options)).await;
        assert_eq!(answer.refusal(), REFUSED);
    }
    let answer = app.show_passkey(&due, device.get(&asked)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[tokio::test]
async fn an_answer_works_once() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    let assertion = device.get(&options);
    let answer = app.show_passkey(&due, assertion.clone()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let again = app.password_given(AIKO).await;
    let unasked = app.show_passkey(&again, assertion.clone()).await;
    assert_eq!(unasked.refusal(), (410, "token-expired"));
    app.challenge_for(&again).await;
    let replayed = app.show_passkey(&again, assertion).await;
    assert_eq!(replayed.refusal(), REFUSED);
}

#[tokio::test]
async fn a_challenge_lasts_ten_minutes() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    app.context.clock.advance(Duration::minutes(10));
    let answer = app.show_passkey(&due, device.get(&options)).await;
    assert_eq!(answer.refusal(), (410, "token-expired"));
}

#[tokio::test]
async fn a_device_that_does_not_make_sure_of_the_person_is_refused() {
    let app = App::start().await;
    let (mut device, browser) = with_passkey(&app).await;
    device.verifies = false;
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    let answer = app.show_passkey(&due, device.get(&options)).await;
    assert_eq!(answer.refusal(), REFUSED);
    let mut careless = Authenticator::number(2);
    careless.verifies = false;
    let answer = app.set_passkey_up(&browser, &mut careless).await;
    assert_eq!(answer.refusal(), REFUSED);
}

#[tokio::test]
async fn a_copied_passkey_is_refused_once_the_original_has_gone_on() {
    let app = App::start().await;
    let (mut device, _) = with_passkey(&app).await;
    let mut copy = device.clone();
    let first = app.password_given(AIKO).await;
    let options = app.challenge_for(&first).await;
    let answer = app.show_passkey(&first, device.get(&options)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let second = app.password_given(AIKO).await;
    let options = app.challenge_for(&second).await;
    let answer = app.show_passkey(&second, copy.get(&options)).await;
    assert_eq!(answer.refusal(), REFUSED);
}

#[tokio::test]
async fn another_persons_passkey_is_refused() {
    let app = App::start().await;
    with_passkey(&app).await;
    let mut of_ken = Authenticator::number(2);
    let ken = app.person("ken@example.test").await;
    assert_eq!(app.set_passkey_up(&ken, &mut of_ken).await.status, 201);
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    let answer = app.show_passkey(&due, of_ken.get(&options)).await;
    assert_eq!(answer.refusal(), REFUSED);
}

#[tokio::test]
async fn another_key_under_the_name_of_a_passkey_is_refused() {
    let app = App::start().await;
    let (device, _) = with_passkey(&app).await;
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    let mut forged = Authenticator::number(2).get(&options);
    let real = device.clone().get(&options);
    for name in ["id", "rawId"] {
        forged[name] = real[name].clone();
    }
    let answer = app.show_passkey(&due, forged).await;
    assert_eq!(answer.refusal(), REFUSED);
}

#[tokio::test]
async fn a_device_is_set_up_once_and_ten_are_enough() {
    let app = App::start().await;
    let (mut device, mut browser) = with_passkey(&app).await;
    let answer = app.set_passkey_up(&browser, &mut device).await;
    assert_eq!(answer.refusal(), REFUSED);
    for number in 2..=u8::try_from(MAX_PASSKEYS).expect("few") {
        let mut another = Authenticator::number(number);
        let answer = app.set_passkey_up(&browser, &mut another).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        browser = answer.browser();
    }
    let path = "/api/me/second-steps/passkeys/challenge";
    let answer = app.post(&browser, path, json!({})).await;
    assert_eq!(answer.refusal(), (409, "limit-reached"));
}

#[tokio::test]
async fn a_challenge_for_setting_up_is_answered_by_setting_up_in_the_same_browser() {
    let app = App::start().await;
    let (mut device, browser) = with_passkey(&app).await;
    let options = app.registration_of(&browser).await;
    let made = Authenticator::number(2).create(&options);
    let assertion = device.get(&json!({
        "challenge": options["challenge"],
        "rpId": "localhost",
    }));
    let step_up = json!({ "credential": assertion });
    let answer = app
        .post(&browser, "/api/sessions/current/step-up", step_up)
        .await;
    assert_eq!(answer.refusal(), REFUSED);
    let stranger = app.person("ken@example.test").await;
    let elsewhere = app.register(&stranger, made.clone()).await;
    assert_eq!(elsewhere.refusal(), (410, "token-expired"));
    assert_eq!(app.register(&browser, made).await.status, 201);
}

#[tokio::test]
async fn what_no_browser_returns_is_named_as_such() {
    let app = App::start().await;
    let (_, browser) = with_passkey(&app).await;
    app.registration_of(&browser).await;
    for nonsense in [json!({}), json!([]), json!("x"), json!({ "id": "x" })] {
        let answer = app.register(&browser, nonsense).await;
        assert_eq!(answer.refusal(), (422, "fields-invalid"));
        assert_eq!(answer.field(), "credential");
    }
}

/// Check sheet: WA-06-02, WA-04-04.
#[tokio::test]
async fn a_passkey_proves_that_its_owner_is_there() {
    let app = App::start().await;
    let (mut device, before) = with_passkey(&app).await;
    app.context.clock.advance(Duration::hours(1));
    let path = "/api/sessions/current/step-up/passkey-challenge";
    let options = app.post(&before, path, json!({})).await.body["public_key"].clone();
    let assertion = json!({ "credential": device.get(&options) });
    let step_up = "/api/sessions/current/step-up";
    let answer = app.post(&before, step_up, assertion.clone()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let after = answer.browser();
    let ended = app.get(&before, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));
    let totp = "/api/me/second-steps/totp";
    assert_eq!(app.post(&after, totp, json!({})).await.status, 200);
    let replayed = app.post(&after, step_up, assertion).await;
    assert_eq!(replayed.refusal(), (410, "token-expired"));
}

#[tokio::test]
async fn a_passkey_that_was_taken_away_lets_nobody_in() {
    let app = App::start().await;
    let (mut device, browser) = with_passkey(&app).await;
    let browser = app.set_email_token_up(&browser, AIKO).await.browser();
    let due = app.password_given(AIKO).await;
    let options = app.challenge_for(&due).await;
    let steps = app.get(&browser, "/api/me/second-steps").await.body;
    let id = only(&steps)["id"]
        .as_str()
        .expect("an identifier")
        .to_owned();
    let path = format!("/api/me/second-steps/passkeys/{id}");
    assert_eq!(app.delete(&browser, &path).await.status, 204);
    let gone = app.delete(&browser, &path).await;
    assert_eq!(gone.refusal(), (404, "not-found"));
    let answer = app.show_passkey(&due, device.get(&options)).await;
    assert_eq!(answer.refusal(), (422, "token-wrong"));
    assert!(
        app.mails_to(AIKO)
            .contains(&"second_step_removed".to_owned())
    );
}
