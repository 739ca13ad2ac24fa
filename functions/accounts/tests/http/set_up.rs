//! Who must have a second step, who may set one up, and who may take one away.

use futures_util::future::join_all;
use serde_json::json;
use time::Duration;

use crate::app::{App, Browser, PASSWORD};
use crate::steps::AIKO;

const EMAIL: &str = "/api/me/second-steps/email-token";
const TOTP: &str = "/api/me/second-steps/totp";

/// Check sheet: WA-11-01.
#[tokio::test]
async fn a_manager_without_a_second_step_can_do_nothing_but_set_one_up() {
    let app = App::start().await;
    let founder = app.person(AIKO).await;
    app.found_workspace(&founder).await;
    let browser = app.password_given(AIKO).await;
    assert_eq!(app.stage(&browser).await, "set_up_due");
    let steps = app.get(&browser, "/api/me/second-steps").await;
    assert_eq!(steps.body["demanded"], true);
    let refused = (403, "second-step-set-up-required");
    let sessions = app.get(&browser, "/api/me/sessions").await;
    assert_eq!(sessions.refusal(), refused);
    let password = json!({ "current_password": PASSWORD, "new_password": "a longer walk home" });
    let changed = app.put(&browser, "/api/me/password", password).await;
    assert_eq!(changed.refusal(), refused);

    let answer = app.set_email_token_up(&browser, AIKO).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["session"]["stage"], "full");
    let ended = app.get(&browser, "/api/me").await;
    assert_eq!(ended.refusal(), (401, "not-signed-in"));
    let sessions = app.get(&answer.browser(), "/api/me/sessions").await;
    assert_eq!(sessions.status, 200);
}

#[tokio::test]
async fn somebody_who_runs_nothing_needs_no_second_step() {
    let app = App::start().await;
    app.person(AIKO).await;
    let browser = app.password_given(AIKO).await;
    assert_eq!(app.stage(&browser).await, "full");
}

#[tokio::test]
async fn whoever_knew_the_password_first_sets_nothing_up_beside_the_owner() {
    let app = App::start().await;
    let founder = app.person(AIKO).await;
    app.found_workspace(&founder).await;
    let thief = app.password_given(AIKO).await;
    let owner = app.password_given(AIKO).await;
    let told = app.post(&thief, TOTP, json!({})).await;
    let uri = told.body["uri"].as_str().expect("a URI").to_owned();
    assert_eq!(app.set_email_token_up(&owner, AIKO).await.status, 200);

    let refused = (403, "second-step-required");
    let code = json!({ "code": app.code_of(&uri, 0) });
    assert_eq!(app.put(&thief, TOTP, code).await.refusal(), refused);
    assert_eq!(app.post(&thief, TOTP, json!({})).await.refusal(), refused);
    assert_ne!(app.stage(&thief).await, "full");
    // Had it been the owner, they could go on with what they have.
    let token = app.token_for(&thief, AIKO).await;
    assert_eq!(app.show(&thief, "email_token", &token).await.status, 201);
}

#[tokio::test]
async fn a_manager_keeps_one_second_step_also_when_two_go_at_one_moment() {
    let app = App::start().await;
    let founder = app.person(AIKO).await;
    app.found_workspace(&founder).await;
    let browser = app.set_email_token_up(&founder, AIKO).await.browser();
    let last = app.delete(&browser, EMAIL).await;
    assert_eq!(last.refusal(), (409, "second-step-needed"));
    for _ in 0..5 {
        app.context.clock.advance(Duration::minutes(2));
        let (_, answer) = app.set_totp_up(&stepped_up(&app, &browser).await).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let browser = answer.browser();
        let removed = join_all([EMAIL, TOTP].map(|path| app.delete(&browser, path))).await;
        assert!(
            removed.iter().filter(|answer| answer.status == 204).count() <= 1,
            "{removed:?}"
        );
        let steps = app.get(&browser, "/api/me/second-steps").await.body;
        let email = steps["email_token"]["enabled"] == true;
        let totp = steps["totp"]["enabled"] == true;
        assert!(email || totp, "{steps}");
        if !(email && totp) {
            return;
        }
    }
}

/// A browser of the same person that has just proven to be there.
async fn stepped_up(app: &App, browser: &Browser) -> Browser {
    let proof = json!({ "password": PASSWORD });
    let answer = app
        .post(browser, "/api/sessions/current/step-up", proof)
        .await;
    if answer.status == 201 {
        answer.browser()
    } else {
        browser.clone()
    }
}

#[tokio::test]
async fn a_member_may_take_the_last_one_away_and_is_told() {
    let app = App::start().await;
    let browser = app.with_email_token(AIKO).await;
    assert_eq!(app.delete(&browser, EMAIL).await.status, 204);
    let again = app.password_given(AIKO).await;
    assert_eq!(app.stage(&again).await, "full");
    let told = app.mails_to(AIKO);
    for notice in ["second_step_added", "second_step_removed"] {
        let times = told.iter().filter(|mail| *mail == notice).count();
        assert_eq!(times, 1, "{notice}");
    }
}

#[tokio::test]
async fn taking_away_what_is_not_there_tells_nobody_anything() {
    let app = App::start().await;
    let browser = app.with_email_token(AIKO).await;
    assert_eq!(app.delete(&browser, TOTP).await.status, 204);
    let told = app.mails_to(AIKO);
    assert!(!told.contains(&"second_step_removed".to_owned()));
}
