//! Changing a password, and replacing one that was forgotten.

use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, Browser, PASSWORD};

const AIKO: &str = "aiko@example.test";
const NEXT: &str = "red lanterns on the river";
const RESETS: &str = "/api/password-resets";

/// Check sheet: WA-04-06, WA-06-04.
#[tokio::test]
async fn a_changed_password_signs_every_other_browser_out_and_renews_this_one() {
    let app = App::start().await;
    let here = app.person(AIKO).await;
    let elsewhere = app.sign_in(&Browser::default(), AIKO, PASSWORD).await;
    let elsewhere = elsewhere.browser();
    let changed = change(&app, &here, PASSWORD, NEXT).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for dead in [&here, &elsewhere] {
        let refused = app.get(dead, "/api/me").await;
        assert_eq!(refused.refusal(), (401, "not-signed-in"));
    }
    assert_eq!(app.get(&changed.browser(), "/api/me").await.status, 200);
    let nobody = Browser::default();
    let old = app.sign_in(&nobody, AIKO, PASSWORD).await;
    assert_eq!(old.refusal(), (401, "credentials-wrong"));
    assert_eq!(app.sign_in(&nobody, AIKO, NEXT).await.status, 201);
    assert_eq!(told(&app, "password_changed"), 1);
}

/// Check sheet: WA-06-04.
#[tokio::test]
async fn the_present_password_is_demanded_also_of_who_has_just_signed_in() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let refused = change(&app, &aiko, "another good long password", NEXT).await;
    assert_eq!(refused.refusal(), (422, "password-wrong"));
    let body = json!({ "new_password": NEXT });
    let refused = app.put(&aiko, "/api/me/password", body).await;
    assert_eq!(refused.refusal(), (422, "fields-invalid"));
    assert_eq!(app.get(&aiko, "/api/me").await.status, 200);
    assert_eq!(told(&app, "password_changed"), 0);
}

#[tokio::test]
async fn a_weak_password_takes_no_good_ones_place() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    for weak in ["too short", "passwordpassword", "aiko@example.test"] {
        let refused = change(&app, &aiko, PASSWORD, weak).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), "new_password"),
            "{weak}"
        );
    }
    let nobody = Browser::default();
    assert_eq!(app.sign_in(&nobody, AIKO, PASSWORD).await.status, 201);
}

#[tokio::test]
async fn of_two_changes_at_the_same_moment_one_is_made_and_told_once() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let other = "blue kites over the field";
    let (one, two) = tokio::join!(
        change(&app, &aiko, PASSWORD, NEXT),
        change(&app, &aiko, PASSWORD, other),
    );
    let made = [&one, &two]
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(made, 1, "{one:?} {two:?}");
    assert_eq!(told(&app, "password_changed"), 1);
    let kept = if one.status == 200 { NEXT } else { other };
    let signed_in = app.sign_in(&Browser::default(), AIKO, kept).await;
    assert_eq!(signed_in.status, 201);
}

#[tokio::test]
async fn every_address_is_answered_alike_and_only_one_with_an_account_gets_a_mail() {
    let app = App::start().await;
    app.person(AIKO).await;
    let known = ask(&app, AIKO).await;
    let unknown = ask(&app, "nobody@example.test").await;
    for answer in [&known, &unknown] {
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (202, ""));
    }
    assert_eq!(app.mails_to(AIKO), ["sign_up_token", "password_reset"]);
    assert_eq!(app.mails_to("nobody@example.test"), Vec::<String>::new());
}

/// Check sheet: WA-04-02, WA-06-04.
#[tokio::test]
async fn a_mailed_link_replaces_the_password_ends_every_session_and_signs_nobody_in() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    ask(&app, AIKO).await;
    let link = app.mail_to(AIKO, "password_reset").text("link").to_owned();
    // What is sent to a server ends before the fragment.
    let (page, token) = link.split_once('#').expect("a fragment");
    assert!(page.ends_with("/reset") && !page.contains('?'), "{page}");
    let completed = complete(&app, token, NEXT).await;
    assert_eq!(completed.status, 204, "{completed:?}");
    assert!(!completed.set_cookie().contains("koeba_session"));
    let refused = app.get(&aiko, "/api/me").await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
    let nobody = Browser::default();
    let old = app.sign_in(&nobody, AIKO, PASSWORD).await;
    assert_eq!(old.refusal(), (401, "credentials-wrong"));
    assert_eq!(app.sign_in(&nobody, AIKO, NEXT).await.status, 201);
    assert_eq!(told(&app, "password_reset"), 2, "the link, and the notice");
}

#[tokio::test]
async fn a_link_works_once_for_half_an_hour_and_for_one_account() {
    let app = App::start().await;
    app.person(AIKO).await;
    let token = reset_token(&app).await;
    let (id, _) = token.split_once('.').expect("an identifier and a secret");
    for made_up in ["", "pr_1.x", &format!("{id}.guess"), &"a".repeat(200)] {
        let refused = complete(&app, made_up, NEXT).await;
        assert_eq!(refused.refusal(), (410, "reset-unusable"), "{made_up}");
    }
    // A weak password uses the link up no more than it takes effect.
    let refused = complete(&app, &token, "too short").await;
    assert_eq!(refused.refusal(), (422, "fields-invalid"));
    assert_eq!(complete(&app, &token, NEXT).await.status, 204);
    let again = complete(&app, &token, PASSWORD).await;
    assert_eq!(again.refusal(), (410, "reset-unusable"));

    let late = reset_token(&app).await;
    app.context.clock.advance(Duration::minutes(30));
    let refused = complete(&app, &late, PASSWORD).await;
    assert_eq!(refused.refusal(), (410, "reset-unusable"));
}

#[tokio::test]
async fn of_two_uses_of_a_link_at_the_same_moment_one_counts() {
    let app = App::start().await;
    app.person(AIKO).await;
    let token = reset_token(&app).await;
    let (one, two) = tokio::join!(
        complete(&app, &token, NEXT),
        complete(&app, &token, "blue kites over the field"),
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410], "{one:?} {two:?}");
}

#[tokio::test]
async fn a_link_leads_past_no_second_step() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let steps = "/api/me/second-steps/email-token";
    assert_eq!(app.post(&aiko, steps, json!({})).await.status, 202);
    let code = app.mailed_token(AIKO);
    let added = app.put(&aiko, steps, json!({ "code": code })).await;
    assert_eq!(added.status, 200, "{added:?}");
    let token = reset_token(&app).await;
    assert_eq!(complete(&app, &token, NEXT).await.status, 204);
    let signed_in = app.sign_in(&Browser::default(), AIKO, NEXT).await;
    assert_eq!(signed_in.status, 201);
    assert_eq!(signed_in.body["session"]["stage"], "second_step_due");
    let refused = app.get(&signed_in.browser(), "/api/me/sessions").await;
    assert_eq!(refused.refusal(), (403, "second-step-required"));
}

async fn change(app: &App, browser: &Browser, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    app.put(browser, "/api/me/password", body).await
}

async fn ask(app: &App, email: &str) -> Answer {
    let body = json!({ "email": email });
    app.post(&Browser::default(), RESETS, body).await
}

async fn complete(app: &App, token: &str, new: &str) -> Answer {
    let body: Value = json!({ "token": token, "new_password": new });
    let path = format!("{RESETS}/complete");
    app.post(&Browser::default(), &path, body).await
}

async fn reset_token(app: &App) -> String {
    assert_eq!(ask(app, AIKO).await.status, 202);
    let mail = app.mail_to(AIKO, "password_reset");
    // The newest mail of that name may be the notice, which has no link.
    let links = app.mails().into_iter().rev();
    let mut links = links.filter(|mail| mail.to == AIKO && !mail.text("link").is_empty());
    let link = links.next().unwrap_or(mail).text("link").to_owned();
    link.split('#').nth(1).expect("a fragment").to_owned()
}

/// How often the person was told of something.
fn told(app: &App, template: &str) -> usize {
    let mails = app.mails_to(AIKO).into_iter();
    mails.filter(|mail| mail == template).count()
}
