//! Moving an account to another address.

use koeba_domain::EMAIL_CHANGE_LIFETIME;
use serde_json::json;
use time::Duration;

use crate::app::{Answer, App, Browser, PASSWORD};

const OLD: &str = "aiko@example.test";
const NEW: &str = "aiko@elsewhere.test";
const KEN: &str = "ken@example.test";
const CHANGES: &str = "/api/me/email-changes";

#[tokio::test]
async fn an_address_is_changed_with_the_token_that_went_there_and_both_are_told() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    let change = asked(&app, &aiko, NEW).await;
    assert_eq!(app.mails_to(OLD), ["sign_up_token", "email_change_asked"]);
    assert_eq!(app.mails_to(NEW), ["email_change_token"]);
    let changed = confirm(&app, &aiko, &change, &app.mailed_token(NEW)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.body["user"]["email"], NEW);
    assert_eq!(app.mails_to(NEW), ["email_change_token", "email_changed"]);
    assert_eq!(
        app.mails_to(OLD).last().map(String::as_str),
        Some("email_changed")
    );
    let nobody = Browser::default();
    assert_eq!(app.sign_in(&nobody, NEW, PASSWORD).await.status, 201);
    let refused = app.sign_in(&nobody, OLD, PASSWORD).await;
    assert_eq!(refused.refusal(), (401, "credentials-wrong"));
}

#[tokio::test]
async fn a_password_of_long_ago_does_not_change_an_address() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    app.context.clock.advance(Duration::minutes(5));
    let refused = ask(&app, &aiko, NEW).await;
    assert_eq!(refused.refusal(), (403, "step-up-required"));
    assert_eq!(app.mails_to(NEW), Vec::<String>::new());
}

#[tokio::test]
async fn an_address_with_an_account_is_answered_like_any_other_until_its_mail_is_read() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    app.person(KEN).await;
    let change = asked(&app, &aiko, KEN).await;
    let token = app.mailed_token(KEN);
    let refused = confirm(&app, &aiko, &change, &token).await;
    assert_eq!(refused.refusal(), (409, "address-taken"));
    assert_eq!(app.get(&aiko, "/api/me").await.body["user"]["email"], OLD);
}

#[tokio::test]
async fn ones_own_address_is_no_new_one_however_it_is_written() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    for same in [OLD, "AIKO@Example.TEST"] {
        let refused = ask(&app, &aiko, same).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), "email")
        );
    }
}

#[tokio::test]
async fn wrong_late_and_used_tokens_change_nothing() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    let change = asked(&app, &aiko, NEW).await;
    let token = app.mailed_token(NEW);
    let wrong = if token == "00000000" {
        "11111111"
    } else {
        "00000000"
    };
    let refused = confirm(&app, &aiko, &change, wrong).await;
    assert_eq!(refused.refusal(), (422, "token-wrong"));

    app.context.clock.advance(EMAIL_CHANGE_LIFETIME);
    let refused = confirm(&app, &aiko, &change, &token).await;
    assert_eq!(refused.refusal(), (410, "token-expired"));

    let aiko = app.sign_in(&aiko, OLD, PASSWORD).await.browser();
    let change = asked(&app, &aiko, NEW).await;
    let token = app.mailed_token(NEW);
    assert_eq!(confirm(&app, &aiko, &change, &token).await.status, 200);
    let again = confirm(&app, &aiko, &change, &token).await;
    assert_eq!(again.refusal(), (404, "not-found"));
}

#[tokio::test]
async fn after_five_wrong_tokens_even_the_right_one_is_refused() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    let change = asked(&app, &aiko, NEW).await;
    let token = app.mailed_token(NEW);
    let wrong = if token == "00000000" {
        "11111111"
    } else {
        "00000000"
    };
    for _ in 0..5 {
        confirm(&app, &aiko, &change, wrong).await;
    }
    let refused = confirm(&app, &aiko, &change, &token).await;
    assert_eq!(refused.refusal(), (410, "too-many-tries"));
}

#[tokio::test]
async fn a_change_is_confirmed_by_whoever_asked_for_it() {
    let app = App::start().await;
    let (aiko, ken) = (app.person(OLD).await, app.person(KEN).await);
    let change = asked(&app, &aiko, NEW).await;
    let refused = confirm(&app, &ken, &change, &app.mailed_token(NEW)).await;
    assert_eq!(refused.refusal(), (404, "not-found"));
}

#[tokio::test]
async fn a_link_that_went_to_the_old_address_is_worth_nothing_afterwards() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    let nobody = Browser::default();
    let asked_for = json!({ "email": OLD });
    let reset = app.post(&nobody, "/api/password-resets", asked_for).await;
    assert_eq!(reset.status, 202);
    let link = app.mail_to(OLD, "password_reset").text("link").to_owned();
    let change = asked(&app, &aiko, NEW).await;
    confirm(&app, &aiko, &change, &app.mailed_token(NEW)).await;
    let token = link.split('#').nth(1).expect("a fragment");
    let body = json!({ "token": token, "new_password": "red lanterns on the river" });
    let refused = app.post(&nobody, "/api/password-resets/complete", body);
    assert_eq!(refused.await.refusal(), (410, "reset-unusable"));
    assert_eq!(app.sign_in(&nobody, NEW, PASSWORD).await.status, 201);
}

#[tokio::test]
async fn nobody_is_flooded_with_tokens_by_somebody_elses_wish() {
    let app = App::start().await;
    let aiko = app.person(OLD).await;
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(ask(&app, &aiko, NEW).await.status.as_u16());
    }
    assert!(answers.contains(&429), "{answers:?}");
    let tokens = app.mails_to(NEW).len();
    assert!(tokens <= 5, "{tokens} mails");
}

async fn ask(app: &App, browser: &Browser, email: &str) -> Answer {
    app.post(browser, CHANGES, json!({ "email": email })).await
}

async fn asked(app: &App, browser: &Browser, email: &str) -> String {
    let answer = ask(app, browser, email).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.body["id"]
        .as_str()
        .expect("an identifier")
        .to_owned()
}

async fn confirm(app: &App, browser: &Browser, change: &str, token: &str) -> Answer {
    let path = format!("{CHANGES}/{change}/confirm");
    app.post(browser, &path, json!({ "token": token })).await
}
